import Node
import Primitives
import Raft

/// What the members of a council say to each other.
public typealias CouncilMessage = Message

/// How the council plays the game of elections.
public typealias CouncilRules = Rules

/// A node's part in the council of a mesh: the few nodes that decide for all who owns keys, by a log that Raft keeps alike
/// on all of them. Its messages go over the mesh, as all others do.
package struct Council: Sendable {
  static let electionTimer = TimerID(8)
  static let heartbeatTimer = TimerID(9)
  static let replicationTimer = TimerID(10)

  /// Something for another member, and the write that it waits for. It waits here: whatever else leaves over the same link
  /// is not to wait with it.
  struct Letter: Sendable {
    let message: CouncilMessage
    let to: NodeID
    let after: WriteToken?
  }

  private(set) var raft: Raft
  private let nodes: Int
  private var applied: LogIndex = 0
  /// As far as this member knows it to be decided.
  private(set) var registry = Registry()
  /// As last drawn.
  private var electionTimeout = Nanoseconds.zero
  private var replicationIsDue = false
  /// Files were made or replaced since the last sync, or may have been.
  private var namesFiles = false
  private var actions = Outbox<Action>()
  /// In the order in which they were written.
  private var letters: ContiguousArray<Letter> = []
  /// The last write that is done.
  private var written = WriteToken(0)
  /// Raft's last write, and the name of the one that is the node's own.
  private var issued: WriteNumber = 0
  private var reserved: WriteNumber?

  /// - Parameter members: the council, in ascending order.
  init(id: NodeID, members: [NodeID], rules: Rules, nodes: Int) {
    raft = Raft(id: id, members: members, rules: rules)
    self.nodes = nodes
  }

  /// Leads, and knows all that its predecessors have decided.
  var decides: Bool { raft.role == .leader && raft.commit > 0 && raft.log.term(at: raft.commit) == raft.term }

  // MARK: Events

  mutating func start(_ disk: Recovered<MeshRecord>, at now: Instant) {
    let found = RecoveredRaft(disk) { if case .council(let record) = $0 { record } else { nil } }
    raft = Raft(
      id: raft.id, members: raft.members, rules: raft.rules, state: found.state, lacksCopy: found.lacksCopy,
      entries: found.entries, remains: found.remains, lost: found.lost, lives: disk.restarts)
    raft.start(at: now, &actions)
  }

  mutating func receive(_ message: CouncilMessage, from sender: NodeID, at now: Instant) {
    guard raft.members.contains(sender) else { return }
    raft.receive(message, from: sender, at: now, &actions)
  }

  mutating func timerFired(_ timer: TimerID, at now: Instant, _ effects: inout Effects<Mesh>) {
    switch timer {
    case Self.electionTimer:
      let due = raft.quietSince + electionTimeout
      if due > now {
        effects.append(.setTimer(Self.electionTimer, after: due - now))
      } else {
        raft.electionTimerFired(at: now, &actions)
      }
    case Self.heartbeatTimer: raft.heartbeatTimerFired(at: now, &actions)
    default:
      replicationIsDue = false
      raft.replicate(at: now, &actions)
    }
  }

  /// - Returns: whether the write was the node's own, which it has reserved.
  mutating func writeCompleted(_ token: WriteToken, at now: Instant) -> Bool {
    written = max(written, token)
    guard token.rawValue != reserved else { return true }
    raft.writeCompleted(token.rawValue - (reserved.map { token.rawValue > $0 } ?? false ? 1 : 0), at: now, &actions)
    return false
  }

  /// A name for a write that is not Raft's; one for each life.
  mutating func reserveWrite() -> WriteToken {
    reserved = reserved ?? issued + 1
    return WriteToken(reserved ?? 0)
  }

  private func token(of number: WriteNumber) -> WriteToken {
    WriteToken(number + (reserved.map { number >= $0 } ?? false ? 1 : 0))
  }

  /// - Returns: the member to ask instead, where this one does not lead and knows who does.
  mutating func propose(_ decision: Registry.Decision) -> NodeID? {
    // What is so already, or on its way, is not decided again.
    guard registry.admits(decision, nodes: nodes), !isPending(decision) else { return nil }
    return raft.propose(decision.bytes, &actions) == .notLeader ? raft.leader : nil
  }

  private func isPending(_ decision: Registry.Decision) -> Bool {
    guard raft.role == .leader, raft.log.lastIndex > applied else { return false }
    let bytes = decision.bytes
    return ((applied + 1)...raft.log.lastIndex).contains { raft.log[$0].command == bytes }
  }

  // MARK: Actions

  /// Carries out what Raft asks for.
  ///
  /// - Returns: what there is for other members now; to each of them it leaves in order.
  mutating func carryOut(_ context: inout StepContext, _ effects: inout Effects<Mesh>) -> [Letter] {
    while let action = actions.popFirst() {
      switch action {
      case .send(let message, let peer, let after):
        letters.append(Letter(message: message, to: peer, after: after.map(token)))
      case .save(let state):
        effects.append(.replace(KVRecord.hardStateFile, with: .council(.hardState(state))))
        effects.append(.replace(KVRecord.hardStateCopyFile, with: .council(.hardState(state))))
        namesFiles = true
      case .append(let first, let count):
        if first == 1 { namesFiles = true }
        for index in first..<(first + LogIndex(count)) {
          effects.append(.append(.council(.entry(raft.log[index])), to: KVRecord.logFile))
        }
      case .truncate(let last): effects.append(.truncate(KVRecord.logFile, keeping: Int(last)))
      // A council decides seldom: its log is never compacted.
      case .saveSnapshot, .discard, .examine, .install: break
      case .sync(let number):
        effects.append(.sync(token(of: number), directory: namesFiles))
        issued = number
        namesFiles = false
      case .setElectionTimer:
        electionTimeout = context.choose(.electionTimeout, slot: 2, from: raft.electionTimeout)
        effects.append(.setTimer(Self.electionTimer, after: electionTimeout))
      case .cancelElectionTimer: effects.append(.cancelTimer(Self.electionTimer))
      case .setHeartbeatTimer: effects.append(.setTimer(Self.heartbeatTimer, after: raft.rules.timing.heartbeat))
      case .cancelHeartbeatTimer: effects.append(.cancelTimer(Self.heartbeatTimer))
      case .commit(let last): apply(upTo: last)
      case .readable, .unreadable, .becamePreCandidate, .becameCandidate, .becameLeader, .steppedDown: break
      }
    }
    if raft.owesReplication, !replicationIsDue {
      replicationIsDue = true
      effects.append(.setTimer(Self.replicationTimer, after: .zero))
    }
    return takeLetters()
  }

  private mutating func takeLetters() -> [Letter] {
    guard !letters.isEmpty else { return [] }
    var (ready, kept): ([Letter], ContiguousArray<Letter>) = ([], [])
    for letter in letters {
      let waits = letter.after.map { $0 > written } ?? false
      if waits || kept.contains(where: { $0.to == letter.to }) { kept.append(letter) } else { ready.append(letter) }
    }
    letters = kept
    return ready
  }

  /// Whether Raft has asked for something that is not done.
  var owesActions: Bool { !actions.isEmpty }

  private mutating func apply(upTo last: LogIndex) {
    while applied < last {
      applied += 1
      guard let decision = Registry.Decision(raft.log[applied].command), registry.admits(decision, nodes: nodes)
      else { continue }
      registry.apply(decision, version: applied)
    }
  }

  func fold(into digest: inout Digest, at now: Instant) {
    raft.fold(into: &digest, at: now)
    registry.fold(into: &digest)
    digest.fold(applied, UInt64(bitPattern: electionTimeout.count))
    for letter in letters {
      digest.fold(
        UInt64(letter.to.rawValue), letter.after.map { $0.rawValue - min($0.rawValue, written.rawValue) } ?? 0)
      letter.message.fold(into: &digest)
    }
    digest.fold(issued - min(issued, written.rawValue))
    digest.fold((namesFiles ? 2 : 0) | (replicationIsDue ? 1 : 0), reserved == nil ? 0 : 1)
  }
}

import Node
import Primitives
import Raft
import Telemetry

/// A server's spans and measures. Nothing here decides anything: without a listener it stays as it began.
///
/// The trace of an operation: the client's span, under it the leader's `raft.propose` from the request to the
/// commit, under that a `raft.replicate` for each follower, the follower's `raft.append` from the message to
/// the durable write, and the leader's `raft.apply`. An election is a trace of its own: `raft.election` from
/// candidacy to its end, and a `raft.vote` on each server that was asked.
struct KVServerTrace: Sendable {
  private let servers: Int
  /// By server: the last entry that a `raft.replicate` was begun for, and the last one whose span has ended.
  /// Empty where this server has not led.
  private var replicated: [(sent: LogIndex, ended: LogIndex)] = []
  /// Spans of this step that end with its write, or with the step where nothing was written.
  private var answering: SpanKey?
  private var writing: [(token: WriteToken, span: SpanKey)] = []
  private var answers: UInt64 = 0
  private var election: SpanKey?
  private var shown = Shown()

  /// Gauges as last told.
  private struct Shown: Hashable {
    var term: Term = 0
    var commit: LogIndex = 0
    var followers = 0
  }

  init(servers: Int) { self.servers = servers }

  // MARK: The leader

  mutating func proposed(
    _ index: LogIndex, term: Term, _ context: StepContext, _ effects: inout Effects<RaftKV>
  ) {
    guard context.telemetry else { return }
    effects.telemetry.append(
      .start(
        .proposal(index, term: term), "raft.propose", .server, parent: .incoming,
        [Attribute("raft.index", index), Attribute("raft.term", term)]))
  }

  /// The span that a message travels under; begins one for each entry that this member has not been sent.
  mutating func sending(
    _ message: Message, to member: NodeID, by raft: Raft, _ context: StepContext, _ effects: inout Effects<RaftKV>
  ) -> SpanKey? {
    guard context.telemetry else { return nil }
    switch message {
    case .requestVote: return election
    case .appendEntries(let append) where !append.entries.isEmpty:
      let last = append.previousIndex + LogIndex(append.entries.count)
      var index = max(replicated[member.index].sent, append.previousIndex)
      while index < last {
        index += 1
        let entry = append.entries[Int(index - append.previousIndex) - 1]
        // Entries of earlier terms and no-ops are nobody's operation.
        guard entry.term == raft.term, !entry.isNoop, !entry.isConfiguration else { continue }
        effects.telemetry.append(
          .start(
            .replication(index, to: member), "raft.replicate", .client,
            parent: .key(.proposal(index, term: entry.term)),
            [Attribute("raft.peer", UInt64(member.rawValue) + 1), Attribute("raft.index", index)]))
      }
      replicated[member.index].sent = max(replicated[member.index].sent, last)
      return append.entries.last.map { $0.isNoop || $0.isConfiguration || $0.term != raft.term } == true
        ? nil : .replication(last, to: member)
    default: return nil
    }
  }

  private mutating func acknowledged(_ index: LogIndex, by member: NodeID, _ effects: inout Effects<RaftKV>) {
    let upTo = min(index, replicated[member.index].sent)
    while replicated[member.index].ended < upTo {
      replicated[member.index].ended += 1
      effects.telemetry.append(.end(.replication(replicated[member.index].ended, to: member), .ok))
    }
  }

  /// The entry that a client waited for is committed and applied, or another one is in its place.
  func answered(
    _ span: SpanKey, own: Bool, after duration: Nanoseconds, _ context: StepContext,
    _ effects: inout Effects<RaftKV>
  ) {
    guard context.telemetry else { return }
    guard own else {
      effects.telemetry.append(.end(span, .error("superseded")))
      return
    }
    effects.telemetry.append(.start(.application(span.number), "raft.apply", .internal, parent: .key(span), []))
    effects.telemetry.append(.end(.application(span.number), .ok))
    effects.telemetry.append(.end(span, .ok))
    effects.telemetry.append(.observe(.raftReplicationDuration, duration))
  }

  // MARK: Elections

  mutating func campaigning(term: Term, _ context: StepContext, _ effects: inout Effects<RaftKV>) {
    guard context.telemetry else { return }
    if let election { effects.telemetry.append(.end(election, .error("timed out"))) }
    let span = SpanKey.election(term)
    election = span
    effects.telemetry.append(
      .start(span, "raft.election", .internal, parent: .root, [Attribute("raft.term", term)]))
    effects.telemetry.append(.add(.raftElections, 1))
  }

  mutating func elected(by raft: Raft, _ context: StepContext, _ effects: inout Effects<RaftKV>) {
    guard context.telemetry else { return }
    if let election { effects.telemetry.append(.end(election, .ok)) }
    election = nil
    // What is in the log already is nobody's operation any more.
    replicated = Array(repeating: (raft.log.lastIndex, raft.log.lastIndex), count: servers)
    effects.telemetry.append(.add(.raftLeaderChanges, 1))
  }

  mutating func steppedDown(from role: Role, _ context: StepContext, _ effects: inout Effects<RaftKV>) {
    guard context.telemetry else { return }
    if let election { effects.telemetry.append(.end(election, .error("lost"))) }
    election = nil
    guard role == .leader else { return }
    for member in replicated.indices {
      while replicated[member].ended < replicated[member].sent {
        replicated[member].ended += 1
        let span = SpanKey.replication(replicated[member].ended, to: NodeID(UInt32(member)))
        effects.telemetry.append(.end(span, .error("stepped down")))
      }
    }
  }

  // MARK: Those who answer

  mutating func received(
    _ message: Message, from sender: NodeID, by raft: Raft, _ context: StepContext,
    _ effects: inout Effects<RaftKV>
  ) {
    guard context.telemetry else { return }
    switch message {
    case .appendReply(let reply):
      guard raft.role == .leader, reply.term == raft.term, case .matched(let index) = reply.result else { return }
      acknowledged(index, by: sender, &effects)
    case .appendEntries(let append) where !append.entries.isEmpty:
      begin("raft.append", [Attribute("raft.entries", UInt64(append.entries.count))], &effects)
    case .requestVote(let request):
      begin("raft.vote", [Attribute("raft.term", request.term)], &effects)
    default: return
    }
  }

  private mutating func begin(_ name: StaticText, _ attributes: [Attribute], _ effects: inout Effects<RaftKV>) {
    answers += 1
    let span = SpanKey.answer(answers)
    answering = span
    effects.telemetry.append(.start(span, name, .server, parent: .incoming, attributes))
  }

  mutating func syncing(_ token: WriteToken) {
    guard let answering else { return }
    writing.append((token, answering))
    self.answering = nil
  }

  mutating func completed(_ token: WriteToken, _ effects: inout Effects<RaftKV>) {
    while let first = writing.first, first.token <= token {
      effects.telemetry.append(.end(first.span, .ok))
      writing.removeFirst()
    }
  }

  // MARK: Every step

  mutating func endStep(_ raft: Raft, at now: Instant, _ effects: inout Effects<RaftKV>) {
    if let answering { effects.telemetry.append(.end(answering, .ok)) }
    answering = nil
    let now = Shown(
      term: raft.term, commit: raft.commit,
      followers: raft.followers(at: now))
    guard now != shown else { return }
    if now.term != shown.term { effects.telemetry.append(.set(.raftTerm, Int64(now.term))) }
    if now.commit != shown.commit { effects.telemetry.append(.set(.raftCommitIndex, Int64(now.commit))) }
    if now.followers != shown.followers { effects.telemetry.append(.set(.raftFollowers, Int64(now.followers))) }
    shown = now
  }
}

extension SpanKey {
  static func proposal(_ index: LogIndex, term: Term) -> SpanKey {
    SpanKey(subject: 1, number: index, detail: UInt32(truncatingIfNeeded: term))
  }

  static func replication(_ index: LogIndex, to member: NodeID) -> SpanKey {
    SpanKey(subject: 2, number: index, detail: member.rawValue)
  }

  static func election(_ term: Term) -> SpanKey { SpanKey(subject: 3, number: term) }

  /// A follower's work for one message.
  static func answer(_ number: UInt64) -> SpanKey { SpanKey(subject: 4, number: number) }

  static func application(_ index: LogIndex) -> SpanKey { SpanKey(subject: 5, number: index) }
}

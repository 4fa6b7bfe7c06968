import Primitives
import Raft

/// A Raft server with a disk, a clock and timers that a script moves.
struct ScriptedServer: Sendable {
  /// What a disk holds.
  struct Content: Sendable {
    var state: HardState
    var snapshot: Snapshot?
    /// The index of the first entry, or of the next where there is none.
    var first: LogIndex = 1
    var entries: ContiguousArray<Entry>
  }

  struct Held: Sendable {
    let message: Message
    let to: Int
    /// The write it promises; 0 where it only keeps its place behind one that does.
    let after: WriteNumber
  }

  var raft: Raft
  /// What the server's state machine holds: the commands that it has applied.
  private(set) var applied: (texts: [String], last: LogIndex) = ([], 0)
  /// What was made of a snapshot that is being stored.
  private var restored: [String] = []
  var isUp = true
  var time = Instant.zero
  /// Chosen by the script in place of the random draw.
  var timeout: Nanoseconds
  var electionTimerRuns = false
  var heartbeatDue: Instant?
  private(set) var durable: Content
  private var volatile: Content
  /// Under way, oldest first.
  private(set) var writes: [(number: WriteNumber, content: Content)] = []
  private(set) var completed: WriteNumber = 0
  private(set) var held: [Held] = []
  private(set) var lives: UInt64 = 0
  /// With whom the group began, as this server was told.
  let voters: [NodeID]

  init(_ raft: Raft, timeout: Nanoseconds) {
    self.raft = raft
    voters = raft.configuration.voters
    self.timeout = timeout
    durable = Content(state: raft.state, entries: raft.log.entries)
    volatile = durable
  }

  /// When the next timer is due; nil where none runs.
  var due: Instant? {
    guard isUp else { return nil }
    return heartbeatDue ?? (electionTimerRuns ? raft.quietSince + timeout : nil)
  }

  // MARK: Disk

  mutating func save(_ state: HardState) { volatile.state = state }

  mutating func append(first: LogIndex, count: Int) {
    precondition(first == volatile.first + LogIndex(volatile.entries.count), "an append leaves a hole or overlaps")
    volatile.entries += raft.log.slice(from: first, limit: count)
  }

  mutating func truncate(after index: LogIndex) {
    let end = volatile.first + LogIndex(volatile.entries.count) - 1
    if index < end { volatile.entries.removeLast(min(volatile.entries.count, Int(end - index))) }
    volatile.first = min(volatile.first, index + 1)
  }

  mutating func save(_ snapshot: Snapshot) { volatile.snapshot = snapshot }

  mutating func discard(upTo index: LogIndex) {
    guard index >= volatile.first else { return }
    volatile.entries.removeFirst(min(volatile.entries.count, Int(index - volatile.first) + 1))
    volatile.first = index + 1
  }

  // MARK: State machine

  mutating func apply(upTo index: LogIndex) {
    while applied.last < index {
      applied.last += 1
      let entry = raft.log[applied.last]
      if !entry.isNoop, !entry.isConfiguration {
        applied.texts.append(String(decoding: entry.command, as: UTF8.self))
      }
    }
  }

  /// The commands that are applied, one after the other.
  var snapshot: Snapshot {
    Snapshot(
      lastIndex: applied.last, lastTerm: raft.log.term(at: applied.last),
      configuration: raft.configuration(at: applied.last),
      content: Array(applied.texts.joined(separator: "\n").utf8))
  }

  /// Whether the content can be a snapshot's.
  mutating func examine(_ snapshot: Snapshot) -> Bool {
    guard let text = String(validating: snapshot.content, as: UTF8.self) else { return false }
    restored = text.split(separator: "\n").map(String.init)
    return true
  }

  mutating func install(_ snapshot: Snapshot) { applied = (restored, snapshot.lastIndex) }

  mutating func sync(_ number: WriteNumber) { writes.append((number, volatile)) }

  /// The oldest write reaches the disk. Returns its number and the messages that waited for it.
  mutating func completeWrite() -> (number: WriteNumber, released: [Held]) {
    let (number, content) = writes.removeFirst()
    durable = content
    completed = number
    var released: [Held] = []
    var blocked: Set<Int> = []
    var rest: [Held] = []
    for message in held {
      if message.after > number || blocked.contains(message.to) {
        blocked.insert(message.to)
        rest.append(message)
      } else {
        released.append(message)
      }
    }
    held = rest
    return (number, released)
  }

  /// Keeps a message that promises a write not yet durable, or that follows such a message to the same node.
  /// Returns false where it may leave.
  mutating func hold(_ message: Message, to: Int, after: WriteNumber?) -> Bool {
    let waits = after.map { $0 > completed } ?? false
    guard waits || held.contains(where: { $0.to == to }) else { return false }
    held.append(Held(message: message, to: to, after: waits ? after ?? 0 : 0))
    return true
  }

  // MARK: Lives

  /// What is not durable is gone.
  ///
  /// - Parameter keepsLog: the entries of the oldest write under way have reached the disk, its term and vote not.
  mutating func crash(keepsLog: Bool) {
    if keepsLog, let write = writes.first { durable.entries = write.content.entries }
    isUp = false
    writes = []
    held = []
    electionTimerRuns = false
    heartbeatDue = nil
  }

  mutating func restart() {
    lives += 1
    isUp = true
    completed = 0
    raft = Raft(
      id: raft.id, members: voters, rules: raft.rules, state: durable.state, snapshot: durable.snapshot,
      from: durable.first, entries: durable.entries, lives: lives)
    applied = ([], 0)
    if let snapshot = durable.snapshot, examine(snapshot) { install(snapshot) }
    durable.state = raft.state
    volatile = durable
  }
}

/// A message under way.
struct Envelope: Sendable {
  let number: UInt64
  let from: Int
  let to: Int
  var message: Message
  var isHeld = false
}

import Primitives
import Raft

/// A Raft server with a disk, a clock and timers that a script moves.
struct ScriptedServer: Sendable {
  /// What a disk holds.
  struct Content: Sendable {
    var state: HardState
    var entries: ContiguousArray<Entry>
  }

  struct Held: Sendable {
    let message: Message
    let to: Int
    /// The write it promises; 0 where it only keeps its place behind one that does.
    let after: WriteNumber
  }

  var raft: Raft
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

  init(_ raft: Raft, timeout: Nanoseconds) {
    self.raft = raft
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
    precondition(Int(first) - 1 == volatile.entries.count, "an append leaves a hole or overlaps")
    volatile.entries += raft.log.slice(from: first, limit: count)
  }

  mutating func truncate(after index: LogIndex) {
    volatile.entries.removeLast(volatile.entries.count - Int(index))
  }

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
      id: raft.id, members: raft.members, rules: raft.rules, state: durable.state, entries: durable.entries,
      lives: lives)
    durable.state = raft.state
    volatile = durable
  }
}

/// A message under way.
struct Envelope: Sendable {
  let number: UInt64
  let from: Int
  let to: Int
  let message: Message
  var isHeld = false
}

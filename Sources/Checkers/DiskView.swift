import Node
import Raft

/// What a server's disk is certain to hold, learnt from what was written and which syncs were completed.
///
/// Of the log it is a prefix of what was written last: what a truncation has removed is not certain any more,
/// and what was appended is not before its sync is completed.
struct DiskView: Sendable {
  /// What is certain at some moment.
  struct Content: Sendable {
    var state: HardState
    /// Entries of the log, those that a snapshot stands for among them.
    var count: LogIndex
    var snapshot = End()
  }

  /// Where a snapshot ends; at 0 there is none.
  struct End: Hashable, Sendable {
    var index: LogIndex = 0
    var term: Term = 0

    init() {}

    init(_ snapshot: Snapshot) { (index, term) = (snapshot.lastIndex, snapshot.lastTerm) }
  }

  private struct Pending: Sendable {
    let token: WriteToken
    var content: Content
  }

  private(set) var durable = Content(state: HardState(), count: 0)
  /// As written last.
  private var written = HardState()
  private var writtenSnapshot = End()
  private var completed: WriteToken?
  private var lastIssued = WriteToken(0)
  /// Syncs under way, ascending.
  private var pending = ContiguousArray<Pending>()

  mutating func replace(_ state: HardState) { written = state }

  mutating func replace(_ snapshot: Snapshot) { writtenSnapshot = End(snapshot) }

  /// The durable snapshot stands for all entries up to its end, whatever became of them.
  mutating func adopt(_ count: LogIndex) {
    durable.count = max(durable.count, count)
    for position in pending.indices {
      pending[position].content.count = max(pending[position].content.count, count)
    }
  }

  mutating func truncate(keeping count: LogIndex) {
    durable.count = min(durable.count, count)
    for position in pending.indices {
      pending[position].content.count = min(pending[position].content.count, count)
    }
  }

  /// `count`: entries in the log file now.
  mutating func sync(_ token: WriteToken, count: LogIndex) {
    lastIssued = token
    pending.append(Pending(token: token, content: Content(state: written, count: count, snapshot: writtenSnapshot)))
  }

  mutating func complete(_ token: WriteToken) {
    var done = 0
    while done < pending.count, pending[done].token <= token { done += 1 }
    guard done > 0 else { return }
    durable = pending[done - 1].content
    completed = token
    // All, in nearly every case.
    if done == pending.count { pending.removeAll(keepingCapacity: true) } else { pending.removeFirst(done) }
  }

  mutating func fail(_ token: WriteToken) { pending.removeAll { $0.token == token } }

  /// What is certain once a message that waits for `token` leaves; nil where it never does, since that write
  /// has failed.
  ///
  /// - Parameter count: entries in the log file now, which a sync that is still to come will cover.
  func held(after token: WriteToken?, count: LogIndex) -> Content? {
    guard let token else { return durable }
    if let completed, token <= completed { return durable }
    if token > lastIssued { return Content(state: written, count: count, snapshot: writtenSnapshot) }
    return pending.first { $0.token == token }?.content
  }

  func isDurable(_ token: WriteToken?) -> Bool {
    guard let token else { return true }
    return completed.map { token <= $0 } ?? false
  }

  /// Tokens begin again with the next life.
  mutating func crash() {
    written = durable.state
    writtenSnapshot = durable.snapshot
    completed = nil
    lastIssued = WriteToken(0)
    pending.removeAll()
  }

  mutating func recover(_ content: Content) {
    durable = content
    written = content.state
    writtenSnapshot = content.snapshot
  }
}

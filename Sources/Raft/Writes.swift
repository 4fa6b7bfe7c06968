import Primitives

/// The writes of a server that are not yet durable, in order of issue.
struct Writes: Hashable, Sendable {
  struct Pending: Hashable, Sendable {
    var number: WriteNumber
    /// Where the log ended, and in which term and with which vote the server was.
    var lastIndex: LogIndex
    var lastTerm: Term
    var term: Term
    var vote: NodeID?
  }

  /// The last entry known to be durable here.
  var durable: LogIndex = 0
  /// Something was stored since the last sync was issued.
  var isDirty = false
  private var issued: WriteNumber = 0
  private(set) var pending: [Pending] = []

  var isUnderWay: Bool { !pending.isEmpty }

  /// The write that a promise made now must wait for, perhaps one that is still to be issued; nil where
  /// everything is durable.
  var latest: WriteNumber? {
    if isDirty { return issued + 1 }
    return pending.isEmpty ? nil : issued
  }

  mutating func issue(
    lastIndex: LogIndex, lastTerm: Term, term: Term, vote: NodeID?
  ) -> WriteNumber {
    isDirty = false
    issued += 1
    pending.append(Pending(number: issued, lastIndex: lastIndex, lastTerm: lastTerm, term: term, vote: vote))
    return issued
  }

  /// The writes that are durable now that `number` is, in order.
  mutating func complete(_ number: WriteNumber) -> ArraySlice<Pending> {
    let count = pending.prefix { $0.number <= number }.count
    defer { pending.removeFirst(count) }
    return pending[..<count]
  }
}

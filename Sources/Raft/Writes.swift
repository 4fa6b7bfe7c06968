import Primitives

/// The write of a server that is not yet durable, and what was stored since.
struct Writes: Hashable, Sendable {
  struct Pending: Hashable, Sendable {
    var number: WriteNumber
    /// Where the log ended, and in which term and with which vote the server was.
    var lastIndex: LogIndex
    var lastTerm: Term
    var term: Term
    var vote: NodeID?
    var snapshot: Snapshot?
  }

  /// The last entry known to be durable here.
  var durable: LogIndex = 0
  /// One that was stored since the last sync was issued.
  var snapshot: Snapshot?
  /// Something was stored since the last sync was issued.
  var isDirty = false
  private var issued: WriteNumber = 0
  /// One at a time: what is stored meanwhile shares the next.
  private(set) var underWay: Pending?

  /// The write that a promise made now must wait for, perhaps one that is still to be issued; nil where
  /// everything is durable.
  var latest: WriteNumber? {
    if isDirty { return issued + 1 }
    return underWay?.number
  }

  /// Whether everything that was stored is durable.
  var isIdle: Bool { !isDirty && underWay == nil }

  mutating func issue(
    lastIndex: LogIndex, lastTerm: Term, term: Term, vote: NodeID?
  ) -> WriteNumber {
    isDirty = false
    issued += 1
    underWay = Pending(
      number: issued, lastIndex: lastIndex, lastTerm: lastTerm, term: term, vote: vote, snapshot: snapshot)
    snapshot = nil
    return issued
  }

  /// What is durable now that `number` is; nil where that was known.
  mutating func complete(_ number: WriteNumber) -> Pending? {
    guard let write = underWay, write.number <= number else { return nil }
    underWay = nil
    return write
  }
}

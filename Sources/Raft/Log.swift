import Primitives

/// The log of one server: entries at indices 1, 2, …. Pure bookkeeping; what is durable is known to `Raft`.
public struct Log: Hashable, Sendable {
  public private(set) var entries: ContiguousArray<Entry>

  public init(_ entries: ContiguousArray<Entry> = []) { self.entries = entries }

  @inlinable
  public var lastIndex: LogIndex { LogIndex(entries.count) }

  @inlinable
  public var lastTerm: Term { entries.last?.term ?? 0 }

  /// The term at `index`; 0 at index 0.
  ///
  /// - Precondition: `index <= lastIndex`.
  @inlinable
  public func term(at index: LogIndex) -> Term { index == 0 ? 0 : entries[Int(index) - 1].term }

  /// - Precondition: `1...lastIndex` contains `index`.
  @inlinable
  public subscript(index: LogIndex) -> Entry { entries[Int(index) - 1] }

  /// Whether an entry with this index and term is here (the consistency check of AppendEntries).
  public func contains(index: LogIndex, term: Term) -> Bool {
    index <= lastIndex && self.term(at: index) == term
  }

  /// Whether a log that ends in (index, term) is at least as up-to-date as this one (section 5.4.1).
  public func isCovered(byLastIndex index: LogIndex, term: Term) -> Bool {
    term > lastTerm || (term == lastTerm && index >= lastIndex)
  }

  public mutating func append(_ entry: Entry) { entries.append(entry) }

  /// Removes everything after `index`.
  public mutating func truncate(after index: LogIndex) { entries.removeLast(entries.count - Int(index)) }

  /// At most `limit` entries from `first` on.
  public func slice(from first: LogIndex, limit: Int) -> ContiguousArray<Entry> {
    guard first <= lastIndex else { return [] }
    return ContiguousArray(entries[(Int(first) - 1)...].prefix(limit))
  }

  /// The first index of the run of entries that share the term at `index`.
  public func firstIndexOfTerm(at index: LogIndex) -> LogIndex {
    let term = self.term(at: index)
    var first = index
    while first > 1, self.term(at: first - 1) == term { first -= 1 }
    return first
  }

  /// The last index with `term`, at or before `limit`; nil where there is none. Terms never decrease along
  /// a log, so the search halves.
  public func lastIndex(ofTerm term: Term, notAfter limit: LogIndex) -> LogIndex? {
    var low: LogIndex = 0
    var high = min(limit, lastIndex)
    while low < high {
      let middle = (low + high + 1) / 2
      if self.term(at: middle) <= term { low = middle } else { high = middle - 1 }
    }
    return low > 0 && self.term(at: low) == term ? low : nil
  }
}

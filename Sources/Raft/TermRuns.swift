import Primitives

/// The terms along a log, kept as runs of entries that share one: a log of millions has a handful of them.
public struct TermRuns: Hashable, Sendable {
  public struct Run: Hashable, Sendable {
    public let term: Term
    public let first: LogIndex
  }

  public private(set) var runs: ContiguousArray<Run> = []

  public init() {}

  /// Of a log that begins after `base`, whose entry was of this term.
  public init(base: LogIndex, term: Term) { if base > 0 { runs = [Run(term: term, first: base)] } }

  /// The term of the entry at the end; 0 where there is none.
  public var lastTerm: Term { runs.last?.term ?? 0 }

  /// - Precondition: `index` follows the last one.
  public mutating func append(_ term: Term, at index: LogIndex) {
    if runs.isEmpty || term != lastTerm { runs.append(Run(term: term, first: index)) }
  }

  /// Forgets the entries after `index`.
  public mutating func truncate(after index: LogIndex) {
    while let run = runs.last, run.first > index { runs.removeLast() }
  }

  /// Forgets the entries before `index`; the term there is still known.
  public mutating func forget(before index: LogIndex) {
    guard index > 0, !runs.isEmpty else { return }
    let kept = place(of: index)
    if kept > 0 { runs.removeFirst(kept) }
  }

  /// The run of the entry at `index`, by place: the newest runs are the ones asked for.
  ///
  /// - Precondition: there is an entry at `index`.
  public func place(of index: LogIndex) -> Int {
    var place = runs.count - 1
    while runs[place].first > index { place -= 1 }
    return place
  }

  /// The term at `index`; 0 at index 0.
  ///
  /// - Precondition: as for `place`.
  public func term(at index: LogIndex) -> Term { index == 0 ? 0 : runs[place(of: index)].term }
}

import Primitives

/// The log of one server: entries at indices `base` + 1, …; those before are in a snapshot. Pure bookkeeping; what is durable
/// is known to `Raft`.
///
/// Entries lie in segments of one size, so that a long log is never moved to grow and a copy of it shares all
/// but the last segment; terms, which never decrease along a log, lie beside them as runs.
public struct Log: Hashable, Sendable {
  /// Full segments; then the last one, full or not. Apart, since all that is written is written there.
  private var full: ContiguousArray<ContiguousArray<Entry>> = []
  private var tail: ContiguousArray<Entry> = []
  /// Entries in a full segment: 2 to this power.
  private let shift: Int
  private var terms = TermRuns()
  /// Entries that no segment holds any more, a whole number of full ones; at most `base`.
  private var start = 0
  /// The last entry that is no longer here, 0 for none; its term is still known.
  public private(set) var base: LogIndex = 0
  public private(set) var lastIndex: LogIndex = 0
  public private(set) var lastTerm: Term = 0
  /// That of the last entry; nil where there is none after `base`.
  public private(set) var lastFingerprint: UInt64?

  /// - Parameter segment: entries in a segment, 1 to 65,536; rounded up to a power of two.
  public init(_ entries: ContiguousArray<Entry> = [], segment: Int = 1024) {
    precondition((1...65_536).contains(segment), "a log's segment holds 1 to 65,536 entries")
    shift = Int.bitWidth - (segment - 1).leadingZeroBitCount
    for entry in entries { append(entry) }
  }

  /// The term at `index`; 0 at index 0.
  ///
  /// - Precondition: `base...lastIndex` contains `index`.
  public func term(at index: LogIndex) -> Term {
    precondition(index <= lastIndex && index >= base, "a term is asked for beyond the log's ends")
    return terms.term(at: index)
  }

  /// - Precondition: `base + 1...lastIndex` contains `index`.
  public subscript(index: LogIndex) -> Entry {
    // Lent and not copied, which would retain it.
    _read {
      let place = Int(index) &- 1 &- start
      let segment = place >> shift
      if segment < full.count {
        yield full[segment][place & ((1 << shift) - 1)]
      } else {
        yield tail[place &- (full.count << shift)]
      }
    }
  }

  /// Whether an entry with this index and term is here, or is the last before (the consistency check of AppendEntries).
  public func contains(index: LogIndex, term: Term) -> Bool {
    index <= lastIndex && index >= base && self.term(at: index) == term
  }

  /// Whether a log that ends in (index, term) is at least as up-to-date as this one (section 5.4.1).
  public func isCovered(byLastIndex index: LogIndex, term: Term) -> Bool {
    term > lastTerm || (term == lastTerm && index >= lastIndex)
  }

  public mutating func append(_ entry: Entry) {
    let size = 1 << shift
    if tail.count == size {
      full.append(tail)
      tail = []
      // A first small segment grows like any array: most logs of most simulations are short.
      tail.reserveCapacity(size)
    }
    tail.append(entry)
    lastIndex += 1
    lastTerm = entry.term
    lastFingerprint = entry.fingerprint
    terms.append(lastTerm, at: lastIndex)
  }

  /// Removes everything after `index`.
  public mutating func truncate(after index: LogIndex) {
    // What a snapshot holds is not cut off.
    let index = max(index, base)
    guard index < lastIndex else { return }
    let kept = Int(index) - start
    // The last segment that is kept, and how much of it.
    let segment = max(0, kept - 1) >> shift
    if segment < full.count {
      tail = full[segment]
      full.removeLast(full.count - segment)
    }
    tail.removeLast(tail.count - (kept - (segment << shift)))
    terms.truncate(after: index)
    lastIndex = index
    lastTerm = terms.lastTerm
    lastFingerprint = index > base ? tail.last?.fingerprint : nil
  }

  /// Forgets the entries up to `index`, which a snapshot holds.
  ///
  /// - Precondition: `index <= lastIndex`.
  public mutating func compact(to index: LogIndex) {
    guard index > base else { return }
    precondition(index <= lastIndex, "a log is compacted up to an entry that it has")
    terms.forget(before: index)
    base = index
    if index == lastIndex { lastFingerprint = nil }
    let whole = min(full.count, (Int(index) - start) >> shift)
    full.removeFirst(whole)
    start += whole << shift
  }

  /// An empty log that begins after an entry of that index and term.
  public mutating func reset(to index: LogIndex, term: Term) {
    full = []
    tail = []
    terms = TermRuns(base: index, term: term)
    start = Int(index)
    base = index
    lastIndex = index
    lastTerm = term
    lastFingerprint = nil
  }

  /// Entries from `first` on: at most `limit`, and at most `bytes` of commands, but one at least.
  ///
  /// - Precondition: `first > base`.
  public func slice(from first: LogIndex, limit: Int, bytes: Int = .max) -> ContiguousArray<Entry> {
    guard first <= lastIndex else { return [] }
    let last = min(lastIndex, first + LogIndex(limit) - 1)
    var slice = ContiguousArray<Entry>()
    slice.reserveCapacity(Int(last - first) + 1)
    var size = 0
    for index in first...last {
      let entry = self[index]
      size += entry.count
      if size > bytes, !slice.isEmpty { break }
      slice.append(entry)
    }
    return slice
  }

  /// Bytes of the commands after `first`, up to and with `last`, as far as they are here.
  ///
  /// - Precondition: `last <= lastIndex`, or `first >= last`.
  public func bytes(after first: LogIndex, through last: LogIndex) -> Int {
    // The loop below looks into memory without a check of its own.
    precondition(last <= lastIndex || first >= last, "bytes are asked for beyond the log's end")
    var size = 0
    var place = Int(max(first, base)) - start
    let stop = Int(last) - start
    while place < stop {
      // A stretch within one segment.
      let segment = place >> shift
      let begin = segment << shift
      let end = min(stop, begin + (1 << shift))
      let range = place &- begin..<end &- begin
      // Lent and not copied, which would retain the segment.
      size &+= segment < full.count ? Self.bytes(full[segment], range) : Self.bytes(tail, range)
      place = end
    }
    return size
  }

  private static func bytes(_ entries: borrowing ContiguousArray<Entry>, _ range: Range<Int>) -> Int {
    entries.withUnsafeBufferPointer { entries in
      var size = 0
      for place in range { size &+= entries[place].count }
      return size
    }
  }

  /// The first index of the run of entries that share the term at `index`, as far as it is known: it may have begun before.
  public func firstIndexOfTerm(at index: LogIndex) -> LogIndex {
    index == 0 ? 0 : terms.runs[terms.place(of: index)].first
  }

  /// The last index with `term`, at or before `limit`; nil where there is none.
  public func lastIndex(ofTerm term: Term, notAfter limit: LogIndex) -> LogIndex? {
    let runs = terms.runs
    guard let place = runs.lastIndex(where: { $0.term <= term }), runs[place].term == term,
      runs[place].first <= limit
    else { return nil }
    return min(limit, place + 1 < runs.count ? runs[place + 1].first - 1 : lastIndex)
  }

  /// All entries after `base`, for tests and recovery.
  public var entries: ContiguousArray<Entry> {
    ContiguousArray((ContiguousArray(full.joined()) + tail).dropFirst(Int(base) - start))
  }

  /// Two logs are the same log when their entries are, whatever their segments.
  public static func == (left: Log, right: Log) -> Bool {
    left.lastIndex == right.lastIndex && left.base == right.base && left.terms == right.terms
      && left.entries == right.entries
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(lastIndex) }
}

import Raft

/// Who led in which term.
struct Leaderships: Sendable {
  struct Leadership: Hashable, Sendable {
    let term: Term
    let process: Int
    let life: Int
  }

  /// One for each term, ascending.
  private(set) var known = ContiguousArray<Leadership>()

  /// Returns who led in the term before, where there was somebody: another server or another life.
  mutating func claim(_ leadership: Leadership) -> Leadership? {
    var place = known.count
    while place > 0, known[place - 1].term > leadership.term { place -= 1 }
    if place > 0, known[place - 1].term == leadership.term {
      return known[place - 1] == leadership ? nil : known[place - 1]
    }
    known.insert(leadership, at: place)
    return nil
  }
}

/// Every entry that was ever in a log, as the chain's number by index and term.
struct SeenEntries: Sendable {
  private struct Place: Hashable {
    let index: LogIndex
    let term: Term
  }

  /// The first that was seen at each index; most indices never see another.
  private var first = ContiguousArray<LogChain.Link>()
  // Looked up and never iterated.
  private var others: [Place: UInt64] = [:]

  /// Returns whether `link` is what was seen at this index and term before, or the first there.
  ///
  /// - Precondition: indices are seen in ascending order, from 1.
  mutating func matches(_ link: LogChain.Link, at index: LogIndex) -> Bool {
    guard index <= first.count else {
      first.append(link)
      return true
    }
    let known = first[Int(index) - 1]
    if known.term == link.term { return known.hash == link.hash }
    let place = Place(index: index, term: link.term)
    if let hash = others[place] { return hash == link.hash }
    others[place] = link.hash
    return true
  }
}

/// The one log that all servers apply, as far as any has committed it.
struct CommittedLog: Sendable {
  /// The term is the one in which the first server committed, which is the leader.
  private(set) var links = ContiguousArray<LogChain.Link>()
  /// The store's fingerprint after each index at which a step ended.
  private var fingerprints = ContiguousArray<UInt64?>()
  /// Up to here it was found on a majority's disks, or was reported not to be.
  var judged: LogIndex = 0

  var count: LogIndex { LogIndex(links.count) }

  /// Adds what `log` has committed beyond it, up to `index`. Returns the first index where it differs.
  mutating func extend(with log: borrowing LogChain, upTo index: LogIndex, in term: Term) -> LogIndex? {
    let shared = min(index, count)
    if log.hash(at: shared) != hash(at: shared) { return firstDifference(from: log, upTo: shared) }
    var next = count
    while next < index {
      next += 1
      links.append(LogChain.Link(term: term, hash: log.hash(at: next)))
    }
    return nil
  }

  /// The first index at which `log` lacks, or has otherwise, what was committed in a term before `term`.
  func missing(from log: borrowing LogChain, before term: Term) -> LogIndex? {
    var last = links.count
    while last > 0, links[last - 1].term >= term { last -= 1 }
    let index = LogIndex(last)
    if log.count >= index, log.hash(at: index) == hash(at: index) { return nil }
    return firstDifference(from: log, upTo: index)
  }

  /// Returns another fingerprint that a server had after the same entries.
  mutating func note(fingerprint: UInt64, at index: LogIndex) -> UInt64? {
    while fingerprints.count <= Int(index) { fingerprints.append(nil) }
    if let known = fingerprints[Int(index)] { return known == fingerprint ? nil : known }
    fingerprints[Int(index)] = fingerprint
    return nil
  }

  private func hash(at index: LogIndex) -> UInt64 { index == 0 ? 0 : links[Int(index) - 1].hash }

  /// Where chains differ they differ for good, so the search halves.
  private func firstDifference(from log: borrowing LogChain, upTo last: LogIndex) -> LogIndex {
    var low: LogIndex = 1
    var high = last
    while low < high {
      let middle = (low + high) / 2
      if log.count >= middle, log.hash(at: middle) == hash(at: middle) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

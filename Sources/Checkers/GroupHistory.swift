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

  /// The first that was seen at each index; most indices never see another. Not one log: each link has come from
  /// some log of its own.
  private var first = LogChain()
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
    if first.term(at: index) == link.term { return first.hash(at: index) == link.hash }
    let place = Place(index: index, term: link.term)
    if let hash = others[place] { return hash == link.hash }
    others[place] = link.hash
    return true
  }
}

/// The one log that all servers apply, as far as any has committed it.
struct CommittedLog: Sendable {
  /// Terms are those in which the first server committed, which is the leader.
  private(set) var chain = LogChain()
  /// The store's fingerprint after each index at which a step ended, with the last bit set; 0 elsewhere.
  private var fingerprints = ContiguousArray<UInt64>()
  /// Up to here it was found on a majority's disks, or was reported not to be.
  var judged: LogIndex = 0

  var count: LogIndex { chain.count }

  /// The chain's number up to `index`.
  func hash(at index: LogIndex) -> UInt64 { chain.hash(at: index) }

  /// Adds an entry, as the chain's number with it.
  mutating func append(_ hash: UInt64, in term: Term) { chain.append(LogChain.Link(term: term, hash: hash)) }

  /// The first index at which `log` lacks, or has otherwise, what was committed in a term before `term`.
  func missing(from log: borrowing LogChain, before term: Term) -> LogIndex? {
    let index = chain.lastIndex(before: term)
    if log.comes(to: chain.hash(at: index), at: index) { return nil }
    return log.firstDifference(from: chain, upTo: index)
  }

  /// How much of what is committed `log` begins with, and the number of that.
  func shared(with log: borrowing LogChain) -> (index: LogIndex, hash: UInt64) {
    var index = min(log.count, count)
    if !log.comes(to: chain.hash(at: index), at: index) {
      index = log.firstDifference(from: chain, upTo: index) - 1
    }
    return (index, chain.hash(at: index))
  }

  /// Returns whether every server so far had this fingerprint after the same entries.
  mutating func agrees(fingerprint: UInt64, at index: LogIndex) -> Bool {
    while fingerprints.count <= Int(index) { fingerprints.append(0) }
    let noted = fingerprint | 1
    defer { fingerprints[Int(index)] = noted }
    return fingerprints[Int(index)] == 0 || fingerprints[Int(index)] == noted
  }
}

import Primitives
import Raft

/// A log reduced to one number for each entry, which stands for that entry and all before it: two logs are
/// the same up to an index exactly when their numbers there are (but for a collision of 64-bit hashes).
struct LogChain: Sendable {
  struct Link: Hashable, Sendable {
    let term: Term
    let hash: UInt64
  }

  private var hashes = ContiguousArray<UInt64>()
  private var terms = TermRuns()

  var count: LogIndex { LogIndex(hashes.count) }

  /// The term at `index`; 0 at index 0.
  ///
  /// - Precondition: `index <= count`.
  func term(at index: LogIndex) -> Term { terms.term(at: index) }

  /// The number for everything up to `index`; 0 at index 0.
  ///
  /// - Precondition: `index <= count`.
  func hash(at index: LogIndex) -> UInt64 { index == 0 ? 0 : hashes[Int(index) - 1] }

  /// Whether this log reaches `index` and comes to `hash` there.
  func comes(to hash: UInt64, at index: LogIndex) -> Bool { count >= index && self.hash(at: index) == hash }

  /// Adds an entry; what is added is the link that it makes.
  mutating func append(term: Term, fingerprint: UInt64) -> Link {
    let link = Link(term: term, hash: Self.hash(hashes.last ?? 0, fingerprint))
    append(link)
    return link
  }

  mutating func append(_ link: Link) {
    hashes.append(link.hash)
    terms.append(link.term, at: count)
  }

  /// Its beginning.
  ///
  /// - Precondition: `last <= count`.
  func prefix(upTo last: LogIndex) -> LogChain {
    var prefix = self
    prefix.truncate(keeping: last)
    return prefix
  }

  mutating func truncate(keeping count: LogIndex) {
    guard count < self.count else { return }
    hashes.removeLast(hashes.count - Int(count))
    terms.truncate(after: count)
  }

  /// Whether the last entry has this fingerprint.
  func endsIn(fingerprint: UInt64) -> Bool {
    guard count > 0 else { return false }
    return hash(at: count) == Self.hash(hash(at: count - 1), fingerprint)
  }

  /// The first index up to `last` at which this log lacks, or has otherwise, what `other` has. Where chains differ
  /// they differ for good, so the search halves.
  ///
  /// - Precondition: there is one, and `other` reaches `last`.
  func firstDifference(from other: borrowing LogChain, upTo last: LogIndex) -> LogIndex {
    var low: LogIndex = 1
    var high = last
    while low < high {
      let middle = (low + high) / 2
      if comes(to: other.hash(at: middle), at: middle) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The last index whose term is below `term`, all later ones' being at or above it.
  func lastIndex(before term: Term) -> LogIndex {
    var last = count
    for run in terms.runs.reversed() {
      guard run.term >= term else { break }
      last = run.first - 1
    }
    return last
  }

  private static func hash(_ before: UInt64, _ fingerprint: UInt64) -> UInt64 {
    avalanche(before &* MixingConstant.c &+ fingerprint)
  }
}

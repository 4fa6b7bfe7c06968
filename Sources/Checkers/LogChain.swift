import Primitives
import Raft

/// A log reduced to one number for each entry, which stands for that entry and all before it: two logs are
/// the same up to an index exactly when their numbers there are (but for a collision of 64-bit hashes).
struct LogChain: Sendable {
  struct Link: Hashable, Sendable {
    let term: Term
    let hash: UInt64
  }

  private var links = ContiguousArray<Link>()

  var count: LogIndex { LogIndex(links.count) }

  /// The term at `index`; 0 at index 0.
  ///
  /// - Precondition: `index <= count`.
  func term(at index: LogIndex) -> Term { index == 0 ? 0 : links[Int(index) - 1].term }

  /// The number for everything up to `index`; 0 at index 0.
  ///
  /// - Precondition: `index <= count`.
  func hash(at index: LogIndex) -> UInt64 { index == 0 ? 0 : links[Int(index) - 1].hash }

  /// Whether both logs reach `index` and are the same up to there.
  func agrees(with other: LogChain, upTo index: LogIndex) -> Bool {
    count >= index && other.count >= index && hash(at: index) == other.hash(at: index)
  }

  mutating func append(term: Term, fingerprint: UInt64) -> Link {
    let link = Link(term: term, hash: Self.hash(links.last?.hash ?? 0, fingerprint))
    links.append(link)
    return link
  }

  mutating func truncate(keeping count: LogIndex) {
    guard count < self.count else { return }
    links.removeLast(links.count - Int(count))
  }

  /// Whether the last entry has this fingerprint.
  func endsIn(fingerprint: UInt64?) -> Bool {
    guard let fingerprint else { return links.isEmpty }
    guard count > 0 else { return false }
    return hash(at: count) == Self.hash(hash(at: count - 1), fingerprint)
  }

  private static func hash(_ before: UInt64, _ fingerprint: UInt64) -> UInt64 {
    avalanche(before &* MixingConstant.c &+ fingerprint)
  }
}

import Primitives

/// The way of one change, or one rumour, through a cluster.
package struct Spread: Sendable {
  /// Of the operation that began it, or of the node whose state it is, from 1.
  package let number: UInt64
  /// Whether it is the state of a node that is up.
  package internal(set) var isOfLiving = false
  package let begunAt: Instant
  /// By node: when it first knew, on disk or not; nil where it does not, or lost it in a crash.
  package internal(set) var knownAt: [Instant?]

  init(number: UInt64, begunAt: Instant, nodes: Int) {
    self.number = number
    self.begunAt = begunAt
    knownAt = Array(repeating: nil, count: nodes)
  }

  /// From its beginning until the last of these nodes knew it; nil where one does not.
  package func time(to nodes: [Int]) -> Nanoseconds? {
    var last = begunAt
    for node in nodes {
      guard let moment = knownAt[node] else { return nil }
      last = max(last, moment)
    }
    return last - begunAt
  }
}

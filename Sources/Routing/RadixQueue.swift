/// A priority queue of nodes whose keys are never below the last one taken (the one-level radix heap of Ahuja,
/// Mehlhorn, Orlin and Tarjan, "Faster algorithms for the shortest path problem", 1990). A node lies in the bucket of
/// the highest bit in which its key differs from the last key taken, so each moves down at most once a bit, and a
/// key may be lowered in O(1): buckets are doubly linked lists through arrays.
struct RadixQueue {
  private static let none = UInt16.max
  private static let buckets = 33

  /// By node; `UInt32.max` for what was never in the queue. Written by the queue alone.
  private let keys: UnsafeMutableBufferPointer<UInt32>
  private let next: UnsafeMutableBufferPointer<UInt16>
  private let previous: UnsafeMutableBufferPointer<UInt16>
  /// The first node of each bucket.
  private let heads: UnsafeMutableBufferPointer<UInt16>
  /// A bit for each bucket that is not empty.
  private var filled: UInt64 = 0
  private var last: UInt32 = 0

  /// Lends an empty queue over these keys, all of which are `UInt32.max`.
  static func with(keys: UnsafeMutableBufferPointer<UInt32>, _ body: (inout RadixQueue) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 2 * keys.count + buckets) { room in
      room.initialize(repeating: none)
      var queue = RadixQueue(
        keys: keys, next: .init(rebasing: room[..<keys.count]),
        previous: .init(rebasing: room[keys.count..<(2 * keys.count)]),
        heads: .init(rebasing: room[(2 * keys.count)...]))
      body(&queue)
    }
  }

  /// Adds the node, or moves it where it is in the queue.
  ///
  /// - Precondition: `key` is not below the last one taken, and below the key that the node had.
  @inline(__always)
  mutating func insert(_ node: Int, key: UInt32) {
    if keys[node] != .max { unlink(node, bucket: bucket(of: keys[node])) }
    keys[node] = key
    link(node)
  }

  /// Takes all nodes of the lowest key and returns the first of them, by which `following` finds the others; they
  /// must not be inserted again.
  mutating func popLowest() -> UInt16? {
    guard filled != 0 else { return nil }
    let bucket = filled.trailingZeroBitCount
    if bucket > 0 { spread(bucket) }
    let first = heads[0]
    heads[0] = Self.none
    filled &= ~1
    return first
  }

  /// The next node of the same key, `UInt16.max` after the last.
  @inline(__always)
  func following(_ node: UInt16) -> UInt16 { next[Int(node)] }

  @inline(__always)
  private func bucket(of key: UInt32) -> Int { 32 &- (key ^ last).leadingZeroBitCount }

  /// Makes the bucket's lowest key the last one taken. All of the bucket agree with it in one more bit.
  private mutating func spread(_ bucket: Int) {
    let first = heads[bucket]
    var lowest = UInt32.max
    var node = first
    while node != Self.none {
      lowest = min(lowest, keys[Int(node)])
      node = next[Int(node)]
    }
    last = lowest
    heads[bucket] = Self.none
    filled &= ~(1 << UInt64(bucket))
    node = first
    while node != Self.none {
      let following = next[Int(node)]
      link(Int(node))
      node = following
    }
  }

  @inline(__always)
  private mutating func link(_ node: Int) {
    let bucket = bucket(of: keys[node])
    let head = heads[bucket]
    next[node] = head
    previous[node] = Self.none
    if head != Self.none { previous[Int(head)] = UInt16(truncatingIfNeeded: node) }
    heads[bucket] = UInt16(truncatingIfNeeded: node)
    filled |= 1 << UInt64(bucket)
  }

  @inline(__always)
  private mutating func unlink(_ node: Int, bucket: Int) {
    let (before, after) = (previous[node], next[node])
    if before == Self.none { heads[bucket] = after } else { next[Int(before)] = after }
    if after != Self.none { previous[Int(after)] = before }
    if heads[bucket] == Self.none { filled &= ~(1 << UInt64(bucket)) }
  }
}

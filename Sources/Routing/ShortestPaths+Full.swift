/// A link, in one direction, that does not cost 1; 0 where it is down.
struct LinkException: Comparable {
  let from, to, cost: UInt16

  static func < (left: LinkException, right: LinkException) -> Bool {
    (left.from, left.to, left.cost) < (right.from, right.to, right.cost)
  }

  func isBefore(_ sender: UInt16, _ receiver: UInt16) -> Bool { from == sender && to < receiver }
  func joins(_ sender: UInt16, _ receiver: UInt16) -> Bool { from == sender && to == receiver }
}

extension ShortestPaths {
  /// Dijkstra's algorithm where everybody is linked with everybody at cost 1, with exceptions. No link is looked at
  /// but those: each other node is reached over a link of cost 1 from the first node settled that has one to it.
  ///
  /// - Parameter exceptions: ascending; of several for one link the first counts.
  /// - Complexity: O(n log n + n · d) for the d nodes that the source has no plain link to.
  init(full nodes: Int, but exceptions: ContiguousArray<LinkException>, from source: Int) {
    var hops = ContiguousArray(repeating: Self.unreached, count: nodes)
    var distances = ContiguousArray(repeating: Self.unreachable, count: nodes)
    // Ascending: to whom no link of cost 1 was found yet.
    var open = ContiguousArray((0..<UInt16(nodes)).filter { $0 != source })
    hops.withUnsafeMutableBufferPointer { hops in
      distances.withUnsafeMutableBufferPointer { distances in
        RadixQueue.with(keys: distances) { queue in
          queue.insert(source, key: 0)
          while !open.isEmpty, let first = queue.popLowest() {
            var level: ContiguousArray<UInt16> = []
            var node = first
            while node != Self.unreached {
              level.append(node)
              node = queue.following(node)
            }
            // Of several of one distance the lowest first hop comes first: nothing found later is better.
            level.sort { (hops[Int($0)], $0) < (hops[Int($1)], $1) }
            for node in level where !open.isEmpty {
              var (next, kept) = (Self.firstException(of: node, in: exceptions), 0)
              for other in open {
                while next < exceptions.count, exceptions[next].isBefore(node, other) { next += 1 }
                let isException = next < exceptions.count && exceptions[next].joins(node, other)
                let cost = isException ? exceptions[next].cost : 1
                if cost != 1 || other == node {
                  open[kept] = other
                  kept += 1
                }
                guard cost > 0, other != node else { continue }
                let reached = distances[Int(node)] + UInt32(cost)
                let firstHop = node == source ? other : hops[Int(node)]
                if reached < distances[Int(other)] {
                  queue.insert(Int(other), key: reached)
                  hops[Int(other)] = firstHop
                } else if reached == distances[Int(other)], firstHop < hops[Int(other)] {
                  hops[Int(other)] = firstHop
                }
              }
              open.removeLast(open.count - kept)
            }
          }
        }
      }
    }
    self.hops = hops
    self.distances = distances
  }

  private static func firstException(of node: UInt16, in exceptions: ContiguousArray<LinkException>) -> Int {
    var (low, high) = (0, exceptions.count)
    while low < high {
      let middle = (low + high) / 2
      if exceptions[middle].from < node { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

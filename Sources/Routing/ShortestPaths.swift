import Primitives

/// The shortest paths from one node to all others, by their first hops.
struct ShortestPaths: Sendable {
  /// In the place of a node: there is none.
  static let unreached = UInt16.max
  /// In the place of a distance: there is no path.
  static let unreachable = UInt32.max

  /// By destination.
  let hops: ContiguousArray<UInt16>
  /// By destination; empty where they are not kept.
  var distances: ContiguousArray<UInt32>

  func firstHop(to destination: Int) -> NodeID? {
    hops[destination] == Self.unreached ? nil : NodeID(UInt32(hops[destination]))
  }

  func distance(to destination: Int) -> UInt32? {
    distances[destination] == Self.unreachable ? nil : distances[destination]
  }

  /// Dijkstra's algorithm. Where several shortest paths lead to a node its first hop is the lowest of theirs:
  /// every node before it on any of them is nearer and so has been settled, with its own lowest, since no link costs
  /// nothing.
  ///
  /// - Parameter costs: of the links in the order of the rows; 0 where a link is down.
  /// - Complexity: O(e + n log c) for e links and the highest cost c.
  init(rows: Rows, costs: ContiguousArray<UInt16>, from source: Int) {
    let nodes = rows.offsets.count - 1
    var hops = ContiguousArray(repeating: Self.unreached, count: nodes)
    var distances = ContiguousArray(repeating: Self.unreachable, count: nodes)
    hops.withUnsafeMutableBufferPointer { hops in
      distances.withUnsafeMutableBufferPointer { distances in
        RadixQueue.with(keys: distances) { queue in
          queue.insert(source, key: 0)
          while let first = queue.popLowest() {
            var node = first
            while node != Self.unreached {
              let (distance, hop) = (distances[Int(node)], hops[Int(node)])
              for position in rows.row(Int(node)) where costs[position] > 0 {
                let neighbour = Int(rows.neighbours[position])
                let reached = distance + UInt32(costs[position])
                guard reached <= distances[neighbour] else { continue }
                let firstHop = node == source ? UInt16(neighbour) : hop
                if reached < distances[neighbour] {
                  queue.insert(neighbour, key: reached)
                  hops[neighbour] = firstHop
                } else if firstHop < hops[neighbour] {
                  hops[neighbour] = firstHop
                }
              }
              node = queue.following(node)
            }
          }
        }
      }
    }
    self.hops = hops
    self.distances = distances
  }
}

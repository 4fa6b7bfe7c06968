import Primitives

/// A graph in compressed rows: node by node its neighbours, ascending, and what the link to each costs. A link
/// stands in two rows.
struct Rows: Hashable, Sendable {
  /// Where each node's row begins, and where the last one ends.
  let offsets: ContiguousArray<UInt32>
  let neighbours: ContiguousArray<UInt16>
  let costs: ContiguousArray<UInt16>

  /// - Parameter edges: within the nodes, without loops and repeats, in any order.
  init(nodes: Int, edges: some Sequence<Edge>) {
    // Sorted by its two ends, a link is one word.
    var halves: ContiguousArray<UInt64> = []
    for edge in edges {
      let (first, second, cost) = (UInt64(edge.first.rawValue), UInt64(edge.second.rawValue), UInt64(edge.cost))
      halves.append(first << 32 | second << 16 | cost)
      halves.append(second << 32 | first << 16 | cost)
    }
    halves.sort()
    var offsets = ContiguousArray<UInt32>(repeating: 0, count: nodes + 1)
    for half in halves { offsets[Int(half >> 32) + 1] += 1 }
    for node in 0..<nodes { offsets[node + 1] += offsets[node] }
    self.offsets = offsets
    neighbours = ContiguousArray(halves.lazy.map { UInt16(truncatingIfNeeded: $0 >> 16) })
    costs = ContiguousArray(halves.lazy.map { UInt16(truncatingIfNeeded: $0) })
  }

  func row(_ node: Int) -> Range<Int> { Int(offsets[node])..<Int(offsets[node + 1]) }

  /// Where `neighbour` stands in the row of `node`; O(log degree).
  func position(of neighbour: Int, in node: Int) -> Int? {
    let row = row(node)
    var (low, high) = (row.lowerBound, row.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if Int(neighbours[middle]) < neighbour { low = middle + 1 } else { high = middle }
    }
    return low < row.upperBound && Int(neighbours[low]) == neighbour ? low : nil
  }
}

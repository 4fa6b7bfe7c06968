import Primitives

extension Topology {
  static func ring(_ nodes: Int) -> [Edge] {
    // Two nodes have one link, and one has none.
    (0..<(nodes > 2 ? nodes : nodes - 1)).map { edge($0, ($0 + 1) % nodes) }
  }

  static func grid(_ nodes: Int, columns: Int) -> [Edge] {
    var edges: [Edge] = []
    for node in 0..<nodes {
      if (node + 1) % columns > 0, node + 1 < nodes { edges.append(edge(node, node + 1)) }
      if node + columns < nodes { edges.append(edge(node, node + columns)) }
    }
    return edges
  }

  /// All that can be wrong with one link alone.
  static func check(_ edges: [Edge], nodes: Int) throws(InvalidTopology) {
    for edge in edges {
      guard edge.first.index < nodes, edge.second.index < nodes else { throw .outOfRange(edge, nodes: nodes) }
      guard edge.first != edge.second else { throw .loop(edge) }
      guard (1...highestCost).contains(edge.cost) else { throw .cost(edge) }
    }
  }

  /// The second of the listed links between these two.
  static func second(of edges: [Edge], _ first: Int, _ second: Int) -> Edge {
    let ends = [first, second]
    return edges.filter {
      [$0.first.index, $0.second.index] == ends || [$0.second.index, $0.first.index] == ends
    }[1]
  }

  static func edge(_ first: Int, _ second: Int) -> Edge { Edge(NodeID(UInt32(first)), NodeID(UInt32(second))) }
}

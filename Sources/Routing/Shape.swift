import Primitives

/// How the nodes of a mesh are linked.
public enum Shape: Hashable, Sendable {
  /// Everybody with everybody, at cost 1.
  case full
  /// Each node with the next, the last with the first, at cost 1.
  case ring
  /// Row by row, the last row perhaps shorter, at cost 1. `columns` from 1 to the number of nodes.
  case grid(columns: Int)
  /// Points drawn uniformly on a square, the nearest pairs linked: n · `meanDegree` / 2 of them, half a link
  /// counted as one, and ties broken by the lower numbers. What is then in several pieces is joined by the shortest
  /// gaps, as Kruskal's algorithm takes them, so the true mean can lie above the wished one.
  ///
  /// A link costs 1 to 4: the quarter of the radius in which its length lies, where the radius is the length of the
  /// longest link that was wished for; a gap is at least as long and costs 4.
  ///
  /// - `meanDegree`: from 0, which gives a spanning tree, to 256 and to one less than the nodes.
  case randomGeometric(meanDegree: Int, seed: UInt64)
  /// These links and no others. The graph may be in pieces.
  case listed([Edge])
}

/// A link and what it costs, the same in both directions.
public struct Edge: Hashable, Sendable {
  public let first: NodeID
  public let second: NodeID
  /// From 1 to `Topology.highestCost`.
  public let cost: UInt32

  public init(_ first: NodeID, _ second: NodeID, cost: UInt32 = 1) {
    self.first = first
    self.second = second
    self.cost = cost
  }
}

/// Why there is no such topology: the value, and what would be possible.
public enum InvalidTopology: Error, Hashable, Sendable, CustomStringConvertible {
  case nodes(Int)
  case columns(Int, nodes: Int)
  case meanDegree(Int, nodes: Int)
  case outOfRange(Edge, nodes: Int)
  case loop(Edge)
  case doubled(Edge)
  case cost(Edge)

  public var description: String {
    switch self {
    case .nodes(let count): "\(count) nodes are not from 1 to \(Topology.mostNodes)"
    case .columns(let columns, let nodes): "\(columns) columns of a grid are not from 1 to its \(nodes) nodes"
    case .meanDegree(let degree, let nodes):
      "a mean degree of \(degree) is not from 0 to \(Topology.highestMeanDegree(nodes: nodes))"
    case .outOfRange(let edge, let nodes): "\(edge.words) ends outside of the nodes 0 to \(nodes - 1)"
    case .loop(let edge): "\(edge.words) ends where it begins"
    case .doubled(let edge): "\(edge.words) is listed twice"
    case .cost(let edge): "\(edge.words) costs \(edge.cost), not from 1 to \(Topology.highestCost)"
    }
  }
}

extension Edge {
  fileprivate var words: String { "the link \(first.rawValue)–\(second.rawValue)" }
}

import Primitives

/// Which nodes of a mesh are linked, and what each link costs: an undirected graph that never changes. Copies share
/// it, so that all nodes of a cluster may hold one.
public struct Topology: Hashable, Sendable {
  /// As many as two bytes name, with numbers to spare.
  public static let mostNodes = 10_000
  /// OSPF's widest metric of a link (RFC 2328, section A.4.2). No path over `mostNodes` then exceeds 32 bits.
  public static let highestCost: UInt32 = 65_535

  enum Links: Hashable, Sendable {
    /// All there can be, at cost 1; listed unreached, since they are n².
    case full
    case rows(Rows)
  }

  /// Nodes have the numbers from 0 to this, exclusive.
  public let nodes: Int
  let links: Links

  /// - Parameter nodes: from 1 to `mostNodes`.
  /// - Complexity: O(n) for `full`, O(e log e) for all others with their e links.
  public init(nodes: Int, shape: Shape) throws(InvalidTopology) {
    guard (1...Self.mostNodes).contains(nodes) else { throw .nodes(nodes) }
    self.nodes = nodes
    switch shape {
    case .full: links = .full
    case .ring: links = .rows(Rows(nodes: nodes, edges: Self.ring(nodes)))
    case .grid(let columns):
      guard (1...nodes).contains(columns) else { throw .columns(columns, nodes: nodes) }
      links = .rows(Rows(nodes: nodes, edges: Self.grid(nodes, columns: columns)))
    case .randomGeometric(let degree, let seed):
      guard (0...Self.highestMeanDegree(nodes: nodes)).contains(degree) else {
        throw .meanDegree(degree, nodes: nodes)
      }
      let plane = RandomPlane(points: nodes, seed: seed)
      links = .rows(Rows(nodes: nodes, edges: plane.edges(wished: (nodes * degree + 1) / 2)))
    case .listed(let edges):
      try Self.check(edges, nodes: nodes)
      let rows = Rows(nodes: nodes, edges: edges)
      for node in 0..<nodes {
        let row = rows.row(node)
        for position in row.dropFirst() where rows.neighbours[position] == rows.neighbours[position - 1] {
          throw .doubled(Self.second(of: edges, node, Int(rows.neighbours[position])))
        }
      }
      links = .rows(rows)
    }
  }

  static func highestMeanDegree(nodes: Int) -> Int { min(nodes - 1, 256) }

  // MARK: Queries

  public var edgeCount: Int {
    switch links {
    case .full: nodes * (nodes - 1) / 2
    case .rows(let rows): rows.neighbours.count / 2
    }
  }

  /// Ascending.
  public func neighbours(of node: NodeID) -> Neighbours {
    switch links {
    case .full: Neighbours(allBut: node.index, of: nodes)
    case .rows(let rows): Neighbours(rows.neighbours, rows.row(node.index))
    }
  }

  public func degree(of node: NodeID) -> Int {
    switch links {
    case .full: nodes - 1
    case .rows(let rows): rows.row(node.index).count
    }
  }

  /// False for nodes that do not exist. O(log degree).
  public func contains(link first: NodeID, _ second: NodeID) -> Bool { cost(of: first, second) != nil }

  /// What the link costs, in both directions; nil where there is none.
  public func cost(of first: NodeID, _ second: NodeID) -> UInt32? {
    guard first.index < nodes, second.index < nodes else { return nil }
    switch links {
    case .full: return first == second ? nil : 1
    case .rows(let rows): return rows.position(of: second.index, in: first.index).map { UInt32(rows.costs[$0]) }
    }
  }

  /// Whether a path leads from each node to each. O(n + e).
  public var isConnected: Bool {
    guard case .rows(let rows) = links else { return true }
    var reached = ContiguousArray(repeating: false, count: nodes)
    var frontier: ContiguousArray<Int> = [0]
    reached[0] = true
    var count = 1
    while let node = frontier.popLast() {
      for position in rows.row(node) {
        let neighbour = Int(rows.neighbours[position])
        guard !reached[neighbour] else { continue }
        reached[neighbour] = true
        count += 1
        frontier.append(neighbour)
      }
    }
    return count == nodes
  }
}

/// The neighbours of one node, ascending.
public struct Neighbours: RandomAccessCollection, Hashable, Sendable {
  private let listed: ContiguousArray<UInt16>
  private let row: Range<Int>
  /// Instead of a list: all nodes but this one.
  private let missing: Int?

  init(_ listed: ContiguousArray<UInt16>, _ row: Range<Int>) {
    self.listed = listed
    self.row = row
    missing = nil
  }

  init(allBut node: Int, of nodes: Int) {
    listed = []
    row = 0..<(nodes - 1)
    missing = node
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { row.count }

  /// Where that node is among them; O(log n).
  public func position(of node: NodeID) -> Int? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < node { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == node ? low : nil
  }

  public subscript(position: Int) -> NodeID {
    precondition(position >= 0 && position < row.count, "no such neighbour")
    guard let missing else { return NodeID(UInt32(listed[row.lowerBound + position])) }
    return NodeID(UInt32(position < missing ? position : position + 1))
  }

  public static func == (left: Neighbours, right: Neighbours) -> Bool { left.elementsEqual(right) }

  public func hash(into hasher: inout Hasher) {
    for neighbour in self { hasher.combine(neighbour) }
  }
}

import Primitives
import Routing
import Testing

@Suite("Topologies")
struct TopologyTests {
  static func rows(_ topology: Topology) -> [[Int]] {
    (0..<topology.nodes).map { topology.neighbours(of: node($0)).map(\.index) }
  }

  static func rows(_ nodes: Int, _ shape: Shape) throws -> [[Int]] {
    rows(try Topology(nodes: nodes, shape: shape))
  }

  @Test("A ring links each node with the next, and the smallest ones link nobody twice")
  func ring() throws {
    #expect(try Self.rows(1, .ring) == [[]])
    #expect(try Self.rows(2, .ring) == [[1], [0]])
    #expect(try Self.rows(3, .ring) == [[1, 2], [0, 2], [0, 1]])
    #expect(try Self.rows(5, .ring) == [[1, 4], [0, 2], [1, 3], [2, 4], [0, 3]])
  }

  @Test("A grid links neighbours in rows and columns, with a last row that may be short")
  func grid() throws {
    #expect(try Self.rows(1, .grid(columns: 1)) == [[]])
    #expect(try Self.rows(4, .grid(columns: 2)) == [[1, 2], [0, 3], [0, 3], [1, 2]])
    #expect(try Self.rows(5, .grid(columns: 3)) == [[1, 3], [0, 2, 4], [1], [0, 4], [1, 3]])
    #expect(try Self.rows(3, .grid(columns: 1)) == [[1], [0, 2], [1]])
    #expect(try Self.rows(3, .grid(columns: 3)) == [[1], [0, 2], [1]])
    #expect(try Topology(nodes: 9_999, shape: .grid(columns: 100)).edgeCount == 99 * 100 - 1 + 99 * 100 - 1)
  }

  @Test("In a full mesh everybody is everybody's neighbour, at any size without a list")
  func full() throws {
    #expect(try Self.rows(1, .full) == [[]])
    #expect(try Self.rows(2, .full) == [[1], [0]])
    #expect(try Self.rows(4, .full) == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])
    let large = try Topology(nodes: 10_000, shape: .full)
    #expect(large.edgeCount == 49_995_000)
    #expect(large.degree(of: node(7)) == 9_999)
    #expect(large.isConnected)
    #expect(large.contains(link: node(0), node(9_999)))
    #expect(!large.contains(link: node(5), node(5)))
    #expect(!large.contains(link: node(5), node(10_000)))
    #expect(large.neighbours(of: node(9_999)).last == node(9_998))
  }

  @Test("Listed links are there in both directions with their costs, and no others")
  func listed() throws {
    let edges = [Edge(node(3), node(1), cost: 7), Edge(node(0), node(1)), Edge(node(1), node(2), cost: 65_535)]
    let topology = try Topology(nodes: 5, shape: .listed(edges))
    #expect(Self.rows(topology) == [[1], [0, 2, 3], [1], [1], []])
    #expect(topology.edgeCount == 3)
    #expect(topology.cost(of: node(1), node(3)) == 7)
    #expect(topology.cost(of: node(3), node(1)) == 7)
    #expect(topology.cost(of: node(1), node(2)) == 65_535)
    #expect(topology.cost(of: node(0), node(1)) == 1)
    #expect(topology.cost(of: node(0), node(2)) == nil)
    #expect(topology.cost(of: node(0), node(5)) == nil)
    #expect(topology.cost(of: node(1), node(1)) == nil)
    #expect(!topology.isConnected)
    #expect(try Topology(nodes: 4, shape: .listed(edges)).isConnected)
    #expect(try Topology(nodes: 1, shape: .listed([])).isConnected)
  }

  @Test("The same links in another order and direction are the same topology")
  func order() throws {
    let one = try Topology(nodes: 3, shape: .listed([Edge(node(0), node(1)), Edge(node(2), node(1), cost: 2)]))
    let other = try Topology(nodes: 3, shape: .listed([Edge(node(1), node(2), cost: 2), Edge(node(1), node(0))]))
    #expect(one == other)
    #expect(try one != Topology(nodes: 3, shape: .listed([Edge(node(0), node(1)), Edge(node(1), node(2))])))
  }

  @Test("A list that is no graph is refused by the link at fault")
  func refusedLists() {
    let good = Edge(node(0), node(1))
    let faults: [(Edge, InvalidTopology, String)] = [
      (
        Edge(node(1), node(3)), .outOfRange(Edge(node(1), node(3)), nodes: 3),
        "the link 1–3 ends outside of the nodes 0 to 2"
      ),
      (Edge(node(2), node(2)), .loop(Edge(node(2), node(2))), "the link 2–2 ends where it begins"),
      (
        Edge(node(1), node(0), cost: 4), .doubled(Edge(node(1), node(0), cost: 4)), "the link 1–0 is listed twice"
      ),
      (
        Edge(node(1), node(2), cost: 0), .cost(Edge(node(1), node(2), cost: 0)),
        "the link 1–2 costs 0, not from 1 to 65535"
      ),
      (
        Edge(node(1), node(2), cost: 65_536), .cost(Edge(node(1), node(2), cost: 65_536)),
        "the link 1–2 costs 65536, not from 1 to 65535"
      ),
    ]
    for (edge, error, words) in faults {
      #expect(throws: error) { try Topology(nodes: 3, shape: .listed([good, edge])) }
      #expect(error.description == words)
    }
  }

  @Test("Numbers out of their range are refused with the range")
  func refusedNumbers() {
    let faults: [(Int, Shape, InvalidTopology)] = [
      (0, .full, .nodes(0)), (10_001, .ring, .nodes(10_001)), (-1, .ring, .nodes(-1)),
      (6, .grid(columns: 0), .columns(0, nodes: 6)), (6, .grid(columns: 7), .columns(7, nodes: 6)),
      (6, .randomGeometric(meanDegree: 6, seed: 1), .meanDegree(6, nodes: 6)),
      (6, .randomGeometric(meanDegree: -1, seed: 1), .meanDegree(-1, nodes: 6)),
      (1_000, .randomGeometric(meanDegree: 257, seed: 1), .meanDegree(257, nodes: 1_000)),
    ]
    for (nodes, shape, error) in faults {
      #expect(throws: error) { try Topology(nodes: nodes, shape: shape) }
    }
    #expect(
      InvalidTopology.meanDegree(300, nodes: 1_000).description == "a mean degree of 300 is not from 0 to 256")
    #expect(InvalidTopology.nodes(0).description == "0 nodes are not from 1 to 10000")
  }

  @Test("Settings out of their range are refused")
  func settings() throws {
    #expect(RoutingSettings.standard.refreshInterval == .seconds(5))
    #expect(
      try RoutingSettings(refreshInterval: .milliseconds(1), advertsPerMessage: 1, greetings: 0).greetings == 0)
    #expect(throws: InvalidRoutingSettings.self) { try RoutingSettings(refreshInterval: Nanoseconds(999_999)) }
    #expect(throws: InvalidRoutingSettings.self) { try RoutingSettings(refreshInterval: .seconds(3_601)) }
    #expect(throws: InvalidRoutingSettings.self) { try RoutingSettings(advertsPerMessage: 0) }
    #expect(throws: InvalidRoutingSettings.self) { try RoutingSettings(advertsPerMessage: 1_025) }
    #expect(throws: InvalidRoutingSettings.self) { try RoutingSettings(greetings: 65) }
  }
}

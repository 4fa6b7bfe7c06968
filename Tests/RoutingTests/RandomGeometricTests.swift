import Primitives
import Routing
import Testing

@Suite("Random geometric graphs")
struct RandomGeometricTests {
  static func build(_ nodes: Int, _ degree: Int, seed: UInt64) throws -> Topology {
    try Topology(nodes: nodes, shape: .randomGeometric(meanDegree: degree, seed: seed))
  }

  @Test("One seed gives one graph, another seed another", arguments: [2 as UInt64, 3, 99])
  func reproducible(seed: UInt64) throws {
    let graph = try Self.build(200, 6, seed: seed)
    #expect(try graph == Self.build(200, 6, seed: seed))
    #expect(try graph != Self.build(200, 6, seed: seed + 1))
  }

  /// The definition, without cells: all pairs in order, and Kruskal's algorithm over them.
  static func plainly(_ nodes: Int, _ degree: Int, seed: UInt64) -> [[Int]] {
    let choices = Choices(seed: seed)
    let points = (0..<UInt64(nodes)).map { number in
      (0..<UInt64(2)).map { choices.choose(Purpose(200, ""), Entities(number), $0, below: 1 << 31) }
    }
    var pairs: [(length: UInt64, ends: [Int])] = []
    for first in 0..<nodes {
      for second in (first + 1)..<max(nodes, first + 1) {
        let squares = zip(points[first], points[second]).map {
          ($0 > $1 ? $0 - $1 : $1 - $0) * ($0 > $1 ? $0 - $1 : $1 - $0)
        }
        pairs.append((squares[0] + squares[1], [first, second]))
      }
    }
    pairs.sort { ($0.length, $0.ends[0], $0.ends[1]) < ($1.length, $1.ends[0], $1.ends[1]) }
    var piece = Array(0..<nodes)
    var edges: [[Int]] = []
    for (rank, pair) in pairs.enumerated() {
      let (one, other) = (piece[pair.ends[0]], piece[pair.ends[1]])
      guard rank < (nodes * degree + 1) / 2 || one != other else { continue }
      edges.append(pair.ends)
      for index in piece.indices where piece[index] == other { piece[index] = one }
    }
    return edges.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
  }

  @Test("The links are the nearest pairs and the shortest gaps", arguments: [1, 2, 3, 5, 12, 40, 90])
  func nearestPairs(nodes: Int) throws {
    for degree in [0, 1, 2, 5, 8, nodes - 1] where degree < nodes {
      for seed: UInt64 in 1...4 {
        let links = Mesh(try Self.build(nodes, degree, seed: seed)).links
        #expect(links == Self.plainly(nodes, degree, seed: seed), "mean degree \(degree), seed \(seed)")
      }
    }
  }

  @Test(
    "Connected, with the wished number of links and a few more to join the pieces", arguments: [2, 10, 100, 1_000])
  func counts(nodes: Int) throws {
    for degree in [1, 4, 8, 12] where degree < nodes {
      for seed: UInt64 in 1...5 {
        let graph = try Self.build(nodes, degree, seed: seed)
        #expect(graph.isConnected)
        let wished = (nodes * degree + 1) / 2
        #expect(graph.edgeCount >= wished)
        #expect(graph.edgeCount < wished + nodes)
        // From 8 on hardly anything is apart: the mean lies within a tenth of the wished one.
        if degree >= 8, nodes >= 100 { #expect((graph.edgeCount - wished) * 10 <= wished) }
      }
    }
  }

  @Test("Costs are from 1 to 4, and the longer classes are the greater ones")
  func costs() throws {
    let graph = try Self.build(2_000, 10, seed: 4)
    var counts = [0, 0, 0, 0, 0]
    for link in Mesh(graph).links { counts[Int(graph.cost(of: node(link[0]), node(link[1]))!)] += 1 }
    #expect(counts[0] == 0)
    // Rings of one width around a point: 1, 3, 5 and 7 sixteenths of the disc.
    for cost in 1...4 {
      let share = 10_000 * (2 * cost - 1) / 16
      #expect(abs(counts[cost] - share) * 5 < share, "\(counts[cost]) links cost \(cost), not some \(share)")
    }
  }

  @Test("Ten thousand nodes are linked, all in one piece and none with too many", arguments: [0, 2, 8, 64])
  func large(degree: Int) throws {
    let graph = try Self.build(10_000, degree, seed: 7)
    #expect(graph.isConnected)
    #expect(graph.edgeCount >= max(9_999, 5_000 * degree))
    if degree == 8 { #expect(graph.edgeCount < 41_000) }
  }
}

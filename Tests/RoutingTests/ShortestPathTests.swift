import Primitives
import Routing
import Testing

@Suite("Shortest paths")
struct ShortestPathTests {
  /// What each direction of each link costs; nil where it is down or missing.
  typealias Costs = [[UInt64?]]

  static func floydWarshall(_ costs: Costs) -> Costs {
    var distances = costs
    let all = costs.indices
    for node in all { distances[node][node] = 0 }
    for between in all {
      for from in all {
        for to in all {
          guard let one = distances[from][between], let other = distances[between][to] else { continue }
          distances[from][to] = min(distances[from][to] ?? .max, one + other)
        }
      }
    }
    return distances
  }

  /// A node that has heard all these adverts.
  static func view(_ id: Int, _ topology: Topology, _ adverts: [[LinkReport]]) -> LinkState {
    var state = LinkState(id: node(id), topology: topology)
    var actions = Outbox<Action>()
    let own = adverts[id].flatMap { report -> [LinkChange] in
      [.cost(report.neighbour, report.cost)] + (report.isDown ? [.down(report.neighbour)] : [])
    }
    state.linksChanged(own, &actions)
    let others = adverts.indices.filter { $0 != id }.map {
      Advert(origin: node($0), sequence: 1, links: ContiguousArray(adverts[$0]))
    }
    guard let neighbour = topology.neighbours(of: node(id)).first else { return state }
    state.receive(.adverts(ContiguousArray(others)), from: neighbour, &actions)
    return state
  }

  /// What is wrong with the routes of all nodes that have this view.
  static func faults(_ topology: Topology, _ adverts: [[LinkReport]]) -> [String] {
    var costs = Costs(repeating: Array(repeating: nil, count: topology.nodes), count: topology.nodes)
    let all = 0..<topology.nodes
    for from in all {
      for to in topology.neighbours(of: node(from)) {
        costs[from][to.index] = topology.cost(of: node(from), to).map(UInt64.init)
      }
    }
    for from in all { for report in adverts[from] { costs[from][report.neighbour.index] = UInt64(report.cost) } }
    for from in all {
      for report in adverts[from] where report.isDown {
        costs[from][report.neighbour.index] = nil
        costs[report.neighbour.index][from] = nil
      }
    }
    let distances = floydWarshall(costs)
    var faults: [String] = []
    for from in all {
      var state = view(from, topology, adverts)
      // Nobody tells a node without neighbours anything, and nothing changes for it.
      for to in all {
        let lowest = all.first { hop in
          guard from != to, let first = costs[from][hop], let rest = distances[hop][to] else { return false }
          return first + rest == distances[from][to]
        }
        if state.nextHop(to: node(to))?.index != lowest {
          faults.append("\(from) to \(to): not by \(lowest ?? -1)")
        }
        if state.distance(to: node(to)).map(UInt64.init) != distances[from][to] {
          faults.append("\(from) to \(to)")
        }
        if state.nextHop(to: node(to))?.index != lowest { faults.append("\(from) to \(to) again") }
      }
    }
    return faults
  }

  @Test("On every graph of up to four nodes whose links are missing, up, down or dear, both ends agreeing")
  func exhaustive() throws {
    for nodes in 1...4 {
      let pairs = (0..<nodes).flatMap { first in (first + 1..<max(nodes, first + 1)).map { [first, $0] } }
      for code in 0..<(1 << (2 * pairs.count)) {
        var edges: [Edge] = []
        var adverts = [[LinkReport]](repeating: [], count: nodes)
        for (position, pair) in pairs.enumerated() {
          let kind = code >> (2 * position) & 3
          guard kind > 0 else { continue }
          edges.append(Edge(node(pair[0]), node(pair[1])))
          guard kind > 1 else { continue }
          for (from, to) in [(pair[0], pair[1]), (pair[1], pair[0])] {
            adverts[from].append(LinkReport(neighbour: node(to), cost: kind == 2 ? 1 : 2, isDown: kind == 2))
          }
        }
        for row in adverts.indices { adverts[row].sort { $0.neighbour < $1.neighbour } }
        let faults = Self.faults(try Topology(nodes: nodes, shape: .listed(edges)), adverts)
        #expect(faults.isEmpty, "graph \(code) of \(nodes) nodes: \(faults)")
      }
    }
  }

  static let costBounds = [1, 2, 5, 300, 65_535]

  /// Each end says what it likes of each link.
  static func reports(_ topology: Topology, costs bound: Int, _ draws: inout Draws) -> [[LinkReport]] {
    (0..<topology.nodes).map { from in
      topology.neighbours(of: node(from)).compactMap { to in
        guard draws.below(3) == 0 else { return nil }
        return LinkReport(neighbour: to, cost: UInt32(1 + draws.below(bound)), isDown: draws.below(2) == 0)
      }
    }
  }

  @Test("On random graphs whose ends contradict each other, with costs of any size", arguments: 1...60)
  func random(seed: Int) throws {
    var draws = Draws(UInt64(seed))
    for bound in Self.costBounds {
      let nodes = 2 + draws.below(14)
      var edges: [Edge] = []
      for first in 0..<nodes {
        for second in (first + 1)..<max(nodes, first + 1) where draws.below(nodes) < 4 {
          edges.append(Edge(node(first), node(second), cost: UInt32(1 + draws.below(bound))))
        }
      }
      let topology = try Topology(nodes: nodes, shape: .listed(edges))
      let reports = Self.reports(topology, costs: bound, &draws)
      // A node without neighbours cannot be told.
      let adverts = reports.indices.map { topology.degree(of: node($0)) > 0 ? reports[$0] : [] }
      #expect(Self.faults(topology, adverts).isEmpty, "costs up to \(bound)")
    }
  }

  @Test("Paths that are kept while links change are those that would be found anew", arguments: 1...120)
  func kept(seed: Int) throws {
    var draws = Draws(UInt64(seed) + 5_000)
    let nodes = 3 + draws.below(14)
    var edges: [Edge] = []
    for first in 0..<nodes {
      for second in (first + 1)..<max(nodes, first + 1) where draws.below(nodes) < 4 {
        edges.append(Edge(node(first), node(second), cost: UInt32(1 + draws.below(3))))
      }
    }
    let topology = try Topology(nodes: nodes, shape: .listed(edges))
    guard let listener = (0..<nodes).first(where: { topology.degree(of: node($0)) > 0 }) else { return }
    let neighbour = topology.neighbours(of: node(listener))[0]
    var state = LinkState(id: node(listener), topology: topology)
    var actions = Outbox<Action>()
    for sequence in 1...30 {
      let origin = draws.below(nodes)
      guard origin != listener else { continue }
      let links = topology.neighbours(of: node(origin)).compactMap { to -> LinkReport? in
        guard draws.below(3) == 0 else { return nil }
        return LinkReport(neighbour: to, cost: UInt32(1 + draws.below(4)), isDown: draws.below(2) == 0)
      }
      let advert = Advert(origin: node(origin), sequence: UInt64(sequence), links: ContiguousArray(links))
      state.receive(.adverts([advert]), from: neighbour, &actions)
      var fresh = LinkState(id: node(listener), topology: topology)
      fresh.receive(.adverts(state.adverts), from: neighbour, &actions)
      for to in 0..<nodes {
        #expect(state.nextHop(to: node(to)) == fresh.nextHop(to: node(to)), "after \(sequence), to \(to)")
        #expect(state.distance(to: node(to)) == fresh.distance(to: node(to)), "after \(sequence), to \(to)")
      }
    }
  }

  @Test("In full meshes, where only the exceptions are listed", arguments: 1...60)
  func full(seed: Int) throws {
    var draws = Draws(UInt64(seed) + 1_000)
    for bound in Self.costBounds {
      let topology = try Topology(nodes: 2 + draws.below(9), shape: .full)
      #expect(Self.faults(topology, Self.reports(topology, costs: bound, &draws)).isEmpty, "costs up to \(bound)")
    }
  }

  @Test("A full mesh of ten thousand nodes is routed around the links that are down")
  func largeFull() throws {
    let topology = try Topology(nodes: 10_000, shape: .full)
    var adverts = [[LinkReport]](repeating: [], count: 10_000)
    adverts[0] = (1..<200).map { LinkReport(neighbour: node($0), cost: 1, isDown: true) }
    adverts[9_999] = [LinkReport(neighbour: node(0), cost: 1, isDown: true)]
    var state = Self.view(0, topology, adverts)
    #expect(state.nextHop(to: node(100)) == node(200))
    #expect(state.nextHop(to: node(9_999)) == node(200))
    #expect(state.nextHop(to: node(9_998)) == node(9_998))
    #expect(state.distance(to: node(1)) == 2)
  }

  @Test("A path over ten thousand of the dearest links is counted to its end")
  func longest() throws {
    let edges = (0..<9_999).map { Edge(node($0), node($0 + 1), cost: 65_535) }
    var state = LinkState(id: node(0), topology: try Topology(nodes: 10_000, shape: .listed(edges)))
    #expect(state.distance(to: node(9_999)) == UInt32(9_999) * 65_535)
    #expect(state.nextHop(to: node(9_999)) == node(1))
  }

  @Test("There is no next hop to oneself, nor to nodes that do not exist")
  func edges() throws {
    var state = LinkState(id: node(1), topology: try Topology(nodes: 3, shape: .ring))
    #expect(state.nextHop(to: node(1)) == nil)
    #expect(state.distance(to: node(1)) == 0)
    #expect(state.nextHop(to: node(3)) == nil)
    #expect(state.distance(to: node(3)) == nil)
  }
}

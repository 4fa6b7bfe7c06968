import Primitives
import Routing
import Testing

@Suite("Views of the mesh")
struct FloodingTests {
  static let shapes: [(Int, Shape)] = [
    (1, .full), (2, .ring), (3, .ring), (9, .ring), (12, .full), (20, .grid(columns: 5)),
    (30, .randomGeometric(meanDegree: 4, seed: 3)), (60, .randomGeometric(meanDegree: 8, seed: 5)),
  ]

  /// Some of the links; of each three one.
  static func some(of links: [[Int]], _ draws: inout Draws) -> [[Int]] { links.filter { _ in draws.below(3) == 0 } }

  @Test("Nobody has anything to say of a mesh as it was planned")
  func undisturbed() throws {
    for (nodes, shape) in Self.shapes {
      var mesh = try Mesh(nodes, shape)
      mesh.run(for: .seconds(30))
      #expect(mesh.nodes.allSatisfy { $0.adverts.isEmpty })
      #expect(mesh.changes.allSatisfy { $0 == 0 })
      // Greetings, and six refreshes of each node.
      let speakers = mesh.topology.edgeCount > 0 ? nodes : 0
      let greetings = (0..<nodes).reduce(0) { $0 + min(4, mesh.topology.degree(of: node($1))) }
      #expect(mesh.sent == greetings + 6 * speakers)
      #expect(mesh.strayPackets().isEmpty)
    }
  }

  @Test("A cut is known everywhere after as many hops as the mesh is wide, and so is its end")
  func hops() throws {
    var mesh = try Mesh(20, .ring)
    mesh.settle()
    mesh.cut([[0, 19]])
    #expect(mesh.nodes[0].nextHop(to: node(19)) == node(1))
    #expect(!mesh.agrees)
    // Around from both ends of the cut: 9 hops to the middle, and 10 more for what the other end says.
    mesh.run(for: .milliseconds(19))
    #expect(mesh.agrees)
    #expect(mesh.nodes[10].adverts.map(\.origin) == [node(0), node(19)])
    #expect(mesh.nodes[10].distance(to: node(0)) == 10)
    #expect(mesh.nodes[1].nextHop(to: node(19)) == node(2))
    #expect(mesh.nodes[1].distance(to: node(19)) == 18)
    #expect(mesh.changes == Array(repeating: 2, count: 20))
    mesh.heal([[0, 19]])
    mesh.run(for: .milliseconds(10))
    #expect(mesh.agrees)
    #expect(mesh.nodes[1].nextHop(to: node(19)) == node(0))
  }

  @Test("What a node notices in one go, and hears in one message, travels on in one message")
  func batches() throws {
    var state = LinkState(
      id: node(0), topology: try Topology(nodes: 5, shape: .full),
      settings: try RoutingSettings(advertsPerMessage: 2))
    var actions = Outbox<Action>()
    state.linksChanged([.down(node(2)), .cost(node(3), 9)], &actions)
    let said = Advert(
      origin: node(0), sequence: 1,
      links: [
        LinkReport(neighbour: node(2), cost: 1, isDown: true),
        LinkReport(neighbour: node(3), cost: 9, isDown: false),
      ])
    // Over the link that is down too: it may be so in one direction only.
    let others = [1, 3, 4, 2].map { node($0) }
    #expect(Array(actions) == others.map { .send(.adverts([said]), to: $0) } + [.routesChanged])
    actions.removeAll()
    let heard = ContiguousArray((1...3).map { Advert(origin: node($0), sequence: 1, links: []) })
    state.receive(.adverts(heard), from: node(4), &actions)
    // Not back to n5, nor over the link that is down; two in a message; and no link has changed.
    let messages: [Message] = [.adverts([heard[0], heard[1]]), .adverts([heard[2]])]
    #expect(Array(actions) == [1, 3].flatMap { to in messages.map { .send($0, to: node(to)) } })
    actions.removeAll()
    state.receive(.adverts(heard), from: node(3), &actions)
    #expect(actions.isEmpty)
  }

  @Test("A change to what is so already is not told, and two that undo each other are none")
  func noChange() throws {
    var mesh = try Mesh(5, .ring)
    mesh.settle()
    let before = mesh.sent
    mesh.step(0) { $0.linkUp(node(1), &$1) }
    mesh.step(0) { $0.linkCost(node(1), 1, &$1) }
    mesh.step(0) { $0.linksChanged([.down(node(1)), .up(node(1))], &$1) }
    #expect(mesh.sent == before)
    mesh.step(0) { $0.linkDown(node(1), &$1) }
    #expect(mesh.sent > before)
    let after = mesh.sent
    mesh.step(0) { $0.linkDown(node(1), &$1) }
    #expect(mesh.sent == after)
  }

  @Test("A link that is down keeps its cost, and has it when it comes up")
  func costKept() throws {
    var mesh = try Mesh(3, .ring)
    mesh.step(0) { $0.linkCost(node(1), 5, &$1) }
    mesh.settle()
    #expect(mesh.nodes[0].distance(to: node(1)) == 2)
    #expect(mesh.nodes[2].distance(to: node(1)) == 1)
    // Its other direction is as cheap as before.
    #expect(mesh.nodes[1].distance(to: node(0)) == 1)
    mesh.cut([[0, 1], [0, 2]])
    mesh.heal([[0, 1]])
    mesh.settle()
    #expect(mesh.nodes[0].distance(to: node(1)) == 5)
    #expect(mesh.nodes[0].distance(to: node(2)) == 6)
  }

  @Test("One end's word is enough for a link to be down, and both must take it back")
  func eitherEnd() throws {
    var mesh = try Mesh(4, .ring)
    mesh.step(0) { $0.linkDown(node(1), &$1) }
    mesh.step(1) { $0.linkDown(node(0), &$1) }
    mesh.settle()
    mesh.step(1) { $0.linkUp(node(0), &$1) }
    mesh.settle()
    for index in 0..<4 { #expect(!mesh.nodes[index].isUp(link: node(0), node(1))) }
    #expect(mesh.nodes[1].nextHop(to: node(0)) == node(2))
    mesh.step(0) { $0.linkUp(node(1), &$1) }
    mesh.settle()
    for index in 0..<4 { #expect(mesh.nodes[index].isUp(link: node(0), node(1))) }
    #expect(mesh.nodes[1].nextHop(to: node(0)) == node(0))
  }

  @Test(
    "After any cuts and heals all views of a piece agree, and packets arrive where there is a path",
    arguments: 1...8)
  func convergence(seed: Int) throws {
    var draws = Draws(UInt64(seed))
    for (nodes, shape) in Self.shapes {
      var mesh = try Mesh(nodes, shape)
      let links = mesh.links
      for _ in 0..<3 {
        mesh.cut(Self.some(of: links.filter { !mesh.isCut($0[0], $0[1]) }, &draws))
        // In the midst of the flood another change.
        mesh.run(for: .milliseconds(2))
        mesh.heal(Self.some(of: links.filter { mesh.isCut($0[0], $0[1]) }, &draws))
        // What comes up again exchanges views, and these are flooded: a few times the mesh's width.
        mesh.run(for: .milliseconds(Int64(4 * nodes + 10)))
        #expect(mesh.agrees, "\(nodes) nodes, \(shape)")
        #expect(mesh.strayPackets().isEmpty, "\(nodes) nodes, \(shape)")
      }
    }
  }

  @Test("Two halves that were apart, and changed meanwhile, are one again")
  func partition() throws {
    var mesh = try Mesh(20, .grid(columns: 5))
    let bridge = mesh.links.filter { $0[0] / 5 == 1 && $0[1] / 5 == 2 }
    mesh.cut(bridge)
    mesh.run(for: .seconds(1))
    mesh.cut([[0, 1], [18, 19]])
    mesh.run(for: .seconds(1))
    #expect(mesh.agrees)
    #expect(mesh.nodes[0].isUp(link: node(18), node(19)))
    #expect(mesh.nodes[0].nextHop(to: node(19)) == nil)
    #expect(mesh.strayPackets().isEmpty)
    mesh.heal(bridge)
    mesh.run(for: .milliseconds(40))
    #expect(mesh.agrees)
    #expect(!mesh.nodes[0].isUp(link: node(18), node(19)))
    #expect(mesh.strayPackets().isEmpty)
  }

  @Test("Whatever share of the messages is lost, all views agree in the end", arguments: [1, 30, 60])
  func loss(percent: Int) throws {
    var draws = Draws(UInt64(percent))
    for (nodes, shape) in Self.shapes where nodes > 2 {
      var mesh = try Mesh(nodes, shape)
      mesh.loss = percent
      mesh.cut(Self.some(of: mesh.links, &draws))
      // With 60 of 100 lost, an exchange of two messages succeeds one time in six.
      mesh.run(for: .seconds(900))
      #expect(mesh.agrees, "\(nodes) nodes, \(shape)")
      #expect(mesh.strayPackets().isEmpty, "\(nodes) nodes, \(shape)")
    }
  }

  @Test("A flood that reaches nobody is repaired within a refresh of each link on its way")
  func lostFlood() throws {
    var mesh = try Mesh(8, .ring)
    mesh.run(for: .seconds(10))
    mesh.loss = 100
    mesh.cut([[0, 7]])
    mesh.loss = 0
    mesh.settle()
    #expect(!mesh.agrees)
    #expect(mesh.nodes[1].adverts.isEmpty)
    // Two neighbours in turn; from there it is flooded on.
    mesh.run(for: .seconds(10))
    #expect(mesh.agrees)
    let quiet = mesh.sent
    mesh.run(for: .seconds(10))
    // Summaries, and what the ends of the link that is down say of it to each other.
    #expect(mesh.sent == quiet + 2 * 8 + 2 * 2)
  }

  @Test("The same events lead to the same state and the same messages, and other events do not")
  func determinism() throws {
    func run(_ percent: Int) throws -> Digest {
      var mesh = try Mesh(30, .randomGeometric(meanDegree: 4, seed: 3))
      mesh.loss = percent
      var draws = Draws(9)
      for _ in 0..<5 {
        mesh.cut(Self.some(of: mesh.links, &draws))
        mesh.run(for: .seconds(3))
        mesh.heal(Self.some(of: mesh.links, &draws))
        mesh.run(for: .seconds(3))
      }
      return mesh.digest
    }
    #expect(try run(20) == run(20))
    #expect(try run(20) != run(21))
  }

  @Test("What decides the future is in the digest, and what can be computed again is not")
  func digests() throws {
    func digest(_ state: LinkState) -> Digest {
      var digest = Digest()
      state.fold(into: &digest, at: .zero)
      return digest
    }
    var actions = Outbox<Action>()
    let fresh = LinkState(id: node(0), topology: try Topology(nodes: 4, shape: .ring))
    var other = fresh
    _ = other.nextHop(to: node(2))
    #expect(digest(other) == digest(fresh))
    other.timerFired(&actions)
    #expect(digest(other) != digest(fresh))
    other.timerFired(&actions)
    #expect(digest(other) == digest(fresh))
    other.linkDown(node(1), &actions)
    let down = digest(other)
    #expect(down != digest(fresh))
    other.linkUp(node(1), &actions)
    #expect(Set([down, digest(fresh), digest(other)]).count == 3)
  }
}

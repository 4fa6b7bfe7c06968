import Primitives
import Routing
import Testing

@Suite("Sequence numbers")
struct SequenceTests {
  static func down(_ neighbour: Int) -> LinkReport { LinkReport(neighbour: node(neighbour), cost: 1, isDown: true) }

  static func heard(_ state: inout LinkState, _ adverts: Advert..., from sender: Int) -> [Action] {
    var actions = Outbox<Action>()
    state.receive(.adverts(ContiguousArray(adverts)), from: node(sender), &actions)
    return Array(actions)
  }

  @Test("In whatever order adverts come, the newest stays")
  func newestStays() throws {
    let topology = try Topology(nodes: 5, shape: .full)
    let adverts = (1...4).map { sequence in
      Advert(origin: node(3), sequence: UInt64(sequence), links: sequence % 2 == 0 ? [] : [Self.down(sequence % 3)])
    }
    var draws = Draws(5)
    for _ in 0..<200 {
      var state = LinkState(id: node(0), topology: topology)
      var highest: UInt64 = 0
      for _ in 0..<8 {
        let advert = adverts[draws.below(4)]
        let actions = Self.heard(&state, advert, from: 1 + draws.below(2))
        #expect(actions.isEmpty == (advert.sequence <= highest))
        highest = max(highest, advert.sequence)
        #expect(state.advert(of: node(3)) == adverts[Int(highest) - 1])
      }
    }
  }

  @Test("Of two adverts with one number all nodes keep the same one, whichever comes first")
  func sameNumber() throws {
    let topology = try Topology(nodes: 5, shape: .full)
    for number: UInt64 in 1...20 {
      let one = Advert(origin: node(3), sequence: number, links: [Self.down(1)])
      let other = Advert(origin: node(3), sequence: number, links: [Self.down(2)])
      var (first, second) = (LinkState(id: node(0), topology: topology), LinkState(id: node(0), topology: topology))
      _ = Self.heard(&first, one, other, from: 1)
      _ = Self.heard(&second, other, one, from: 1)
      #expect(first.adverts == second.adverts)
    }
  }

  @Test("A node that hears an advert of an earlier life goes on above it, and tells all neighbours")
  func earlierLife() throws {
    let topology = try Topology(nodes: 4, shape: .full)
    var state = LinkState(id: node(0), topology: topology)
    var actions = Self.heard(&state, Advert(origin: node(0), sequence: 7, links: [Self.down(2)]), from: 1)
    let void = Advert(origin: node(0), sequence: 8, links: [])
    // Its own links have not changed by what was said of them.
    #expect(actions == [1, 2, 3].map { .send(.adverts([void]), to: node($0)) })
    #expect(state.isUp(link: node(0), node(2)))
    // What is true by chance needs no new number.
    actions = Self.heard(&state, Advert(origin: node(0), sequence: 11, links: []), from: 1)
    #expect(
      actions == [2, 3].map { .send(.adverts([Advert(origin: node(0), sequence: 11, links: [])]), to: node($0)) })
    var outbox = Outbox<Action>()
    state.linkDown(node(3), &outbox)
    #expect(state.advert(of: node(0))?.sequence == 12)
  }

  @Test("Who says less of itself than is known of it is told at once")
  func toldAtOnce() throws {
    var state = LinkState(id: node(0), topology: try Topology(nodes: 4, shape: .full))
    let old = Advert(origin: node(1), sequence: 9, links: [Self.down(2)])
    _ = Self.heard(&state, old, from: 3)
    let young = Advert(origin: node(1), sequence: 1, links: [Self.down(3)])
    #expect(Self.heard(&state, young, from: 1) == [.send(.adverts([old]), to: node(1))])
    #expect(Self.heard(&state, young, from: 2).isEmpty)
    #expect(Self.heard(&state, old, from: 1).isEmpty)
  }

  @Test("Nodes that restart, again and again, recover their numbers, and views agree", arguments: 1...6)
  func restarts(seed: Int) throws {
    var draws = Draws(UInt64(seed))
    var mesh = try Mesh(24, .randomGeometric(meanDegree: 5, seed: UInt64(seed)))
    for round in 0..<6 {
      mesh.cut(FloodingTests.some(of: mesh.links.filter { !mesh.isCut($0[0], $0[1]) }, &draws))
      mesh.run(for: .milliseconds(Int64(draws.below(6))))
      for _ in 0..<3 { mesh.restart(draws.below(24)) }
      mesh.heal(FloodingTests.some(of: mesh.links.filter { mesh.isCut($0[0], $0[1]) }, &draws))
      mesh.restart(draws.below(24))
      mesh.run(for: .milliseconds(400))
      #expect(mesh.agrees, "round \(round)")
      #expect(mesh.strayPackets().isEmpty, "round \(round)")
    }
  }

  @Test(
    "A restart that nobody notices is made good by greetings, and without them by the refresh", arguments: [0, 4])
  func greetings(count: Int) throws {
    var mesh = try Mesh(6, .ring, settings: try RoutingSettings(greetings: count))
    mesh.cut([[2, 3]])
    mesh.run(for: .seconds(1))
    mesh.heal([[2, 3]])
    mesh.cut([[4, 5]])
    mesh.run(for: .seconds(1))
    mesh.restart(0)
    mesh.run(for: .milliseconds(100))
    #expect(mesh.nodes[0].adverts.isEmpty == (count == 0))
    mesh.run(for: .seconds(10))
    #expect(mesh.agrees)
  }

  @Test("All that restart together have forgotten all, and it is only true what is noticed anew")
  func allRestart() throws {
    var mesh = try Mesh(6, .ring)
    mesh.cut([[0, 1], [3, 4]])
    mesh.settle()
    for index in 0..<6 { mesh.restart(index) }
    mesh.settle()
    #expect(mesh.agrees)
    #expect(mesh.nodes[1].adverts.map(\.sequence) == [1, 1])
  }

  @Test("Adverts that do not fit the topology, and messages of strangers, change nothing")
  func misfits() throws {
    var state = LinkState(id: node(0), topology: try Topology(nodes: 5, shape: .ring))
    let misfits = [
      Advert(origin: node(5), sequence: 1, links: []), Advert(origin: node(2), sequence: 0, links: []),
      Advert(origin: node(2), sequence: 1 << 62, links: []),
      Advert(origin: node(2), sequence: 1, links: [Self.down(4)]),
      Advert(origin: node(2), sequence: 1, links: [Self.down(3), Self.down(1)]),
      Advert(origin: node(2), sequence: 1, links: [Self.down(3), Self.down(3)]),
      Advert(origin: node(2), sequence: 1, links: [LinkReport(neighbour: node(1), cost: 0, isDown: false)]),
      Advert(origin: node(2), sequence: 1, links: [LinkReport(neighbour: node(1), cost: 65_536, isDown: false)]),
    ]
    for misfit in misfits { #expect(Self.heard(&state, misfit, from: 1).isEmpty) }
    let good = Advert(origin: node(2), sequence: 1, links: [Self.down(1)])
    #expect(Self.heard(&state, good, from: 2).isEmpty)
    #expect(Self.heard(&state, good, from: 9).isEmpty)
    #expect(state.adverts.isEmpty)
    #expect(Self.heard(&state, misfits[0], good, from: 1).last == .routesChanged)
    #expect(state.adverts == [good])
  }
}

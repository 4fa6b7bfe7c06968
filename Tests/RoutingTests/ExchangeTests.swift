import Primitives
import Routing
import Testing

@Suite("Summaries and their answers")
struct ExchangeTests {
  static func summary(_ state: LinkState, isAnswer: Bool = false) throws -> Message {
    // What the node itself would send next.
    var (copy, actions) = (state, Outbox<Action>())
    copy.timerFired(&actions)
    guard case .send(.summary(var summary), _)? = actions.popFirst() else { throw Missing() }
    summary.isAnswer = isAnswer
    return .summary(summary)
  }

  struct Missing: Error {}

  static func answers(_ state: LinkState, _ message: Message) -> [Action] {
    var (copy, actions) = (state, Outbox<Action>())
    copy.receive(message, from: node(1), &actions)
    return Array(actions)
  }

  static func knowing(_ adverts: ContiguousArray<Advert>) throws -> LinkState {
    var state = LinkState(
      id: node(0), topology: try Topology(nodes: 8, shape: .full),
      settings: try RoutingSettings(advertsPerMessage: 2))
    var actions = Outbox<Action>()
    state.receive(.adverts(adverts), from: node(1), &actions)
    return state
  }

  @Test("The same view is not answered; another is, with all there is, and a question with a summary too")
  func legs() throws {
    let adverts = ContiguousArray((2...4).map { Advert(origin: node($0), sequence: 2, links: []) })
    let state = try Self.knowing(adverts)
    #expect(Self.answers(state, try Self.summary(state)).isEmpty)
    #expect(Self.answers(state, try Self.summary(state, isAnswer: true)).isEmpty)
    var views = [try Self.knowing([]), try Self.knowing([adverts[0], adverts[2]])]
    // As many, one of them older; and one with other links.
    views.append(try Self.knowing([adverts[0], adverts[1], Advert(origin: node(4), sequence: 1, links: [])]))
    let report = LinkReport(neighbour: node(5), cost: 1, isDown: true)
    views.append(try Self.knowing([adverts[0], adverts[1], Advert(origin: node(4), sequence: 2, links: [report])]))
    let all: [Action] = [
      .send(.adverts([adverts[0], adverts[1]]), to: node(1)), .send(.adverts([adverts[2]]), to: node(1)),
    ]
    for view in views {
      #expect(Self.answers(state, try Self.summary(view, isAnswer: true)) == all)
      let own = Action.send(try Self.summary(state, isAnswer: true), to: node(1))
      #expect(Self.answers(state, try Self.summary(view)) == all + [own])
    }
  }

  @Test("However a view came about, the same adverts have the same summary")
  func order() throws {
    let adverts = (2...4).map { Advert(origin: node($0), sequence: 2, links: []) }
    let old = Advert(origin: node(3), sequence: 1, links: [])
    let one = try Self.summary(try Self.knowing(ContiguousArray(adverts)))
    #expect(try one == Self.summary(try Self.knowing([adverts[2], old, adverts[0], adverts[1], old])))
  }

  @Test("A question tells in both directions what the other lacks")
  func bothWays() throws {
    var mesh = try Mesh(2, .ring)
    mesh.settle()
    // Each has an advert that its neighbour did not hear.
    mesh.loss = 100
    mesh.step(0) { $0.linkCost(node(1), 3, &$1) }
    mesh.step(1) { $0.linkCost(node(0), 4, &$1) }
    mesh.loss = 0
    mesh.step(0) { $0.timerFired(&$1) }
    mesh.settle()
    #expect(mesh.nodes[0].adverts == mesh.nodes[1].adverts)
    #expect(mesh.nodes[1].adverts.count == 2)
  }

  @Test("Neighbours are asked in turn, those behind links that are down passed over, and one that comes up at once")
  func turns() throws {
    func asked(_ actions: [Action]) -> [Int] {
      actions.compactMap { action in
        guard case .send(.summary, let to) = action else { return nil }
        return to.index
      }
    }
    var mesh = try Mesh(5, .full, settings: try RoutingSettings(greetings: 3))
    var actions = mesh.step(0) { $0.start(&$1) }
    // Its turn went by three neighbours when the mesh began.
    #expect(asked(actions) == [4, 1, 2])
    #expect(actions.last == .setTimer(after: .seconds(1)))
    #expect(mesh.step(4) { $0.start(&$1) }.last == .setTimer(after: .seconds(5)))
    mesh.step(0) { $0.linksChanged([.down(node(3)), .down(node(1))], &$1) }
    actions = (0..<3).flatMap { _ in mesh.step(0) { $0.timerFired(&$1) } }
    #expect(asked(actions) == [4, 2, 4])
    #expect(actions.last == .setTimer(after: .seconds(5)))
    #expect(asked(mesh.step(0) { $0.linkUp(node(3), &$1) }) == [3])
    mesh.step(0) { $0.linksChanged([2, 3, 4].map { .down(node($0)) }, &$1) }
    actions = mesh.step(0) { $0.timerFired(&$1) }
    #expect(asked(actions) == [] && actions.last == .setTimer(after: .seconds(5)))
  }
}

import CRDT
import Checkers
import ControlLoop
import Node
import Primitives
import Programs
import Testing

@Suite("What the judge of a mesh sees of what nodes decide and learn together")
struct MeshRegistryJudgeTests {
  typealias Scene = MeshJudgeTests.Scene

  static func registry(_ decisions: [(UInt32, Registry.Standing)], version: UInt64) -> MeshMessage {
    var registry = Registry()
    for (node, standing) in decisions {
      registry.apply(Registry.Decision(NodeID(node), standing), version: version)
    }
    return .registry(registry)
  }

  static func hear(_ node: Int, _ message: MeshMessage, from sender: UInt32, _ scene: inout Scene) {
    scene.step(node, .message(message, from: Endpoint(NodeID(sender))))
  }

  // MARK: The registry

  @Test("Two registries of one version break registry-agrees", arguments: [UInt32(0), 2])
  func twoRegistries(other: UInt32) throws {
    var scene = try Scene()
    Self.hear(0, Self.registry([(2, .drained)], version: 1), from: 1, &scene)
    Self.hear(2, Self.registry([(other, .drained)], version: 1), from: 1, &scene)
    #expect(scene.fired == (other == 2 ? [] : ["registry-agrees"]))
  }

  @Test("So do two standings of one node, though the same nodes are out of service")
  func twoStandings() throws {
    var scene = try Scene()
    Self.hear(0, Self.registry([(2, .drained)], version: 3), from: 1, &scene)
    Self.hear(2, Self.registry([(2, .quarantined)], version: 3), from: 1, &scene)
    #expect(scene.fired == ["registry-agrees"])
    #expect(scene.judge.violations[0].detail.contains("version 3: n3 quarantined"))
  }

  @Test(
    "A node that goes back to an earlier version in one life breaks registry-moves-on", arguments: [false, true])
  func goesBack(forgets: Bool) throws {
    var scene = try Scene()
    Self.hear(0, Self.registry([(2, .drained)], version: 2), from: 1, &scene)
    if forgets { scene.nodes[0] = Mesh(id: NodeID(0), settings: scene.settings) }
    Self.hear(0, Self.registry([(1, .drained)], version: 1), from: 1, &scene)
    #expect(scene.fired == (forgets ? ["registry-moves-on"] : []))
    #expect(scene.nodes[0].registry.version == (forgets ? 1 : 2))
  }

  @Test("A new life begins with the first, and may hear of an earlier version than the last life knew")
  func newLife() throws {
    var scene = try Scene()
    Self.hear(0, Self.registry([(2, .drained)], version: 2), from: 1, &scene)
    scene.judge.observeCrash(process: 0, at: scene.now)
    scene.nodes[0] = Mesh(id: NodeID(0), settings: scene.settings)
    scene.step(0, .started(Recovered(files: [ContiguousArray<MeshRecord>](), restarts: 1)))
    Self.hear(0, Self.registry([(1, .drained)], version: 1), from: 1, &scene)
    #expect(scene.fired == [])
  }

  // MARK: Lessons

  /// One lesson of a node that is not there, of that name.
  static func lesson(_ report: Report) -> MeshMessage {
    let replica = ReplicaID(NodeID(7))
    var (clock, lessons) = (HybridClock(), Lessons())
    _ = lessons.learn(report, as: replica, at: { clock.tick(.zero, replica) })
    return .lessons(LessonsParcel(.init(life: 0, number: 1, receiver: nil, state: lessons)))
  }

  static func learners() throws -> Scene {
    try Scene { $0.healing = HealingSettings(council: [NodeID(1)], rules: .standard, loop: .standard) }
  }

  @Test("Nodes that know of the same lessons and hold others break lessons-agree", arguments: [true, false])
  func lessons(succeeds: Bool) throws {
    var scene = try Self.learners()
    Self.hear(0, Self.lesson(.judged(.runaway, .restart, success: true, took: .zero)), from: 1, &scene)
    Self.hear(2, Self.lesson(.judged(.runaway, .restart, success: succeeds, took: .zero)), from: 1, &scene)
    #expect(scene.fired == (succeeds ? [] : ["lessons-agree"]))
    #expect(scene.judge.watchesHealing)
  }

  @Test("Who lacks a lesson is missing one, as long as somebody who lives has it")
  func missing() throws {
    var scene = try Self.learners()
    #expect(scene.judge.lessonsMissing([0, 1, 2]) == 0)
    Self.hear(0, Self.lesson(.threshold(.loss, ppmOfDefault: 950_000)), from: 1, &scene)
    #expect(scene.judge.lessonsMissing([0, 1, 2]) == 2 && scene.judge.lessonsMissing([1, 2]) == 0)
    #expect(scene.fired == [])
  }

  @Test("Messages for the sake of healing are counted, with their bytes, and no others")
  func counts() throws {
    var scene = try Self.learners()
    let registry = Self.registry([(2, .drained)], version: 1)
    // Tells its other neighbour.
    Self.hear(1, registry, from: 0, &scene)
    #expect(scene.judge.healingMessages == 1 && scene.judge.healingBytes == UInt64(registry.wireSize))
    scene.step(1, .timerFired(TimerID(0)))
    #expect(scene.judge.healingMessages == 1, "hellos are there for all else")
  }
}

@Suite("What the judge of a mesh sees of requests that take their time")
struct MeshWorkJudgeTests {
  typealias Scene = MeshJudgeTests.Scene

  static func scene() throws -> Scene { try Scene { $0.works = true } }

  static func key(of owner: UInt32) -> UInt64 {
    (0..<1_000).first { Registry().owner(of: $0, nodes: 3) == NodeID(owner) }!
  }

  static func ask(_ request: UInt64, _ owner: UInt32) -> Input<Mesh> {
    let operation = MeshOperation(key: key(of: owner), work: .milliseconds(5))
    let packet = MeshPacket(from: NodeID(0), to: NodeID(owner), .ask(RequestID(request), operation))
    return .message(.packet(packet), from: Endpoint(NodeID(1)))
  }

  @Test(
    "An owner answers when its work is done, and who is answered before breaks owner-serves",
    arguments: [true, false])
  func answers(isDone: Bool) throws {
    var scene = try Self.scene()
    scene.step(2, Self.ask(4, 2))
    if isDone { scene.step(2, .workDone(WorkID(0))) }
    scene.step(
      0, .message(Scene.hello, from: Endpoint(NodeID(1))), adding: [.reply(RequestID(4), .served(by: NodeID(2)))])
    #expect(scene.fired == (isDone ? [] : ["owner-serves"]))
  }

  @Test("A key that moves while its request is worked on is answered by whoever took it")
  func moves() throws {
    var scene = try Self.scene()
    scene.step(2, Self.ask(4, 2))
    let registry = MeshRegistryJudgeTests.registry([(2, .drained)], version: 1)
    MeshRegistryJudgeTests.hear(2, registry, from: 1, &scene)
    scene.step(2, .workDone(WorkID(0)))
    scene.step(
      0, .message(Scene.hello, from: Endpoint(NodeID(1))), adding: [.reply(RequestID(4), .served(by: NodeID(2)))])
    #expect(scene.fired == [])
  }

  @Test(
    "A node that takes another's request for its own breaks owner-serves when its work is done", arguments: [1, 2])
  func usurped(owner: UInt32) throws {
    var scene = try Self.scene()
    scene.step(2, Self.ask(4, owner))
    let answer = MeshPacket(from: NodeID(2), to: NodeID(0), .answer(RequestID(4)))
    scene.step(
      2, .workDone(WorkID(9)), adding: [.send(.packet(answer), to: Endpoint(NodeID(1)), after: nil, under: nil)])
    #expect(scene.fired == (owner == 2 ? [] : ["owner-serves"]))
  }

  @Test("What a node was asked itself it serves when its work is done", arguments: [0, 1])
  func own(owner: UInt32) throws {
    var scene = try Self.scene()
    scene.step(0, .request(RequestID(4), MeshOperation(key: Self.key(of: owner), work: .milliseconds(5))))
    scene.step(0, .workDone(WorkID(0)), adding: owner == 0 ? [] : [.reply(RequestID(4), .served(by: NodeID(0)))])
    #expect(scene.fired == (owner == 0 ? [] : ["owner-serves"]))
  }
}

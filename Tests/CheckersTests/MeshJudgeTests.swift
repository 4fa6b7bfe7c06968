import Checkers
import Membership
import Node
import Primitives
import Programs
import Routing
import Testing

@Suite("What the judge of a mesh sees")
struct MeshJudgeTests {
  /// Three nodes in a row.
  struct Scene {
    var judge = MeshJudge(nodes: 3)
    var nodes: [Mesh]
    var now = Instant.zero
    var draws = DrawCounters()
    let settings: Boxed<MeshSettings>

    static let hello = MeshMessage.hello(Hello(number: 1, heard: 0, ago: 0, missed: 0, registry: 0))

    init(_ change: (inout MeshSettings) -> Void = { _ in }) throws {
      let links = [Edge(NodeID(0), NodeID(1)), Edge(NodeID(1), NodeID(2))]
      var plain = MeshSettings(
        topology: try Topology(nodes: 3, shape: .listed(links)), membership: .standard, routing: .standard,
        hello: .milliseconds(100), patience: 2, timeout: .seconds(1))
      change(&plain)
      let settings = Boxed(plain)
      self.settings = settings
      nodes = (0..<3).map { Mesh(id: NodeID($0), settings: settings) }
      for node in 0..<3 { step(node, .started(Recovered(files: [ContiguousArray<MeshRecord>](), restarts: 0))) }
    }

    var fired: [String] { judge.violations.map { "\($0.invariant)" } }

    /// - Parameter added: what the node does besides, and should not.
    mutating func step(_ node: Int, _ input: Input<Mesh>, adding added: [Effect<Mesh>] = []) {
      now = now + .milliseconds(1)
      var context = StepContext(
        monotonic: now, wall: now, telemetry: false, choices: Choices(seed: 1), process: Entities(UInt64(node)),
        draws: draws)
      var effects = Effects<Mesh>()
      nodes[node].step(input, context: &context, effects: &effects)
      draws = context.draws
      for effect in added { effects.append(effect) }
      judge.observe(input, effects: effects, program: nodes[node], process: node, at: now)
    }

    /// The node hears a claim about a member.
    mutating func hear(_ node: Int, _ claim: Membership.Update, from sender: UInt32 = 1) {
      let ping = Membership.Message(
        .ping, sequence: 1, initiator: NodeID(sender), target: NodeID(UInt32(node)), updates: [claim])
      let packet = MeshPacket(from: NodeID(sender), to: NodeID(UInt32(node)), .membership(ping))
      step(node, .message(.packet(packet), from: Endpoint(NodeID(sender))))
    }
  }

  @Test("An incarnation that a member has not had breaks incarnation-is-own", arguments: [UInt32(0), 1])
  func incarnations(_ incarnation: UInt32) throws {
    var scene = try Scene()
    scene.hear(0, Membership.Update(NodeID(2), .suspect, incarnation: incarnation))
    #expect(scene.fired == (incarnation == 0 ? [] : ["incarnation-is-own"]))
  }

  @Test("One that the member has taken is its own")
  func refutation() throws {
    var scene = try Scene()
    scene.hear(2, Membership.Update(NodeID(2), .suspect, incarnation: 0))
    #expect(scene.nodes[2].members.incarnation == 1)
    scene.hear(0, Membership.Update(NodeID(2), .alive, incarnation: 1))
    #expect(scene.fired == [])
  }

  @Test(
    "A node that takes a dead member for alive without a later incarnation breaks death-is-final",
    arguments: [false, true])
  func resurrection(_ forgets: Bool) throws {
    var scene = try Scene()
    scene.judge.observeCrash(process: 2, at: scene.now)
    scene.hear(0, Membership.Update(NodeID(2), .dead, incarnation: 0))
    if forgets {
      // Hears of it as of something new, having forgotten that it knew it dead.
      scene.nodes[0] = Mesh(id: NodeID(0), settings: scene.settings)
      scene.hear(0, Membership.Update(NodeID(2), .suspect, incarnation: 0))
    } else {
      scene.hear(0, Membership.Update(NodeID(2), .suspect, incarnation: 0))
    }
    #expect(scene.fired == (forgets ? ["death-is-final"] : []))
  }

  @Test("So does a death in a later incarnation that an earlier one makes undone", arguments: [UInt32(0), 2])
  func resurrectionInEarlier(_ incarnation: UInt32) throws {
    var scene = try Scene()
    for life in [UInt32(0), 1] { scene.hear(2, Membership.Update(NodeID(2), .suspect, incarnation: life)) }
    scene.hear(0, Membership.Update(NodeID(2), .dead, incarnation: 1))
    scene.nodes[0] = Mesh(id: NodeID(0), settings: scene.settings)
    scene.hear(0, Membership.Update(NodeID(2), .alive, incarnation: incarnation))
    #expect(scene.fired == (incarnation == 2 ? [] : ["death-is-final"]))
  }

  @Test("A node that answers for another's key breaks owner-serves, and so does one that serves itself another's")
  func usurped() throws {
    var scene = try Scene()
    let key = try #require((0..<1_000).first { Registry().owner(of: $0, nodes: 3) == NodeID(2) })
    let packet = MeshPacket(from: NodeID(0), to: NodeID(1), .ask(RequestID(4), MeshOperation(key: key)))
    let answer = MeshPacket(from: NodeID(1), to: NodeID(0), .answer(RequestID(4)))
    scene.step(
      1, .message(.packet(packet), from: Endpoint(NodeID(0))),
      adding: [.send(.packet(answer), to: Endpoint(NodeID(0)), after: nil, under: nil)])
    #expect(scene.fired == ["owner-serves"])
    scene.step(
      1, .message(Scene.hello, from: Endpoint(NodeID(0))), adding: [.reply(RequestID(5), .served(by: NodeID(1)))])
    #expect(scene.fired == ["owner-serves", "owner-serves"])
  }

  @Test("A request that nobody has served and is answered breaks owner-serves", arguments: [false, true])
  func unserved(_ serves: Bool) throws {
    var scene = try Scene()
    let key = try #require((0..<1_000).first { Registry().owner(of: $0, nodes: 3) == NodeID(2) })
    if serves {
      let packet = MeshPacket(from: NodeID(0), to: NodeID(2), .ask(RequestID(4), MeshOperation(key: key)))
      scene.step(2, .message(.packet(packet), from: Endpoint(NodeID(1))))
    }
    scene.step(
      0, .message(Scene.hello, from: Endpoint(NodeID(1))), adding: [.reply(RequestID(4), .served(by: NodeID(2)))])
    #expect(scene.fired == (serves ? [] : ["owner-serves"]))
  }

  @Test("A message to who is no neighbour breaks links-are-kept", arguments: [UInt32(1), 2])
  func strangers(_ receiver: UInt32) throws {
    var scene = try Scene()
    scene.step(
      0, .message(Scene.hello, from: Endpoint(NodeID(1))),
      adding: [.send(Scene.hello, to: Endpoint(NodeID(receiver)), after: nil, under: nil)])
    #expect(scene.fired == (receiver == 1 ? [] : ["links-are-kept"]))
  }

  @Test("It knows when a crash was first noticed, and when each node came to know of it")
  func detection() throws {
    var scene = try Scene()
    let crash = scene.now
    scene.judge.observeCrash(process: 2, at: crash)
    scene.hear(0, Membership.Update(NodeID(2), .suspect, incarnation: 0))
    #expect(scene.judge.detections == [scene.now - crash])
    #expect(
      scene.judge.spreads.map(\.number) == [3] && scene.judge.spreads[0].knownAt[0] == nil, "suspect is not dead")
    scene.hear(0, Membership.Update(NodeID(2), .dead, incarnation: 0))
    #expect(scene.judge.spreads[0].knownAt[0] == scene.now && scene.judge.spreads[0].begunAt == crash)
    #expect(scene.judge.falseDeaths == 0 && scene.judge.detections.count == 1)
    scene.step(2, .started(Recovered(files: [ContiguousArray<MeshRecord>](), restarts: 1)))
    #expect(scene.judge.spreads[0].knownAt[0] == nil && scene.judge.spreads[0].knownAt[1] == scene.now)
    scene.hear(1, Membership.Update(NodeID(0), .dead, incarnation: 0), from: 2)
    #expect(scene.judge.falseDeaths == 1 && scene.fired == [])
  }
}

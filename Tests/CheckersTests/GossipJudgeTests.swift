import Checkers
import Node
import Primitives
import Programs
import Testing

@Suite("What the gossip judge sees")
struct GossipJudgeTests {
  struct Scene {
    var judge = GossipJudge(nodes: 2)
    var nodes: [Gossip]
    var now = Instant.zero
    var draws = DrawCounters()
    static let settings = GossipSettings(nodes: 2, interval: .milliseconds(100), fanout: 1)

    init() {
      nodes = (0..<2).map { Gossip(id: NodeID($0), settings: Self.settings) }
      for node in 0..<2 { step(node, .started(Recovered(files: [], restarts: 0))) }
    }

    var fired: [String] { judge.violations.map { "\($0.invariant)" } }

    @discardableResult
    mutating func step(
      _ node: Int, _ input: Input<Gossip>, showing shown: Gossip? = nil, withoutWaiting: Bool = false
    ) -> [Effect<Gossip>] {
      now = now + .milliseconds(1)
      var context = StepContext(
        monotonic: now, wall: now, telemetry: false, choices: Choices(seed: 1), process: Entities(UInt64(node)),
        draws: draws)
      var effects = Effects<Gossip>()
      nodes[node].step(input, context: &context, effects: &effects)
      draws = context.draws
      if withoutWaiting {
        effects.items = Outbox(
          effects.items.map { effect in
            guard case .send(let message, let peer, _, let span) = effect else { return effect }
            return .send(message, to: peer, after: nil, under: span)
          })
      }
      judge.observe(input, effects: effects, program: shown ?? nodes[node], process: node, at: now)
      return Array(effects.items)
    }

    mutating func begin(_ node: Int, _ number: UInt64) {
      step(node, .request(RequestID(number), RumourSource().request(number: number, choices: Choices(seed: 1))))
    }

    mutating func hear(_ node: Int, _ rumours: [UInt64]) {
      step(node, .message(GossipMessage(rumours: rumours), from: Endpoint(NodeID(1))))
    }

    mutating func restart(_ node: Int, finding written: [Effect<Gossip>] = []) {
      judge.observeCrash(process: node, at: now)
      nodes[node] = Gossip(id: NodeID(UInt32(node)), settings: Self.settings)
      let records = written.compactMap { if case .replace(_, let record) = $0 { record } else { nil } }
      step(node, .started(Recovered(files: [ContiguousArray(records)], restarts: 1)))
    }
  }

  @Test("A rumour that nobody began breaks nothing-invented", arguments: [1, 2])
  func invented(_ number: UInt64) {
    var scene = Scene()
    scene.begin(0, 1)
    scene.hear(1, [number])
    #expect(scene.fired == (number == 1 ? [] : ["nothing-invented"]))
  }

  @Test("A rumour that was told and is gone breaks nothing-forgotten", arguments: [false, true])
  func forgotten(_ completed: Bool) {
    var scene = Scene()
    scene.begin(0, 1)
    scene.step(0, .timerFired(TimerID(0)))
    // Until the write is done nothing was told.
    if completed { scene.step(0, .writeCompleted(WriteToken(1))) }
    scene.restart(0)
    #expect(scene.fired == (completed ? ["nothing-forgotten"] : []))
  }

  @Test("So does one that was told before it was stored", arguments: [false, true])
  func hasty(_ hasty: Bool) {
    var scene = Scene()
    scene.begin(0, 1)
    scene.step(0, .timerFired(TimerID(0)), withoutWaiting: hasty)
    scene.restart(0)
    #expect(scene.fired == (hasty ? ["nothing-forgotten"] : []))
  }

  @Test("So does one that was acknowledged to its client", arguments: [false, true])
  func acknowledged(_ completed: Bool) {
    var scene = Scene()
    scene.begin(0, 1)
    if completed { scene.step(0, .writeCompleted(WriteToken(1))) }
    scene.restart(0)
    #expect(scene.fired == (completed ? ["nothing-forgotten"] : []))
  }

  @Test("Knowledge that shrinks within a life breaks knowledge-grows", arguments: [false, true])
  func shrinks(_ shrinks: Bool) {
    var scene = Scene()
    let early = scene.nodes[0]
    scene.begin(0, 1)
    scene.step(0, .connectionClosed(Endpoint(NodeID(1))), showing: shrinks ? early : nil)
    #expect(scene.fired == (shrinks ? ["knowledge-grows"] : []))
  }

  @Test("It keeps who knew what since when, and who has lost it")
  func spread() {
    var scene = Scene()
    scene.begin(0, 4)
    let begun = scene.now
    scene.begin(0, 2)
    scene.hear(1, [4])
    let heard = scene.now
    #expect(scene.judge.rumours.map(\.number) == [2, 4])
    #expect(scene.judge.rumours[1].spread.begunAt == begun)
    #expect(scene.judge.rumours[1].knownAt == [begun, heard])
    #expect(scene.judge.rumours[1].spread.time(to: [0, 1]) == heard - begun)
    #expect(scene.judge.rumours[0].spread.time(to: [0, 1]) == nil)
    scene.restart(1)
    #expect(scene.judge.rumours[1].knownAt == [begun, nil])
    #expect(scene.fired == [])
  }

  @Test("Nothing is wrong with a gossiping cluster whose hosts keep the rules", arguments: 0..<20)
  func honest(_ seed: UInt64) {
    let settings = GossipSettings(nodes: 5, interval: .milliseconds(20), fanout: 2)
    var cluster = Cluster(
      5, judge: GossipJudge(nodes: 5), seed: seed, workload: RumourSource(), clients: 0..<5
    ) { Gossip(id: NodeID(UInt32($0)), settings: settings) }
    cluster.run(steps: 5_000)
    #expect(cluster.judge.violations.first == nil)
    #expect(cluster.judge.rumours.contains { $0.spread.time(to: Array(0..<5)) != nil })
  }

  @Test("A disk that loses rumours is found out")
  func disksLose() {
    let settings = GossipSettings(nodes: 5, interval: .milliseconds(20), fanout: 2)
    var cluster = Cluster(
      5, judge: GossipJudge(nodes: 5), seed: 1, workload: RumourSource(), clients: 0..<5
    ) { Gossip(id: NodeID(UInt32($0)), settings: settings) }
    cluster.damage = { disk, _ in
      disk.durable[0] = []
      disk.durable[1] = []
    }
    cluster.run(steps: 20_000)
    #expect(cluster.judge.violations.first.map { "\($0.invariant)" } == "nothing-forgotten")
  }
}

import CRDT
import Checkers
import Node
import Primitives
import Programs
import Testing

@Suite("What the judge of replicas sees")
struct ReplicaJudgeTests {
  struct Scene {
    var judge = ReplicaJudge(nodes: 2)
    var nodes: [Replica]
    var now = Instant.zero
    var draws = DrawCounters()
    var operations: UInt64 = 0
    static let settings = ReplicaSettings(nodes: 2, interval: .milliseconds(100), fanout: 1, deltas: 8)

    init() {
      nodes = (0..<2).map { Replica(id: NodeID($0), settings: Self.settings) }
      for node in 0..<2 { step(node, .started(Recovered(files: [], restarts: 0))) }
    }

    var fired: [String] { judge.violations.map { "\($0.invariant)" } }

    /// - Parameter liar: takes the node's place for this step and shows what came of it.
    @discardableResult
    mutating func step(_ node: Int, _ input: Input<Replica>, liar: Replica? = nil) -> [Effect<Replica>] {
      now = now + .milliseconds(1)
      // The first node's wall clock is an hour ahead.
      let wall = now + .seconds(node == 0 ? 3_600 : 0)
      var context = StepContext(
        monotonic: now, wall: wall, telemetry: false, choices: Choices(seed: 1), process: Entities(UInt64(node)),
        draws: draws)
      var effects = Effects<Replica>()
      var acting = liar ?? nodes[node]
      acting.step(input, context: &context, effects: &effects)
      if liar == nil { nodes[node] = acting }
      draws = context.draws
      judge.observe(input, effects: effects, program: acting, process: node, at: now)
      return Array(effects.items)
    }

    @discardableResult
    mutating func ask(_ node: Int, _ operation: ReplicaOperation, liar: Replica? = nil) -> [Effect<Replica>] {
      operations += 1
      return step(node, .request(RequestID(operations), operation), liar: liar)
    }

    /// The node hears of this state, whole.
    mutating func hear(_ node: Int, _ state: SharedObjects) {
      let parcel = ReplicaParcel(.init(life: 0, number: 1, receiver: nil, state: state))
      step(node, .message(.parcel(parcel), from: Endpoint(NodeID(UInt32(1 - node)))))
    }

    mutating func restart(_ node: Int, finding written: [Effect<Replica>]) {
      judge.observeCrash(process: node, at: now)
      nodes[node] = Replica(id: NodeID(UInt32(node)), settings: Self.settings)
      let records = written.compactMap { if case .append(let record, _) = $0 { record } else { nil } }
      step(node, .started(Recovered(files: [ContiguousArray(records)], restarts: 1)))
    }
  }

  /// Objects that claim to know changes and hold none of them.
  static func hollow(_ known: VersionVector) throws -> SharedObjects {
    var writer = WireWriter()
    GCounter().encode(into: &writer)
    PNCounter().encode(into: &writer)
    ORSet<UInt64>().encode(into: &writer)
    LWWRegister<UInt64>().encode(into: &writer)
    LWWMap<UInt64, UInt64>().encode(into: &writer)
    known.encode(into: &writer)
    var reader = WireReader(writer.bytes)
    return try SharedObjects.decode(from: &reader)
  }

  @Test("A change that nobody made breaks nothing-invented", arguments: [false, true])
  func invented(_ made: Bool) {
    var scene = Scene()
    var elsewhere = SharedObjects()
    if made { scene.ask(1, .increment(3)) }
    _ = elsewhere.perform(.increment(3), by: ReplicaID(NodeID(1))) { fatalError("a counter has no clock") }
    scene.hear(0, elsewhere)
    #expect(scene.fired.first == (made ? nil : "nothing-invented"))
  }

  @Test("A change that was on disk and is gone breaks nothing-forgotten", arguments: [false, true], [false, true])
  func forgotten(_ durable: Bool, _ found: Bool) {
    var scene = Scene()
    let written = scene.ask(0, .add(4))
    if durable { scene.step(0, .writeCompleted(WriteToken(1))) }
    scene.restart(0, finding: found ? written : [])
    #expect(scene.fired == (durable && !found ? ["nothing-forgotten"] : []))
  }

  /// The node's step, but for what it waits for.
  private func hasty(_ scene: inout Scene, _ node: Int, _ operation: ReplicaOperation, answers: ReplicaOutcome) {
    scene.ask(node, operation)
    scene.judge.observe(
      .connectionClosed(Endpoint(NodeID(1))), effects: Self.effects(.reply(RequestID(scene.operations), answers)),
      program: scene.nodes[node], process: node, at: scene.now)
  }

  private static func effects(_ effect: Effect<Replica>) -> Effects<Replica> {
    var effects = Effects<Replica>()
    effects.append(effect)
    return effects
  }

  @Test("An answer before the write breaks durable-before-told", arguments: [false, true])
  func hastyAnswer(_ waits: Bool) {
    var scene = Scene()
    if waits {
      scene.ask(0, .add(1))
      scene.step(0, .writeCompleted(WriteToken(1)))
    } else {
      hasty(&scene, 0, .add(1), answers: .done)
    }
    #expect(scene.fired == (waits ? [] : ["durable-before-told"]))
  }

  @Test("So does a message that does not wait for the write", arguments: [nil, WriteToken(1)])
  func hastyMessage(_ token: WriteToken?) {
    var scene = Scene()
    scene.ask(0, .add(1))
    let parcel = ReplicaParcel(.init(life: 0, number: 1, receiver: nil, state: scene.nodes[0].objects))
    scene.judge.observe(
      .connectionClosed(Endpoint(NodeID(1))),
      effects: Self.effects(.send(.parcel(parcel), to: Endpoint(NodeID(1)), after: token, under: nil)),
      program: scene.nodes[0], process: 0, at: scene.now)
    #expect(scene.fired == (token == nil ? ["durable-before-told"] : []))
  }

  @Test("A read that tells what was not there breaks state-follows-changes", arguments: [UInt64(0), 2])
  func wrongRead(_ counter: UInt64) {
    var scene = Scene()
    scene.ask(0, .increment(2))
    scene.step(0, .writeCompleted(WriteToken(1)))
    let other = ReplicaReading(counter: counter, balance: 0, elements: 0, register: nil, keys: 0)
    let honest = scene.nodes[0]
    scene.operations += 1
    scene.judge.observe(
      .request(RequestID(2), .read), effects: Self.effects(.reply(RequestID(2), .read(other))), program: honest,
      process: 0, at: scene.now)
    #expect(scene.fired == (counter == 2 ? [] : ["state-follows-changes"]))
  }

  @Test("A change that takes a number twice breaks changes-are-numbered", arguments: [false, true])
  func reused(_ reuses: Bool) {
    var scene = Scene()
    let before = scene.nodes[0]
    scene.ask(0, .increment(1))
    if reuses {
      // A life that is not told from the one before.
      scene.judge.observeCrash(process: 0, at: scene.now)
      scene.nodes[0] = before
      scene.step(0, .started(Recovered(files: [ContiguousArray<ReplicaRecord>](), restarts: 0)))
    }
    scene.ask(0, .add(5))
    #expect(scene.fired.first == (reuses ? "changes-are-numbered" : nil))
  }

  @Test("A state that comes back wrong from the disk is seen at once")
  func wrongStart() throws {
    var scene = Scene()
    scene.ask(0, .put(1, 2))
    scene.step(0, .writeCompleted(WriteToken(1)))
    let hollow = ReplicaRecord(objects: try Self.hollow(scene.nodes[0].objects.known))
    scene.restart(0, finding: [.append(hollow, to: FileID(0))])
    #expect(scene.fired == ["strong-convergence"])
  }

  @Test("Knowledge that shrinks within a life breaks knowledge-grows", arguments: [false, true])
  func shrinks(_ shrinks: Bool) {
    var scene = Scene()
    let early = scene.nodes[0]
    scene.ask(0, .write(1))
    scene.step(0, .connectionClosed(Endpoint(NodeID(1))), liar: shrinks ? early : nil)
    #expect(scene.fired == (shrinks ? ["knowledge-grows"] : []))
  }

  @Test("Equal knowledge and different states break strong-convergence", arguments: [false, true])
  func diverged(_ diverges: Bool) throws {
    var scene = Scene()
    scene.ask(0, .put(1, 2))
    let objects = scene.nodes[0].objects
    scene.hear(1, diverges ? try Self.hollow(objects.known) : objects)
    #expect(scene.fired == (diverges ? ["strong-convergence"] : []))
  }

  static let operations: [(operation: ReplicaOperation, object: String)] = [
    (.increment(2), "the counter"), (.adjust(-2), "the balance"), (.add(1), "the set"), (.write(9), "the register"),
    (.put(1, 2), "the map"),
  ]

  @Test("A state that the known changes do not come to breaks state-follows-changes", arguments: operations)
  func wrongState(_ operation: ReplicaOperation, _ object: String) throws {
    var scene = Scene()
    scene.ask(0, operation)
    scene.ask(1, .add(7))
    scene.hear(1, scene.nodes[0].objects)
    #expect(scene.fired == [])
    scene = Scene()
    scene.ask(0, operation)
    scene.ask(1, .add(7))
    scene.hear(1, try Self.hollow(scene.nodes[0].objects.known))
    #expect(scene.fired == ["state-follows-changes"])
    #expect(scene.judge.violations.first?.detail.contains(object) == true)
  }

  @Test("A removal that knew of no addition does not remove it, one that knew does")
  func removals() {
    var scene = Scene()
    scene.ask(0, .add(1))
    scene.hear(1, scene.nodes[0].objects)
    scene.ask(0, .add(1))
    scene.ask(1, .remove(1))
    scene.hear(0, scene.nodes[1].objects)
    #expect(scene.nodes[0].objects.set.contains(1))
    scene.ask(0, .remove(1))
    #expect(!scene.nodes[0].objects.set.contains(1) && scene.fired == [])
  }

  @Test("A write that comes before one that its replica knew breaks later-write-wins", arguments: [false, true])
  func earlyWrite(_ ignores: Bool) {
    var scene = Scene()
    let deaf = scene.nodes[1]
    scene.ask(0, .write(1))
    scene.hear(1, scene.nodes[0].objects)
    scene.ask(1, .write(2), liar: ignores ? deaf : nil)
    #expect(scene.fired.first == (ignores ? "later-write-wins" : nil))
  }

  @Test("It keeps who knew what since when, and who has lost it")
  func spread() {
    var scene = Scene()
    scene.ask(0, .read)
    scene.ask(0, .add(1))
    let begun = scene.now
    scene.hear(1, scene.nodes[0].objects)
    #expect(scene.judge.spreads.map(\.number) == [2], "a read changes nothing")
    #expect(scene.judge.spreads[0].knownAt == [begun, scene.now])
    scene.restart(0, finding: [])
    #expect(scene.judge.spreads[0].knownAt[0] == nil && scene.judge.spreads[0].time(to: [0, 1]) == nil)
    #expect(scene.fired == [])
  }

  @Test("Nothing is wrong with replicas whose hosts keep the rules", arguments: 0..<20)
  func honest(_ seed: UInt64) {
    let settings = ReplicaSettings(nodes: 4, interval: .milliseconds(20), fanout: 1, deltas: 4)
    var cluster = Cluster(
      4, judge: ReplicaJudge(nodes: 4), seed: seed, workload: ReplicaSource(), clients: 0..<4
    ) { Replica(id: NodeID(UInt32($0)), settings: settings) }
    cluster.run(steps: 3_000)
    #expect(cluster.judge.violations.first == nil)
    #expect(cluster.judge.spreads.contains { $0.time(to: Array(0..<4)) != nil })
  }

  @Test("A disk that loses changes is found out")
  func disksLose() {
    let settings = ReplicaSettings(nodes: 4, interval: .milliseconds(20), fanout: 1, deltas: 4)
    var cluster = Cluster(
      4, judge: ReplicaJudge(nodes: 4), seed: 1, workload: ReplicaSource(), clients: 0..<4
    ) { Replica(id: NodeID(UInt32($0)), settings: settings) }
    cluster.damage = { disk, _ in disk.durable[0] = [] }
    cluster.run(steps: 20_000)
    #expect(cluster.judge.violations.first.map { "\($0.invariant)" } == "nothing-forgotten")
  }
}

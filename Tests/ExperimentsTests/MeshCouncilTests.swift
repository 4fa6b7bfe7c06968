import Checkers
import ControlLoop
import Experiments
import Node
import Primitives
import Programs
import Scenarios
import Testing
import World

@Suite("A mesh whose council decides")
struct MeshCouncilTests {
  /// Five nodes in a ring, of which the first three are the council.
  static func mesh(
    _ faults: String, council: String = "[n1, n2, n3]", seed: UInt64 = 1, until seconds: Int64
  ) throws -> Simulation<Mesh, MeshJudge> {
    let plan = try scenario(
      """
      faultline: 1
      name: council
      duration: 200s
      cluster:
        nodes: 5
        program: mesh
        restart_after: 2s
        mesh: {topology: ring, requests: 20/s, healing: {council: \(council), interval: 2s}}
      network: {transport: datagram, latency: 1ms..5ms}
      faults: \(faults)
      expect: [safety, {measure: false_alarms, at_most: 1000}]
      """)
    guard case .mesh(let settings) = plan.cluster.program else { throw CancellationError() }
    var simulation = Stage.mesh(plan, settings, seed: seed, .off)
    _ = simulation.run(until: .zero + .seconds(seconds))
    return simulation
  }

  static func standings(_ simulation: Simulation<Mesh, MeshJudge>, of node: Int) -> [Registry.Standing] {
    (0..<5).filter { simulation.isUp($0) }.map { simulation.program($0).registry[NodeID(UInt32(node))] }
  }

  /// Who leads the council.
  static func leaders(_ simulation: Simulation<Mesh, MeshJudge>) -> [Int] {
    (0..<5).filter { node in
      simulation.program(node).details.contains { "\($0.name)" == "council" && "\($0.value)" == "decides" }
    }
  }

  static func versions(_ simulation: Simulation<Mesh, MeshJudge>) -> Set<UInt64> {
    Set((0..<5).filter { simulation.isUp($0) }.map { simulation.program($0).registry.version })
  }

  @Test("A council has one leader, and as long as nothing is wrong it decides nothing", arguments: 1...5)
  func quiet(seed: UInt64) throws {
    let simulation = try Self.mesh("[]", seed: seed, until: 30)
    #expect(Self.leaders(simulation).count == 1)
    #expect(Self.versions(simulation) == [0] && simulation.judge.healingEvents.isEmpty)
  }

  @Test("A node that dies owns nothing soon, wherever it is asked for, and serves again when it is back")
  func failover() throws {
    let faults = "[{at: 20s, for: 60s, crash: n5}]"
    var simulation = try Self.mesh(faults, until: 60)
    #expect(Self.standings(simulation, of: 4) == Array(repeating: .drained, count: 4))
    #expect(Self.versions(simulation).count == 1)
    let owners = (0..<200).map { simulation.program(0).registry.owner(of: $0, nodes: 5) }
    #expect(!owners.contains(NodeID(4)))
    let began = simulation.judge.healingEvents.compactMap { event -> Remedy? in
      if case .began(let remedy, NodeID(4), against: .nodeDown, of: _) = event.kind { remedy } else { nil }
    }
    #expect(began == [.failover])
    _ = simulation.run(until: .zero + .seconds(150))
    #expect(Self.standings(simulation, of: 4) == Array(repeating: .serving, count: 5))
    #expect(Self.versions(simulation).count == 1 && simulation.judge.violations.isEmpty)
    #expect(simulation.judge.lessonsMissing(Array(0..<5)) == 0)
  }

  @Test("Where it is the council's leader that dies, the next one decides", arguments: [1, 2, 3] as [UInt64])
  func leader(seed: UInt64) throws {
    let leader = try #require(try Self.leaders(Self.mesh("[]", seed: seed, until: 20)).first)
    let simulation = try Self.mesh("[{at: 20s, for: 150s, crash: n\(leader + 1)}]", seed: seed, until: 100)
    #expect(Self.standings(simulation, of: leader) == Array(repeating: .drained, count: 4))
    let next = Self.leaders(simulation)
    #expect(next.count == 1 && next != [leader] && simulation.judge.violations.isEmpty)
  }

  @Test("A part without a majority of the council decides nothing, and hears of all that was decided afterwards")
  func minority() throws {
    let faults = "[{at: 20s, for: 60s, partition: {groups: [[n1, n5], [n2, n3, n4]]}}]"
    var simulation = try Self.mesh(faults, until: 75)
    for node in [0, 4] { #expect(simulation.program(node).registry.version == 0) }
    for node in 1...3 {
      let registry = simulation.program(node).registry
      #expect(registry[NodeID(0)] == .drained && registry[NodeID(4)] == .drained)
    }
    _ = simulation.run(until: .zero + .seconds(190))
    #expect(Self.versions(simulation).count == 1)
    #expect(simulation.program(0).registry.deviations.isEmpty && simulation.judge.violations.isEmpty)
  }

  @Test("A council that has lost its majority decides nothing, and what it cannot decide harms nobody else")
  func noMajority() throws {
    let simulation = try Self.mesh("[{at: 20s, for: 100s, crash: [n1, n2]}]", until: 100)
    #expect(Self.versions(simulation) == [0] && Self.leaders(simulation).isEmpty)
    #expect(simulation.judge.violations.isEmpty)
  }

  @Test("Fewer than half of the nodes are ever taken out of service")
  func cap() throws {
    let faults =
      "[{at: 20s, for: 150s, crash: n3}, {at: 60s, for: 110s, crash: n4}, {at: 100s, for: 70s, crash: n5}]"
    let simulation = try Self.mesh(faults, council: "[n1]", until: 160)
    #expect(simulation.program(0).registry.deviations.count == 2)
    #expect(simulation.program(0).registry.deviations == simulation.program(1).registry.deviations)
    #expect(simulation.judge.violations.isEmpty)
  }

  // MARK: Restarts, and what is lost with a life

  /// The same mesh, whose requests take processors and memory.
  static func working(
    _ faults: String, remedies: String = "[restart, reroute, throttle, failover, quarantine, release]",
    seed: UInt64 = 1
  ) throws -> Simulation<Mesh, MeshJudge> {
    let plan = try scenario(
      """
      faultline: 1
      name: council-at-work
      duration: 200s
      cluster:
        nodes: 5
        program: mesh
        restart_after: 2s
        mesh:
          topology: ring
          requests: 40/s
          work: 10ms
          memory: 1MiB
          healing: {council: 3, interval: 2s, remedies: \(remedies)}
      network: {transport: datagram, latency: 1ms..5ms}
      resources: {memory: 256MiB, idle: 32MiB}
      faults: \(faults)
      expect: [safety, {measure: false_alarms, at_most: 1000}]
      """)
    guard case .mesh(let settings) = plan.cluster.program else { throw CancellationError() }
    return Stage.mesh(plan, settings, seed: seed, .off)
  }

  static func restarts(_ simulation: Simulation<Mesh, MeshJudge>, of node: Int) -> UInt64 {
    simulation.recording().draws[node].lives
  }

  @Test(
    "A member of the council restarts of its own will, and is a member again", arguments: [1, 2, 3] as [UInt64])
  func restart(seed: UInt64) throws {
    var simulation = try Self.working("[{at: 20s, for: 170s, load: {nodes: n1, cpu: 95%}}]", seed: seed)
    _ = simulation.run(until: .zero + .seconds(150))
    #expect(Self.restarts(simulation, of: 0) == 1 && simulation.recording().incidents.exits == 1)
    #expect(Self.versions(simulation).count == 1 && Self.leaders(simulation).count == 1)
    #expect(simulation.program(0).registry.deviations.isEmpty && simulation.judge.violations.isEmpty)
    #expect(simulation.recording().faults[0].bit)
  }

  @Test("A node that leaks restarts before it is killed, again and again, and one without remedies is killed")
  func leak() throws {
    let faults = "[{at: 20s, for: 150s, leak: {nodes: n4, rate: 5MB/s}}]"
    var simulation = try Self.working(faults)
    _ = simulation.run(until: .zero + .seconds(190))
    #expect(Self.restarts(simulation, of: 3) >= 2 && simulation.judge.violations.isEmpty)
    func killed(_ simulation: Simulation<Mesh, MeshJudge>) -> UInt64 {
      simulation.recording().faults[0].effects[FaultRecord.Effect.processesKilled.rawValue]
    }
    #expect(killed(simulation) == 0)
    #expect(simulation.recording().faults[0].effects[FaultRecord.Effect.memoryLeaked.rawValue] > 600_000_000)
    var helpless = try Self.working(faults, remedies: "[]")
    _ = helpless.run(until: .zero + .seconds(190))
    #expect(killed(helpless) >= 2 && helpless.recording().incidents.exits == 0)
  }

  @Test("A node that hangs is started anew by the others, and owns nothing meanwhile")
  func hang() throws {
    var simulation = try Self.working("[{at: 20s, for: 170s, pause: n5}]")
    _ = simulation.run(until: .zero + .seconds(150))
    #expect(Self.restarts(simulation, of: 4) == 1 && simulation.isUp(4))
    #expect(simulation.program(0).registry.deviations.isEmpty && simulation.judge.violations.isEmpty)
    #expect(Self.versions(simulation).map { $0 >= 2 } == [true])
  }

  @Test("What a node has open when it crashes is lost, and its next life has it no longer")
  func lost() throws {
    let faults = "[{at: 20s, for: 60s, load: {nodes: n4, cpu: 95%, of: host}}, {at: 26s, for: 20s, crash: n4}]"
    var simulation = try Self.working(faults)
    _ = simulation.run(until: .zero + .seconds(190))
    let events = simulation.judge.healingEvents.filter { $0.node == NodeID(3) }
    let lost = events.filter { if case .lost = $0.kind { true } else { false } }
    #expect(lost.contains { $0.at == .zero + .seconds(26) })
    for event in lost {
      let begun = events.contains { other in
        if case .diagnosed = other.kind { other.incident == event.incident && other.at <= event.at } else { false }
      }
      #expect(begun)
    }
    // All that was begun is over, and the nodes agree that it is.
    for node in 0..<5 {
      let lessons = try #require(simulation.program(node).healing?.learning.lessons)
      #expect(lessons.open.elements.isEmpty && lessons.balance.value == 0)
    }
    #expect(simulation.judge.lessonsMissing(Array(0..<5)) == 0 && simulation.judge.violations.isEmpty)
  }

  @Test("A mesh that heals, forked in the middle, goes on as the original does", arguments: [30, 60] as [Int64])
  func forks(moment: Int64) throws {
    var original = try Self.mesh("[{at: 20s, for: 30s, crash: n5}]", until: moment)
    var fork = original.fork()
    #expect(fork.stateHash() == original.stateHash())
    _ = fork.run(until: .zero + .seconds(90))
    _ = original.run(until: .zero + .seconds(90))
    #expect(fork.digest == original.digest && fork.stateHash() == original.stateHash())
  }
}

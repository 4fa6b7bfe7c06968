import ControlLoop
import Primitives
import Raft
import Scenarios
import Testing
import World

@Suite struct HealingReadingTests {
  private func mesh(_ text: String) throws -> (scenario: Scenario, mesh: Scenario.MeshSettings) {
    let scenario = try ScenarioReader.read(text: text, file: "a.yaml")
    guard case .mesh(let mesh) = scenario.cluster.program else { throw CancellationError() }
    return (scenario, mesh)
  }

  private func healing(_ value: String) throws -> Scenario.MeshSettings.Healing? {
    try mesh(Texts.healingAsUsual.replacing("healing: on", with: "healing: \(value)")).mesh.healing
  }

  @Test func `requests that take time and memory read to what they say, and so does what a host has`() throws {
    let (scenario, mesh) = try mesh(Texts.healing)
    #expect(mesh.work == .exponential(minimum: .milliseconds(1), mean: .milliseconds(20)))
    #expect(mesh.memory == 1_572_864 && mesh.queue == 7 && mesh.requests == 50_000)
    #expect(scenario.resources == ResourceProfile(limit: 512 << 20, idle: 64 << 20))
    let (usual, plain) = try self.mesh(Texts.healingAsUsual)
    #expect(plain.work == nil && plain.memory == 0 && plain.queue == 64)
    #expect(usual.resources == ResourceProfile(limit: 512 << 20, idle: 0))
    #expect(try self.mesh(Texts.mesh).scenario.resources == ResourceProfile())
  }

  @Test func `every key of healing reads to what it says`() throws {
    let healing = try #require(try mesh(Texts.healing).mesh.healing)
    #expect(healing.council == [NodeID(0), NodeID(1), NodeID(4)])
    #expect(
      healing.timing
        == (try Timing(electionTimeout: .milliseconds(900), .milliseconds(1_500), heartbeat: .milliseconds(100))))
    let limits = LoopLimits(cpu: 800_000, memory: 705_000, queue: 600_000, loss: 10_001, latency: 250_000_000)
    let expected = try LoopSettings(
      healthyInterval: .seconds(10), degradedInterval: .seconds(5), criticalInterval: .seconds(1),
      recoveringInterval: .seconds(2), limits: limits, wellFor: .seconds(5),
      remedies: [.release, .restart, .failover],
      cooldown: .seconds(20), patience: .seconds(10))
    #expect(healing.loop == expected)
  }

  @Test func `healing that is on, and a map that says nothing, are the usual one; without it nobody heals`() throws
  {
    let usual = try #require(try healing("on"))
    #expect(usual.council == [0, 1, 2, 4, 5].map { NodeID($0) })
    #expect(usual.timing == (try Timing(electionTimeout: .seconds(1), .seconds(2), heartbeat: .milliseconds(250))))
    #expect(usual.loop == .standard)
    #expect(try healing("{}") == usual)
    #expect(try healing("off") == nil)
    #expect(try mesh(Texts.mesh).mesh.healing == nil)
  }

  @Test(arguments: [(1, [0]), (2, [0, 3]), (3, [0, 2, 4]), (7, [0, 1, 2, 3, 4, 5, 6])] as [(Int, [UInt32])])
  func `a council of so many is spread over the nodes`(_ count: Int, _ members: [UInt32]) throws {
    #expect(try healing("{council: \(count)}")?.council == members.map { NodeID($0) })
  }

  @Test func `one interval is the healthy one, which the others do not exceed`() throws {
    let loop = try #require(try healing("{interval: 4s}")).loop
    #expect(loop.healthyInterval == .seconds(4) && loop.degradedInterval == .seconds(4))
    #expect(loop.criticalInterval == .seconds(3) && loop.recoveringInterval == .seconds(4))
    let one = try #require(try healing("{interval: {degraded: 90s}}")).loop
    #expect(one.healthyInterval == .seconds(60) && one.degradedInterval == .seconds(90))
  }

  @Test func `no remedy at all may be allowed, and the order of remedies says nothing`() throws {
    #expect(try healing("{remedies: []}")?.loop.remedies == [])
    #expect(
      try healing("{remedies: [throttle, reroute]}")?.loop.remedies
        == healing("{remedies: [reroute, throttle]}")?.loop.remedies)
  }

  @Test(arguments: ["{remedies: []}", "{council: 1}", "{interval: 4s}", "{thresholds: {latency: 1ns}}", "off"])
  func `what is left out of healing is written out, and reads the same`(_ value: String) throws {
    let text = Texts.healingAsUsual.replacing("healing: on", with: "healing: \(value)")
    let scenario = try ScenarioReader.read(text: text, file: "a.yaml")
    let written = ScenarioWriter.yaml(scenario)
    #expect(try ScenarioReader.read(text: written, file: "b.yaml") == scenario)
  }

  @Test func `loads and leaks read to what they say, and have names`() throws {
    let faults = try mesh(Texts.healing).scenario.faults
    let actions = faults.compactMap { fault -> FaultAction? in
      if case .once(_, _, let action) = fault.schedule { action } else { nil }
    }
    #expect(
      actions == [
        .load(.hosts([NodeID(2)]), share: 950_000, endsWithProcess: false),
        .load(.hosts([NodeID(0), NodeID(1)]), share: 10_001, endsWithProcess: true),
        .leak(.random, bytesPerSecond: 20_000_000),
      ])
    #expect(
      faults.map(\.name) == [
        "load on d at 1s", "runaway on a,b at 1s", "leak on random at 1s", "runaway on some from 10s to 20s",
      ])
    #expect(actions.map(\.kind) == ["load", "load", "leak"])
  }

  @Test func `what is to be healed is kinds of faults and a time`() throws {
    let expectations = try mesh(Texts.healing).scenario.expectations
    #expect(expectations.prefix(2) == [.safety, .heals(kinds: ["load", "leak"], within: .seconds(20))])
    let word = Texts.healing.replacing("kinds: [load, leak]", with: "kinds: load")
    #expect(try mesh(word).scenario.expectations.contains(.heals(kinds: ["load"], within: .seconds(20))))
  }

  @Test func `a council loses a node with the mesh, and a mesh without a council does not heal`() throws {
    let mesh = try mesh(Texts.healing).mesh
    #expect(mesh.without(node: 1)?.healing?.council == [NodeID(0), NodeID(3)])
    var alone = mesh
    alone.healing?.council = [NodeID(1)]
    #expect(alone.without(node: 1) == nil && alone.without(node: 0)?.healing?.council == [NodeID(0)])
  }
}

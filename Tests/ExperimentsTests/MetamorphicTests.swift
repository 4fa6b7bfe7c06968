import Checkers
import Experiments
import Node
import Primitives
import Programs
import Scenarios
import Testing
import World

/// What must change no verdict on safety, tried on runs that pass and on runs that do not.
@Suite("What changes no verdict")
struct MetamorphicTests {
  /// Disks that lie beyond what anybody recovers from: some seeds lose what was acknowledged.
  static let doomed = ("raft/everything-restarts.yaml", [("disks.budget", "unlimited"), ("disks.lost", "30%")])
  static let cases = [("raft/nemesis.yaml", []), ("raft/links-flap.yaml", []), doomed]
  /// The last one breaks a promise where it can.
  static let seeds: [UInt64] = [1, 2, 10]

  static func read(_ path: String, _ settings: [(String, String)]) throws -> Scenario {
    try ScenarioReader.read(
      path: "\(Shelf.root)/scenarios/\(path)", settings: settings.map { (key: $0.0, value: $0.1) })
  }

  /// What was found of safety, without the names of nodes.
  struct Found: Hashable {
    var invariants: [String] = []
    var outcomes: [Finding.Outcome] = []

    init(_ result: RunResult) {
      invariants = result.violations.map { "\($0.invariant) on \($0.process) at \($0.at)" }
      outcomes = result.findings.filter { $0.name == "safety" || $0.name == "linearizable" }.map(\.outcome)
    }
  }

  static func found(_ path: String, _ settings: [(String, String)], _ seed: UInt64) throws -> (Found, Digest) {
    let result = try Run(read(path, settings), seed: seed, telemetry: .off).perform()
    return (Found(result), result.digest)
  }

  @Test("Some of these runs break promises, and some keep them")
  func both() throws {
    let doomed = try Self.seeds.map { try Self.found(Self.doomed.0, Self.doomed.1, $0).0 }
    #expect(doomed.contains { !$0.invariants.isEmpty || $0.outcomes.contains(.violated) })
    #expect(try Self.seeds.allSatisfy { try Self.found("raft/nemesis.yaml", [], $0).0.outcomes == [.held, .held] })
  }

  @Test("Other names for the nodes", arguments: 0..<3)
  func names(number: Int) throws {
    let (path, settings) = Self.cases[number]
    let count = try Self.read(path, settings).cluster.nodes.count
    let names = ["zeta", "omega", "alpha", "null", "x-1", "y", "z"].prefix(count).map { "\"\($0)\"" }
    let renamed = settings + [("cluster.nodes", "[\(names.joined(separator: ", "))]")]
    for seed in Self.seeds {
      let one = try Self.found(path, settings, seed)
      let other = try Self.found(path, renamed, seed)
      #expect(one == other)
    }
  }

  @Test("A larger budget for the search", arguments: 0..<3)
  func budget(number: Int) throws {
    let (path, settings) = Self.cases[number]
    let place = try #require(
      try Self.read(path, settings).expectations.firstIndex { if case .linearizable = $0 { true } else { false } })
    for seed in Self.seeds {
      let one = try Self.found(path, settings, seed)
      let other = try Self.found(
        path, settings + [("expect.\(place)", "{linearizable: {budget: 500000000}}")], seed)
      #expect(one == other)
    }
  }

  @Test("One idle client more", arguments: 0..<3)
  func idleClient(number: Int) throws {
    let (path, settings) = Self.cases[number]
    let scenario = try Self.read(path, settings)
    guard case .raftKV(let raft) = scenario.cluster.program else { return }
    for seed in Self.seeds {
      let plan = Stage.raftKVPlan(scenario, raft, seed: seed, .off)
      var larger = plan
      let idle = RaftKVSettings(servers: scenario.cluster.nodes.count, rules: raft.rules(seed: seed))
      larger.programs.append(RaftKV(client: NodeID(UInt32(plan.programs.count)), settings: idle))
      larger.names.append("idle")
      larger.disks.append(.standard)
      larger.clocks.append(.exact)
      #expect(Self.play(plan) == Self.play(larger))
    }
  }

  /// What clients were told, and what was broken.
  private struct Play: Hashable {
    let history: [HistoryEvent]
    let violations: [Violation]
  }

  private static func play(_ plan: SimulationPlan<RaftKV>) -> Play {
    var simulation = Simulation(plan, judge: RaftWatch(servers: plan.nodes))
    _ = simulation.run(until: .zero + plan.duration)
    return Play(history: simulation.recording().history, violations: simulation.judge.violations)
  }
}

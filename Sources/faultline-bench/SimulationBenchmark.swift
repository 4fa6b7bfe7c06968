import Experiments
import Primitives
import Programs
import Scenarios
import World

/// Whole simulations: what a cluster that does nothing costs, what digests cost, and what a fork costs.
struct SimulationBenchmark: BenchmarkGroup {
  let name = "simulation"
  let rows = ["simulation/idle", "simulation/digests", "simulation/fork"]

  func measure(_ row: String, options: Options) throws -> Benchmark {
    switch row {
    case "simulation/idle": try idle(options)
    case "simulation/digests": try digests(options)
    default: try fork(options)
    }
  }

  private typealias Cluster = Simulation<RaftKV, RaftWatch>

  // MARK: Idle

  /// Five nodes, a heartbeat each 100 ms, constant links of 1 ms, the judge on: eighty messages and their
  /// answers in a simulated second.
  private static let quiet = """
    faultline: 1
    name: idle
    duration: 10000s
    cluster:
      nodes: 5
      program: raft-kv
      raft: {election_timeout: 300ms..600ms, heartbeat: 100ms}
    network: {latency: {constant: 1ms}}
    expect: [safety, {measure: messages_sent, at_least: 1}]
    """

  /// Simulated seconds for each second of CPU time.
  private func idle(_ options: Options) throws -> Benchmark {
    var speeds: [Double] = []
    for _ in 0..<options.runs { speeds.append(try speed(digests: true)) }
    return Benchmark(name: "simulation/idle", value: median(speeds), unit: "simulated s/CPU s", moreIsBetter: true)
  }

  private func speed(digests: Bool) throws -> Double {
    let scenario = try ScenarioReader.read(text: Self.quiet, file: "benchmark.yaml")
    let run = Run(scenario, telemetry: .off, digests: digests)
    var result: RunResult?
    let cost = ProcessClock.nanoseconds { result = try? run.perform() }
    guard let result, result.violations.isEmpty else {
      throw ReferenceError(message: "simulation/idle: the run did not end well")
    }
    let deliveries = Double(result.recording.messages.delivered) / scenario.duration.seconds
    guard deliveries >= 79.9 else {
      throw ReferenceError(message: "simulation/idle: \(deliveries) deliveries a simulated second; expected 80")
    }
    return scenario.duration.seconds / (cost / 1e9)
  }

  /// The same with digests and, as the reference, without.
  private func digests(_ options: Options) throws -> Benchmark {
    var with: [Double] = []
    var without: [Double] = []
    for _ in 0..<options.runs {
      with.append(try speed(digests: true))
      without.append(try speed(digests: false))
    }
    return Benchmark(
      name: "simulation/digests", value: median(with), unit: "simulated s/CPU s", reference: median(without),
      moreIsBetter: true)
  }

  // MARK: Fork

  private static let entries: UInt64 = 10_000

  private static let loaded = """
    faultline: 1
    name: loaded
    duration: 2000s
    cluster: {nodes: 5, program: raft-kv, raft: {election_timeout: 300ms..600ms, heartbeat: 100ms}}
    network: {latency: {constant: 1ms}}
    disks: {sync: {constant: 100us}}
    workload: {clients: 4, rate: 500/s, mix: {put: 100%}, start: 1s}
    expect: [safety]
    """

  /// From the fork until every part of it was written to, so that nothing is shared any more: what a fork
  /// puts off it has to pay here.
  private func fork(_ options: Options) throws -> Benchmark {
    var cluster = try Self.cluster(Self.loaded)
    while (0..<5).contains(where: { cluster.program($0).standing.applied < Self.entries }) {
      guard cluster.run(until: cluster.now + .seconds(1)) == .reached else {
        throw ReferenceError(message: "simulation/fork: the cluster stopped before it had its entries")
      }
    }
    let stretch = Nanoseconds.milliseconds(150)
    var costs: [Double] = []
    for _ in 0..<options.runs {
      var fork = cluster.fork()
      let shared = ProcessClock.nanoseconds { _ = fork.run(until: fork.now + stretch) }
      // The same length of time once nothing is shared.
      let alone = ProcessClock.nanoseconds { _ = fork.run(until: fork.now + stretch) }
      costs.append(max(0, shared - alone) / 1e6)
    }
    return Benchmark(name: "simulation/fork", value: median(costs), unit: "ms")
  }

  private static func cluster(_ text: String) throws -> Cluster {
    let scenario = try ScenarioReader.read(text: text, file: "benchmark.yaml")
    guard case .raftKV(let raft) = scenario.cluster.program else {
      throw ReferenceError(message: "the benchmark's scenario is one of raft-kv")
    }
    return Stage.raftKV(scenario, raft, seed: 1, .off)
  }
}

import Experiments
import Node
import Primitives
import Programs
import Scenarios
import World

/// What a commit costs: five nodes, links of 1 ms, disks without latency, commands of 64 bytes, eight clients with
/// sessions, their history recorded.
struct CommitBenchmark: BenchmarkGroup {
  let name = "commits"
  let rows = ["commits/one-in-flight", "commits/64-in-flight", "commits/64-unjudged", "commits/memory"]

  func measure(_ row: String, options: Options) throws -> Benchmark {
    switch row {
    case "commits/one-in-flight": try commits(row, options, clients: 1, inFlight: 1, judged: true)
    case "commits/64-in-flight": try commits(row, options, clients: 8, inFlight: 8, judged: true)
    case "commits/64-unjudged": try commits(row, options, clients: 8, inFlight: 8, judged: false)
    default: try memory()
    }
  }

  private struct Cost {
    var commits: Double
    var nanoseconds: Double
    /// Entries in an AppendEntries, over those that a follower was sent.
    var batch: Double
  }

  /// Commits for each second of CPU time.
  private func commits(
    _ row: String, _ options: Options, clients: Int, inFlight: Int, judged: Bool
  ) throws -> Benchmark {
    var speeds: [Double] = []
    var batch = 0.0
    for _ in 0..<options.runs {
      let cost = try run(clients: clients, inFlight: inFlight, judged: judged, seconds: inFlight == 1 ? 400 : 20)
      speeds.append(cost.commits / (cost.nanoseconds / 1e9))
      batch = cost.batch
    }
    complain("\(row): \(batch.formatted(.number.precision(.fractionLength(1)))) entries in the mean AppendEntries")
    return Benchmark(name: row, value: median(speeds), unit: "commits/CPU s", moreIsBetter: true)
  }

  /// Peak memory of a run of three million commits.
  private func memory() throws -> Benchmark {
    let cost = try run(clients: 8, inFlight: 8, judged: true, seconds: 190)
    guard cost.commits >= 3_000_000 else {
      throw ReferenceError(message: "commits/memory: \(Int(cost.commits)) commits; expected three million")
    }
    return Benchmark(
      name: "commits/memory", value: Double(ProcessClock.peakMemory) / Double(1 << 20), unit: "MiB for 3M commits")
  }

  private func run(clients: Int, inFlight: Int, judged: Bool, seconds: Int) throws -> Cost {
    // 25 bytes before the operation, 12 around key and value, 2 or 3 of the key.
    let text = """
      faultline: 1
      name: commits
      duration: \(seconds)s
      cluster: {nodes: 5, program: raft-kv, raft: {election_timeout: 300ms..600ms, heartbeat: 100ms}}
      network: {latency: {constant: 1ms}}
      disks: {sync: {constant: 0s}}
      workload: {clients: \(clients), think: 0s, in_flight: \(inFlight), mix: {put: 100%}, keys: 64, value_size: 25B, start: 2s}
      expect: [safety]
      """
    let scenario = try ScenarioReader.read(text: text, file: "benchmark.yaml")
    guard case .raftKV(let raft) = scenario.cluster.program else {
      throw ReferenceError(message: "the benchmark's scenario is one of raft-kv")
    }
    if judged {
      return try run(Stage.raftKV(scenario, raft, seed: 1, .off), scenario.duration)
    }
    let plan = Stage.raftKVPlan(scenario, raft, seed: 1, .off)
    return try run(Simulation(plan, judge: NoJudge<RaftKV>()), scenario.duration)
  }

  @inline(__always)
  private func run<J: Judge>(
    _ simulation: consuming Simulation<RaftKV, J>, _ duration: Nanoseconds
  ) throws -> Cost where J.Watched == RaftKV {
    var cluster = simulation
    var reason = StopReason.budget
    let nanoseconds = ProcessClock.nanoseconds { reason = cluster.run(until: .zero + duration) }
    guard reason == .reached else { throw ReferenceError(message: "commits: the run did not end well") }
    let commits = (0..<5).map { cluster.program($0).standing.commit }.max() ?? 0
    let sent = cluster.messageCounts.byKind[2]
    return Cost(commits: Double(commits), nanoseconds: nanoseconds, batch: Double(commits * 4) / Double(sent))
  }
}

import Experiments
import Primitives
import Scenarios
import Testing
import World

@Suite("Coverage")
struct CoverageTests {
  private func empty() throws -> Coverage { Coverage(try scenario(VerdictTests.text("[safety]"))) }

  @Test("States are counted once, new ones for each doubling of the runs")
  func curve() throws {
    var coverage = try empty()
    for (seed, states) in [[1, 2, 3], [2, 3], [3, 4], [3], [3, 5, 6]].enumerated() {
      coverage.add(states: states.map(UInt64.init), marks: [], seed: UInt64(seed))
    }
    #expect(coverage.states == 6)
    #expect(coverage.curve.map(\.runs) == [1, 2, 4, 5])
    #expect(coverage.curve.map(\.states) == [3, 3, 4, 6])
    #expect(coverage.curve.map(\.new) == [3, 0, 1, 2])
    // 1, 4, 5 and 6 were reached by one run each, of eleven times that a run reached a state.
    #expect(coverage.singletons == 4)
    #expect(coverage.unseenMass == 4.0 / 11)
    #expect(coverage.expectedOfNextRun == 4.0 / 5)
    #expect(coverage.outlook == .growing)
  }

  @Test("Nothing is known before the first run, and nothing is unseen where every run is alike")
  func ends() throws {
    var coverage = try empty()
    #expect(coverage.unseenMass == 1 && coverage.curve.isEmpty && coverage.states == 0)
    for seed in 0..<64 { coverage.add(states: [7, 8], marks: [], seed: UInt64(seed)) }
    #expect(coverage.unseenMass == 0 && coverage.outlook == .saturated)
    #expect(coverage.curve.map(\.runs) == [1, 2, 4, 8, 16, 32, 64])
  }

  /// The estimate against what is true: states drawn with weights 1/k², of which some are still unseen.
  @Test("The estimate is near the mass that is really unseen", arguments: [1, 2, 3] as [UInt64])
  func estimate(seed: UInt64) throws {
    let choices = Choices(seed: seed)
    let weights = (1...2_000).map { 1 / Double($0 * $0) }
    let total = weights.reduce(0, +)
    var coverage = try empty()
    var seen: Set<Int> = []
    for run in 0..<UInt64(500) {
      var states: Set<Int> = []
      for draw in 0..<UInt64(10) {
        let word = choices.choose(Purpose(60_001, "test-state"), Entities(run), draw, below: 1 << 40)
        var left = Double(word) / Double(1 << 40) * total
        var state = 0
        while left > weights[state], state < 1_999 {
          left -= weights[state]
          state += 1
        }
        states.insert(state)
      }
      seen.formUnion(states)
      coverage.add(states: states.map(UInt64.init), marks: [], seed: run)
    }
    // Of states that a run passes through, not of draws: common ones are drawn several times in a run.
    func inRun(_ state: Int) -> Double {
      var missed = 1.0
      for _ in 0..<10 { missed *= 1 - weights[state] / total }
      return 1 - missed
    }
    let unseen = weights.indices.filter { !seen.contains($0) }.map(inRun).reduce(0, +)
    let mass = unseen / weights.indices.map(inRun).reduce(0, +)
    #expect(mass > 0.003)
    #expect(coverage.unseenMass > mass * 0.6 && coverage.unseenMass < mass * 1.5)
  }

  @Test("Rare events are told with the runs that met them and the first of their seeds")
  func marks() throws {
    var coverage = try empty()
    let text = VerdictTests.text(
      "[safety]", faults: "[{every: 2s..6s, between: [2s, 8s], one_of: [{restart: leader}]}]")
    var crashes: UInt64 = 0
    for seed in 1...8 as ClosedRange<UInt64> {
      let result = try Run(scenario(text), seed: seed, telemetry: .off).perform()
      crashes += result.marks.first { $0.mark == .leaderCrashed }?.count ?? 0
      coverage.add(states: result.states, marks: result.marks, seed: seed)
    }
    let met = try #require(coverage.marks.first { $0.mark == .leaderCrashed })
    #expect(met.count == crashes && crashes > 0 && met.runs <= 8 && met.firstSeed != nil)
    #expect(coverage.marks.first { $0.mark == .queueFull }?.firstSeed == nil)
  }

  @Test(
    "Looking changes nothing, and is the same each time", arguments: ["raft/nemesis.yaml", "gossip/spread.yaml"])
  func watching(_ path: String) throws {
    let scenario = try Shelf.read(path)
    let plain = try Run(scenario, telemetry: .off).perform()
    let watched = try Run(scenario, telemetry: .off, coverage: true).perform()
    let again = try Run(scenario, telemetry: .off, coverage: true).perform()
    #expect(plain.digest == watched.digest && plain.verdict == watched.verdict && plain.states.isEmpty)
    #expect(watched.states == again.states && watched.states.count > 20)
    #expect(zip(watched.states, watched.states.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test("Which server is which does not matter: a quiet cluster passes through few states, whoever leads it")
  func symmetry() throws {
    let text = try scenario(VerdictTests.text("[safety]"))
    var leaders: Set<String> = []
    var coverage = try empty()
    for seed in 1...12 as ClosedRange<UInt64> {
      let result = try Run(text, seed: seed, telemetry: .off, coverage: true).perform()
      leaders.insert(result.digest.hexadecimal)
      coverage.add(states: result.states, marks: result.marks, seed: seed)
    }
    #expect(leaders.count == 12)
    #expect((4...30).contains(coverage.states))
  }
}

@Suite("Schedules of runs")
struct RunScheduleTests {
  static let schedules = [
    "pct", "{pct: {depth: 12, window: 60ms, priorities: processes}}", "{delays: {bound: 40, by: 200ms}}", "mixed",
  ]

  @Test("What holds in order of time holds in every other order that the model allows", arguments: schedules)
  func holds(_ schedule: String) throws {
    for path in [
      "raft/leader-crash.yaml", "raft/nemesis.yaml", "raft/reads-of-every-kind.yaml", "raft/damaged-disks.yaml",
    ] {
      let scenario = try Shelf.read(path, ("schedule", schedule))
      for seed in 1...3 as ClosedRange<UInt64> {
        let result = try Run(scenario, seed: seed, telemetry: .off).perform()
        #expect(result.violations.isEmpty, "\(path) \(schedule) seed \(seed): \(result.violations)")
        let judged = result.findings.filter { ["linearizable", "safety"].contains($0.name) }
        #expect(judged.allSatisfy { $0.outcome == .held }, "\(path) \(schedule) seed \(seed)")
      }
    }
  }

  @Test("A schedule is a part of the run: the same each time, and not the usual one", arguments: schedules)
  func digests(_ schedule: String) throws {
    let usual = try Run(Shelf.read("raft/nemesis.yaml"), seed: 3, telemetry: .off).perform()
    let scenario = try Shelf.read("raft/nemesis.yaml", ("schedule", schedule))
    let first = try Run(scenario, seed: 3, telemetry: .off).perform()
    #expect(first.digest == (try Run(scenario, seed: 3).perform().digest))
    if schedule != "mixed" { #expect(first.digest != usual.digest) }
  }

  @Test("A fork of a scheduled cluster comes to the same digest", arguments: schedules)
  func forks(_ schedule: String) throws {
    let scenario = try Shelf.read("raft/nemesis.yaml", ("schedule", schedule))
    guard case .raftKV(let raft) = scenario.cluster.program else { throw CancellationError() }
    var original = Stage.raftKV(scenario, raft, seed: 2, .off)
    for moment in [3, 12, 20] as [Int64] {
      _ = original.run(until: .zero + .seconds(moment))
      var fork = original.fork()
      #expect(fork.stateHash() == original.stateHash())
      _ = fork.run(until: .zero + .seconds(30))
      var other = original.fork()
      _ = other.run(until: .zero + .seconds(30))
      #expect(fork.digest == other.digest && fork.stateHash() == other.stateHash())
    }
    _ = original.run(until: .zero + .seconds(30))
    var straight = Stage.raftKV(scenario, raft, seed: 2, .off)
    _ = straight.run(until: .zero + .seconds(30))
    #expect(straight.digest == original.digest)
  }

  @Test("Mixed schedules are of every kind, each about as often, and a seed draws the same one each time")
  func mixed() {
    let plans = (0..<900).map { Scenario.Schedule.mixed.plan(seed: $0) }
    #expect(plans == (0..<900).map { Scenario.Schedule.mixed.plan(seed: $0) })
    var counts = [0, 0, 0]
    for plan in plans {
      switch plan {
      case .earliest: counts[0] += 1
      case .priorities(let depth, let window, _):
        counts[1] += 1
        #expect((2...10).contains(depth) && window >= .milliseconds(1) && window <= .milliseconds(64))
      case .delays(let bound, let time):
        counts[2] += 1
        #expect((1...16).contains(bound) && time >= .milliseconds(1) && time <= .milliseconds(256))
      }
    }
    // 300 are expected; six standard deviations are 85.
    #expect(counts.allSatisfy { (215...385).contains($0) })
    #expect(
      Scenario.Schedule.plan(.delays(bound: 1, by: .seconds(1))).plan(seed: 5) == .delays(bound: 1, by: .seconds(1))
    )
  }
}

import Primitives

/// A figure of some seeds, and where that of all seeds lies with 95 % confidence; a side is nil where nothing can be
/// said of it.
package struct Estimate: Hashable, Sendable {
  package var value: Double
  package var low: Double?
  package var high: Double?

  package init(value: Double, low: Double?, high: Double?) {
    self.value = value
    self.low = low
    self.high = high
  }
}

/// What became of a seed in a sweep, the worst first: of the first three the process ended instead of the run.
package enum SeedVerdict: String, Hashable, Sendable, CaseIterable, Codable, Comparable {
  case crashed
  case outOfMemory = "out_of_memory"
  case hung, nondeterminism, violation, inconclusive, pass

  package static func < (left: SeedVerdict, right: SeedVerdict) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self)! }

  package init(_ verdict: RunSummary.Verdict) {
    self =
      switch verdict {
      case .nondeterminism: .nondeterminism
      case .violation: .violation
      case .inconclusive: .inconclusive
      case .pass: .pass
      }
  }

  /// For people.
  package var words: String {
    switch self {
    case .crashed: "crashed"
    case .outOfMemory: "out of memory"
    case .hung: "hung"
    case .nondeterminism: "nondeterministic"
    case .violation: "failed"
    case .inconclusive: "inconclusive"
    case .pass: "passed"
    }
  }

  /// Whether something is wrong, and not merely unproved.
  package var isFailure: Bool { self < .inconclusive }

  /// A seed without a verdict is an internal error.
  package var exitCode: Int32 {
    switch self {
    case .crashed, .outOfMemory, .hung: 70
    case .nondeterminism: 3
    case .violation: 1
    case .inconclusive: 2
    case .pass: 0
    }
  }
}

/// What a result set says, point by point of its grid.
package struct SweepSummary: Hashable, Sendable {
  /// One statistic of one measure over the seeds in which it was observed.
  package struct Figure: Hashable, Sendable {
    /// `client_latency`.
    package var measure: String
    /// `p99`, or `value` where each run has one.
    package var statistic: String
    package var unit: String
    /// Seeds.
    package var runs: Int
    package var mean: Estimate
    package var p50: Estimate
    package var p90: Estimate
    package var p95: Estimate
    package var p99: Estimate
    package var max: Double

    /// `client_latency.p99`.
    package var name: String { statistic == "value" ? measure : "\(measure).\(statistic)" }

    package init(
      measure: String, statistic: String, unit: String, runs: Int, mean: Estimate, p50: Estimate, p90: Estimate,
      p95: Estimate, p99: Estimate, max: Double
    ) {
      self.measure = measure
      self.statistic = statistic
      self.unit = unit
      self.runs = runs
      self.mean = mean
      self.p50 = p50
      self.p90 = p90
      self.p95 = p95
      self.p99 = p99
      self.max = max
    }
  }

  package struct Expectation: Hashable, Sendable {
    /// As in a scenario's list: two of one name are told apart by their place.
    package var name: String
    package var held: Int
    package var violated: Int
    package var inconclusive: Int
    /// Of the runs that were judged.
    package var violatedShare: Estimate

    package init(name: String, held: Int, violated: Int, inconclusive: Int, violatedShare: Estimate) {
      self.name = name
      self.held = held
      self.violated = violated
      self.inconclusive = inconclusive
      self.violatedShare = violatedShare
    }
  }

  package struct Fault: Hashable, Sendable {
    package var name: String
    /// Seeds in which it had an effect.
    package var bit: Int
    package var runs: Int
    package var timed: Bool

    package init(name: String, bit: Int, runs: Int, timed: Bool) {
      self.name = name
      self.bit = bit
      self.runs = runs
      self.timed = timed
    }
  }

  package struct Mark: Hashable, Sendable {
    package var name: String
    /// Seeds in which it was seen.
    package var seen: Int
    package var runs: Int
    package var times: Int

    package init(name: String, seen: Int, runs: Int, times: Int) {
      self.name = name
      self.seen = seen
      self.runs = runs
      self.times = times
    }
  }

  package struct Point: Hashable, Sendable {
    package var scenario: String
    /// `cluster.nodes=5, …`; empty where nothing varies.
    package var settings: String
    package var runs: Int
    /// Seeds that the sweep was asked for.
    package var asked: Int
    /// By verdict, the worst first.
    package var verdicts: [SeedVerdict: Int]
    package var failing: Estimate
    package var virtualNS: Int64
    package var events: Int64
    package var figures: [Figure] = []
    package var expectations: [Expectation] = []
    package var faults: [Fault] = []
    package var marks: [Mark] = []

    package init(
      scenario: String, settings: String, runs: Int, asked: Int, verdicts: [SeedVerdict: Int], failing: Estimate,
      virtualNS: Int64, events: Int64
    ) {
      self.scenario = scenario
      self.settings = settings
      self.runs = runs
      self.asked = asked
      self.verdicts = verdicts
      self.failing = failing
      self.virtualNS = virtualNS
      self.events = events
    }
  }

  /// Seeds that failed in the same way.
  package struct Group: Hashable, Sendable {
    package var scenario: String
    package var verdict: SeedVerdict
    package var fingerprint: String
    package var seeds: Int
    /// The first of them: what happened, and the command that shows it.
    package var settings: String
    package var seed: Int64
    package var sentence: String
    package var replay: String

    package init(
      scenario: String, verdict: SeedVerdict, fingerprint: String, seeds: Int, settings: String, seed: Int64,
      sentence: String, replay: String
    ) {
      self.scenario = scenario
      self.verdict = verdict
      self.fingerprint = fingerprint
      self.seeds = seeds
      self.settings = settings
      self.seed = seed
      self.sentence = sentence
      self.replay = replay
    }
  }

  package var version: String
  package var points: [Point]
  package var groups: [Group]

  package init(version: String, points: [Point], groups: [Group]) {
    self.version = version
    self.points = points
    self.groups = groups
  }

  package var runs: Int { points.reduce(0) { $0 + $1.runs } }
  package var asked: Int { points.reduce(0) { $0 + $1.asked } }

  package func count(_ verdict: SeedVerdict) -> Int { points.reduce(0) { $0 + ($1.verdicts[verdict] ?? 0) } }

  /// Over all seeds; nil where there are none. Random faults that bit nowhere, and rare events that were awaited and
  /// never met, make it inconclusive at best.
  package var worst: SeedVerdict? {
    let found = SeedVerdict.allCases.first { count($0) > 0 }
    return found == .pass && !(idleFaults.isEmpty && missedMarks.isEmpty) ? .inconclusive : found
  }

  /// 70, then 3, 1, 2, 0.
  package var exitCode: Int32 { worst?.exitCode ?? 2 }

  /// A random fault must bite in one of ten seeds or more.
  package var idleFaults: [(scenario: String, fault: Fault)] {
    points.flatMap { point in
      point.faults.filter { !$0.timed && $0.bit == 0 && $0.runs >= 10 }.map { (point.scenario, $0) }
    }
  }

  /// Rare events that a scenario awaits are counted where they are not met too: of a thousand seeds one must.
  package var missedMarks: [(scenario: String, mark: Mark)] {
    points.flatMap { point in
      point.marks.filter { $0.seen == 0 && $0.runs >= 1_000 }.map { (point.scenario, $0) }
    }
  }
}

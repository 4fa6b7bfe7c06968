import Primitives

/// What many runs of a scenario have reached together, for people and for programs.
package struct CoverageSummary: Hashable, Sendable {
  /// After so many runs, as many states were known; `new` of them since the point before.
  package struct Point: Hashable, Sendable {
    package var runs: UInt64
    package var states: UInt64
    package var new: UInt64

    package init(runs: UInt64, states: UInt64, new: UInt64) {
      self.runs = runs
      self.states = states
      self.new = new
    }
  }

  package struct Mark: Hashable, Sendable {
    package var name: String
    package var runs: UInt64
    package var count: UInt64
    package var firstSeed: UInt64?

    package init(name: String, runs: UInt64, count: UInt64, firstSeed: UInt64?) {
      self.name = name
      self.runs = runs
      self.count = count
      self.firstSeed = firstSeed
    }
  }

  package var scenario: String
  package var seeds: ClosedRange<UInt64>
  package var runs: UInt64
  /// Runs that did not pass.
  package var failures: UInt64
  package var curve: [Point]
  package var singletons: UInt64
  package var unseenMass: Double
  package var expectedOfNextRun: Double
  /// `saturated`, `slowing` or `growing`.
  package var outlook: String
  package var marks: [Mark]

  package init(
    scenario: String, seeds: ClosedRange<UInt64>, runs: UInt64, failures: UInt64, curve: [Point],
    singletons: UInt64,
    unseenMass: Double, expectedOfNextRun: Double, outlook: String, marks: [Mark]
  ) {
    self.scenario = scenario
    self.seeds = seeds
    self.runs = runs
    self.failures = failures
    self.curve = curve
    self.singletons = singletons
    self.unseenMass = unseenMass
    self.expectedOfNextRun = expectedOfNextRun
    self.outlook = outlook
    self.marks = marks
  }

  package var states: UInt64 { curve.last?.states ?? 0 }

  /// One object on a line, with its newline.
  package func line() -> [UInt8] {
    var json = JSONText(.line)
    json.object { json in
      json.member("scenario", scenario)
      json.member("first_seed", seeds.lowerBound)
      json.member("last_seed", seeds.upperBound)
      json.member("runs", runs)
      json.member("failures", failures)
      json.member("states", states)
      json.member("singletons", singletons)
      json.member("unseen_mass", unseenMass)
      json.member("new_states_expected_of_next_run", expectedOfNextRun)
      json.member("outlook", outlook)
      json.array("curve") { json in
        for point in curve {
          json.object { json in
            json.member("runs", point.runs)
            json.member("states", point.states)
            json.member("new", point.new)
          }
        }
      }
      json.array("marks") { json in
        for mark in marks {
          json.object { json in
            json.member("name", mark.name)
            json.member("runs", mark.runs)
            json.member("count", mark.count)
            json.key("first_seed")
            if let seed = mark.firstSeed { json.value(seed) } else { json.null() }
          }
        }
      }
    }
    json.newline()
    return json.bytes
  }
}

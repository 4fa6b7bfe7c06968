import Scenarios

/// What the runs of one scenario have reached together, seed by seed, and what that says of those still to come.
package struct Coverage: Sendable {
  /// A rare event over all runs.
  package struct Met: Hashable, Sendable {
    package let mark: Scenario.Mark
    /// In how many runs, and how often in all.
    package fileprivate(set) var runs: UInt64 = 0
    package fileprivate(set) var count: UInt64 = 0
    package fileprivate(set) var firstSeed: UInt64?
  }

  /// After so many runs, as many states were known.
  package struct Point: Hashable, Sendable {
    package let runs: UInt64
    package let states: UInt64
    /// Since the point before.
    package let new: UInt64
  }

  /// In how many runs each state was reached. Asked and counted, never iterated where the order shows.
  private var reached: [UInt64: UInt32] = [:]
  private var incidences: UInt64 = 0
  /// At 1, 2, 4, 8, … runs.
  private var doublings: [Point] = []
  package private(set) var runs: UInt64 = 0
  /// In the order of `Scenario.Mark`.
  package private(set) var marks: [Met]

  package init(_ scenario: Scenario) {
    marks = Scenario.Mark.allCases
      .filter { $0.isProduced(by: scenario.cluster.program, workload: scenario.operationWindow != nil) }
      .map { Met(mark: $0) }
  }

  /// - Parameter states: distinct.
  package mutating func add(states: [UInt64], marks counts: [MarkCount], seed: UInt64) {
    runs += 1
    incidences += UInt64(states.count)
    for state in states { reached[state, default: 0] += 1 }
    for place in marks.indices {
      guard let met = counts.first(where: { $0.mark == marks[place].mark }), met.count > 0 else { continue }
      marks[place].runs += 1
      marks[place].count += met.count
      if marks[place].firstSeed == nil { marks[place].firstSeed = seed }
    }
    if runs & (runs - 1) == 0 { doublings.append(point) }
  }

  package var states: UInt64 { UInt64(reached.count) }

  private var point: Point {
    Point(runs: runs, states: states, new: states - (doublings.last?.states ?? 0))
  }

  /// States known after 1, 2, 4, 8, … runs, and after all of them.
  package var curve: [Point] { doublings.last.map { $0.runs == runs } ?? true ? doublings : doublings + [point] }

  /// States that one run alone has reached.
  package var singletons: UInt64 { UInt64(reached.values.count { $0 == 1 }) }

  /// The Good–Turing estimate (I. J. Good, Biometrika 40, 1953): of the states that a run passes through, the share
  /// that no run so far has reached. With one run nothing is known yet, and all of it may be new.
  package var unseenMass: Double {
    incidences == 0 ? 1 : Double(singletons) / Double(incidences)
  }

  /// How many new states the next run is expected to reach.
  package var expectedOfNextRun: Double { runs == 0 ? 0 : Double(singletons) / Double(runs) }

  /// Whether more of the same is worth it.
  package enum Outlook: String, Sendable {
    /// The next hundred runs would hardly reach anything new.
    case saturated
    case slowing
    /// Every tenth run, or more, reaches something new.
    case growing
  }

  package var outlook: Outlook {
    let expected = expectedOfNextRun
    return expected < 0.01 ? .saturated : expected < 0.1 ? .slowing : .growing
  }
}

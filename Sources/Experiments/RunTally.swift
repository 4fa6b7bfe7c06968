import Primitives
import Scenarios
import World

/// Whole runs of one scenario, each of another seed, by what became of its expectations.
package struct RunTally: Hashable, Sendable {
  package enum Ending: Hashable, Sendable {
    /// Everything held.
    case held
    /// An expectation did not hold, and no promise was broken.
    case missed
    /// A promise was broken, or nothing was proven.
    case other
  }

  /// By seed.
  package let endings: [Ending]

  package var held: Int { endings.count { $0 == .held } }

  /// With each seed in turn, `jobs` at a time. nil where it was stopped.
  ///
  /// - Parameter finished: told how many more runs are over; false stops.
  package init?(
    _ scenario: Scenario, seeds: ClosedRange<UInt64>, jobs: Int, finished: @Sendable @escaping (Int) -> Bool
  ) {
    let endings = concurrently(seeds: seeds, jobs: jobs, slice: 1, finished: finished) { seed in
      let run = Run(scenario, seed: seed, telemetry: .off, digests: false)
      return (try? run.perform()).map(Self.ending) ?? .other
    }
    guard let endings else { return nil }
    self.endings = endings
  }

  private static func ending(_ result: RunResult) -> Ending {
    guard result.stop == .reached, result.violations.isEmpty,
      !result.findings.contains(where: { $0.outcome == .inconclusive }), !result.isVacuous
    else { return .other }
    return result.findings.contains { $0.outcome == .violated } ? .missed : .held
  }
}

import Node
import Primitives
import Scenarios
import World

/// What a run's future was at one of its moments: of runs that are the same up to there and have other luck from then
/// on, how many fail.
package struct BranchPoint: Hashable, Sendable {
  package let at: Instant
  /// Events that had happened.
  package let events: UInt64
  package let runs: Int
  package let failures: Int
  /// Failures like that of the run itself.
  package let sameFailures: Int
}

extension Run {
  /// Lets the future differ: at each moment one run for each of the seeds.
  ///
  /// - Parameters:
  ///   - moments: ascending; those behind the run's end are left out.
  ///   - fingerprint: of the run's own failure, where it fails.
  ///   - goesOn: asked before each round; false ends the search with the moments that are done.
  ///   - tell: given each moment when it is done.
  package func branch(
    at moments: [Instant], seeds: ClosedRange<UInt64>, like fingerprint: FailureFingerprint?, jobs: Int,
    goesOn: @escaping () -> Bool, tell: @escaping (BranchPoint) -> Void
  ) {
    Stage.put(
      on: scenario, seed: seed,
      for: Branching(
        run: self, moments: moments, seeds: seeds, fingerprint: fingerprint, jobs: jobs, goesOn: goesOn, tell: tell)
    )
  }

  private struct Branching: StagePlay {
    let run: Run
    let moments: [Instant]
    let seeds: ClosedRange<UInt64>
    let fingerprint: FailureFingerprint?
    let jobs: Int
    let goesOn: () -> Bool
    let tell: (BranchPoint) -> Void

    func play<P, J: StagedJudge>(_ simulation: inout Simulation<P, J>) where J.Watched == P {
      for moment in moments {
        guard simulation.run(until: moment) == .reached else { return }
        guard let point = futures(of: simulation) else { return }
        tell(point)
      }
    }

    private func futures<P, J: StagedJudge>(of simulation: Simulation<P, J>) -> BranchPoint? where J.Watched == P {
      var (runs, failures, same) = (0, 0, 0)
      var next = seeds.lowerBound
      while next <= seeds.upperBound {
        guard goesOn() else { return nil }
        let last = min(seeds.upperBound, next + UInt64(jobs) - 1)
        let (run, trunk) = (run, simulation)
        let results = concurrently(Array(next...last)) { seed -> (failed: Bool, FailureFingerprint?) in
          var branch = trunk.fork()
          branch.reseed(seed)
          let result = run.finish(&branch)
          return (result?.verdict == .violation, result?.fingerprint)
        }
        runs += results.count
        failures += results.count { $0.failed }
        same += results.count { $0.failed && $0.1 == fingerprint }
        if last == .max { break }
        next = last + 1
      }
      return BranchPoint(
        at: simulation.now, events: simulation.events, runs: runs, failures: failures, sameFailures: same)
    }
  }
}

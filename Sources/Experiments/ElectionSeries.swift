import Primitives
import Scenarios

/// Many elections of one scenario, each of another seed.
package struct ElectionSeries: Sendable {
  /// ns, ascending: of the elections that were decided.
  package let durations: [Double]
  /// Elections that the scenario's time was too short for.
  package let censored: Int
  /// Of those that were decided.
  package let splitVotes: Int
  /// Of those that were decided, in the order of their seeds.
  package let terms: [UInt32]
  /// Seeds of runs that broke a promise.
  package var violated: [UInt64]

  package var count: Int { durations.count + censored }

  /// What is kept of an election; there may be millions.
  private struct Kept {
    /// -1 where it was not decided.
    let nanoseconds: Int64
    let terms: UInt32
    let isSplit: Bool
    let isViolated: Bool

    init(_ outcome: ElectionTrial.Outcome) {
      nanoseconds = outcome.election?.duration.count ?? -1
      terms = UInt32(clamping: outcome.election?.terms ?? 0)
      isSplit = outcome.election?.isSplit ?? false
      isViolated = outcome.violation != nil
    }
  }

  /// The same scenario with each seed in turn, `jobs` at a time. nil where it was stopped, or the scenario is not `raft-kv`.
  ///
  /// - Parameter finished: told how many more elections are over; false stops.
  package init?(
    _ scenario: Scenario, seeds: ClosedRange<UInt64>, jobs: Int, finished: @Sendable @escaping (Int) -> Bool
  ) {
    guard let trial = ElectionTrial(scenario),
      let all = concurrently(
        seeds: seeds, jobs: jobs, slice: 256, finished: finished, { Kept(trial.run(seed: $0)) })
    else { return nil }
    let decided = all.filter { $0.nanoseconds >= 0 }
    durations = decided.map { Double($0.nanoseconds) }.sorted()
    terms = decided.map(\.terms)
    splitVotes = decided.count { $0.isSplit }
    censored = all.count - decided.count
    violated = all.indices.filter { all[$0].isViolated }.map { seeds.lowerBound + UInt64($0) }
  }
}

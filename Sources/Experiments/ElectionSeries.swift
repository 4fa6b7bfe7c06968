import Dispatch
import Primitives
import Scenarios
import Synchronization

/// Many elections of one scenario, each of another seed.
package struct ElectionSeries: Sendable {
  /// ns, ascending: of the elections that were decided.
  package let durations: [Double]
  /// Elections that the scenario's time was too short for.
  package let censored: Int
  package let splitVotes: Int
  /// Of those that were decided.
  package let terms: [UInt64]
  /// The mean number of messages until the decision.
  package let messages: Double
  /// Seeds of runs that broke a promise.
  package let violated: [UInt64]

  package var count: Int { durations.count + censored }

  /// The same scenario with each seed in turn, on all cores. nil where `goesOn` said no.
  ///
  /// - Parameters:
  ///   - scenario: a `raft-kv` one.
  ///   - finished: told how many elections are over, now and then; false stops.
  package init?(
    _ scenario: Scenario, seeds: ClosedRange<UInt64>, jobs: Int, finished: @Sendable @escaping (Int) -> Bool
  ) {
    guard let trial = ElectionTrial(scenario) else { return nil }
    let count = Int(seeds.upperBound - seeds.lowerBound + 1)
    let slice = 256
    let slices = (count + slice - 1) / slice
    let results = Mutex([[ElectionTrial.Outcome]](repeating: [], count: slices))
    let next = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(jobs, slices))) { _ in
      while true {
        let number = next.withLock { number in
          defer { number += 1 }
          return number
        }
        guard number < slices else { return }
        let first = seeds.lowerBound + UInt64(number * slice)
        let outcomes = (0..<min(slice, count - number * slice)).map { trial.run(seed: first + UInt64($0)) }
        results.withLock { $0[number] = outcomes }
        guard finished(outcomes.count) else { return next.withLock { $0 = slices } }
      }
    }
    let outcomes = results.withLock { $0.flatMap { $0 } }
    guard outcomes.count == count else { return nil }
    let decided = outcomes.compactMap(\.election)
    durations = decided.map { Double($0.duration.count) }.sorted()
    terms = decided.map(\.terms)
    censored = count - decided.count
    splitVotes = decided.count { $0.isSplit } + censored
    messages = outcomes.reduce(0) { $0 + Double($1.messages) } / Double(max(count, 1))
    violated = outcomes.indices.filter { outcomes[$0].violation != nil }.map { seeds.lowerBound + UInt64($0) }
  }
}

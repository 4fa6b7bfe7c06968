import Dispatch
import Primitives
import Scenarios
import Synchronization

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

  /// On all cores. nil where `goesOn` said no.
  ///
  /// - Parameter finished: told how many runs are over, now and then; false stops.
  package init?(
    _ scenario: Scenario, seeds: ClosedRange<UInt64>, jobs: Int, finished: @Sendable @escaping (Int) -> Bool
  ) {
    let count = Int(seeds.upperBound - seeds.lowerBound + 1)
    let endings = Mutex([Ending?](repeating: nil, count: count))
    let next = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(jobs, count))) { _ in
      while true {
        let number = next.withLock { number in
          defer { number += 1 }
          return number
        }
        guard number < count else { return }
        let run = Run(scenario, seed: seeds.lowerBound + UInt64(number), telemetry: .off, digests: false)
        guard let result = try? run.perform(), finished(1) else { return next.withLock { $0 = count } }
        endings.withLock { $0[number] = Self.ending(result) }
      }
    }
    let all = endings.withLock { $0.compactMap { $0 } }
    guard all.count == count else { return nil }
    self.endings = all
  }

  private static func ending(_ result: RunResult) -> Ending {
    guard result.stop == .reached, result.violations.isEmpty,
      !result.findings.contains(where: { $0.outcome == .inconclusive })
    else { return .other }
    // Whether a cut link would have carried anything is not asked: where it would not, that is how the group lives with it.
    return result.findings.contains { $0.outcome == .violated } ? .missed : .held
  }
}

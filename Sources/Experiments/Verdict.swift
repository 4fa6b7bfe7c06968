import Scenarios

/// How a run ended, the worst first.
package enum Verdict: Int, Hashable, Comparable, Sendable, CaseIterable {
  /// The same run gave another digest.
  case nondeterminism
  /// A promise was broken or an expectation missed.
  case violation
  /// A fault or the workload had no effect, or a check could not be made.
  case inconclusive
  case pass

  /// - `worse < better`, so that the verdict over several is their minimum.
  package static func < (left: Verdict, right: Verdict) -> Bool { left.rawValue < right.rawValue }

  package var exitCode: Int32 {
    switch self {
    case .nondeterminism: 3
    case .violation: 1
    case .inconclusive: 2
    case .pass: 0
    }
  }
}

/// What became of one expectation.
package struct Finding: Hashable, Sendable {
  package enum Outcome: Hashable, Sendable { case held, violated, inconclusive }

  /// As in a scenario's `expect`: `safety`, `recovers`, `leader_changes`.
  package let name: String
  package let outcome: Outcome
  /// What was found, in a phrase.
  package let detail: String
}

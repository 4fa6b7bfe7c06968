import Scenarios

/// The expectation `sometimes` over the runs of one scenario: each of its events is to be met by some run. Where
/// one never is, whatever the scenario was to show about it was not tried, and the whole is inconclusive.
package struct Sometimes: Sendable {
  /// Below so many seeds a rare event may be missed by chance.
  package static let enough = 1_000

  private let awaited: [Scenario.Mark]
  private var met: Set<String> = []
  package private(set) var runs = 0

  package init(_ scenario: Scenario) { awaited = scenario.awaitedMarks }

  /// - Parameter marks: the names of those that a run has met.
  package mutating func add(_ marks: some Sequence<String>) {
    met.formUnion(marks)
    runs += 1
  }

  /// In the order of the scenario.
  package var missing: [String] { awaited.map(\.rawValue).filter { !met.contains($0) } }

  /// nil where there were too few runs to tell, or nothing is awaited.
  package var verdict: Verdict? {
    guard !awaited.isEmpty, runs >= Self.enough else { return nil }
    return missing.isEmpty ? .pass : .inconclusive
  }
}

import Foundation

/// A scenario that was found on a mutant and made small there: with any seed the mutant fails it, by the same judge,
/// and the core passes it.
package struct Regression: Hashable, Sendable {
  /// The mutant's id.
  package let mutant: String
  /// The invariant that is broken, or the expectation that is missed.
  package let judge: String
  package let path: String

  /// - Returns: nil unless the file is called after mutant, judge and number: `D01-election-safety-2.yaml`.
  package init?(path: String) {
    let name = (path as NSString).lastPathComponent
    guard name.hasSuffix(".yaml") else { return nil }
    let words = name.dropLast(".yaml".count).split(separator: "-", omittingEmptySubsequences: false)
    guard words.count >= 3, !words.contains(""), words.last.flatMap({ Int($0) }) != nil else { return nil }
    mutant = String(words[0])
    judge = words[1..<(words.count - 1)].joined(separator: "-")
    self.path = path
  }

  /// Seeds that are tried, the first of them the scenario's own.
  package static let seeds = 5

  /// What is wrong with it; nil where nothing is, or where the user does not want to know any more.
  ///
  /// - Parameters:
  ///   - executable: of the mutant.
  ///   - core: the program without the defect.
  package func complaint(
    _ executable: String, core: String, firstSeed: UInt64, log: String,
    isInterrupted: @escaping @Sendable () -> Bool
  ) throws -> String? {
    func state(of program: String) throws -> Hunt.State {
      var state = Hunt.State(key: "", mutant: mutant, scenario: path, firstSeed: firstSeed)
      let hunt = Hunt(executable: program, scenarioPath: path, log: log, jobs: 1, isInterrupted: isInterrupted)
      try hunt.go(on: &state, upTo: Self.seeds) { _ in }
      return state
    }
    let failures = try state(of: executable).detections
    let onCore = try state(of: core)
    guard !isInterrupted() else { return nil }
    if let alarm = onCore.detections.first {
      return "\(path): the core without the defect fails it: \(alarm.judge) with seed \(alarm.seed)"
    }
    if onCore.inconclusive > 0 { return "\(path): proves nothing on the core without the defect" }
    if let other = failures.first(where: { $0.judge != judge }) {
      return "\(path): found \(other.judge) with seed \(other.seed) on \(mutant); expected \(judge)"
    }
    guard failures.count == Self.seeds else {
      let passed = (firstSeed..<(firstSeed + UInt64(Self.seeds))).filter { seed in
        !failures.contains { $0.seed == seed }
      }
      return "\(path): \(mutant) passes it with seed \(passed[0]); expected \(judge)"
    }
    return nil
  }
}

import Foundation

/// Which defects were found, by whom, and after how many seeds, as a page.
package struct Scoreboard: Sendable {
  package struct Entry: Sendable {
    package let mutant: Mutant
    /// One for each scenario that was tried.
    package let hunts: [Hunt.State]
    /// Why there are none.
    package let failure: String?

    package init(mutant: Mutant, hunts: [Hunt.State], failure: String? = nil) {
      self.mutant = mutant
      self.hunts = hunts
      self.failure = failure
    }

    /// Where it is found soonest, by whom most often, and after how many seeds; empty names where it was not.
    package var soonest: (scenario: String, judge: String, seeds: Interval) {
      guard let best else {
        return ("", "", Interval(detections: 0, seeds: hunts.map(\.seeds).max() ?? 0, stopped: false))
      }
      let judges = Dictionary(grouping: best.genuine, by: \.judge).mapValues(\.count)
      let judge = judges.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key ?? ""
      let stopped = best.genuine.count >= Hunt.enough
      return (
        best.scenario, judge, Interval(detections: best.genuine.count, seeds: best.seeds, stopped: stopped)
      )
    }

    package var isFound: Bool { hunts.contains { !$0.genuine.isEmpty } }

    /// The scenario in which it takes the fewest seeds.
    var best: Hunt.State? {
      hunts.filter { !$0.genuine.isEmpty }.min {
        // By multiplication: equal rates are equal.
        ($0.seeds * $1.genuine.count, $0.scenario) < ($1.seeds * $0.genuine.count, $1.scenario)
      }
    }
  }

  package let entries: [Entry]
  let scenarios: [String]
  let seeds: Int

  /// - Parameter seeds: the most that a hunt was given.
  package init(_ entries: [Entry], scenarios: [String], seeds: Int) {
    self.entries = entries
    self.scenarios = scenarios
    self.seeds = seeds
  }

  /// “27 of 28 defects found: safety 20 of 20, liveness 7 of 8”.
  package var sentence: String {
    func count(_ kind: Mutant.Kind?) -> String {
      let those = entries.filter { kind == nil || $0.mutant.kind == kind }
      return "\(those.count { $0.isFound }) of \(those.count)"
    }
    let kinds = Mutant.Kind.allCases.filter { kind in entries.contains { $0.mutant.kind == kind } }
    return "\(count(nil)) defects found: \(kinds.map { "\($0.rawValue) \(count($0))" }.joined(separator: ", "))"
  }

  package var falseAlarms: [String] {
    entries.flatMap(\.hunts).flatMap { hunt in hunt.falseAlarms.map { "\(hunt.scenario) seed \($0)" } }
  }

  package var markdown: String {
    """
    # Mutation scoreboard

        ./faultline mutants --seeds \(seeds)

    Each defect of `Tests/Mutants` is planted in the core alone, built, and hunted in every scenario of `scenarios/hunt` with
    seeds of its own until \(Hunt.enough) of them have found it, or there were \(Self.count(seeds)). A detection is a broken invariant, a missed
    expectation, a crash or a run that does not end; what is first in its run counts. Each was tried on the core without
    the defect, which failed at \(falseAlarms.isEmpty ? "none of these seeds" : falseAlarms.joined(separator: ", ") + "; these do not count").

    **\(sentence).**

    \(table)

    Seeds to detection are the mean in the scenario that needs fewest, with its exact 95 % interval: negative binomial where the
    hunt ended with the tenth detection, Clopper and Pearson's where it ended with the last seed. Where nothing was found in k seeds
    one detection takes more than k/3 of them, with the same confidence. CPU seconds are those of all scenarios.

    ## By scenario

    Detections in seeds.

    \(matrix)

    """
  }

  private var table: String {
    let rows = entries.map { entry -> String in
      let cpu = entry.hunts.reduce(0) { $0 + $1.cpuSeconds }
      let (judge, seeds, scenario) = entry.verdict
      let cells = [
        entry.mutant.id, entry.mutant.sentence, entry.mutant.kind.rawValue, judge, seeds, scenario,
        Self.number(cpu),
      ]
      return "| \(cells.joined(separator: " | ")) |"
    }
    let head = "| | defect | kind | found by | seeds to detection | in | CPU s |\n|---|---|---|---|---|---|---|"
    return ([head] + rows).joined(separator: "\n")
  }

  private var matrix: String {
    let head = "| | \(scenarios.joined(separator: " | ")) |\n|---|\(scenarios.map { _ in "---|" }.joined())"
    let rows = entries.map { entry -> String in
      let cells = scenarios.map { scenario in
        entry.hunts.first { $0.scenario == scenario }.map { "\($0.genuine.count) in \(Self.count($0.seeds))" }
          ?? "–"
      }
      return "| \(entry.mutant.id) | \(cells.joined(separator: " | ")) |"
    }
    return ([head] + rows).joined(separator: "\n")
  }

  static func count(_ number: Int) -> String {
    number < 1_000 ? "\(number)" : "\(count(number / 1_000)),\(String(format: "%03d", number % 1_000))"
  }

  /// Three digits, as far as they mean anything.
  static func number(_ number: Double) -> String {
    number < 9.95 ? String(format: "%.1f", number) : count(Int(number.rounded()))
  }
}

extension Scoreboard.Entry {
  fileprivate var verdict: (judge: String, seeds: String, scenario: String) {
    if let failure { return (failure, "–", "–") }
    guard let best else {
      // All scenarios together: none of their seeds has found it.
      let interval = Interval(detections: 0, seeds: hunts.map(\.seeds).max() ?? 0, stopped: false)
      return ("**not found**", "> \(Scoreboard.number(interval.atLeast))", "each")
    }
    let stopped = best.genuine.count >= Hunt.enough
    let interval = Interval(detections: best.genuine.count, seeds: best.seeds, stopped: stopped)
    let judges = Dictionary(grouping: hunts.flatMap(\.genuine), by: \.judge).mapValues(\.count)
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let range = "\(Scoreboard.number(interval.atLeast))–\(Scoreboard.number(interval.atMost ?? .infinity))"
    return (
      judges.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
      "\(Scoreboard.number(interval.mean ?? 0)) (\(range))", best.scenario
    )
  }
}

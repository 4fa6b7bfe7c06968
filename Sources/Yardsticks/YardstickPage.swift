import Experiments
import Primitives
import Scenarios

/// Yardsticks as a page: what was published, what was measured, and whether that is the same.
package struct YardstickPage: Sendable {
  /// What made it: `./faultline yardsticks`.
  let command: String
  let judgements: [Judgement]
  /// By yardstick: its picture's file, seen from the page; none for those without.
  let pictures: [String: String]

  package init(command: String, _ judgements: [Judgement], pictures: [String: String]) {
    self.command = command
    self.judgements = judgements
    self.pictures = pictures
  }

  package var markdown: String {
    let held = judgements.count { $0.holds }
    return """
      # Yardsticks

          \(command)

      Published experiments, set up anew by `scenarios/papers` and held against what was published, which is in
      `yardsticks`; what each comparison means is told in [docs/yardsticks.md](../docs/yardsticks.md). Every case is
      run on \(rounds) of seeds, and two figures with a stroke between them are of these.

      **\(held) of \(judgements.count) yardsticks hold.**

      \(judgements.map(section).joined(separator: "\n\n"))

      """
  }

  private var rounds: String {
    let count = judgements.map(\.rounds.count).max() ?? 0
    return count == 1 ? "one range" : "\(count) disjoint ranges"
  }

  private func section(_ judgement: Judgement) -> String {
    let yardstick = judgement.yardstick
    var parts = ["## \(yardstick.title)", "\(yardstick.source). \(sentence(judgement))"]
    if !yardstick.notes.isEmpty { parts.append(yardstick.notes) }
    parts.append(table(judgement))
    let orders = judgement.orders.first?.indices.map { place -> String in
      let holds = judgement.orders.allSatisfy { $0[place].holds }
      return "- \(mark(holds)) by the mean: \(judgement.orders[0][place].detail)"
    }
    if let orders, !orders.isEmpty { parts.append(orders.joined(separator: "\n")) }
    if let picture = pictures[yardstick.name] { parts.append("![\(yardstick.title)](\(picture))") }
    return parts.joined(separator: "\n\n")
  }

  private func sentence(_ judgement: Judgement) -> String {
    let paths = Set(judgement.yardstick.cases.map(\.path)).sorted().map { "`\($0)`" }
    let seeds = judgement.rounds.map { "\($0.seeds.lowerBound)..\($0.seeds.upperBound)" }.joined(separator: " and ")
    let what =
      switch judgement.yardstick.trials {
      case .elections: "an election with each seed"
      case .runs: "a run with each seed"
      }
    return "\(paths.joined(separator: ", ")), \(what) of \(seeds)."
  }

  // MARK: Tables

  private func table(_ judgement: Judgement) -> String {
    let cases = judgement.yardstick.cases
    if case .runs = judgement.yardstick.trials { return verdicts(judgement) }
    return cases.contains { $0.gate.splitVote != nil } ? splitVotes(judgement) : times(judgement)
  }

  private func verdicts(_ judgement: Judgement) -> String {
    rows(["case", "expected to hold", "held"], judgement) { place, each in
      let published = each.holds.map { $0 ? "in every run" : "in none" } ?? "told, not judged"
      return [published, across(judgement, place) { Self.runs($0).map { "\($0.held) of \($0.endings.count)" } }]
    }
  }

  private func splitVotes(_ judgement: Judgement) -> String {
    let head = [
      "case", "P(split) expected", "measured", "p", "terms expected", "with fresh timers", "as they come",
    ]
    return rows(head, judgement) { place, each in
      let theory = SplitVoteTheory(each.scenario)
      let expected = each.gate.splitVote == .published ? each.published.splitVote?.double : theory?.probability
      return [
        expected.map { decimal($0, places: 5) } ?? "",
        across(judgement, place) {
          Self.series($0).map { decimal(Double($0.splitVotes) / Double($0.count), places: 5) }
        },
        across(judgement, place) { sample in
          Self.series(sample).flatMap { Judgement.chance(each, $0) }.map { decimal($0, places: 3) }
        },
        expected.map { decimal(1 / (1 - $0), places: 4) } ?? "",
        across(judgement, place) {
          Self.series($0).map { decimal(Double($0.count) / Double(max(1, $0.count - $0.splitVotes)), places: 4) }
        },
        across(judgement, place) {
          Self.series($0).flatMap { $0.terms.map { Double($0) }.mean }.map { decimal($0, places: 4) }
        },
      ]
    }
  }

  private func times(_ judgement: Judgement) -> String {
    let head = ["case", "mean, ms", "published", "median", "published", "95 %", "published", "gates", "undecided"]
    return rows(head, judgement) { place, each in
      let published = each.published
      func share(_ percent: Int) -> [String] {
        let known = published.quantiles.first { $0.share == Ratio(UInt64(percent), 100) }?.value
        let measured = across(judgement, place) {
          Self.series($0).flatMap { $0.durations.quantile(Double(percent) / 100, of: $0.count) }.map(
            Self.milliseconds)
        }
        return [measured, known.map { Self.milliseconds(Double($0.count)) } ?? ""]
      }
      let names = judgement.findings.reduce(into: [String]()) { names, round in
        for finding in round[place] where !names.contains(finding.gate) { names.append(finding.gate) }
      }
      let gates = names.map { name in
        let details = judgement.findings.map { round in round[place].first { $0.gate == name }?.detail ?? "–" }
        return "\(name) \(details.joined(separator: " / "))"
      }
      let mean = across(judgement, place) { Self.series($0).flatMap { $0.durations.mean }.map(Self.milliseconds) }
      return [mean, published.mean.map { Self.milliseconds(Double($0.count)) } ?? ""] + share(50) + share(95) + [
        gates.joined(separator: ", "), across(judgement, place) { Self.series($0).map { "\($0.censored)" } },
      ]
    }
  }

  private func rows(
    _ head: [String], _ judgement: Judgement, _ cells: (Int, Yardstick.Case) -> [String]
  ) -> String {
    let lines = judgement.yardstick.cases.enumerated().map { place, each in
      "| \(([each.name] + cells(place, each) + [mark(judgement, place)]).joined(separator: " | ")) |"
    }
    let rule = "|\(String(repeating: "---|", count: head.count + 1))"
    return (["| \(head.joined(separator: " | ")) | |", rule] + lines).joined(separator: "\n")
  }

  /// A figure of each round; once where all are the same.
  private func across(_ judgement: Judgement, _ place: Int, _ figure: (CaseSample) -> String?) -> String {
    let figures = judgement.rounds.map { figure($0.samples[place]) ?? "" }
    return Set(figures).count == 1 ? figures[0] : figures.joined(separator: " / ")
  }

  private func mark(_ holds: Bool) -> String { holds ? "✓" : "✗" }

  /// A dash where nothing is asked of the case.
  private func mark(_ judgement: Judgement, _ place: Int) -> String {
    judgement.isGated(case: place) || !judgement.holds(case: place) ? mark(judgement.holds(case: place)) : "–"
  }

  private static func series(_ sample: CaseSample) -> ElectionSeries? {
    if case .elections(let series) = sample { series } else { nil }
  }

  private static func runs(_ sample: CaseSample) -> RunTally? {
    if case .runs(let runs) = sample { runs } else { nil }
  }

  private static func milliseconds(_ nanoseconds: Double) -> String { decimal(nanoseconds / 1e6, places: 1) }
}

import Primitives

/// A comparison for a person: gates, verdicts that changed, and what moved beyond doubt.
package enum ComparisonText {
  /// - Parameter all: also what did not move.
  package static func text(_ comparison: SweepComparison, style: TerminalStyle, width: Int, all: Bool) -> String {
    var page = Page(style: style, width: width)
    page.comparison(comparison, all: all)
    return page.terminal.text
  }

  /// `−3 ms`, `+2.5 %`.
  static func signed(_ value: Double, unit: String) -> String {
    let sign = value < 0 ? "−" : value > 0 ? "+" : ""
    let points = unit == "%" ? "\u{A0}points" : ""
    let figure = unit == "%" ? decimal(abs(value)) : PeopleText.figure(abs(value), unit: unit)
    return sign + figure + points
  }

  /// Percentage points, with two decimals.
  private static func decimal(_ value: Double) -> String {
    let hundredths = Int64((min(value, 1e6) * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }

  /// `+7.4 %`: how much more than before.
  static func relative(_ share: Double) -> String {
    let percent = PeopleText.percent(abs(share) * 100)
    return share == 0 ? "0\u{A0}%" : (share < 0 ? "−" : "+") + percent
  }

  /// `p = 0.03`, `p < 0.0001`.
  static func chance(_ value: Double) -> String {
    let text = probability(value)
    return text.hasPrefix("<") ? "p\u{A0}<\u{A0}\(text.dropFirst())" : "p\u{A0}=\u{A0}\(text)"
  }

  static func probability(_ value: Double) -> String {
    guard value >= 0.0001 else { return "<0.0001" }
    let digits = String(Int((value * 10_000).rounded()))
    return value >= 0.99995 ? "1" : "0." + String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension Page {
  mutating func comparison(_ comparison: SweepComparison, all: Bool) {
    terminal.gap()
    let pairs = comparison.verdicts.reduce(0) { $0 + $1.pairs }
    terminal.line(
      [
        Piece(comparison.before, .strong), Piece(" before, "), Piece(comparison.after, .strong),
        Piece(" after: "), Piece("\(PeopleText.count(UInt64(pairs), "pair")) of the same seed."),
      ], hanging: 4)
    for note in comparison.notes { terminal.line([Piece("· \(note)", .faint)], hanging: 4) }
    gates(comparison.gates)
    terminal.gap()
    for verdicts in comparison.verdicts { self.verdicts(verdicts) }
    for found in comparison.verdicts {
      let differences = comparison.differences.filter {
        $0.scenario == found.scenario && $0.settings == found.settings
      }
      self.differences(found, differences, all: all)
    }
  }

  private mutating func gates(_ gates: [SweepComparison.Gate]) {
    guard !gates.isEmpty else { return }
    terminal.gap()
    for gate in gates {
      let place = gate.settings.isEmpty ? gate.scenario : "\(gate.scenario) at \(gate.settings)"
      terminal.line(
        [
          gate.holds ? Piece("✓", .good) : Piece("✗", .bad), Piece(" "), Piece(gate.text, .strong),
          Piece(" \(place): "),
          Piece(gate.detail, gate.holds ? .plain : .bad),
        ], hanging: 4)
    }
  }

  private mutating func verdicts(_ found: SweepComparison.Verdicts) {
    let place = found.settings.isEmpty ? found.scenario : "\(found.scenario) at \(found.settings)"
    guard found.broken + found.mended > 0 else {
      terminal.line(
        [Piece("✓", .good), Piece(" "), Piece(place, .strong), Piece(": the same seeds fail as before.")],
        hanging: 4)
      return
    }
    let broken = PeopleText.count(UInt64(found.broken), "seed")
    let mended = PeopleText.count(UInt64(found.mended))
    terminal.line(
      [
        found.broken > 0 ? Piece("✗", .bad) : Piece("✓", .good), Piece(" "), Piece(place, .strong),
        Piece(
          ": \(broken) newly failing, \(mended) no longer (\(ComparisonText.chance(found.chance)))."
        ),
      ], hanging: 4)
    if let example = found.example {
      terminal.line([Piece("seed\u{A0}\(example.seed) \(example.sentence).")], indent: 4)
      terminal.verbatim([Piece(example.replay, .accent)], indent: 4)
    }
  }

  private mutating func differences(
    _ found: SweepComparison.Verdicts, _ differences: [SweepComparison.Difference], all: Bool
  ) {
    // The other statistics say what these say, nearly always.
    let telling = ["value", "mean", "p50", "p99"]
    let shown = differences.filter { all || $0.change != .same && telling.contains($0.statistic) }
    let place = found.settings.isEmpty ? found.scenario : "\(found.scenario) · \(found.settings)"
    terminal.gap()
    guard !shown.isEmpty else {
      let measures = PeopleText.count(UInt64(differences.count), "figure")
      terminal.line([Piece(place, .strong), Piece(": of \(measures) none moved beyond doubt.", .faint)])
      return
    }
    terminal.line([Piece(place, .strong), Piece(all ? ":" : ", what moved beyond doubt:", .faint)])
    table(
      rows: shown.map { difference in
        let unit = difference.unit
        func number(_ value: Double) -> String { PeopleText.figure(value, unit: unit) }
        let mark = difference.change == .worse ? "✗ " : difference.change == .better ? "✓ " : "  "
        let low = difference.mean.low.map { ComparisonText.signed($0, unit: unit) } ?? ""
        let high = difference.mean.high.map { ComparisonText.signed($0, unit: unit) } ?? ""
        return (
          mark + SummaryText.words(difference.measure)
            + (difference.statistic == "value" ? "" : " " + difference.statistic),
          [
            number(difference.before), number(difference.after),
            difference.relative.map(ComparisonText.relative) ?? "–",
            ComparisonText.signed(difference.mean.value, unit: unit), "\(low)…\(high)",
            ComparisonText.signed(difference.median.value, unit: unit),
            ComparisonText.probability(difference.sign), ComparisonText.probability(difference.adjusted),
          ]
        )
      },
      columns: ["before", "after", "", "mean diff.", "95 %", "median diff.", "p sign", "p Wilcoxon"],
      dispensable: [5, 6, 4, 7])
  }
}

/// A comparison for programs: one object.
package enum ComparisonJSON {
  package static func line(_ comparison: SweepComparison) -> [UInt8] {
    var json = JSONText()
    json.object { json in
      json.member("before", comparison.before)
      json.member("after", comparison.after)
      json.member("holds", comparison.gates.allSatisfy(\.holds))
      json.array("gates") { json in
        for gate in comparison.gates {
          json.object { json in
            json.member("threshold", gate.text)
            json.member("scenario", gate.scenario)
            json.member("settings", gate.settings)
            json.member("holds", gate.holds)
            json.member("detail", gate.detail)
          }
        }
      }
      json.array("verdicts") { json in
        for found in comparison.verdicts {
          json.object { json in
            json.member("scenario", found.scenario)
            json.member("settings", found.settings)
            json.member("pairs", found.pairs)
            json.member("newly_failing", found.broken)
            json.member("no_longer_failing", found.mended)
            json.member("p_mcnemar", found.chance)
          }
        }
      }
      json.array("differences") { json in
        for difference in comparison.differences { json.object { write(&$0, difference) } }
      }
      json.array("notes") { json in
        for note in comparison.notes { json.value(note) }
      }
    }
    json.newline()
    return json.bytes
  }

  private static func write(_ json: inout JSONText, _ difference: SweepComparison.Difference) {
    json.member("scenario", difference.scenario)
    json.member("settings", difference.settings)
    json.member("measure", difference.measure)
    json.member("statistic", difference.statistic)
    json.member("unit", difference.unit)
    json.member("pairs", difference.pairs)
    json.member("before", difference.before)
    json.member("after", difference.after)
    json.key("mean_difference")
    ResultsJSON.estimate(&json, difference.mean)
    json.key("median_difference")
    ResultsJSON.estimate(&json, difference.median)
    json.member("p_sign", difference.sign)
    json.member("p_wilcoxon", difference.wilcoxon)
    json.member("p_adjusted", difference.adjusted)
    json.member("change", difference.change.rawValue)
  }
}

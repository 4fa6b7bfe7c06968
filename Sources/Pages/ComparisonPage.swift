import Primitives
import Reports

/// Two sweeps seed by seed, on one page: what got worse or better, and by how much.
package struct ComparisonPage {
  private let comparison: SweepComparison

  package init(_ comparison: SweepComparison) { self.comparison = comparison }

  package var bytes: [UInt8] {
    PageFrame.page("\(comparison.before) and \(comparison.after)") { html in
      PageFrame.head(&html, ["before: \(comparison.before)", "after: \(comparison.after)"])
      verdict(&html)
      verdicts(&html)
      differences(&html)
    }
  }

  private func verdict(_ html: inout HTMLText) {
    let worse = comparison.differences.count { $0.change == .worse }
    let better = comparison.differences.count { $0.change == .better }
    let broken = comparison.verdicts.reduce(0) { $0 + $1.broken }
    let failed = comparison.gates.filter { !$0.holds }
    let kind = broken > 0 || !failed.isEmpty ? "violation" : worse > 0 ? "inconclusive" : "pass"
    let measures = { (count: Int) in PeopleText.count(UInt64(count), "measure") }
    let headline =
      (broken > 0
        ? "\(PeopleText.count(UInt64(broken), "seed")) fail that did not; " : "no seed fails that did not; ")
      + "\(measures(worse)) got worse and \(measures(better)) better beyond doubt."
    PageFrame.verdict(&html, kind, headline.prefix(1).uppercased() + headline.dropFirst()) { html in
      for gate in comparison.gates {
        html.element(
          "p",
          "\(gate.holds ? "✓" : "✗") \(gate.text) for \(Self.place(gate.scenario, gate.settings)): \(gate.detail)"
        )
      }
      for note in comparison.notes { html.element("p", "class=\"quiet\"", note) }
    }
  }

  private func verdicts(_ html: inout HTMLText) {
    let changed = comparison.verdicts.filter { $0.broken + $0.mended > 0 }
    guard !changed.isEmpty else { return }
    html.element("section", "id=\"verdicts\"") { html in
      html.element("h2", "Seeds with another verdict")
      HTMLTable(
        heads: ["", "pairs", "fail now", "pass now", "by chance", "the first that fails now"],
        numbers: [1, 2, 3, 4],
        rows: changed.map { verdicts in
          [
            .text(Self.place(verdicts.scenario, verdicts.settings)), .text("\(verdicts.pairs)"),
            .text("\(verdicts.broken)"), .text("\(verdicts.mended)"), .text(Self.chance(verdicts.chance)),
            verdicts.example.map { .command("Seed \($0.seed) \($0.sentence).", command: $0.replay) } ?? .text(""),
          ]
        }
      ).write(into: &html)
    }
  }

  private static func place(_ scenario: String, _ settings: String) -> String {
    [scenario, settings].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  private func differences(_ html: inout HTMLText) {
    guard !comparison.differences.isEmpty else { return }
    html.element("section", "id=\"differences\"") { html in
      html.element("h2", "Paired differences")
      html.element(
        "p", "class=\"quiet\"",
        "The same seed has the same luck in both. The bar is the 95 % interval of the mean difference as a share of the value before, the mark its middle; the line is no difference. By chance: Wilcoxon's test, adjusted for how many were made (Holm)."
      )
      let moved = [SweepComparison.Change.worse, .better].flatMap { change in
        comparison.differences.filter { $0.change == change }
      }
      if !moved.isEmpty { table(moved, &html) }
      let same = comparison.differences.filter { $0.change == .same }
      guard !same.isEmpty else { return }
      html.element("details") { html in
        html.element("summary", "\(PeopleText.count(UInt64(same.count), "difference")) that chance may have made")
        table(same, &html)
      }
    }
  }

  private func table(_ differences: [SweepComparison.Difference], _ html: inout HTMLText) {
    HTMLTable(
      heads: ["", "measure", "pairs", "before", "after", "mean difference", "by chance", ""],
      numbers: [2, 3, 4, 6],
      rows: differences.map { difference in
        [
          .text(Self.place(difference.scenario, difference.settings)), .text(difference.name.inWords),
          .text("\(difference.pairs)"), .text(PeopleText.figure(difference.before, unit: difference.unit)),
          .text(PeopleText.figure(difference.after, unit: difference.unit)), .drawing(Self.bar(difference)),
          .text(Self.chance(difference.adjusted)),
          .text(difference.change == .same ? "" : difference.change.rawValue),
        ]
      }
    ).write(into: &html)
  }

  /// From half less to half more; what lies beyond ends at the edge.
  private static func bar(_ difference: SweepComparison.Difference) -> String {
    guard difference.before != 0 else { return "" }
    let base = abs(difference.before)
    func x(_ value: Double) -> Double { 80 + max(-0.5, min(0.5, value / base)) * 156 }
    let (low, high) = (
      x(difference.mean.low ?? difference.mean.value), x(difference.mean.high ?? difference.mean.value)
    )
    var svg = SVGText(width: 160, height: 16, title: "mean difference of \(difference.name)", style: "")
    svg.line("tick", from: (80, 1), to: (80, 15))
    svg.rect(
      "difference \(difference.change.rawValue)", x: low, y: 5, width: max(1, high - low), height: 6,
      title: "95 % interval")
    svg.line("median", from: (x(difference.mean.value), 3), to: (x(difference.mean.value), 13))
    return svg.finished
  }

  private static func chance(_ value: Double) -> String {
    value < 0.0001 ? "< 0.0001" : String((value * 10_000).rounded() / 10_000)
  }
}

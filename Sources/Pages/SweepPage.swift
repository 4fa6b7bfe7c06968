import Primitives
import Reports

/// What a sweep has found, on one page: each way of failing once, the grid of its settings as maps, and every measure as
/// a distribution over the seeds. Nothing on it moves; the same rows give the same bytes.
package struct SweepPage {
  private let summary: SweepSummary
  private let distributions: [SweepSummary.Distribution]
  private var scenarios: [String] {
    summary.points.reduce(into: [String]()) { if $0.last != $1.scenario { $0.append($1.scenario) } }
  }

  package init(_ summary: SweepSummary, _ distributions: [SweepSummary.Distribution]) {
    self.summary = summary
    self.distributions = distributions
  }

  package var bytes: [UInt8] {
    let names = scenarios
    let subject = names.count == 1 ? names[0] : PeopleText.count(UInt64(names.count), "scenario")
    return PageFrame.page("Sweep of \(subject)") { html in
      PageFrame.head(
        &html,
        [
          subject, PeopleText.count(UInt64(summary.runs), "run"),
          PeopleText.count(UInt64(summary.points.count), "point"), "version \(summary.version)",
        ])
      verdict(&html, subject)
      groups(&html)
      for name in names { scenario(name, &html, isOpen: names.count <= 3) }
    }
  }

  // MARK: All of it

  private func verdict(_ html: inout HTMLText, _ subject: String) {
    let failing = SeedVerdict.allCases.filter(\.isFailure).reduce(0) { $0 + summary.count($1) }
    let runs = PeopleText.count(UInt64(summary.runs), "run")
    let kind =
      summary.worst.map { $0.isFailure ? "violation" : $0 == .pass ? "pass" : "inconclusive" } ?? "inconclusive"
    let headline =
      switch kind {
      case "violation": "\(subject) failed in \(PeopleText.count(UInt64(failing))) of \(runs)."
      case "pass": "\(subject) passed all \(runs)."
      default:
        summary.runs == 0
          ? "No seed has run yet." : "\(subject) broke nothing, but not all of its \(runs) prove something."
      }
    PageFrame.verdict(&html, kind, headline) { html in
      let said = SeedVerdict.allCases.reversed().filter { summary.count($0) > 0 }.map {
        "\(PeopleText.count(UInt64(summary.count($0)))) \($0.words)"
      }
      html.element("p", said.joined(separator: " · "))
      if summary.runs < summary.asked {
        html.element(
          "p",
          "\(PeopleText.count(UInt64(summary.asked - summary.runs))) of the \(PeopleText.count(UInt64(summary.asked), "seed")) asked for have not run."
        )
      }
      for (scenario, fault) in summary.idleFaults {
        html.element("p", "\(scenario): “\(fault.name)” had no effect in any of \(fault.runs) runs.")
      }
      for (scenario, mark) in summary.missedMarks {
        html.element("p", "\(scenario): \(mark.name) was not met in \(mark.runs) runs.")
      }
    }
  }

  private func groups(_ html: inout HTMLText) {
    guard !summary.groups.isEmpty else { return }
    let most = Double(summary.groups.map(\.seeds).max() ?? 1)
    html.element("section", "id=\"groups\"") { html in
      html.element("h2", "Ways of failing")
      html.element(
        "p", "class=\"quiet\"",
        "Seeds that failed in the same way are one; the sentence and the command are of the first of them.")
      HTMLTable(
        heads: ["seeds", "", "", "what happened first"], numbers: [0],
        rows: summary.groups.map { group in
          let place = [group.scenario, group.settings].filter { !$0.isEmpty }.joined(separator: ", ")
          return [
            .text("\(group.seeds)"), .drawing(Self.bar(Double(group.seeds) / most)),
            .lines([place, group.fingerprint]),
            .command("Seed \(group.seed) \(group.sentence).", command: group.replay),
          ]
        }
      ).write(into: &html)
    }
  }

  private static func bar(_ share: Double) -> String {
    var svg = SVGText(width: 80, height: 10, title: "", style: "")
    svg.rect("range-half", x: 0, y: 1, width: share * 80, height: 8, title: "")
    return svg.finished
  }

  // MARK: A scenario

  private func scenario(_ name: String, _ html: inout HTMLText, isOpen: Bool) {
    let points = summary.points.filter { $0.scenario == name && $0.runs > 0 }
    let distributions = distributions.filter { $0.scenario == name }
    html.raw("<section><details\(isOpen ? " open" : "")><summary>")
    html.add(name)
    let failing = points.reduce(0) { sum, point in
      SeedVerdict.allCases.filter(\.isFailure).reduce(sum) { $0 + (point.verdicts[$1] ?? 0) }
    }
    let runs = points.reduce(0) { $0 + $1.runs }
    html.add(
      failing == 0
        ? ": \(PeopleText.count(UInt64(runs), "run")), none failed"
        : ": \(PeopleText.count(UInt64(failing))) of \(PeopleText.count(UInt64(runs), "run")) failed")
    html.raw("</summary>\n")
    if points.count > 1 { GridMaps(points).write(into: &html) }
    charts(distributions, points: points.count, &html)
    expectations(points, &html)
    html.raw("</details></section>\n")
  }

  private func charts(_ distributions: [SweepSummary.Distribution], points: Int, _ html: inout HTMLText) {
    let names = distributions.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let drawn = names.map { name in distributions.filter { $0.name == name } }
    let flat = drawn.filter { all in Set(all.flatMap { [$0.values.first!, $0.values.last!] }).count == 1 }
    html.element("h3", "Measures over the seeds")
    html.element(
      "p", "class=\"quiet\"",
      "Share of the seeds whose run stayed at or below a value, with the 95 % band of Dvoretzky, Kiefer and Wolfowitz; the mark is the median."
        + (points > CumulativeDrawing.most
          ? " The first \(CumulativeDrawing.most) of \(points) points are drawn." : ""))
    if points > 1 { key(distributions, &html) }
    html.raw("<div class=\"charts\">\n")
    for all in drawn where Set(all.flatMap { [$0.values.first!, $0.values.last!] }).count > 1 {
      html.raw(CumulativeDrawing(all).svg)
    }
    html.raw("</div>\n")
    if !flat.isEmpty {
      let same = flat.map { "\($0[0].name.inWords) \(PeopleText.figure($0[0].values[0], unit: $0[0].unit))" }
      html.element("p", "class=\"quiet\"", "The same in every run: \(same.joined(separator: ", ")).")
    }
  }

  /// Which curve is which point's.
  private func key(_ distributions: [SweepSummary.Distribution], _ html: inout HTMLText) {
    let settings = distributions.map(\.settings).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    html.raw("<div class=\"legend\">")
    for (place, setting) in settings.prefix(CumulativeDrawing.most).enumerated() {
      html.raw("<span><span class=\"key\" style=\"--hue:var(--term-\(place))\"></span>")
      html.add(setting)
      html.raw("</span>")
    }
    html.raw("</div>\n")
  }

  private func expectations(_ points: [SweepSummary.Point], _ html: inout HTMLText) {
    let rows = points.flatMap { point in
      point.expectations.map { expectation -> [HTMLTable.Cell] in
        let share = expectation.violatedShare
        let (low, high) = ((share.low ?? 0) * 100, (share.high ?? 1) * 100)
        return [
          .text(point.settings), .text(expectation.name), .text("\(expectation.held)"),
          .text("\(expectation.violated)"), .text("\(expectation.inconclusive)"),
          .text("\(PeopleText.percent(low)) to \(PeopleText.percent(high))"),
        ]
      }
    }
    html.element("h3", "Expectations")
    HTMLTable(
      heads: ["", "", "held", "missed", "not judged", "missed, with 95 % confidence"], numbers: [2, 3, 4, 5],
      rows: rows
    ).write(into: &html)
  }
}

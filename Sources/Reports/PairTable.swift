import Primitives

/// What a setting is worth, as a table in Markdown: each scenario without it and with it, on the same seeds.
package struct PairTable: Hashable, Sendable {
  /// One measure at one point of the grid.
  package struct Row: Hashable, Sendable {
    package var scenario: String
    package var settings: String
    package var measure: String
    package var unit: String
    /// nil where it was never observed.
    package var without: SweepSummary.Figure?
    package var with: SweepSummary.Figure?
    /// With less without, seed by seed; nil where no seed has both.
    package var median: Estimate?
    package var pairs: Int
    /// Wilcoxon's test, adjusted for how many rows have this measure (Holm); nil where nothing is compared.
    package var adjusted: Double?

    package init(
      scenario: String, settings: String, measure: String, unit: String, without: SweepSummary.Figure?,
      with: SweepSummary.Figure?, median: Estimate?, pairs: Int, adjusted: Double?
    ) {
      self.scenario = scenario
      self.settings = settings
      self.measure = measure
      self.unit = unit
      self.without = without
      self.with = with
      self.median = median
      self.pairs = pairs
      self.adjusted = adjusted
    }
  }

  /// The command that makes it.
  package var command: String
  package var rows: [Row]

  package init(command: String, rows: [Row]) {
    self.command = command
    self.rows = rows
  }

  /// Where the table stands in a page that has more to say.
  package static let begin = "<!-- begin table -->"
  package static let end = "<!-- end table -->"

  /// The page with this table in the place of the one that it has; a page of its own where there is none.
  package func page(in page: String?) -> String {
    let table = "\(Self.begin)\n\(markdown)\(Self.end)\n"
    guard let page, let begin = page.range(of: Self.begin), let end = page.range(of: Self.end + "\n"),
      begin.lowerBound < end.lowerBound
    else { return table }
    return page[..<begin.lowerBound] + table + page[end.upperBound...]
  }

  private var markdown: String {
    var text = """

          \(command)

      | scenario | | measure | seeds | without: median | p95 | with: median | p95 | paired difference | p |
      |---|---|---|---|---|---|---|---|---|---|

      """
    for row in rows {
      let cells = [
        row.scenario, row.settings, SummaryText.words(row.measure), "\(row.pairs)",
        cell(row.without?.p50, row.unit), cell(row.without?.p95, row.unit), cell(row.with?.p50, row.unit),
        cell(row.with?.p95, row.unit), cell(row.median, row.unit), row.adjusted.map(Self.chance) ?? "",
      ]
      text += "| " + cells.joined(separator: " | ") + " |\n"
    }
    return text + "\n"
  }

  private func cell(_ estimate: Estimate?, _ unit: String) -> String {
    guard let estimate else { return "—" }
    func figure(_ value: Double) -> String {
      (value < 0 ? "−" : "") + PeopleText.figure(abs(value), unit: unit).replacing("\u{A0}", with: " ")
    }
    let bounds = [estimate.low, estimate.high].map { $0.map(figure) ?? "?" }
    return estimate.low == estimate.value && estimate.high == estimate.value
      ? figure(estimate.value) : "\(figure(estimate.value)) (\(bounds[0]) to \(bounds[1]))"
  }

  private static func chance(_ value: Double) -> String {
    value < 0.0001 ? "< 0.0001" : "\((value * 10_000).rounded() / 10_000)"
  }
}

extension String {
  fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}

import Primitives
import Reports

/// How often a run's future fails, moment by moment, on one page: where the point of no return was.
package struct BranchPage {
  private let headline: String
  private let scenario: String
  private let futures: Int
  private let points: [BranchText.Point]

  private let verdict: RunSummary.Verdict

  /// - Parameters:
  ///   - verdict: the run's own, and what it came to.
  package init(
    scenario: String, _ verdict: RunSummary.Verdict, headline: String, futures: Int, points: [BranchText.Point]
  ) {
    self.scenario = scenario
    self.verdict = verdict
    self.headline = headline
    self.futures = futures
    self.points = points
  }

  package var bytes: [UInt8] {
    PageFrame.page("Futures of \(scenario)") { html in
      PageFrame.head(&html, [scenario, "\(PeopleText.count(UInt64(futures), "future")) of each moment"])
      PageFrame.verdict(&html, verdict.rawValue, headline) { html in
        html.element("p", sentence)
      }
      html.element("section", "id=\"branch\"") { html in
        html.element("h2", "Probability of failure over the moments of the run")
        html.raw("<div class=\"scroll\">\(svg)</div>")
        html.element(
          "p", "class=\"quiet\"",
          "From each moment on the run goes on with other luck. The line is the share of futures that fail, the bars its 95 % intervals (Wilson); the lower line counts those that fail as the run itself did."
        )
      }
    }
  }

  /// `From 12.5 s on at least 9 of 10 futures fail; up to 11 s at most 1 of 10 do.`
  private var sentence: String {
    func share(_ point: BranchText.Point) -> Double {
      point.runs == 0 ? 0 : Double(point.failures) / Double(point.runs)
    }
    var parts: [String] = []
    if let last = points.prefix(while: { share($0) <= 0.1 }).last {
      parts.append("up to \(PeopleText.moment(last.at)) at most 1 of 10 futures fail")
    }
    let doomed = points.reversed().prefix { share($0) >= 0.9 }
    if let first = doomed.last { parts.append("from \(PeopleText.moment(first.at)) on at least 9 of 10 do") }
    return parts.isEmpty
      ? "No moment decides: the share of futures that fail is between a tenth and nine tenths throughout."
      : (parts.joined(separator: "; ").prefix(1).uppercased() + parts.joined(separator: "; ").dropFirst() + ".")
  }

  private var svg: String {
    let (width, height, left, top, bottom) = (1_000.0, 280.0, 60.0, 16.0, 30.0)
    var svg = SVGText(width: width, height: height, title: "Share of futures that fail", style: "")
    let (from, until) = (points.first?.at ?? 0, max(points.last?.at ?? 1, (points.first?.at ?? 0) + 1))
    func x(_ at: Int64) -> Double { left + Double(at - from) / Double(until - from) * (width - left - 20) }
    func y(_ share: Double) -> Double { height - bottom - share * (height - top - bottom) }
    for (share, word) in [(0.0, "0 %"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1.0, "100 %")] {
      svg.line("base", from: (left, y(share)), to: (width - 20, y(share)))
      svg.text(word, "tick", x: left - 6, y: y(share) + 4, anchor: "end")
    }
    for point in points {
      let share = point.runs == 0 ? 0 : Double(point.failures) / Double(point.runs)
      svg.line(
        "interval", from: (x(point.at), y(point.low)), to: (x(point.at), y(point.high)),
        title:
          "\(PeopleText.moment(point.at)): \(point.failures) of \(point.runs) fail, \(PeopleText.percent(share * 100))"
      )
    }
    func curve(_ count: (BranchText.Point) -> Int) -> [(Double, Double)] {
      points.filter { $0.runs > 0 }.map { (x($0.at), y(Double(count($0)) / Double($0.runs))) }
    }
    svg.path("curve", curve(\.failures), hue: 4, title: "futures that fail")
    svg.path("curve dashed", curve(\.same), hue: 1, title: "futures that fail as the run did")
    svg.scale(from: from, until: until, left: left, width: width - left - 20, y: height - bottom)
    return svg.finished
  }
}

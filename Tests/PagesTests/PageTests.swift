import Foundation
import FoundationXML
import Pages
import Primitives
import Reports
import Testing

@Suite("Pages of sweeps, comparisons and futures")
struct PageTests {
  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// What is drawn on a page.
  private static func drawings(_ page: String) -> [String] {
    page.matches(of: /<svg[\s\S]*?<\/svg>/).map { String($0.output) }
  }

  private static func point(_ settings: String, failed: Int, p99: Double) -> SweepSummary.Point {
    func estimate(_ value: Double) -> Estimate { Estimate(value: value, low: value * 0.9, high: value * 1.1) }
    var point = SweepSummary.Point(
      scenario: "grid", settings: settings, runs: 40, asked: 40,
      verdicts: [.pass: 40 - failed, .violation: failed],
      failing: estimate(Double(failed) / 40), virtualNS: 1_000_000_000, events: 5)
    point.figures = [
      SweepSummary.Figure(
        measure: "client_latency", statistic: "p99", unit: "ns", runs: 40, mean: estimate(p99), p50: estimate(p99),
        p90: estimate(p99), p95: estimate(p99), p99: estimate(p99), max: p99)
    ]
    point.expectations = [
      .init(name: "recovers", held: 40 - failed, violated: failed, inconclusive: 0, violatedShare: estimate(0.1))
    ]
    return point
  }

  private static let sweep = SweepPage(
    SweepSummary(
      version: "1",
      points: [
        point("a=1, b=[x, y]", failed: 0, p99: 1e7), point("a=1, b=[z]", failed: 4, p99: 2e7),
        point("a=2, b=[x, y]", failed: 8, p99: 3e7), point("a=2, b=[z]", failed: 12, p99: 4e7),
      ],
      groups: [
        .init(
          scenario: "grid", verdict: .violation, fingerprint: "recovers · late", seeds: 24, settings: "a=2, b=[z]",
          seed: 7, sentence: "missed recovers: <late> & slow", replay: "./faultline run 'a b.yaml' --seed 7")
      ]),
    ["a=1, b=[x, y]", "a=2, b=[z]"].map { settings in
      SweepSummary.Distribution(
        scenario: "grid", settings: settings, name: "client_latency.p99", unit: "ns",
        values: (1...40).map { Double($0) * 1e6 })
    }
      + [
        SweepSummary.Distribution(
          scenario: "grid", settings: "", name: "leader_changes", unit: "1", values: Array(repeating: 2, count: 40))
      ])

  @Test("A sweep's page has its ways of failing, maps of its grid, and a curve for each measure that varies")
  func sweepPage() {
    let page = Self.text(Self.sweep.bytes)
    #expect(page.contains("grid failed in 24 of 160"))
    #expect(page.contains("missed recovers: &lt;late&gt; &amp; slow") && !page.contains("<late>"))
    #expect(page.contains("./faultline run &#39;a b.yaml&#39; --seed 7"))
    #expect(page.contains("<th>b=[x, y]</th><th>b=[z]</th>"), "a value with a comma is one value")
    #expect(page.components(separatedBy: "class=\"cell\"").count == 9, "two maps of four")
    #expect(page.contains("--share:0%") && page.contains("--share:100%"))
    #expect(page.contains("The same in every run: leader changes 2."))
    #expect(page.components(separatedBy: "class=\"curve\"").count == 3)
    #expect(!page.contains("<script"), "nothing moves")
    #expect(Self.sweep.bytes == Array(page.utf8), "and the same bytes again")
  }

  @Test("Every drawing is XML, whatever is in it")
  func drawings() {
    let pages = [Self.sweep.bytes, Self.comparison.bytes, Self.branch([0.1, 0.5, 0.95]).bytes].map(Self.text)
    for drawing in pages.flatMap(Self.drawings) {
      #expect(XMLParser(data: Data(drawing.utf8)).parse(), "\(drawing.prefix(200))")
    }
  }

  private static let comparison: ComparisonPage = {
    func difference(_ name: String, _ mean: Double, _ change: SweepComparison.Change) -> SweepComparison.Difference
    {
      SweepComparison.Difference(
        scenario: "crash", settings: "", measure: name, statistic: "value", unit: "1", pairs: 30, before: 100,
        after: 100 + mean, mean: Estimate(value: mean, low: mean - 1, high: mean + 1),
        median: Estimate(value: mean, low: nil, high: nil), sign: 0.01, wilcoxon: 0.01, adjusted: 0.02,
        change: change)
    }
    return ComparisonPage(
      SweepComparison(
        before: "old", after: "new",
        verdicts: [
          .init(
            scenario: "crash", settings: "", pairs: 30, broken: 2, mended: 0, chance: 0.5,
            example: .init(seed: 4, sentence: "broke <it>", replay: "./faultline run x --seed 4"))
        ],
        differences: [
          difference("same", 0, .same), difference("better", -20, .better), difference("worse", 900, .worse),
        ], notes: []))
  }()

  @Test("A comparison's page begins with what fails now and what got worse")
  func comparisonPage() throws {
    let page = Self.text(Self.comparison.bytes)
    #expect(page.contains("2\u{A0}seeds fail that did not; 1\u{A0}measure got worse and 1\u{A0}measure better"))
    #expect(page.contains("Seed 4 broke &lt;it&gt;."))
    let places = try ["worse</td>", "better</td>", "that chance may have made"].map {
      try #require(page.range(of: $0)).lowerBound
    }
    #expect(places == places.sorted())
  }

  private static func branch(_ shares: [Double]) -> BranchPage {
    BranchPage(
      scenario: "s", .violation, headline: "s broke", futures: 100,
      points: shares.enumerated().map { place, share in
        BranchText.Point(
          at: Int64(place) * 1_000_000_000, events: 1, runs: 100, failures: Int(share * 100), same: 0,
          low: max(0, share - 0.1), high: min(1, share + 0.1))
      })
  }

  @Test(
    "The page of futures says between which moments it was decided",
    arguments: [
      (
        [0.0, 0.1, 0.5, 0.95, 1.0],
        "Up to 1\u{A0}s at most 1 of 10 futures fail; from 3\u{A0}s on at least 9 of 10 do."
      ),
      ([0.0, 0.0], "Up to 1\u{A0}s at most 1 of 10 futures fail."),
      ([1.0, 0.95], "From 0\u{A0}s on at least 9 of 10 do."),
      ([0.5, 0.4], "No moment decides"),
    ])
  func branchPage(shares: [Double], says: String) {
    #expect(Self.text(Self.branch(shares).bytes).contains(says))
  }

  @Test("The page of mutants has a curve for each that was found, and a band for those that were not")
  func detectionPage() {
    func defect(_ id: String, mean: Double?, atMost: Double?) -> DetectionPage.Defect {
      DetectionPage.Defect(
        id: id, sentence: "A <defect>.", kind: "safety", scenario: mean == nil ? "" : "hunt", judge: "judge",
        mean: mean, atLeast: mean.map { $0 / 2 } ?? 100, atMost: atMost)
    }
    let defects = [
      defect("D1", mean: 1, atMost: 1.4), defect("D2", mean: 40, atMost: 90), defect("D3", mean: nil, atMost: nil),
    ]
    let page = Self.text(DetectionPage(headline: "2 of 3 found.", seeds: 300, defects: defects).bytes)
    #expect(page.components(separatedBy: "class=\"curve\"").count == 3)
    #expect(page.components(separatedBy: "class=\"band\"").count == 4)
    #expect(page.contains("40 (20 to 90)") && page.contains("more than 100") && page.contains("A &lt;defect&gt;."))
    for drawing in Self.drawings(page) { #expect(XMLParser(data: Data(drawing.utf8)).parse(), "\(drawing)") }
  }
}

@Suite("Rows of figures beside what was expected")
struct RowsDrawingTests {
  private static func drawing(_ rows: [RowsDrawing.Row]) -> String? {
    RowsDrawing(title: "Shares", note: "A note.", axis: [(0, "0"), (1, "100 %")], band: 0.25...0.75, rows).svg
  }

  @Test(
    "A row has a point for each figure, at its place between the ends of the axis, and a bar where one was expected"
  )
  func rows() throws {
    let svg = try #require(
      Self.drawing([
        .init(name: "a < b", measured: [(0, "none"), (1, "all")], expected: 1),
        .init(name: "told", measured: [(0.5, "half"), (7, "beyond")], expected: nil),
      ]))
    let places = svg.matches(of: /<circle class="point" cx="([0-9.]+)"/).compactMap { Double($0.output.1) }
    let (low, high) = (places[0], places[1])
    #expect(places == [low, high, (low + high) / 2, high])
    #expect(svg.matches(of: /class="median"/).count == 1)
    #expect(svg.matches(of: /class="band"/).count == 1)
    #expect(svg.contains("a &lt; b: none") && svg.contains("A note."))
    #expect(XMLParser(data: Data(svg.utf8)).parse())
  }

  @Test("Without rows there is no drawing")
  func empty() { #expect(Self.drawing([]) == nil) }
}

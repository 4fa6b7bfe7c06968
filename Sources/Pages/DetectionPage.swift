import Foundation
import Primitives

/// How soon known defects are found, on one page: for each the probability that a hunt of so many seeds finds it.
package struct DetectionPage {
  /// A defect, and what its hunts say.
  package struct Defect: Sendable {
    package var id: String
    package var sentence: String
    package var kind: String
    /// Where it is found soonest, and by what; empty where it was not found.
    package var scenario: String
    package var judge: String
    /// Seeds to one detection; nil where there was none.
    package var mean: Double?
    package var atLeast: Double
    /// nil where nothing bounds it.
    package var atMost: Double?

    package init(
      id: String, sentence: String, kind: String, scenario: String, judge: String, mean: Double?, atLeast: Double,
      atMost: Double?
    ) {
      self.id = id
      self.sentence = sentence
      self.kind = kind
      self.scenario = scenario
      self.judge = judge
      self.mean = mean
      self.atLeast = atLeast
      self.atMost = atMost
    }
  }

  private let headline: String
  private let seeds: Int
  private let defects: [Defect]

  /// - Parameter seeds: the most that a hunt was given; the curves go so far.
  package init(headline: String, seeds: Int, defects: [Defect]) {
    self.headline = headline
    self.seeds = max(2, seeds)
    self.defects = defects
  }

  package var bytes: [UInt8] {
    PageFrame.page("Mutation scoreboard") { html in
      PageFrame.head(&html, ["mutation scoreboard", "at most \(PeopleText.count(UInt64(seeds), "seed")) a hunt"])
      PageFrame.verdict(&html, defects.allSatisfy { $0.mean != nil } ? "pass" : "inconclusive", headline)
      html.element("section", "id=\"curves\"") { html in
        html.element("h2", "Probability that a hunt finds the defect")
        html.element(
          "p", "class=\"quiet\"",
          "Over the number of its seeds, in the scenario that finds it soonest, with the 95 % interval of the rate. A defect that no seed has found has the band of what that allows."
        )
        html.raw("<div class=\"charts\">\n")
        for defect in defects { html.raw(drawing(defect)) }
        html.raw("</div>\n")
      }
      html.element("section", "id=\"defects\"") { html in
        html.element("h2", "Defects")
        HTMLTable(
          heads: ["", "defect", "kind", "found by", "in", "seeds to detection"], numbers: [5],
          rows: defects.map { defect in
            [
              .text(defect.id), .text(defect.sentence), .text(defect.kind), .text(defect.judge),
              .text(defect.scenario), .text(Self.seeds(defect)),
            ]
          }
        ).write(into: &html)
      }
    }
  }

  private static func seeds(_ defect: Defect) -> String {
    func number(_ value: Double) -> String { PeopleText.rate(value) }
    guard let mean = defect.mean else { return "more than \(number(defect.atLeast))" }
    return "\(number(mean)) (\(number(defect.atLeast)) to \(defect.atMost.map(number) ?? "?"))"
  }

  private func drawing(_ defect: Defect) -> String {
    let (width, height, left, top, bottom) = (280.0, 130.0, 40.0, 24.0, 20.0)
    var svg = SVGText(width: width, height: height, title: "\(defect.id): \(defect.sentence)", style: "")
    svg.text("\(defect.id) \(defect.scenario)", "label", x: 4, y: 14)
    func x(_ count: Double) -> Double { left + log(count) / log(Double(seeds)) * (width - left - 6) }
    func y(_ share: Double) -> Double { height - bottom - share * (height - top - bottom) }
    for (share, word) in [(0.0, "0"), (0.5, "50 %"), (1.0, "100 %")] {
      svg.line("base", from: (left, y(share)), to: (width - 6, y(share)))
      svg.text(word, "tick", x: left - 4, y: y(share) + 4, anchor: "end")
    }
    let counts = (0...60).map { exp(log(Double(seeds)) * Double($0) / 60) }
    func curve(_ rate: Double) -> [(Double, Double)] {
      counts.map { (x($0), y(1 - pow(1 - min(1, rate), $0))) }
    }
    let slow = defect.atMost.map { curve(1 / $0) } ?? [(x(1), y(0)), (x(Double(seeds)), y(0))]
    svg.shape("band", curve(1 / defect.atLeast) + slow.reversed(), hue: 1, title: "95 % interval")
    if let mean = defect.mean {
      svg.path("curve", curve(1 / mean), hue: 1, title: "\(PeopleText.rate(mean)) seeds to detection")
    }
    svg.text("1 seed", "tick", x: left, y: height - 6)
    svg.text(PeopleText.count(UInt64(seeds)), "tick", x: width - 6, y: height - 6, anchor: "end")
    return svg.finished
  }
}

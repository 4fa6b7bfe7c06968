import Primitives
import Reports

/// How a measure is distributed over seeds, at one point or several: cumulative shares with a band.
struct CumulativeDrawing {
  private let all: [SweepSummary.Distribution]
  private let width = 300.0
  private let height = 170.0
  private let left = 40.0
  private let top = 26.0
  private let bottom = 24.0
  /// Curves in one drawing.
  static let most = 8

  init(_ all: [SweepSummary.Distribution]) { self.all = Array(all.prefix(Self.most)) }

  var svg: String {
    let (low, high) = (all.map { $0.values.first! }.min()!, all.map { $0.values.last! }.max()!)
    let name = all[0].name.inWords
    var svg = SVGText(width: width, height: height, title: "\(name): cumulative share of the seeds", style: "")
    svg.text(name, "label", x: 4, y: 14)
    for (share, word) in [(0.0, "0"), (0.5, "50 %"), (1.0, "100 %")] {
      svg.line("base", from: (left, y(share)), to: (width - 6, y(share)))
      svg.text(word, "tick", x: left - 4, y: y(share) + 4, anchor: "end")
    }
    func x(_ value: Double) -> Double { left + (value - low) / (high - low) * (width - left - 6) }
    for (place, distribution) in all.enumerated() { draw(distribution, place, x, &svg) }
    svg.text(PeopleText.figure(low, unit: all[0].unit), "tick", x: left, y: height - 8)
    svg.text(PeopleText.figure(high, unit: all[0].unit), "tick", x: width - 6, y: height - 8, anchor: "end")
    return svg.finished
  }

  private func y(_ share: Double) -> Double { height - bottom - share * (height - top - bottom) }

  private func draw(
    _ distribution: SweepSummary.Distribution, _ place: Int, _ x: (Double) -> Double, _ svg: inout SVGText
  ) {
    let values = distribution.values
    // P(sup |Fn − F| > e) ≤ 2 exp(−2 n e²), with the constant of Massart (1990): 5 % at e = √(ln 40 / 2n).
    let half = (3.688_879_454 / (2 * Double(values.count))).squareRoot()
    // As many steps as can be seen.
    let steps = min(values.count, 150)
    let curve = (1...steps).map { step -> (Double, Double) in
      let rank = (values.count * step + steps - 1) / steps
      return (x(values[rank - 1]), Double(rank) / Double(values.count))
    }
    let up = curve.map { ($0.0, y(min(1, $0.1 + half))) }
    let down = curve.reversed().map { ($0.0, y(max(0, $0.1 - half))) }
    let title = distribution.settings.isEmpty ? distribution.name : distribution.settings
    svg.shape("band", up + down, hue: place, title: title)
    svg.steps("curve", curve.map { ($0.0, y($0.1)) }, from: y(0), hue: place, title: title)
    let median = values[(values.count + 1) / 2 - 1]
    svg.line(
      "median", from: (x(median), y(0.5) - 5), to: (x(median), y(0.5) + 5),
      title: "median \(PeopleText.figure(median, unit: distribution.unit)), \(values.count) seeds; \(title)")
  }
}

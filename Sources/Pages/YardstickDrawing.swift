import Primitives
import Reports

/// What was simulated over what was published: a small drawing for each case.
package struct YardstickDrawing {
  package struct Case {
    let name: String
    /// Values in the unit, ascending, one curve for each range of seeds.
    let simulated: [[Double]]
    let published: [(share: Double, value: Double)]

    package init(name: String, simulated: [[Double]], published: [(share: Double, value: Double)]) {
      self.name = name
      self.simulated = simulated
      self.published = published
    }
  }

  private let title: String
  private let cases: [Case]
  private let width = 270.0
  private let height = 160.0
  private let columns = 3

  /// - Parameter cases: those without anything published are left out.
  package init(title: String, _ cases: [Case]) {
    self.title = title
    self.cases = cases.filter { !$0.published.isEmpty && $0.simulated.contains { !$0.isEmpty } }
  }

  /// nil where there is nothing to draw.
  package var svg: String? {
    guard !cases.isEmpty else { return nil }
    let rows = (cases.count + columns - 1) / columns
    var svg = SVGText(
      width: width * Double(min(columns, cases.count)), height: height * Double(rows) + 24, title: title,
      style: PageFrame.style)
    svg.rect(
      "ground", x: 0, y: 0, width: width * Double(min(columns, cases.count)), height: height * Double(rows) + 24,
      title: title)
    for (place, each) in cases.enumerated() {
      draw(each, x: Double(place % columns) * width, y: Double(place / columns) * height, &svg)
    }
    svg.text(
      "Lines: simulated, one for each range of seeds. Points: published. Across: milliseconds; up: share of the elections.",
      "note", x: 12, y: height * Double(rows) + 14)
    return svg.finished
  }

  private func draw(_ each: Case, x: Double, y: Double, _ svg: inout SVGText) {
    let (left, right, top, bottom) = (x + 46, x + width - 10, y + 24, y + height - 22)
    let low = min(each.published[0].value, each.simulated.compactMap(\.first).min() ?? 0)
    // The last of a hundred would press all others together.
    let most = each.simulated.compactMap { $0.isEmpty ? nil : $0[$0.count * 99 / 100] }.max() ?? 1
    let high = max(each.published.last { $0.share <= 0.99 }?.value ?? 0, most)
    func place(_ value: Double) -> Double {
      left + min(1, max(0, (value - low) / max(high - low, 1e-9))) * (right - left)
    }
    func level(_ share: Double) -> Double { bottom - share * (bottom - top) }
    svg.text(each.name, "label", x: x + 8, y: y + 15)
    for (share, word) in [(0.0, "0"), (0.5, "50 %"), (1.0, "100 %")] {
      svg.line("base", from: (left, level(share)), to: (right, level(share)))
      svg.text(word, "tick", x: left - 3, y: level(share) + 4, anchor: "end")
    }
    for (number, values) in each.simulated.enumerated() where !values.isEmpty {
      let steps = min(values.count, 200)
      let curve = (1...steps).map { step -> (Double, Double) in
        let rank = (values.count * step + steps - 1) / steps
        return (place(values[rank - 1]), level(Double(rank) / Double(values.count)))
      }
      svg.steps("curve", curve, from: level(0), hue: number, title: "\(each.name), simulated")
    }
    for point in each.published where point.value <= high {
      svg.dot(
        "point", x: place(point.value), y: level(point.share),
        title:
          "\(PeopleText.percent(point.share * 100)) within \(PeopleText.figure(point.value, unit: "")) ms, published"
      )
    }
    svg.text(PeopleText.count(UInt64(low.rounded())), "tick", x: left, y: bottom + 14)
    svg.text(PeopleText.count(UInt64(high.rounded())), "tick", x: right, y: bottom + 14, anchor: "end")
  }
}

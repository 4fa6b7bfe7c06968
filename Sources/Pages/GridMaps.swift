import Primitives
import Reports

/// The points of a sweep's grid as maps: one of the share that failed, and one of each measure that differs among them.
struct GridMaps {
  private let points: [SweepSummary.Point]
  /// By point: the value of each key that varies.
  private let places: [[String: String]]
  private let keys: [String]
  static let most = 12

  init(_ points: [SweepSummary.Point]) {
    self.points = points
    places = points.map { Self.settings($0.settings) }
    keys = points.map { Self.settings($0.settings) }.flatMap(\.keys).reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }.sorted()
  }

  /// `a=1, b=[x, y]`: a value may have commas of its own.
  static func settings(_ text: String) -> [String: String] {
    var settings: [String: String] = [:]
    var last: String?
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let trimmed = part.drop { $0 == " " }
      if let equals = trimmed.firstIndex(of: "="),
        trimmed[..<equals].allSatisfy({ $0.isLetter || $0.isNumber || "._-".contains($0) })
      {
        last = String(trimmed[..<equals])
        settings[last!] = String(trimmed[trimmed.index(after: equals)...])
      } else if let last {
        settings[last]! += "," + part
      }
    }
    return settings
  }

  func write(into html: inout HTMLText) {
    html.element("h3", "The grid")
    html.raw("<div class=\"maps\">\n")
    map(&html, "share that failed", unit: "%", points.map { $0.failing.value * 100 })
    var measures: [(name: String, unit: String, values: [Double?])] = []
    for figure in points.flatMap(\.figures) where !measures.contains(where: { $0.name == figure.name }) {
      measures.append(
        (
          figure.name, figure.unit,
          points.map { point in point.figures.first { $0.name == figure.name }?.p50.value }
        ))
    }
    let differing = measures.filter { measure in
      let values = measure.values.compactMap(\.self)
      guard let low = values.min(), let high = values.max() else { return false }
      return high - low > 0.01 * max(abs(low), abs(high))
    }.filter { !$0.name.hasSuffix(".mean") && !$0.name.hasSuffix(".p90") && !$0.name.hasSuffix(".p95") }
    for measure in differing.prefix(Self.most) {
      map(&html, "\(measure.name.inWords), median", unit: measure.unit, measure.values)
    }
    html.raw("</div>\n")
    let left = differing.count - Self.most
    if left > 0 {
      html.element(
        "p", "class=\"quiet\"", "\(left) more measures differ among the points; they are in the charts below.")
    }
  }

  private func map(_ html: inout HTMLText, _ title: String, unit: String, _ values: [Double?]) {
    let known = values.compactMap(\.self)
    let (low, high) = (known.min() ?? 0, known.max() ?? 0)
    let columns = keys.count > 1 ? distinct(keys[1]) : [""]
    html.raw("<div class=\"scroll\"><table class=\"map\"><caption>")
    html.add(title)
    html.raw("</caption><thead><tr><th>")
    html.add(keys.first.map { $0 } ?? "")
    html.raw("</th>")
    for column in columns {
      html.raw("<th>")
      html.add(column.isEmpty ? "" : "\(keys[1])=\(column)")
      html.raw("</th>")
    }
    html.raw("</tr></thead><tbody>\n")
    for row in distinct(keys.first ?? "") {
      html.raw("<tr><th>")
      html.add(row)
      html.raw("</th>")
      for column in columns {
        html.raw("<td>")
        // With more than two keys several points share a cell.
        for (place, value) in values.enumerated() where isThere(place, row, column) {
          guard let value else { continue }
          let share = high > low ? (value - low) / (high - low) : 0
          html.raw("<span class=\"cell\" style=\"--share:\(Int((share * 100).rounded()))%\">")
          html.add(PeopleText.figure(value, unit: unit))
          let rest = keys.dropFirst(2).compactMap { key in places[place][key].map { "\(key)=\($0)" } }
          if !rest.isEmpty { html.add(" (\(rest.joined(separator: ", ")))") }
          html.raw("</span>")
        }
        html.raw("</td>")
      }
      html.raw("</tr>\n")
    }
    html.raw("</tbody></table></div>\n")
  }

  private func isThere(_ place: Int, _ row: String, _ column: String) -> Bool {
    guard let first = keys.first else { return true }
    return places[place][first] ?? "" == row && (keys.count < 2 || places[place][keys[1]] ?? "" == column)
  }

  private func distinct(_ key: String) -> [String] {
    places.map { $0[key] ?? "" }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

import Primitives
import Reports
import World

/// Messages between processes within a window of time: an SVG that stands alone.
package struct SpacetimeDrawing {
  private let record: RunRecord
  private let window: Range<Int64>
  private let width = 1_200.0
  private let left = 92.0
  private let gap = 52.0
  /// Of more than so many messages the first are drawn, and the drawing says so.
  package static let most = 2_000

  package init(_ record: RunRecord, window: Range<Int64>) {
    self.record = record
    self.window = window
  }

  /// - Parameter alone: with the style that a page would give it.
  package func svg(alone: Bool) -> String {
    guard let film = record.film else { return "" }
    let rows = rows(film)
    let places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
    let bottom = 22 + Double(max(0, rows.count - 1)) * gap + 20
    var svg = SVGText(
      width: width, height: bottom + 30,
      title: "Messages of \(record.summary.scenario), seed \(record.summary.seed)",
      style: alone ? PageFrame.style : "")
    for (place, process) in rows.enumerated() {
      let y = y(place)
      svg.text(film.processes[process], "label", x: 4, y: y + 4)
      svg.line("life", from: (left, y), to: (width - 14, y))
    }
    var drawn = 0
    var left = 0
    for message in 0..<film.messages.count {
      let sent = film.sentAt(message)
      if sent > window.upperBound { break }
      guard let from = places[Int(film.messages.from[message])], let to = places[Int(film.messages.to[message])]
      else { continue }
      let endIn = film.messages.endIn[message]
      let ends = endIn == 0 ? film.end.nanoseconds : film.events.at[Int(endIn) - 1]
      guard ends >= window.lowerBound else { continue }
      if drawn < Self.most { draw(film, message, (sent, y(from)), (ends, y(to)), &svg) } else { left += 1 }
      drawn += 1
    }
    for violation in record.summary.violations
    where window.contains(violation.atNS) || violation.atNS == window.upperBound {
      svg.line("violation", from: (x(violation.atNS), 4), to: (x(violation.atNS), bottom), title: violation.detail)
    }
    if left > 0 { svg.text("the first \(Self.most) of \(Self.most + left) messages", "note", x: 92, y: 10) }
    svg.scale(
      from: window.lowerBound, until: window.upperBound, left: self.left, width: width - self.left - 14, y: bottom)
    return svg.finished
  }

  /// Nodes; of more than forty those that faults or violations were about.
  private func rows(_ film: Film) -> [Int] {
    guard film.nodes > 40 else { return Array(0..<film.nodes) }
    let violators = record.summary.violations.compactMap { film.processes.firstIndex(of: $0.node ?? "") }
    let struck = record.faults.flatMap(\.occurrences).flatMap(\.hosts).map(\.index).filter { $0 < film.nodes }
    let concerned = Set(violators + struck).sorted().prefix(40)
    return concerned.isEmpty ? Array(0..<40) : Array(concerned)
  }

  private func y(_ place: Int) -> Double { 22 + Double(place) * gap }

  private func x(_ ns: Int64) -> Double {
    left + Double(ns - window.lowerBound) / Double(max(1, window.upperBound - window.lowerBound))
      * (width - left - 14)
  }

  private func draw(
    _ film: Film, _ message: Int, _ start: (at: Int64, y: Double), _ end: (at: Int64, y: Double),
    _ svg: inout SVGText
  ) {
    let fate = film.messages.fate[message]
    let plain = fate & 31
    let isLost = plain >= Film.Fate.lost
    var (x1, y1, x2, y2) = (x(start.at), start.y, x(end.at), end.y)
    if isLost, x2 - x1 < 6 { (x2, y2) = (x1 + 6, y1 + (y2 - y1) * 0.4) }
    let kind =
      isLost
      ? "lost"
      : plain == Film.Fate.underWay
        ? "under-way"
        : fate & Film.Fate.held > 0
          ? "held"
          : fate & Film.Fate.copy > 0 ? "copy" : film.messages.fault[message] >= 0 ? "affected" : "delivered"
    // Cut to the drawing.
    let (lowest, highest) = (left, width - 14)
    guard x2 >= lowest, x1 <= highest else { return }
    let slope = x2 == x1 ? 0 : (y2 - y1) / (x2 - x1)
    if x1 < lowest { (x1, y1) = (lowest, y1 + slope * (lowest - x1)) }
    let isCut = x2 > highest
    if isCut { (x2, y2) = (highest, y2 - slope * (x2 - highest)) }
    svg.line("stroke \(kind)", from: (x1, y1), to: (x2, y2), title: film.kinds[Int(film.messages.kind[message])])
    if isLost {
      svg.cross(x2, y2)
    } else if plain != Film.Fate.underWay, !isCut {
      svg.head(kind, from: (x1, y1), to: (x2, y2))
    }
  }
}

import Primitives
import Reports
import World

/// A run as lanes, one for each process, with the faults across those that they touch: an SVG that stands alone.
package struct LanesDrawing {
  private let record: RunRecord
  private let width = 1_200.0
  private let left = 92.0
  private let top = 44.0
  private let row = 26.0
  private var end: Double { Double(max(1, record.film?.end.nanoseconds ?? record.summary.virtualNS)) }

  package init(_ record: RunRecord) { self.record = record }

  private struct Piece {
    var from: Int64
    var until: Int64
    var kind: String
    var term: String
    var label: String
  }

  /// - Parameter alone: with the style that a page would give it.
  package func svg(alone: Bool) -> String {
    let height = top + Double(record.processes.count) * row + 30
    var svg = SVGText(
      width: width, height: height, title: "The run \(record.summary.scenario), seed \(record.summary.seed)",
      style: alone ? PageFrame.style : "")
    for (number, fault) in record.faults.enumerated() { draw(fault, number, &svg) }
    let lanes = self.lanes
    let strips = record.film.map(LaneStrips.init)
    for (process, name) in record.processes.enumerated() {
      let y = top + Double(process) * row
      svg.text(name, "label", x: 4, y: y + 17)
      svg.line("base", from: (left, y + row - 0.5), to: (width - 14, y + row - 0.5))
      for piece in lanes[process] { draw(piece, name, y, &svg) }
      if let strips, process < strips.clocks.count { draw(strips, process, y, &svg) }
    }
    let bottom = top + Double(record.processes.count) * row
    for violation in record.summary.violations {
      svg.line(
        "violation", from: (x(violation.atNS), top - 8), to: (x(violation.atNS), bottom), title: violation.detail)
    }
    svg.scale(from: 0, until: Int64(end), left: left, width: width - left - 14, y: bottom)
    return svg.finished
  }

  private func x(_ ns: Int64) -> Double { left + min(1, max(0, Double(ns) / end)) * (width - left - 14) }

  private func draw(_ fault: FaultRecord, _ number: Int, _ svg: inout SVGText) {
    for (place, occurrence) in fault.occurrences.enumerated() {
      let from = x(occurrence.from.nanoseconds)
      let until = max(from + 2, x(occurrence.until?.nanoseconds ?? Int64(end)))
      for host in occurrence.hosts where host.index < record.processes.count {
        svg.rect(
          "fault", x: from, y: top + Double(host.index) * row, width: until - from, height: row - 1,
          title: record.words(ofFault: number, place))
      }
      if number < 12, place == 0 {
        svg.text("↯ \(fault.name)", "fault-name", x: from + 3, y: top - 6 - Double(number % 3) * 12)
      }
    }
  }

  private func draw(_ piece: Piece, _ name: String, _ y: Double, _ svg: inout SVGText) {
    let (from, until) = (x(piece.from), x(piece.until))
    guard until - from >= 0.5 else { return }
    svg.rect(
      "lane \(piece.kind)", x: from, y: y + 3, width: until - from, height: row - 7, hue: piece.term,
      title: "\(name): \(piece.label)")
    let room = Int((until - from - 8) / 6.4)
    guard room > 2, !piece.label.isEmpty else { return }
    let label = piece.label.count > room ? piece.label.prefix(max(1, room - 1)) + "…" : piece.label[...]
    svg.text(String(label), "in-lane \(piece.kind)", x: from + 5, y: y + 17)
  }

  private func draw(_ strips: LaneStrips, _ process: Int, _ y: Double, _ svg: inout SVGText) {
    let name = record.processes[process]
    for error in strips.clocks[process] {
      svg.line(
        error.isBehind ? "clock behind" : "clock", from: (x(error.from), y + 2.5),
        to: (max(x(error.from) + 2, x(error.until)), y + 2.5), title: "the clock of \(name): \(error.words)")
    }
    guard !strips.unsynced[process].isEmpty else { return }
    let parts = 365
    let shares = strips.shares(of: process, parts: parts, until: Int64(end))
    let (size, levels) = ((width - left - 14) / Double(parts), shares.map { min(4, Int(($0 * 4).rounded(.up))) })
    var part = 0
    while part < parts {
      let next = levels[part...].firstIndex { $0 != levels[part] } ?? parts
      defer { part = next }
      guard levels[part] > 0 else { continue }
      let share = shares[part..<next].reduce(0, +) / Double(next - part)
      svg.line(
        "disk level-\(levels[part])", from: (left + Double(part) * size, y + row - 3),
        to: (left + Double(next) * size, y + row - 3),
        title: "\(name) has writes not synced yet, \(PeopleText.percent(share * 100)) of the time")
    }
  }

  /// What each process was, from when to when; empty without a film.
  private var lanes: [[Piece]] {
    guard let film = record.film else { return record.processes.map { _ in [] } }
    let wanted = Set(
      ["condition", "role", "term", "mode"].compactMap { film.names.firstIndex(of: $0) }.map { UInt16($0) })
    var now = film.processes.map { _ in [String: String]() }
    var pieces = film.processes.map { _ in [Piece]() }
    film.texts.forEachRow(of: film.changes.value) { row, number in
      guard wanted.contains(film.changes.name[row]) else { return true }
      let (process, at) = (Int(film.changes.process[row]), film.events.at[Int(film.changes.event[row]) - 1])
      let value = film.texts.text(film.changes.value, row: row, firstNumber: number)
      now[process][film.names[Int(film.changes.name[row])]] = value.isEmpty ? nil : value
      let piece = Self.piece(now[process], from: at, until: film.end.nanoseconds)
      if let last = pieces[process].last {
        if last.label == piece.label, last.kind == piece.kind { return true }
        if last.from == at {
          pieces[process].removeLast()
        } else {
          pieces[process][pieces[process].count - 1].until = at
        }
      }
      pieces[process].append(piece)
      return true
    }
    return pieces
  }

  private static func piece(_ scene: [String: String], from: Int64, until: Int64) -> Piece {
    let condition = scene["condition"] ?? "down"
    let role = scene["role"] ?? scene["mode"] ?? ""
    let kind = condition == "up" ? (role.isEmpty ? "up" : role == "pre-candidate" ? "candidate" : role) : condition
    let label = RunStory.role(scene)
    return Piece(
      from: from, until: until, kind: kind, term: scene["role"] == nil ? "" : scene["term"] ?? "", label: label)
  }
}

import Primitives
import World

extension Page {
  /// Success over the run as a row of bars, with the times of faults below it:
  /// ```
  /// availability  ██████████▁▁▁▃█████████████  98.4 %
  ///                         ╰──╯
  ///               0 s                    40 s
  /// ```
  /// A full bar says that every operation of that time succeeded, a gap that nobody asked.
  mutating func service(_ summary: RunSummary) {
    guard summary.operations.invoked > 0 else { return }
    terminal.gap()
    let share = PeopleText.share(summary.operations.ok, of: summary.operations.invoked)
    let tone: Tone = summary.operations.ok == summary.operations.invoked ? .good : .plain
    let label = narrow ? 4 : column
    let room = terminal.width - label - TerminalText.columns(share) - 2
    guard !summary.service.isEmpty, summary.virtualNS > 0, room >= 8 else {
      labelled("availability", [Piece(share, tone)])
      return
    }
    let cells = min(room, 60, summary.service.count)
    let lead = TerminalText.left("availability", column - 2)
    if narrow { terminal.line([Piece("availability", .faint)]) }
    terminal.verbatim(
      [narrow ? Piece("  ") : Piece(lead, .faint)] + bars(summary.service, cells: cells)
        + [Piece("  "), Piece(share, tone)])
    let faults = windows(summary, cells: cells)
    if faults.contains(where: { $0 != " " }) {
      terminal.verbatim([Piece(String(faults).trimmedRight, .accent)], indent: label)
    }
    let end = PeopleText.moment(summary.virtualNS)
    let start = "0\u{A0}s"
    let between = cells - TerminalText.columns(start) - TerminalText.columns(end)
    guard between > 0 else { return }
    terminal.verbatim([Piece(start + TerminalText.spaces(between) + end, .faint)], indent: label)
  }

  /// Neighbours of one tone in one piece, for the sake of fewer escape codes.
  private func bars(_ slices: [ServiceSlice], cells: Int) -> [Piece] {
    let levels: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇"]
    var pieces: [Piece] = []
    for cell in 0..<cells {
      let part = slices[(cell * slices.count / cells)..<((cell + 1) * slices.count / cells)]
      let invoked = part.reduce(0) { $0 + $1.invoked }
      let ok = part.reduce(0) { $0 + $1.ok }
      let bar: Character
      let tone: Tone
      if invoked == 0 {
        (bar, tone) = (" ", .plain)
      } else if ok >= invoked {
        (bar, tone) = ("█", .good)
      } else {
        bar = levels[min(Int(Double(ok) / Double(invoked) * 7), 6)]
        tone = ok * 2 < invoked ? .bad : .doubtful
      }
      if let last = pieces.last, last.tone == tone {
        pieces[pieces.count - 1].text.append(bar)
      } else {
        pieces.append(Piece(String(bar), tone))
      }
    }
    return pieces
  }

  /// Where faults were on: `╰──╯` from begin to end, `╵` where both fall into one cell.
  private func windows(_ summary: RunSummary, cells: Int) -> [Character] {
    func cell(_ nanoseconds: Int64) -> Int {
      min(max(Int(Double(nanoseconds) / Double(summary.virtualNS) * Double(cells)), 0), cells - 1)
    }
    var row = [Character](repeating: " ", count: cells)
    for occurrence in summary.faults.flatMap(\.occurrences) {
      let from = cell(occurrence.from.nanoseconds)
      let to = cell((occurrence.until?.nanoseconds ?? summary.virtualNS) - 1)
      guard from < to else {
        if row[from] == " " { row[from] = "╵" }
        continue
      }
      for index in from...to { row[index] = "─" }
      row[from] = "╰"
      row[to] = occurrence.until == nil ? "─" : "╯"
    }
    return row
  }
}

extension String {
  fileprivate var trimmedRight: String {
    var text = self[...]
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }
}

import Primitives

extension CoverageSummary {
  /// For a person: the curve, what it says of further runs, and the rare events.
  package func text(style: TerminalStyle, width: Int) -> String {
    var terminal = TerminalText(style: style, width: width)
    terminal.gap()
    let range = "seeds\u{A0}\(seeds.lowerBound)..\(seeds.upperBound)"
    terminal.line(
      [
        Piece(scenario, .strong),
        Piece(
          " reached \(PeopleText.count(states, "abstract state")) in \(PeopleText.count(runs, "run")) (\(range))"),
      ])
    if failures > 0 { terminal.line([Piece("\(PeopleText.count(failures, "run")) did not pass", .bad)]) }
    terminal.gap()
    drawCurve(&terminal)
    terminal.gap()
    terminal.line([Piece(sentence)])
    terminal.gap()
    list(&terminal)
    return terminal.text
  }

  private func drawCurve(_ terminal: inout TerminalText) {
    let room = max(10, min(50, terminal.width - 32))
    terminal.verbatim([Piece(row("runs", "states", "new"), .faint)])
    for point in curve {
      // In halves of a column, the last state reached being the whole bar.
      let halves = states == 0 ? 0 : Int(point.states * UInt64(2 * room) / states)
      let bar = String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : "")
      let numbers = row(
        PeopleText.count(point.runs), PeopleText.count(point.states), PeopleText.count(point.new))
      terminal.verbatim([Piece(numbers + "  "), Piece(bar, .accent)])
    }
  }

  private func row(_ runs: String, _ states: String, _ new: String) -> String {
    Self.right(runs, 9) + Self.right(states, 9) + Self.right(new, 8)
  }

  private var sentence: String {
    let mass = "The unseen mass is \(PeopleText.percent(100 * unseenMass)) (Good–Turing)"
    let next = "the next run is expected to reach \(PeopleText.figure(expectedOfNextRun, unit: "1")) new states"
    let advice =
      switch outlook {
      case "saturated": "More of the same is not worth it: change the scenario, its faults or its schedule."
      case "slowing": "More of the same brings little."
      default: "More of the same is worth it."
      }
    return "\(mass), and \(next). \(advice)"
  }

  private func list(_ terminal: inout TerminalText) {
    let met = marks.filter { $0.count > 0 }
    let longest = met.map(\.name.count).max() ?? 0
    if !met.isEmpty {
      let head = TerminalText.spaces(longest) + Self.right("of runs", 10) + Self.right("times", 13) + "  first seed"
      terminal.verbatim([Piece(head, .faint)])
    }
    for mark in met {
      let name = mark.name + TerminalText.spaces(longest - mark.name.count)
      let share = Self.right(PeopleText.share(mark.runs, of: runs), 10)
      let count = Self.right(PeopleText.count(mark.count), 13)
      terminal.verbatim([Piece(name + share + count + "  " + (mark.firstSeed.map { "\($0)" } ?? ""))])
    }
    let never = marks.filter { $0.count == 0 }.map(\.name)
    guard !never.isEmpty else { return }
    terminal.line([Piece("never met: ", .doubtful), Piece(never.joined(separator: ", "))], hanging: 4)
  }

  private static func right(_ text: String, _ width: Int) -> String {
    TerminalText.spaces(width - text.count) + text
  }
}

import Primitives

/// One line that tells how far a run or a sweep is. Pure: whoever owns the terminal decides when to show it
/// and clears it first.
package struct ProgressLine: Sendable {
  /// What the fraction is a fraction of.
  package enum Done: Sendable {
    case virtual(Nanoseconds, of: Nanoseconds)
    case runs(UInt64, of: UInt64)
  }

  package var done: Done
  package var eventsPerSecond: Double?
  package var seedsPerSecond: Double?
  /// Real time that is left, as far as anyone can tell.
  package var remaining: Nanoseconds?
  /// Runs that did not pass so far.
  package var failures: UInt64

  package init(
    _ done: Done, eventsPerSecond: Double? = nil, remaining: Nanoseconds? = nil, failures: UInt64 = 0
  ) {
    self.done = done
    self.eventsPerSecond = eventsPerSecond
    self.remaining = remaining
    self.failures = failures
  }

  /// 0...1.
  package var fraction: Double {
    let (part, whole) =
      switch done {
      case .virtual(let part, let whole): (Double(part.count), Double(whole.count))
      case .runs(let part, let whole): (Double(part), Double(whole))
      }
    return whole > 0 ? min(max(part / whole, 0), 1) : 1
  }

  /// At most `width` columns and no newline. What tells least goes first where there is no room.
  package func text(style: TerminalStyle, width: Int) -> String {
    var parts = [amount]
    if failures > 0 { parts.insert("\(PeopleText.count(failures))\u{A0}failed", at: 1) }
    if let remaining, fraction < 1 { parts.append("\(PeopleText.duration(remaining.count)) left") }
    if let seedsPerSecond { parts.append("\(PeopleText.figure(seedsPerSecond, unit: ""))\u{A0}seeds/s") }
    if let eventsPerSecond { parts.append("\(PeopleText.rate(eventsPerSecond))\u{A0}events/s") }
    // Towards zero: 100 % is said when it is done.
    let percent = TerminalText.right("\(Int(fraction * 100))\u{A0}%", 5)
    func rest() -> String { ([percent] + parts).joined(separator: "  ") }
    // The bar's length depends on the width alone, or it would twitch with every digit beside it.
    let cells = min(max(width / 4, 8), 32)
    while !parts.isEmpty, 4 + cells + TerminalText.columns(rest()) > width { parts.removeLast() }
    guard 4 + cells + TerminalText.columns(rest()) <= width else {
      return TerminalText.cut(percent, to: max(width, 1))
    }
    var line = TerminalText(style: style, width: width)
    let (full, empty) = bar(cells)
    line.verbatim(
      [Piece(full, failures > 0 ? .bad : .good), Piece(empty, .faint), Piece("  "), Piece(rest())])
    return String(line.text.dropLast())
  }

  private var amount: String {
    switch done {
    case .virtual(let part, let whole):
      // Tenths of a second: more would flicker.
      Self.amount(
        PeopleText.moment(part.count / 100_000_000 * 100_000_000), of: PeopleText.moment(whole.count),
        widest: TerminalText.columns(PeopleText.moment(whole.count)) + 2)
    case .runs(let part, let whole):
      Self.amount(
        PeopleText.count(part), of: PeopleText.count(whole, "run"),
        widest: TerminalText.columns(PeopleText.count(whole)))
    }
  }

  /// With room for all that the first number may grow to.
  private static func amount(_ part: String, of whole: String, widest: Int) -> String {
    TerminalText.right(part, widest) + " of " + whole
  }

  /// To an eighth of a cell.
  private func bar(_ cells: Int) -> (full: String, empty: String) {
    let eighths = Int(fraction * Double(cells * 8))
    let parts: [String] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let full = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    return (full, String(repeating: "░", count: cells - full.count))
  }
}

import Primitives
import World

extension SummaryText {
  /// A sweep for a person: how many runs ended how, the first `listed` that did not pass with the command
  /// that shows each, and the spread of every measure over the seeds.
  package static func sweepText(
    _ summaries: [RunSummary], style: TerminalStyle, width: Int, listed: Int = 5
  ) -> String {
    var page = Page(style: style, width: width)
    page.sweepVerdict(summaries)
    page.sweepFailures(summaries, listed: listed)
    for scenario in scenarios(summaries) {
      page.sweepMeasures(
        summaries.filter { $0.scenario == scenario.name }, title: scenario.name)
    }
    return page.terminal.text
  }

  /// In the order of their first runs.
  static func scenarios(_ summaries: [RunSummary]) -> [(name: String, runs: Int)] {
    var order: [String] = []
    var runs: [String: Int] = [:]
    for summary in summaries {
      if runs[summary.scenario, default: 0] == 0 { order.append(summary.scenario) }
      runs[summary.scenario, default: 0] += 1
    }
    return order.map { ($0, runs[$0]!) }
  }
}

extension Page {
  /// Verdicts from the worst to the best.
  private static let order: [RunSummary.Verdict] = [.nondeterminism, .violation, .inconclusive, .pass]

  private static func tone(_ verdict: RunSummary.Verdict) -> Tone {
    switch verdict {
    case .pass: .good
    case .inconclusive: .doubtful
    case .violation, .nondeterminism: .bad
    }
  }

  private static func word(_ verdict: RunSummary.Verdict) -> String {
    switch verdict {
    case .pass: "passed"
    case .violation: "failed"
    case .inconclusive: "inconclusive"
    case .nondeterminism: "nondeterministic"
    }
  }

  mutating func sweepVerdict(_ summaries: [RunSummary]) {
    terminal.gap()
    guard !summaries.isEmpty else {
      terminal.line([Piece("? ", .doubtful), Piece("The sweep ran nothing.")], hanging: 4)
      return
    }
    let counts = Self.order.map { verdict in summaries.count { $0.verdict == verdict } }
    let worst = Self.order[counts.firstIndex { $0 > 0 }!]
    let names = SummaryText.scenarios(summaries)
    let subject = names.count == 1 ? names[0].name : PeopleText.count(UInt64(names.count), "scenario")
    let number = counts[Self.order.firstIndex(of: worst)!]
    terminal.line(
      [
        SummaryText.mark(worst), Piece(" "), Piece(subject, .strong), Piece(" "),
        Piece(
          Self.sentence(worst, number, of: summaries.count), worst == .pass ? .plain : Self.tone(worst)),
      ], hanging: 4)
    terminal.gap()
    bar(counts, of: summaries.count)
    var said: [Piece] = []
    for (verdict, count) in zip(Self.order, counts).reversed() where count > 0 {
      if !said.isEmpty { said.append(Piece("\u{A0}· ")) }
      said.append(Piece("\(PeopleText.count(UInt64(count)))\u{A0}\(Self.word(verdict))", Self.tone(verdict)))
    }
    labelled("verdicts", said)
    let virtual = summaries.reduce(0) { $0 &+ $1.virtualNS }
    let events = summaries.reduce(0) { $0 &+ $1.events }
    labelled(
      "simulated", [Piece("\(PeopleText.duration(virtual))\u{A0}· \(PeopleText.count(events, "event"))")])
  }

  private static func sentence(_ worst: RunSummary.Verdict, _ number: Int, of all: Int) -> String {
    let runs = PeopleText.count(UInt64(all), "run")
    let some = "\(PeopleText.count(UInt64(number))) of \(runs)"
    let of = all > number ? some : all == 1 ? "its only run" : "all \(runs)"
    return switch worst {
    case .pass: "passed \(of)."
    case .inconclusive: "broke nothing, but proved nothing in \(of)."
    case .violation: "failed in \(of)."
    case .nondeterminism: "gave different digests for the same run in \(of)."
    }
  }

  /// One bar for all runs; whatever happened at all has a cell.
  private mutating func bar(_ counts: [Int], of all: Int) {
    let cells = min(terminal.width - (column), 60)
    var widths = counts.map { $0 == 0 ? 0 : max($0 * cells / all, 1) }
    let widest = widths.indices.max { widths[$0] < widths[$1] }!
    widths[widest] += cells - widths.reduce(0, +)
    let glyphs = ["≠", "✗", "?", "█"]
    var pieces: [Piece] = []
    for index in widths.indices.reversed() where widths[index] > 0 {
      let cells = String(repeating: glyphs[index], count: widths[index])
      pieces.append(Piece(cells, Self.tone(Self.order[index])))
    }
    terminal.verbatim(pieces, indent: column)
  }

  mutating func sweepFailures(_ summaries: [RunSummary], listed: Int) {
    let failing = Self.order.dropLast().flatMap { verdict in summaries.filter { $0.verdict == verdict } }
    guard !failing.isEmpty else { return }
    terminal.gap()
    let named = SummaryText.scenarios(summaries).count > 1
    for summary in failing.prefix(listed) {
      let who = (named ? "\(summary.scenario), " : "") + "seed\u{A0}\(summary.seed)"
      terminal.line(
        [SummaryText.mark(summary.verdict), Piece(" "), Piece(who, .strong), Piece(" \(summary.sentence).")],
        hanging: 4)
      terminal.verbatim([Piece(summary.replay, .accent)], indent: 4)
    }
    if failing.count > listed {
      let rest = PeopleText.count(UInt64(failing.count - listed))
      terminal.line([Piece("… and \(rest) more.", .faint)], indent: 4)
    }
  }

  /// The spread of each measure over the runs in which it was observed: of the value itself, or of the
  /// median and the 99th percentile of a distribution.
  mutating func sweepMeasures(_ summaries: [RunSummary], title: String) {
    var order: [String] = []
    var values: [String: (values: [Double], unit: String)] = [:]
    // One value in this run and several in the next is still a distribution.
    var distributions: Set<String> = []
    for measure in summaries.lazy.flatMap(\.measures) where measure.count > 1 {
      distributions.insert(measure.name)
    }
    for measure in summaries.lazy.flatMap(\.measures) where measure.count > 0 {
      let name = SummaryText.words(measure.name)
      let figures =
        distributions.contains(measure.name)
        ? [(name + " p50", measure.p50), (name + " p99", measure.p99)] : [(name, measure.mean)]
      for (name, value) in figures {
        if values[name] == nil { order.append(name) }
        values[name, default: ([], measure.unit)].values.append(value)
      }
    }
    guard !order.isEmpty else { return }
    terminal.gap()
    let runs = PeopleText.count(UInt64(summaries.count), "run")
    terminal.line([Piece(title, .strong), Piece(" over \(runs):", .faint)])
    table(
      rows: order.map { name in
        let (found, unit) = values[name]!
        let sorted = found.sorted()
        // Nearest rank, as for every percentile of the house.
        let median = sorted[(sorted.count + 1) / 2 - 1]
        return (name, [sorted[0], median, sorted[sorted.count - 1]].map { PeopleText.figure($0, unit: unit) })
      }, columns: ["min", "median", "max"], dispensable: [])
  }
}

import Primitives

/// The results of a sweep for a person: how many seeds ended how, each way of failing once with the command that shows
/// it, and for each point of the grid every measure with 95 % intervals.
package enum ResultsText {
  /// - Parameter listed: ways of failing that are shown, at most.
  package static func text(_ summary: SweepSummary, style: TerminalStyle, width: Int, listed: Int = 12) -> String {
    var page = Page(style: style, width: width)
    page.resultsVerdict(summary)
    page.failureGroups(summary, listed: listed)
    for point in summary.points where point.runs > 0 { page.point(point) }
    return page.terminal.text
  }
}

extension SeedVerdict {
  var tone: Tone { self == .pass ? .good : self == .inconclusive ? .doubtful : .bad }

  var mark: Piece {
    switch self {
    case .pass: Piece("✓", .good)
    case .inconclusive: Piece("?", .doubtful)
    case .nondeterminism: Piece("≠", .bad)
    case .violation, .crashed, .hung, .outOfMemory: Piece("✗", .bad)
    }
  }
}

extension Page {
  mutating func resultsVerdict(_ summary: SweepSummary) {
    terminal.gap()
    guard let worst = summary.worst else {
      terminal.line([Piece("? ", .doubtful), Piece("No seed has run yet.")], hanging: 4)
      return
    }
    let names = summary.points.reduce(into: [String]()) { if $0.last != $1.scenario { $0.append($1.scenario) } }
    let subject = names.count == 1 ? names[0] : PeopleText.count(UInt64(names.count), "scenario")
    let grid = summary.points.count - names.count + 1
    let points = summary.points.count > names.count ? " at \(PeopleText.count(UInt64(grid), "point"))" : ""
    let failing = SeedVerdict.allCases.filter(\.isFailure).reduce(0) { $0 + summary.count($1) }
    let runs = PeopleText.count(UInt64(summary.runs), "run")
    let sentence: String =
      failing > 0
      ? "failed in \(PeopleText.count(UInt64(failing))) of \(runs)."
      : worst == .inconclusive
        ? "broke nothing, but not all of its \(runs) prove something." : "passed all \(runs)."
    terminal.line(
      [
        worst.mark, Piece(" "), Piece(subject + points, .strong), Piece(" "),
        Piece(sentence, worst == .pass ? .plain : worst.tone),
      ],
      hanging: 4)
    terminal.gap()
    var said: [Piece] = []
    for verdict in SeedVerdict.allCases.reversed() where summary.count(verdict) > 0 {
      if !said.isEmpty { said.append(Piece("\u{A0}· ")) }
      said.append(Piece("\(PeopleText.count(UInt64(summary.count(verdict))))\u{A0}\(verdict.words)", verdict.tone))
    }
    labelled("verdicts", said)
    let virtual = summary.points.reduce(0) { $0 &+ $1.virtualNS }
    let events = summary.points.reduce(0) { $0 &+ $1.events }
    labelled(
      "simulated", [Piece("\(PeopleText.duration(virtual))\u{A0}· \(PeopleText.count(UInt64(events), "event"))")])
    labelled("version", [Piece(summary.version)])
    if summary.runs < summary.asked {
      let asked = PeopleText.count(UInt64(summary.asked))
      labelled("complete", [Piece("\(PeopleText.count(UInt64(summary.runs))) of \(asked) runs", .doubtful)])
    }
    for (scenario, fault) in summary.idleFaults {
      terminal.line(
        [
          Piece("?", .doubtful), Piece(" \(scenario): “\(fault.name)” had no effect in any of "),
          Piece("\(fault.runs) runs."),
        ],
        hanging: 4)
    }
    for (scenario, mark) in summary.missedMarks {
      terminal.line(
        [
          Piece("?", .doubtful),
          Piece(" \(scenario): never met in \(PeopleText.count(UInt64(mark.runs), "run")): \(mark.name)"),
        ],
        hanging: 4)
    }
  }

  mutating func failureGroups(_ summary: SweepSummary, listed: Int) {
    guard !summary.groups.isEmpty else { return }
    terminal.gap()
    let named = Set(summary.points.map(\.scenario)).count > 1
    for group in summary.groups.prefix(listed) {
      let seeds = PeopleText.count(UInt64(group.seeds), "seed")
      let settings = group.settings.isEmpty ? "" : " at \(group.settings)"
      let who = named ? "\(group.scenario), \(seeds)" : seeds
      terminal.line(
        [
          group.verdict.mark, Piece(" "), Piece(who, .strong), Piece(" \(group.fingerprint)", .faint),
        ], hanging: 4)
      terminal.line([Piece("seed\u{A0}\(group.seed)\(settings) \(group.sentence).")], indent: 4)
      terminal.verbatim([Piece(group.replay, .accent)], indent: 4)
    }
    if summary.groups.count > listed {
      terminal.line(
        [Piece("… and \(PeopleText.count(UInt64(summary.groups.count - listed))) other ways to fail.", .faint)],
        indent: 4)
    }
  }

  mutating func point(_ point: SweepSummary.Point) {
    terminal.gap()
    let title = point.settings.isEmpty ? point.scenario : "\(point.scenario) · \(point.settings)"
    terminal.line([Piece(title, .strong), Piece(" over \(PeopleText.count(UInt64(point.runs), "seed")):", .faint)])
    let failing = Self.share(point.failing)
    labelled("failing", [Piece(failing, point.failing.value > 0 ? .bad : .plain)])
    for expectation in point.expectations where expectation.violated > 0 {
      labelled("violated", [Piece("\(expectation.name) "), Piece(Self.share(expectation.violatedShare), .bad)])
    }
    for mark in point.marks {
      let seen = "in \(PeopleText.count(UInt64(mark.seen))) of \(PeopleText.count(UInt64(mark.runs), "seed"))"
      labelled("seen", [Piece(mark.name, .strong), Piece(" \(seen)", mark.seen == 0 ? .doubtful : .plain)])
    }
    let shown = point.figures.filter { ["value", "p50", "p99"].contains($0.statistic) }
    guard !shown.isEmpty else { return }
    terminal.gap()
    table(
      rows: shown.map { figure in
        func number(_ value: Double) -> String { PeopleText.figure(value, unit: figure.unit) }
        let name = SummaryText.words(figure.measure) + (figure.statistic == "value" ? "" : " " + figure.statistic)
        let percentiles = [figure.p50, figure.p90, figure.p99].flatMap { estimate in
          [number(estimate.value), Self.range(estimate, figure.unit)]
        }
        return (
          name,
          [number(figure.mean.value), Self.half(figure.mean, figure.unit)] + percentiles + [number(figure.max)]
        )
      }, columns: ["mean", "± 95 %", "p50", "95 %", "p90", "95 %", "p99", "95 %", "max"],
      dispensable: [5, 4, 7, 3, 8])
  }

  // MARK: Estimates

  static func share(_ estimate: Estimate) -> String {
    func percent(_ value: Double) -> String { PeopleText.percent(value * 100) }
    guard let low = estimate.low, let high = estimate.high else { return percent(estimate.value) }
    return "\(percent(estimate.value)) (95\u{A0}%: \(percent(low)) to \(percent(high)))"
  }

  private static func half(_ estimate: Estimate, _ unit: String) -> String {
    guard let high = estimate.high else { return "–" }
    return "± " + PeopleText.figure(high - estimate.value, unit: unit)
  }

  private static func range(_ estimate: Estimate, _ unit: String) -> String {
    if estimate.low == nil, estimate.high == nil { return "–" }
    let low = estimate.low.map { PeopleText.figure($0, unit: unit) } ?? ""
    let high = estimate.high.map { PeopleText.figure($0, unit: unit) } ?? ""
    return low == high && !low.isEmpty ? low : "\(low)…\(high)"
  }
}

import Primitives
import World

/// A run for a person at a terminal: the verdict as a sentence, then what it rests on, then where to look
/// on. Fits every width from 40 columns up; below 60 labels stand above what they name. Commands and paths
/// are never broken, because they are copied.
package enum SummaryText {
  package static func text(_ summary: RunSummary, style: TerminalStyle, width: Int) -> String {
    var page = Page(style: style, width: width)
    page.verdict(summary)
    page.expectations(summary)
    page.service(summary)
    page.traffic(summary)
    page.latencies(summary)
    page.faults(summary)
    page.incidents(summary)
    page.ending(summary)
    return page.terminal.text
  }

  static func mark(_ verdict: RunSummary.Verdict) -> Piece {
    switch verdict {
    case .pass: Piece("✓", .good)
    case .violation: Piece("✗", .bad)
    case .inconclusive: Piece("?", .doubtful)
    case .nondeterminism: Piece("≠", .bad)
    }
  }

  static func mark(_ verdict: RunSummary.Expectation.Verdict) -> Piece {
    switch verdict {
    case .held: Piece("✓", .good)
    case .violated: Piece("✗", .bad)
    case .inconclusive: Piece("?", .doubtful)
    }
  }

  /// `client_latency` as words.
  static func words(_ name: String) -> String { String(name.map { $0 == "_" ? " " : $0 }) }
}

/// The parts of the page, each of which shows nothing where there is nothing to show.
struct Page {
  var terminal: TerminalText
  /// Where what a label names begins.
  let column: Int

  init(style: TerminalStyle, width: Int) {
    terminal = TerminalText(style: style, width: width)
    column = terminal.width < 60 ? 4 : 18
  }

  var narrow: Bool { column == 4 }

  /// A label and beside it the text; below it where a narrow page has no room.
  mutating func labelled(_ label: String, _ pieces: [Piece], copied: Bool = false) {
    let room = (narrow ? 18 : column) - 4
    let lead = TerminalText.left(TerminalText.harmless(label), room) + "  "
    let length = pieces.reduce(2 + TerminalText.columns(lead)) { $0 + TerminalText.columns($1.text) }
    if narrow, length > terminal.width {
      terminal.line([Piece(label, .faint)])
      if copied { terminal.verbatim(pieces, indent: column) } else { terminal.line(pieces, indent: column) }
    } else if copied {
      terminal.verbatim([Piece(lead, .faint)] + pieces)
    } else {
      terminal.line([Piece(lead.withoutBreaks, .faint)] + pieces, hanging: column)
    }
  }

  // MARK: Parts of a run

  mutating func verdict(_ summary: RunSummary) {
    terminal.gap()
    let tone: Tone = summary.verdict == .pass ? .good : summary.verdict == .inconclusive ? .doubtful : .bad
    terminal.line(
      [
        SummaryText.mark(summary.verdict), Piece(" "), Piece(summary.scenario, .strong), Piece(" "),
        Piece(summary.sentence + ".", summary.verdict == .pass ? .plain : tone),
        Piece(" Seed\u{A0}\(summary.seed).", .faint),
      ], hanging: 4)
    if !summary.description.isEmpty { terminal.line([Piece(summary.description, .faint)], indent: 4) }
  }

  mutating func expectations(_ summary: RunSummary) {
    guard !summary.expectations.isEmpty else { return }
    terminal.gap()
    let longest = summary.expectations.map { TerminalText.columns(TerminalText.harmless($0.name)) }.max()!
    let names = min(longest, terminal.width / 2 - 6)
    for expectation in summary.expectations {
      let mark = SummaryText.mark(expectation.verdict)
      let name = TerminalText.harmless(expectation.name)
      let tone: Tone = expectation.verdict == .held ? .plain : .strong
      let detail = Piece(expectation.detail, .faint)
      if narrow || TerminalText.columns(name) > names {
        let joint = Piece(expectation.detail.isEmpty ? "" : " — ", .faint)
        terminal.line([mark, Piece(" "), Piece(name, tone), joint, detail], hanging: 4)
      } else {
        let padded = TerminalText.left(name, names).withoutBreaks
        terminal.line(
          [mark, Piece(" "), Piece(padded, tone), Piece("\u{A0} "), detail], hanging: 4 + names + 2)
      }
    }
  }

  mutating func traffic(_ summary: RunSummary) {
    let operations = summary.operations
    if operations.invoked > 0 {
      var parts = [
        "\(PeopleText.count(operations.invoked))\u{A0}invoked", "\(PeopleText.count(operations.ok))\u{A0}ok",
      ]
      if operations.fail > 0 { parts.append("\(PeopleText.count(operations.fail))\u{A0}failed") }
      if operations.info > 0 { parts.append("\(PeopleText.count(operations.info))\u{A0}unknown") }
      let open = operations.invoked &- operations.ok &- operations.fail &- operations.info
      if open > 0, open <= operations.invoked { parts.append("\(PeopleText.count(open))\u{A0}open") }
      labelled("operations", [Piece(parts.joined(separator: "\u{A0}· "))])
    }
    let messages = summary.messages
    if messages.sent > 0 {
      var parts = [
        "\(PeopleText.count(messages.sent))\u{A0}sent", "\(PeopleText.count(messages.delivered))\u{A0}delivered",
      ]
      if messages.droppedInAll > 0 { parts.append("\(PeopleText.count(messages.droppedInAll))\u{A0}dropped") }
      if messages.duplicated > 0 { parts.append("\(PeopleText.count(messages.duplicated))\u{A0}duplicated") }
      labelled("messages", [Piece(parts.joined(separator: "\u{A0}· "))])
    }
    snapshots(summary)
    for measure in summary.measures where measure.hasOneValue && !Self.shownElsewhere.contains(measure.name) {
      // Most groups stay as they are.
      if measure.name == "membership_changes", measure.mean == 0 { continue }
      labelled(SummaryText.words(measure.name), [Piece(PeopleText.figure(measure.mean, unit: measure.unit))])
    }
  }

  /// Nothing where none was taken.
  private mutating func snapshots(_ summary: RunSummary) {
    func count(_ name: String) -> UInt64 {
      summary.measures.first { $0.name == name }.map { UInt64(max(0, $0.mean)) } ?? 0
    }
    guard count("snapshots_taken") > 0 else { return }
    let (bytes, saved) = (count("snapshot_bytes"), count("snapshot_bytes_saved"))
    labelled(
      "snapshots",
      [
        Piece("\(PeopleText.count(count("snapshots_taken")))\u{A0}taken "),
        Piece("· \(PeopleText.count(count("snapshots_installed")))\u{A0}installed "),
        Piece("· \(PeopleText.count(bytes))\u{A0}bytes, \(PeopleText.share(saved, of: bytes + saved)) saved"),
      ])
  }

  mutating func latencies(_ summary: RunSummary) {
    let measures = summary.measures.filter { $0.count > 0 && !$0.hasOneValue }
    guard !measures.isEmpty else { return }
    terminal.gap()
    table(
      rows: measures.map { measure in
        (
          SummaryText.words(measure.name),
          [measure.p50, measure.p90, measure.p95, measure.p99, measure.max].map {
            PeopleText.figure($0, unit: measure.unit)
          }
        )
      }, columns: ["p50", "p90", "p95", "p99", "max"], dispensable: [2, 1, 3])
  }

  mutating func faults(_ summary: RunSummary) {
    guard !summary.faults.isEmpty else { return }
    terminal.gap()
    for fault in summary.faults {
      let idle = !fault.bit
      // A random fault that found no occasion is no news in one run.
      let tone: Tone = idle ? (fault.timed ? .doubtful : .faint) : .plain
      let times = fault.occurrences.count
      var pieces = [Piece("↯", idle ? tone : .accent), Piece(" "), Piece(fault.name, .strong)]
      if !fault.timed, times > 0 { pieces.append(Piece(" \(times)×", .faint)) }
      terminal.line(pieces + [Piece(" — "), Piece(fault.inWords, tone)], hanging: 4)
    }
  }

  mutating func ending(_ summary: RunSummary) {
    terminal.gap()
    var cost = "\(PeopleText.duration(summary.virtualNS)) virtual in \(PeopleText.duration(summary.wallNS))"
    if summary.wallNS > 0, summary.virtualNS > summary.wallNS {
      cost += " (\(PeopleText.rate(Double(summary.virtualNS) / Double(summary.wallNS)))×)"
    }
    labelled("time", [Piece("\(cost)\u{A0}· \(PeopleText.count(summary.events, "event"))")])
    labelled("digest", [Piece(summary.digest, .faint)], copied: true)
    if let artifacts = summary.artifacts { labelled("files", [Piece(artifacts, .accent)], copied: true) }
    labelled("replay", [Piece(summary.replay, .accent)], copied: true)
  }

  /// What the operations, the messages and the picture of the service say already.
  private static let shownElsewhere: Set<String> = [
    "availability", "operations_ok", "operations_failed", "operations_unknown", "messages_sent", "snapshots_taken",
    "snapshots_installed", "snapshot_bytes", "snapshot_bytes_saved",
  ]

  // MARK: Tables

  /// Numbers to the right under their heads. Columns of `dispensable` are left out in that order where the
  /// width asks for it; in a narrow page names have lines of their own.
  mutating func table(rows: [(name: String, cells: [String])], columns: [String], dispensable: [Int]) {
    let longest = rows.map { TerminalText.columns(TerminalText.harmless($0.name)) }.max() ?? 0
    let names = narrow ? 2 : max(column - 2, min(longest, terminal.width / 2))
    let widths = columns.indices.map { index in
      ([columns[index]] + rows.map { $0.cells[index] }).map(TerminalText.columns).max()! + 2
    }
    var shown = Array(columns.indices)
    for index in dispensable where 2 + names + shown.reduce(0, { $0 + widths[$1] }) > terminal.width {
      shown.removeAll { $0 == index }
    }
    func joined(_ cells: [String]) -> String {
      shown.map { TerminalText.right(cells[$0], widths[$0]) }.joined()
    }
    terminal.verbatim([Piece(TerminalText.spaces(names) + joined(columns), .faint)])
    for row in rows {
      if narrow {
        terminal.line([Piece(row.name)])
        terminal.verbatim([Piece(TerminalText.spaces(names) + joined(row.cells))])
      } else {
        let name = TerminalText.left(TerminalText.cut(row.name, to: names), names)
        terminal.verbatim([Piece(name + joined(row.cells))])
      }
    }
  }
}

extension RunSummary.Measure {
  /// A plain figure instead of a distribution.
  var hasOneValue: Bool { count == 1 }
}

extension String {
  /// Spaces that no wrapping may touch.
  var withoutBreaks: String { String(map { $0 == " " ? "\u{A0}" : $0 }) }
}

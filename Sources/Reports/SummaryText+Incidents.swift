import Primitives

extension Page {
  /// A line each is enough to see what was done; the rest is in the file.
  private static let mostIncidents = 12

  mutating func incidents(_ summary: RunSummary) {
    guard !summary.incidents.isEmpty else { return }
    terminal.gap()
    for incident in summary.incidents.prefix(Self.mostIncidents) {
      let whose = incident.subject == incident.node ? "" : " of \(incident.subject)"
      let what = "\(SummaryText.words(incident.cause))\(whose)"
      var story = incident.actions.map { action in
        action.remedy + (action.outcome.map { $0 == "done" ? "" : " \($0)" } ?? " goes on")
      }
      story.append(incident.end.map { "\($0) after \(Self.length(incident.endNS, incident.atNS))" } ?? "open")
      terminal.line(
        [
          Piece("✚ ", incident.isTrue ? .plain : .doubtful),
          Piece("\(incident.node)\u{A0}at\u{A0}\(PeopleText.duration(incident.atNS)) ", .faint),
          Piece(what, .strong), Piece(incident.diagnosedBy.isEmpty ? "" : " (\(incident.diagnosedBy))"),
          Piece(incident.isTrue ? " — " : ", which no fault explains — "), Piece(story.joined(separator: ", ")),
        ], hanging: 4)
    }
    let rest = summary.incidents.count - Self.mostIncidents
    if rest > 0 { terminal.line([Piece("and \(rest) more, in summary.json", .faint)], indent: 4) }
  }

  private static func length(_ end: Int64?, _ begin: Int64) -> String {
    PeopleText.duration((end ?? begin) - begin)
  }
}

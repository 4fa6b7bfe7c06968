import Reports
import Testing

@Suite("Incidents at the terminal and in the file")
struct IncidentTests {
  private static func incident(_ number: Int, isTrue: Bool = true, end: String? = "closed") -> RunSummary.Incident {
    RunSummary.Incident(
      node: "n\(number)", atNS: 5_000_000_000, cause: "link_loss", subject: "n2", isTrue: isTrue,
      diagnosedBy: isTrue ? "loss 18.8\u{A0}%, above 10.0\u{A0}%" : "",
      actions: [
        .init(atNS: 5_000_000_000, remedy: "reroute", subject: "n2", outcome: "failed"),
        .init(atNS: 8_000_000_000, remedy: "reroute", subject: "n2", outcome: nil),
      ], end: end, endNS: end.map { _ in 9_500_000_000 },
      closedBy: "")
  }

  private func text(_ incidents: [RunSummary.Incident]) -> String {
    var summary = RunSummary(
      scenario: "a", seed: 1, version: "v", verdict: .pass, digest: "d", virtualNS: 1, wallNS: 1, events: 1,
      replay: "r")
    summary.incidents = incidents
    return SummaryText.text(summary, style: .plain, width: 200)
  }

  @Test("Each is a line: who, when, what, what was done and how it ended")
  func line() {
    let shown = text([Self.incident(1), Self.incident(2, isTrue: false, end: nil)])
      .replacing("\u{A0}", with: " ")
    #expect(
      shown.contains(
        "✚ n1 at 5.00 s link loss of n2 (loss 18.8 %, above 10.0 %) — reroute failed, reroute goes on, closed after 4.50 s"
      ))
    #expect(
      shown.contains("✚ n2 at 5.00 s link loss, which no fault explains — reroute failed, reroute goes on, open"))
  }

  @Test("Of many the first twelve are shown, and the rest is counted")
  func many() {
    let shown = text((1...15).map { Self.incident($0) })
    #expect(
      shown.split(separator: "\n").count { $0.contains("✚") } == 12 && shown.contains("and 3 more, in summary.json")
    )
    #expect(!text([]).contains("✚"))
  }
}

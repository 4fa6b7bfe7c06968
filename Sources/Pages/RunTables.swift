import Primitives
import Reports
import World

/// The lower half of a run's page: what was expected, what was done to the cluster, what its loops made of that, what was
/// measured, and the scenario.
struct RunTables {
  private let record: RunRecord
  private var summary: RunSummary { record.summary }

  private let story: RunStory

  init(_ record: RunRecord, _ story: RunStory) {
    self.record = record
    self.story = story
  }

  func write(into html: inout HTMLText) {
    expectations(&html)
    faults(&html)
    incidents(&html)
    measures(&html)
    kinds(&html)
    scenario(&html)
  }

  private typealias Cell = HTMLTable.Cell

  private func table(
    _ html: inout HTMLText, _ title: String, _ id: StaticString, heads: [String], numbers: Set<Int> = [],
    rows: [[Cell]]
  ) {
    html.raw("<section id=\"\(id)\">\n")
    html.element("h2", title)
    HTMLTable(heads: heads, numbers: numbers, rows: rows).write(into: &html)
    html.raw("</section>\n")
  }

  // MARK: Tables

  private func expectations(_ html: inout HTMLText) {
    guard !summary.expectations.isEmpty || !summary.violations.isEmpty else { return }
    var rows: [[Cell]] = summary.violations.map { violation in
      [
        .text("✗ broken"), .text(violation.invariant), .moment(violation.atNS),
        .text(
          [violation.node.map { "on \($0)" } ?? "", violation.detail].filter { !$0.isEmpty }.joined(separator: ": ")
        ),
      ]
    }
    // That safety was missed is said by what was broken.
    let others = summary.expectations.filter { $0.name != "safety" || summary.violations.isEmpty }
    rows += others.map { expectation in
      let verdict =
        switch expectation.verdict {
        case .held: "✓ held"
        case .violated: "✗ missed"
        case .inconclusive: "? not judged"
        }
      return [.text(verdict), .text(expectation.name), .text(""), .text(expectation.detail)]
    }
    table(&html, "What was expected", "expectations", heads: [], rows: rows)
  }

  private func faults(_ html: inout HTMLText) {
    guard !record.faults.isEmpty else { return }
    let rows: [[Cell]] = record.faults.enumerated().map { place, fault in
      let strikes = fault.occurrences.enumerated().map { number, occurrence in
        let words = record.words(ofFault: place, number)
        let hosts = occurrence.hosts.compactMap {
          $0.index < record.processes.count ? record.processes[$0.index] : nil
        }
        let who =
          words != fault.name && !fault.name.hasPrefix(words)
          ? " \(words)"
          : hosts.isEmpty ? "" : hosts.count > 6 ? " \(hosts.count) hosts" : " \(hosts.joined(separator: ", "))"
        let until =
          occurrence.until.map { $0 == occurrence.from ? "" : " to \(PeopleText.moment($0.nanoseconds))" }
          ?? " to the end"
        return (occurrence.from.nanoseconds, until + who)
      }
      return [
        .text("\(fault.id)"), .text(fault.name), .text(fault.bit ? "bit" : "had no effect"), .moments(strikes),
        .text(fault.inWords),
      ]
    }
    table(
      &html, "What was done to the cluster", "faults",
      heads: ["", "fault", "", "when, and on whom", "what it did"], rows: rows)
  }

  private func incidents(_ html: inout HTMLText) {
    guard !summary.incidents.isEmpty else { return }
    let rows: [[Cell]] = summary.incidents.map { incident in
      let actions = incident.actions.map { action in
        (
          action.atNS,
          " \(action.remedy)\(action.subject == incident.subject ? "" : " \(action.subject)"): \(action.outcome ?? "under way")"
        )
      }
      let end = incident.end.map { end in
        "\(end)\(incident.endNS.map { " after \(PeopleText.duration($0 - incident.atNS))" } ?? "")"
      }
      let early = story.faultsStillActing(as: incident).map { "✗ while “\($0)” still acted" }
      return [
        .moment(incident.atNS), .text(incident.node),
        .lines(["\(incident.cause.inWords) of \(incident.subject)", incident.diagnosedBy]),
        .text(incident.isTrue ? "a fault explains it" : "no fault explains it"), .moments(actions),
        .lines([end ?? "open", incident.closedBy] + early),
      ]
    }
    table(
      &html, "What the loops found and did", "incidents",
      heads: ["diagnosed", "by", "what", "true?", "actions", "how it ended"], rows: rows)
  }

  private func measures(_ html: inout HTMLText) {
    guard !summary.measures.isEmpty else { return }
    let rows: [[Cell]] = summary.measures.filter { $0.count > 1 }.map { measure in
      [.text(measure.name.inWords), .text(PeopleText.count(measure.count))]
        + [measure.p50, measure.p90, measure.p99, measure.max].map {
          .text(PeopleText.figure($0, unit: measure.unit))
        } + [.drawing(Self.range(measure))]
    }
    let single = summary.measures.filter { $0.count == 1 }.map {
      "\($0.name.inWords) \(PeopleText.figure($0.mean, unit: $0.unit))"
    }
    html.element("section", "id=\"measures\"") { html in
      html.element("h2", "What was measured")
      if !single.isEmpty { html.element("p", single.joined(separator: " · ")) }
      guard !rows.isEmpty else { return }
      HTMLTable(
        heads: ["", "count", "median", "90 %", "99 %", "most", "median, 90 %, 99 %, most"],
        numbers: [1, 2, 3, 4, 5], rows: rows
      ).write(into: &html)
    }
  }

  /// From nothing to the most, with marks at the percentiles.
  private static func range(_ measure: RunSummary.Measure) -> String {
    guard measure.max > 0 else { return "" }
    func x(_ value: Double) -> String { String((max(0, min(1, value / measure.max)) * 1_600).rounded() / 10) }
    return
      "<svg width=\"166\" height=\"14\" role=\"img\" aria-label=\"\(measure.name)\"><rect class=\"range\" y=\"4\" width=\"\(x(measure.p99))\" height=\"6\"/>"
      + "<rect class=\"range-half\" y=\"4\" width=\"\(x(measure.p50))\" height=\"6\"/>"
      + "<path class=\"range-end\" d=\"M\(x(measure.p90)) 2v10M\(x(measure.p99)) 2v10M160 2v10\"/></svg>"
  }

  private func kinds(_ html: inout HTMLText) {
    guard let film = record.film, film.messages.count > 0 else { return }
    var sums = film.kinds.map { _ in (sent: 0, arrived: 0, lost: 0, copies: 0) }
    for place in 0..<film.messages.count {
      let (kind, fate) = (Int(film.messages.kind[place]), film.messages.fate[place])
      if fate & Film.Fate.copy > 0 { sums[kind].copies += 1 } else { sums[kind].sent += 1 }
      switch fate & 31 {
      case Film.Fate.underWay: break
      case Film.Fate.delivered, Film.Fate.waited: sums[kind].arrived += 1
      default: sums[kind].lost += 1
      }
    }
    let rows: [[Cell]] = sums.indices.filter { sums[$0].sent > 0 }.sorted { sums[$0].sent > sums[$1].sent }.map {
      kind in
      let sum = sums[kind]
      return [.text(film.kinds[kind])]
        + [sum.sent, sum.arrived, sum.lost, sum.copies].map { .text(PeopleText.count(UInt64($0))) }
    }
    table(
      &html, "Messages", "messages", heads: ["kind", "sent", "arrived", "lost", "copies made"],
      numbers: [1, 2, 3, 4], rows: rows)
  }

  private func scenario(_ html: inout HTMLText) {
    guard !record.scenario.isEmpty else { return }
    html.element("section", "id=\"scenario\"") { html in
      html.element("details") { html in
        html.element("summary", "The scenario, with every default")
        html.element("pre", record.scenario)
      }
    }
  }
}

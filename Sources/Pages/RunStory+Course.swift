import Primitives
import World

extension RunStory {
  /// Something that bears upon what went wrong.
  package struct Turn: Hashable, Sendable {
    package var at: Int64
    package var text: String
  }

  /// The process that a turn names first: its own state is what is to be seen then.
  func subject(of turn: Turn) -> String? {
    turn.text.split { !$0.isLetter && !$0.isNumber }.lazy.map(String.init).first { record.processes.contains($0) }
  }

  func findCourse() -> [Turn] {
    guard let moment else { return [] }
    var turns = faultTurns + roleTurns + linkTurns() + loopTurns
    turns = turns.filter { $0.at <= moment }
    // Of equal moments faults stand first: they are the cause.
    turns = turns.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    // Who only asks around matters where nothing comes of it.
    if let election = turns.lastIndex(where: { $0.text.contains(" leads") || $0.text.contains("stands for") }) {
      turns = turns.indices.filter { $0 > election || !turns[$0].text.contains("asks around") }.map { turns[$0] }
    }
    turns = Array(turns.suffix(Self.longest))
    for violation in summary.violations.prefix(3) {
      turns.append(
        Turn(at: violation.atNS, text: "\(violation.invariant) is broken: \(violation.detail)"))
    }
    return turns
  }

  private static let longest = 8

  private var faultTurns: [Turn] {
    var turns: [Turn] = []
    for (place, fault) in record.faults.enumerated() {
      for (number, occurrence) in fault.occurrences.enumerated() {
        let words = record.words(ofFault: place, number)
        turns.append(Turn(at: occurrence.from.nanoseconds, text: "↯ \(words)"))
        if let until = occurrence.until, until > occurrence.from, !goesOn(words, beyond: until) {
          turns.append(Turn(at: until.nanoseconds, text: "\(words) is over"))
        }
      }
    }
    return turns
  }

  /// Whether the same is done by another strike that overlaps.
  private func goesOn(_ words: String, beyond moment: Instant) -> Bool {
    record.faults.indices.contains { place in
      let occurrences = record.faults[place].occurrences
      return occurrences.indices.contains { number in
        let other = occurrences[number]
        return other.from < moment && other.until.map { $0 > moment } ?? true
          && record.words(ofFault: place, number) == words
      }
    }
  }

  /// Who begins and ceases to lead, starts and ends.
  private var roleTurns: [Turn] {
    guard let film = record.film else { return [] }
    let wanted = Set(["condition", "role", "term"].compactMap { film.names.firstIndex(of: $0) }.map { UInt16($0) })
    var now = film.processes.map { _ in [String: String]() }
    var turns: [Turn] = []
    film.texts.forEachRow(of: film.changes.value) { row, number in
      let process = Int(film.changes.process[row])
      guard wanted.contains(film.changes.name[row]), process < film.nodes else { return true }
      let name = film.names[Int(film.changes.name[row])]
      let value = film.texts.text(film.changes.value, row: row, firstNumber: number)
      let before = now[process][name]
      now[process][name] = value
      let at = film.events.at[Int(film.changes.event[row]) - 1]
      let node = film.processes[process]
      switch (name, before, value) {
      case ("condition", "up"?, "down"): turns.append(Turn(at: at, text: "\(node) is down"))
      case ("condition", "down"?, "up"): turns.append(Turn(at: at, text: "\(node) starts again"))
      case ("role", "leader"?, _):
        turns.append(Turn(at: at, text: "\(node) no longer leads"))
      case ("role", _, "leader"): turns.append(Turn(at: at, text: "\(node) leads"))
      case ("role", _, "pre-candidate"):
        turns.append(Turn(at: at, text: "\(node) asks around whether it could be elected"))
      case ("role", _, "candidate"): turns.append(Turn(at: at, text: "\(node) stands for election"))
      case ("term", _, let term):
        // A role and its term change in one event, and the role is shown first.
        if let last = turns.last, last.at == at, last.text.hasPrefix(node), !last.text.contains("term") {
          turns[turns.count - 1].text += ", term \(term)"
        }
      default: break
      }
      if name == "role", let term = now[process]["term"], value == "leader",
        !turns[turns.count - 1].text.contains("term")
      {
        turns[turns.count - 1].text += ", term \(term)"
      }
      return true
    }
    return turns
  }

  static func aside(_ words: String) -> String { words.isEmpty ? "" : " (\(words))" }

  /// What loops found, what it was measured by, and what became of it.
  private var loopTurns: [Turn] {
    summary.incidents.flatMap { incident in
      let what = "\(incident.cause.inWords) of \(incident.subject)"
      var turns = [
        Turn(at: incident.atNS, text: "\(incident.node) diagnoses \(what)\(Self.aside(incident.diagnosedBy))")
      ]
      turns += incident.actions.map {
        Turn(
          at: $0.atNS, text: "\(incident.node): \($0.remedy) of \($0.subject), \($0.outcome ?? "under way")")
      }
      if let end = incident.endNS {
        let early = faultsStillActing(as: incident).map { ", though “\($0)” still acts" }.joined()
        turns.append(
          Turn(
            at: end,
            text:
              "\(incident.node): \(what) is \(incident.end ?? "over")\(Self.aside(incident.closedBy))\(early)")
        )
      }
      return turns
    }
  }

  /// How the ends of a link judged it while an incident of it was open, a turn for each end: what a loop measures of a link
  /// it measures while that is up, so that a link taken for dead bears upon why an incident was closed.
  private func linkTurns() -> [Turn] {
    let told = summary.incidents.filter {
      $0.node != $0.subject && ["link_loss", "link_latency"].contains($0.cause)
    }
    guard !told.isEmpty else { return [] }
    let verdicts = linkVerdicts(of: Set(told.flatMap { [[$0.node, $0.subject], [$0.subject, $0.node]] }))
    return told.flatMap { incident in
      [[incident.node, incident.subject], [incident.subject, incident.node]].compactMap { ends -> Turn? in
        let span = incident.atNS...max(incident.atNS, incident.endNS ?? .max)
        let judged = (verdicts[ends] ?? []).filter { span.contains($0.at) }
        guard let first = judged.first, let last = judged.last else { return nil }
        var text = "\(ends[0]) takes its link to \(ends[1]) for \(first.words) of the last 64 hellos lost"
        for verdict in judged.dropFirst().prefix(3) {
          text += ", at \(PeopleText.moment(verdict.at)) for \(verdict.words)"
        }
        if judged.count > 4 { text += ", and so on, \(judged.count) times until \(PeopleText.moment(last.at))" }
        let falls = zip(judged, judged.dropFirst()).filter { $0.isDead && !$1.isDead && $0.lost > $1.lost }
        if let worst = falls.max(by: { $0.0.lost - $0.1.lost < $1.0.lost - $1.1.lost }) {
          text += "; while it is taken for dead, what counts as lost falls from \(worst.0.lost) to \(worst.1.lost)"
        }
        return Turn(at: first.at, text: text)
      }
    }
  }

  private struct LinkVerdict {
    let at: Int64
    let isDead: Bool
    /// Of the last 64 hellos.
    let lost: Int

    /// `dead with 8`
    var words: String { "\(isDead ? "dead" : "alive again") with \(lost)" }
  }

  /// When nodes took their links for dead, and for alive again.
  ///
  /// - Parameter ends: the node, and at the other end of its link another.
  private func linkVerdicts(of ends: Set<[String]>) -> [[String]: [LinkVerdict]] {
    guard let film = record.film, let name = film.names.firstIndex(of: "links") else { return [:] }
    var verdicts: [[String]: [LinkVerdict]] = [:]
    var dead: Set<[String]> = []
    film.texts.forEachRow(of: film.changes.value) { row, number in
      guard Int(film.changes.name[row]) == name else { return true }
      let node = film.processes[Int(film.changes.process[row])]
      let links = film.texts.text(film.changes.value, row: row, firstNumber: number).split(separator: "; ")
      for pair in ends where pair[0] == node {
        let words = links.first { $0.hasPrefix(pair[1] + " ") }?.dropFirst(pair[1].count + 1) ?? "up, nothing lost"
        let isDead = words.hasPrefix("down")
        guard isDead != dead.contains(pair) else { continue }
        if isDead { dead.insert(pair) } else { dead.remove(pair) }
        let lost = words.split(separator: " ").lazy.compactMap { Int($0) }.first ?? 0
        verdicts[pair, default: []].append(
          LinkVerdict(at: film.events.at[Int(film.changes.event[row]) - 1], isDead: isDead, lost: lost))
      }
      return true
    }
    return verdicts
  }
}

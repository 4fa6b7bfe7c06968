import Primitives
import Reports
import World

/// What a run came to and why, in a few sentences, and where in its time that is to be seen.
package struct RunStory {
  let record: RunRecord
  var summary: RunSummary { record.summary }

  /// How it came to what went wrong: the last turns before it, and itself, in order; empty where all is well.
  package private(set) var course: [Turn] = []

  package init(_ record: RunRecord) {
    self.record = record
    course = findCourse()
  }

  /// `leader-isolated broke election-safety at 12.437 s on n3: two leaders in term 5.`
  package var headline: String {
    let whole = "\(summary.scenario) \(summary.sentence)"
    guard whole.count > Self.longestHeadline else { return whole + "." }
    // The rest follows below.
    let cut = whole.prefix(Self.longestHeadline).lastIndex { $0 == ";" || $0 == ":" || $0 == "," }
    return cut.map { whole[..<$0] + " …" } ?? whole + "."
  }

  private static let longestHeadline = 200

  /// What led there, a sentence or two each; empty where all is well.
  package var why: [String] {
    guard summary.verdict != .pass else { return [] }
    var sentences = headline.hasSuffix("…") ? ["\(summary.scenario) \(summary.sentence)."] : []
    if let explanation = record.explanation, !headline.contains(explanation.sentence) {
      sentences.append(explanation.sentence.asSentence)
    }
    for expectation in missed.dropFirst(summary.violations.isEmpty ? 1 : 0) {
      sentences.append("Also missed: \(expectation.name), \(expectation.detail)".asSentence)
    }
    sentences += missed.compactMap { expectation in
      Self.meanings.first { expectation.name.hasPrefix($0.name) }.map { "“\($0.name.inWords)” counts \($0.words)." }
    }
    sentences += repetitions
    if let moment {
      if let trigger { sentences.append(trigger) }
      if let roles = roles(at: moment) { sentences.append(roles) }
      sentences.append(faults(before: moment))
    } else if record.faults.isEmpty {
      sentences.append(faults(before: 0))
    } else {
      let bit = record.faults.filter { !$0.occurrences.isEmpty }.prefix(5).map { "\($0.name) (\($0.inWords))" }
      if !bit.isEmpty {
        sentences.append("What was done to the cluster: \(bit.joined(separator: "; "))".asSentence)
      }
    }
    return sentences
  }

  /// Of measures whose names do not say what is counted.
  private static let meanings: [(name: String, words: String)] = [
    ("thrash", "actions that were done again to the same node within a minute"),
    ("false_alarms", "diagnoses that no fault explains"),
    ("wrong_actions", "actions against what no fault explains"),
    ("incidents_open", "incidents still open a minute after what caused them was over"),
  ]

  private var missed: [RunSummary.Expectation] {
    summary.expectations.filter { $0.verdict == .violated && $0.name != "safety" }
  }

  /// The moment that matters; nil where none stands out.
  package var moment: Int64? {
    if let violation = summary.violations.first { return violation.atNS }
    if let explanation = record.explanation { return explanation.operation.end_ns ?? explanation.operation.call_ns }
    guard summary.verdict == .violation else { return nil }
    // A loop's first wrong ending, or the second time of the same.
    if let early = summary.incidents.first(where: { !faultsStillActing(as: $0).isEmpty }) { return early.endNS }
    if let again = again.first { return again[1].atNS }
    return lastHeal ?? longestSilence?.lowerBound
  }

  /// What the process did as it broke an invariant: the run ends with that.
  private var trigger: String? {
    guard let film = record.film, let violation = summary.violations.first, let node = violation.node,
      film.events.count > 0, film.events.at.last == violation.atNS,
      film.processes.firstIndex(of: node) == film.events.process.last.map({ Int($0) })
    else { return nil }
    let message = Int(film.events.detail.last!) - 1
    switch Film.EventKind(rawValue: film.events.kind.last!) {
    case .message where message >= 0, .request where message >= 0:
      var words = ""
      film.texts.forEachRow(of: film.messages.words) { row, number in
        if row == message { words = film.texts.text(film.messages.words, row: row, firstNumber: number) }
        return row < message
      }
      let kind = film.kinds[Int(film.messages.kind[message])]
      let sender = film.processes[Int(film.messages.from[message])]
      let arrived = film.messages.endIn[message] == 0 ? 0 : film.events.at[Int(film.messages.endIn[message]) - 1]
      let waited = film.messages.fate[message] & 31 == Film.Fate.waited
      return "It happened as \(node) took in \(kind) from \(sender)\(words.isEmpty ? "" : " (\(words))"), "
        + "sent at \(PeopleText.moment(film.sentAt(message)))"
        + "\(waited ? ", which had waited there since \(PeopleText.moment(arrived))" : "")."
    case .timer: return "It happened as a timer of \(node) fired."
    case .sync: return "It happened as a sync of \(node) ended."
    case .start: return "It happened as \(node) started."
    default: return nil
    }
  }

  /// The process that a picture shows first: who broke something, or is named in what was missed; empty for none.
  package var subject: String {
    if let node = summary.violations.first?.node { return node }
    if let early = summary.incidents.first(where: { !faultsStillActing(as: $0).isEmpty }) { return early.node }
    if let again = again.first { return again[0].node }
    let words = missed.flatMap { $0.detail.split { !$0.isLetter && !$0.isNumber } }.map(String.init)
    return words.first { record.processes.contains($0) } ?? ""
  }

  // MARK: Loops

  /// The same, diagnosed by the same node more than once, in the order of the second time.
  private var again: [[RunSummary.Incident]] {
    var groups: [[RunSummary.Incident]] = []
    for incident in summary.incidents {
      let place = groups.firstIndex { group in
        (group[0].node, group[0].cause, group[0].subject) == (incident.node, incident.cause, incident.subject)
      }
      if let place { groups[place].append(incident) } else { groups.append([incident]) }
    }
    return groups.filter { $0.count > 1 }.sorted { $0[1].atNS < $1[1].atNS }
  }

  /// `n3 diagnosed link loss of n4 5 times (at 23.823 s, 47.823 s, …), and 4 times took it to be over while “…” still acted.`
  private var repetitions: [String] {
    guard summary.violations.isEmpty, record.explanation == nil else { return [] }
    return again.prefix(3).map { group in
      let (first, count) = (group[0], group.count)
      let times = group.prefix(4).map { PeopleText.moment($0.atNS) }.joined(separator: ", ")
      let deeds = Set(group.flatMap(\.actions).map(\.remedy)).sorted()
      var sentence =
        "\(first.node) diagnosed \(first.cause.inWords) of \(first.subject) \(count) times (at \(times)\(count > 4 ? ", …" : ""))"
      if !deeds.isEmpty { sentence += ", did \(Self.list(deeds))" }
      var early: [String: Int] = [:]
      for incident in group {
        for name in faultsStillActing(as: incident) { early[name, default: 0] += 1 }
      }
      for (name, times) in early.sorted(by: { $0.key < $1.key }) {
        sentence += ", and \(times == 1 ? "once" : "\(times) times") took it to be over while “\(name)” still acted"
      }
      return sentence + "."
    }
  }

  /// Faults that explain an incident, and that acted still when it was closed. Who is dead stays dead: such an incident
  /// is closed when others have taken over.
  func faultsStillActing(as incident: RunSummary.Incident) -> [String] {
    guard incident.isTrue, incident.end == "closed", let end = incident.endNS, incident.cause != "node_down" else {
      return []
    }
    return acting(on: [incident.node, incident.subject], at: end)
  }

  /// Names of the faults that act on any of these hosts.
  private func acting(on names: [String], at moment: Int64) -> [String] {
    let hosts = Set(names.compactMap { record.processes.firstIndex(of: $0) })
    return record.faults.filter { fault in
      fault.occurrences.contains { occurrence in
        occurrence.from.nanoseconds <= moment && (occurrence.until?.nanoseconds ?? .max) > moment
          && !hosts.isDisjoint(with: occurrence.hosts.map(\.index))
      }
    }.map(\.name)
  }

  /// When the last fault ended that did before the run did.
  private var lastHeal: Int64? {
    record.faults.flatMap(\.occurrences).compactMap { $0.until?.nanoseconds }.filter { $0 < summary.virtualNS }
      .max()
  }

  /// The longest stretch in which no operation succeeded, where operations were asked for.
  private var longestSilence: Range<Int64>? {
    let times = record.operations.filter { $0.outcome == .ok }.compactMap(\.end).sorted()
    guard let first = record.operations.first?.call else { return nil }
    // Sorted: files that do not fit together are shown as well.
    let bounds = ([first, summary.virtualNS] + times).sorted()
    return zip(bounds, bounds.dropFirst()).map { $0..<$1 }.max { $0.count < $1.count }
  }

  /// The window that a picture opens with: some two hundred messages before what matters, and some after.
  package var focus: Range<Int64> {
    let end = max(1, record.film?.end.nanoseconds ?? summary.virtualNS)
    let moment = min(max(0, moment ?? record.faults.flatMap(\.occurrences).first?.from.nanoseconds ?? 0), end)
    var window = max(0, moment - end / 50)..<min(end, moment + end / 100 + 1)
    if let film = record.film, film.messages.count > 0 {
      var (low, high) = (0, film.messages.count)
      while low < high {
        let middle = (low + high) / 2
        if film.sentAt(middle) <= moment { low = middle + 1 } else { high = middle }
      }
      let from = min(film.sentAt(max(0, low - 160)), moment)
      // Where little is said, some forty messages reach further back.
      let near = max(min(window.lowerBound, film.sentAt(max(0, low - 40))), from)
      let until = low + 60 < film.messages.count ? film.sentAt(low + 60) : end
      window = near..<min(window.upperBound, max(until, moment + 1))
    }
    // The turns of the last second are in it, where that is not too much to draw.
    if let turn = course.first(where: { moment - $0.at <= 1_000_000_000 })?.at, turn < window.lowerBound,
      isNear(turn, moment)
    {
      window = max(0, turn - (moment - turn) / 10)..<window.upperBound
    }
    return window.isEmpty ? max(0, window.lowerBound - 1)..<(window.lowerBound + 1) : window
  }

  /// Whether few enough messages left between two moments for a picture to show each.
  private func isNear(_ from: Int64, _ until: Int64) -> Bool {
    guard let film = record.film else { return true }
    return (0..<film.messages.count).lazy.filter { (from...until).contains(film.sentAt($0)) }.prefix(1_200).count
      < 1_200
  }

  // MARK: The cluster at a moment

  /// `Then n1 was leader of term 5 and n2 follower of term 4; n3 was down.`
  private func roles(at moment: Int64) -> String? {
    guard let film = record.film else { return nil }
    let scene = film.scene(at: moment)
    var groups: [(what: String, who: [String])] = []
    for node in 0..<film.nodes {
      var scene = scene[node]
      // How far clocks are off, and how long a lease holds, matters where something went wrong.
      if !summary.violations.contains(where: { $0.node == film.processes[node] }) {
        scene["clock"] = nil
        scene["lease"] = nil
      }
      let what = Self.role(scene)
      guard !what.isEmpty else { continue }
      if let place = groups.firstIndex(where: { $0.what == what }) {
        groups[place].who.append(film.processes[node])
      } else {
        groups.append((what, [film.processes[node]]))
      }
    }
    guard !groups.isEmpty, groups.count <= 12 else { return nil }
    // Leaders first; else in the order of the nodes.
    groups = groups.filter { $0.what.contains("leader of") } + groups.filter { !$0.what.contains("leader of") }
    let phrases = groups.map { group in
      let who = group.who.count > 8 ? "\(group.who.count) others" : Self.list(group.who)
      return group.who.count == 1 ? "\(who) was \(group.what)" : "\(who) were \(Self.plural(group.what))"
    }
    return "At \(PeopleText.moment(moment)) \(Self.list(phrases))."
  }

  private static func plural(_ what: String) -> String {
    if what.hasSuffix("by its own account") { return what.replacing("by its own", with: "by their own") }
    for role in ["follower", "candidate"] {
      if let range = what.firstRange(of: role) {
        return what[..<range.lowerBound] + role + "s" + what[range.upperBound...]
      }
    }
    return what
  }

  /// `leader of term 5`, `down`, `paused, follower of term 3`; empty where a process shows no role and is up.
  package static func role(_ scene: [String: String]) -> String {
    let condition = scene["condition"] ?? "down"
    if condition == "down" { return "down" }
    var role = scene["role"] ?? scene["mode"].map { "\($0) by its own account" } ?? ""
    if let term = scene["term"], !role.isEmpty { role += " of term \(term)" }
    if let incidents = scene["incidents"] { role += ", with \(incidents)" }
    let parts = (condition == "up" ? [] : [condition]) + (role.isEmpty ? [] : [role])
    let clock = scene["clock"].map { ", its clock \($0)" } ?? ""
    let lease = scene["lease"].map { ", its lease \($0)" } ?? ""
    return parts.isEmpty ? "" : parts.joined(separator: ", ") + clock + lease
  }

  /// Faults that acted then, and the last that were over.
  private func faults(before moment: Int64) -> String {
    let choices = record.scenario.firstMatch(of: /\nchoices:\n((?:  .*\n?)+)/).map {
      $0.1.split(separator: "\n").count
    }
    let fixed = choices.map {
      " \(PeopleText.count(UInt64($0), "choice")) of chance \($0 == 1 ? "is" : "are") fixed by the scenario."
    }
    guard !record.faults.isEmpty else { return "No fault was injected in this run.\(fixed ?? "")" }
    let strikes = strikes(until: moment)
    // Those on whom it shows first; else in the order of their beginnings.
    let acting = strikes.filter { $0.until.map { $0 >= moment } ?? true }
    let ranked = acting.filter { $0.hosts.contains(subject) } + acting.filter { !$0.hosts.contains(subject) }
    var sentence =
      acting.isEmpty
      ? "No fault acted at that moment"
      : "Acting then: "
        + ranked.map { strike in
          let end = strike.until.map { " until \(PeopleText.moment($0))" } ?? ""
          return "\(strike.name) since \(PeopleText.moment(strike.from))\(end)"
        }.joined(separator: "; ")
    let over = strikes.filter { ($0.until ?? .max) < moment }.sorted { $0.until! > $1.until! }
    if !over.isEmpty {
      let told = over.prefix(3).map { strike in
        let (from, until) = (PeopleText.moment(strike.from), PeopleText.moment(strike.until!))
        let time = strike.until == strike.from ? "at \(from)" : "from \(from) to \(until)"
        return "\(strike.name) \(time), which had ended \(PeopleText.duration(moment - strike.until!)) before"
      }
      sentence += ". Before that: " + told.joined(separator: "; ")
      if over.count > 3 { sentence += "; and \(over.count - 3) earlier" }
    }
    return sentence + "."
  }

  private struct Strike {
    /// `“pause n3”`, with whom it was done to where it does not say so itself.
    let name: String
    let hosts: [String]
    let from: Int64
    /// nil where it lasted.
    var until: Int64?
  }

  /// What was done until then; what overlaps and is the same is one.
  private func strikes(until moment: Int64) -> [Strike] {
    var strikes: [Strike] = []
    for (place, fault) in record.faults.enumerated() {
      for (number, occurrence) in fault.occurrences.enumerated() where occurrence.from.nanoseconds <= moment {
        let words = record.words(ofFault: place, number)
        let hosts = occurrence.hosts.filter { $0.index < record.processes.count }.map { record.processes[$0.index] }
        let isSaid = hosts.allSatisfy { words.contains($0) }
        let onWhom = hosts.isEmpty || hosts.count > 8 || isSaid ? "" : " (\(hosts.joined(separator: ", ")))"
        strikes.append(
          Strike(
            name: "“\(words)”\(onWhom)", hosts: hosts, from: occurrence.from.nanoseconds,
            until: occurrence.until?.nanoseconds))
      }
    }
    var merged: [Strike] = []
    for strike in strikes.enumerated().sorted(by: { ($0.element.from, $0.offset) < ($1.element.from, $1.offset) }) {
      let strike = strike.element
      let place = merged.lastIndex { $0.name == strike.name && ($0.until ?? .max) >= strike.from }
      guard let place else {
        merged.append(strike)
        continue
      }
      if let end = merged[place].until { merged[place].until = strike.until.map { max($0, end) } }
    }
    return merged
  }

  private static func list(_ words: [String]) -> String {
    guard words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + words.last!
  }
}

extension String {
  /// A name of files as people read it.
  var inWords: String { split(separator: "_").joined(separator: " ") }

  fileprivate var asSentence: String { hasSuffix(".") ? self : self + "." }
}

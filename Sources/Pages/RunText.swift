import Primitives
import Reports
import World

/// The story of a run in at most forty lines, for terminals and the logs of CI.
package struct RunText {
  private let record: RunRecord
  private let story: RunStory
  private let width = 72

  package init(_ record: RunRecord) {
    self.record = record
    story = RunStory(record)
  }

  package var text: String {
    var lines = [story.headline]
    lines += story.why.map { "  \($0)" }
    lines += lanes
    lines += before
    lines += record.summary.incidents.prefix(4).map { incident in
      let deeds = incident.actions.map(\.remedy).joined(separator: ", ")
      return "  ✚ \(PeopleText.moment(incident.atNS)) \(incident.node): \(incident.cause) of \(incident.subject)"
        + "\(RunStory.aside(incident.diagnosedBy))\(deeds.isEmpty ? "" : " — \(deeds)")"
        + ", \(incident.end ?? "open")\(RunStory.aside(incident.closedBy))"
    }
    lines += record.lacking.prefix(3).map { "  ? \($0)" }
    if !record.summary.replay.isEmpty { lines.append("  replay: \(record.summary.replay)") }
    // Sentences may be long; what is cut is said.
    if lines.count > 40 {
      lines = Array(lines.prefix(38)) + ["  … \(lines.count - 39) lines more are on the page"] + lines.suffix(1)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A line for each node, a character for each part of the run: L leads, f follows, c stands for election, x is down,
  /// = stands still; faults as a line of ↯.
  private var lanes: [String] {
    guard let film = record.film, film.nodes <= 16 else { return [] }
    let end = max(1, film.end.nanoseconds)
    let scenes = (0..<width).map { film.scene(at: end / Int64(width) * Int64($0 + 1)) }
    var lines = [""]
    let strikes = record.faults.flatMap(\.occurrences)
    lines.append(
      "        "
        + (0..<width).map { place in
          let (from, until) = (end / Int64(width) * Int64(place), end / Int64(width) * Int64(place + 1))
          let acts = strikes.contains { $0.from.nanoseconds < until && ($0.until?.nanoseconds ?? end) >= from }
          return acts ? "↯" : "·"
        }.joined() + "  faults")
    for node in 0..<film.nodes {
      let cells = scenes.map { scene -> Character in
        switch scene[node]["condition"] ?? "down" {
        case "down": return "x"
        case "paused": return "="
        default: break
        }
        switch scene[node]["role"] ?? scene[node]["mode"] ?? "" {
        case "leader": return "L"
        case "candidate", "pre-candidate": return "c"
        case "follower": return "f"
        case "degraded": return "d"
        case "critical": return "!"
        case "recovering": return "r"
        default: return "-"
        }
      }
      lines.append("  " + film.processes[node].padded(to: 6) + String(cells))
    }
    let key =
      film.names.contains("role")
      ? "L leads, f follows, c stands for election, x down, = paused"
      : "x down, = paused, d degraded, ! critical, r recovering"
    return lines + ["        0 s … \(PeopleText.moment(end)); \(key)"]
  }

  /// The last messages to whom a violation was seen on.
  private var before: [String] {
    guard let film = record.film, let violation = record.summary.violations.first, let node = violation.node,
      let process = film.processes.firstIndex(of: node)
    else { return [] }
    var last: [Int] = []
    for message in (0..<film.messages.count).reversed() where last.count < 6 {
      if film.messages.to[message] == Int32(process), film.messages.fate[message] & 31 == Film.Fate.delivered {
        last.append(message)
      }
    }
    guard !last.isEmpty else { return [] }
    var words: [Int: String] = [:]
    film.texts.forEachRow(of: film.messages.words) { row, number in
      if last.contains(row) { words[row] = film.texts.text(film.messages.words, row: row, firstNumber: number) }
      return true
    }
    return ["  The last that \(node) heard:"]
      + last.reversed().map { message in
        let from = film.processes[Int(film.messages.from[message])]
        let kind = film.kinds[Int(film.messages.kind[message])]
        let at = film.events.at[Int(film.messages.endIn[message]) - 1]
        return "    \(PeopleText.moment(at)) \(kind) from \(from): \(words[message] ?? "")"
      }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    count < width ? self + String(repeating: " ", count: width - count) : self + " "
  }
}

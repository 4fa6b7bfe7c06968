import Primitives
import Raft

/// `add nodes COUNT key=value …`.
extension LineReader {
  private static let keys = [
    "pre-vote", "check-quorum", "leader-stickiness", "election", "heartbeat", "clock-error", "batch", "batch-bytes",
    "in-flight", "in-flight-bytes", "queue", "queue-bytes", "reads", "trailing", "piece", "snapshot-in-flight",
    "voters", "log", "term", "vote",
  ]

  mutating func cluster() throws(ScriptError) -> ClusterSettings {
    if next.text == "node" { _ = take() } else { _ = try choice(["nodes"]) }
    let count = try count(1...25, of: "a count of nodes")
    // What goes beyond the paper is asked for by name.
    var settings = ClusterSettings(count: count, rules: .paper)
    settings.rules.limits.trailing = 0
    let beginning = next
    var election = (low: Nanoseconds.milliseconds(150), high: Nanoseconds.milliseconds(300))
    var heartbeat = Nanoseconds.milliseconds(50)
    var sticks: Bool?
    var places: (election: Token?, heartbeat: Token?)
    while !isAtEnd {
      let token = take()
      let (key, value) = try Self.pair(token)
      switch key {
      case "election":
        election = try Self.range(value)
        places.election = token
      case "heartbeat":
        guard let length = Self.duration(value.text), length >= .milliseconds(1) else {
          throw ScriptError(at: value, expected: "a duration such as 50ms, at least 1ms")
        }
        heartbeat = length
        places.heartbeat = token
      case "leader-stickiness": sticks = try Self.isOn(value)
      default: try Self.set(key, value, of: token, &settings)
      }
    }
    // Wherever it stands in the line.
    settings.rules.leaderStickiness = sticks ?? settings.rules.checkQuorum
    do throws(InvalidTiming) {
      settings.rules.timing = try Timing(electionTimeout: election.low, election.high, heartbeat: heartbeat)
    } catch {
      throw ScriptError((places.heartbeat ?? places.election ?? beginning).column, error.detail)
    }
    if let reason = settings.impossibility {
      throw ScriptError(beginning.column, "no Raft leaves such disks: \(reason)")
    }
    return settings
  }

  /// The key, and the value with its own column.
  private static func pair(_ token: Token) throws(ScriptError) -> (key: String, value: Token) {
    guard token.kind == .word, let equals = token.text.firstIndex(of: "="), equals != token.text.startIndex else {
      throw ScriptError(at: token, expected: "a setting such as pre-vote=off or n2.log=1,1,2", of: keys)
    }
    let key = String(token.text[..<equals])
    let value = String(token.text[token.text.index(after: equals)...])
    return (key, Token(kind: .word, text: value, column: token.column + key.count + 1))
  }

  private static func range(_ value: Token) throws(ScriptError) -> (Nanoseconds, Nanoseconds) {
    let text = value.text
    if let dots = text.indices.first(where: { text[$0...].hasPrefix("..") }),
      let low = duration(text[..<dots]), let high = duration(text[dots...].dropFirst(2)), low < high
    {
      return (low, high)
    }
    throw ScriptError(at: value, expected: "a range of durations such as 150ms..300ms, the lower first")
  }

  private static func set(
    _ key: String, _ value: Token, of token: Token, _ settings: inout ClusterSettings
  ) throws(ScriptError) {
    switch key {
    case "pre-vote": settings.rules.preVote = try isOn(value)
    case "check-quorum": settings.rules.checkQuorum = try isOn(value)
    case "clock-error": settings.rules.clockError = Int64(try number(value, 0...999_999))
    case "batch": settings.rules.limits.entriesPerMessage = try number(value, 1...1_000_000)
    case "batch-bytes": settings.rules.limits.bytesPerMessage = try number(value, 1...100_000_000)
    case "in-flight": settings.rules.limits.entriesInFlight = try number(value, 1...1_000_000)
    case "in-flight-bytes": settings.rules.limits.bytesInFlight = try number(value, 1...100_000_000)
    case "queue": settings.rules.limits.entriesUncommitted = try number(value, 1...1_000_000)
    case "queue-bytes": settings.rules.limits.bytesUncommitted = try number(value, 1...100_000_000)
    case "reads": settings.rules.limits.reads = try number(value, 1...1_000_000)
    case "voters": settings.voters = try number(value, 1...settings.count)
    case "trailing": settings.rules.limits.trailing = try number(value, 0...1_000_000)
    case "piece": settings.rules.limits.snapshotPiece = try number(value, 1...100_000_000)
    case "snapshot-in-flight": settings.rules.limits.snapshotBytesInFlight = try number(value, 1...100_000_000)
    case "log", "term", "vote": try set(key, value, nodes: settings.count, &settings.common)
    default:
      let parts = key.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw ScriptError(
          at: Token(kind: .word, text: key, column: token.column), expected: "a setting: \(list(keys))", of: keys)
      }
      guard let node = node(parts[0], nodes: settings.count) else {
        throw ScriptError(
          at: Token(kind: .word, text: String(parts[0]), column: token.column),
          expected: "a node, n1 to n\(settings.count)")
      }
      let disk = ["log", "term", "vote"]
      guard disk.contains(String(parts[1])) else {
        throw ScriptError(
          at: Token(kind: .word, text: String(parts[1]), column: token.column + parts[0].count + 1),
          expected: list(disk), of: disk)
      }
      try set(String(parts[1]), value, nodes: settings.count, &settings.disks[node])
    }
  }

  private static func set(
    _ key: String, _ value: Token, nodes: Int, _ disk: inout ClusterSettings.Disk
  ) throws(ScriptError) {
    switch key {
    case "log":
      if value.text == "none" {
        disk.log = []
        return
      }
      let parts = value.text.split(separator: ",", omittingEmptySubsequences: false).map { whole($0) }
      guard parts.count <= 10_000, !parts.contains(nil) else {
        throw ScriptError(at: value, expected: "the terms of entries such as 1,1,2, or none")
      }
      disk.log = parts.compactMap { $0 }
    case "term": disk.term = Term(try number(value, 0...999_999_999))
    default:
      if value.text == "none" {
        disk.vote = .some(nil)
      } else if let node = node(value.text, nodes: nodes) {
        disk.vote = .some(node)
      } else {
        throw ScriptError(at: value, expected: "a node, n1 to n\(nodes), or none")
      }
    }
  }

  private static func isOn(_ value: Token) throws(ScriptError) -> Bool {
    guard value.text == "on" || value.text == "off" else { throw ScriptError(at: value, expected: "on or off") }
    return value.text == "on"
  }

  private static func number(_ value: Token, _ range: ClosedRange<Int>) throws(ScriptError) -> Int {
    guard let number = whole(value.text), range.contains(Int(number)) else {
      throw ScriptError(at: value, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return Int(number)
  }
}

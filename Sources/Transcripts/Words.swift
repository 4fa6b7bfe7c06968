import Primitives
import Raft

/// Nodes, entries and messages as transcripts write them.
enum Words {
  static func node(_ node: Int) -> String { "n\(node + 1)" }
  static func node(_ node: NodeID?) -> String { node.map { self.node($0.index) } ?? "none" }

  static func duration(_ value: Nanoseconds) -> String {
    let count = value.count
    if count % 1_000_000_000 == 0 { return "\(count / 1_000_000_000)s" }
    if count % 1_000_000 == 0 { return "\(count / 1_000_000)ms" }
    return count % 1_000 == 0 ? "\(count / 1_000)us" : "\(count)ns"
  }

  /// Index and term of a place in a log.
  static func place(_ index: LogIndex, _ term: Term) -> String { "\(index):\(term)" }

  static func snapshot(_ name: Snapshot.Name) -> String { place(name.lastIndex, name.lastTerm) }

  static func text(_ entry: Entry) -> String {
    if let configuration = entry.configuration { return self.configuration(configuration) }
    return entry.isNoop ? "noop" : "\"" + String(decoding: entry.command, as: UTF8.self) + "\""
  }

  /// `{n1 n2 n3}`; of a joint one `{n1 n2 n3 and n1 n2 n4}`; learners after a `+`, voters to be after `to`.
  static func configuration(_ configuration: Configuration) -> String {
    func names(_ nodes: [NodeID]) -> String { nodes.map { node($0.index) }.joined(separator: " ") }
    let outgoing = configuration.isJoint ? "\(names(configuration.outgoing)) and " : ""
    let learners = configuration.learners.isEmpty ? "" : " + \(names(configuration.learners))"
    let next = configuration.next.isEmpty ? "" : " to \(names(configuration.next))"
    return "{\(outgoing)\(configuration.voters.isEmpty ? "nobody" : names(configuration.voters))\(learners)\(next)}"
  }

  static func entries(_ entries: some Sequence<Entry>, from first: LogIndex) -> String {
    entries.enumerated().map { "\(place(first + LogIndex($0), $1.term)) \(text($1))" }.joined(separator: ", ")
  }

  /// Reads count from 1 in each life of their node.
  static func ticket(_ ticket: ReadTicket) -> String {
    let (life, number) = (ticket >> 32, ticket & 0xFFFF_FFFF)
    return life == 0 ? "\(number)" : "\(number) of life \(life + 1)"
  }

  static func role(_ role: Role) -> String {
    switch role {
    case .follower: "follower"
    case .preCandidate: "pre-candidate"
    case .candidate: "candidate"
    case .leader: "leader"
    }
  }

  static func kind(_ message: Message) -> String {
    switch message {
    case .requestVote(let request): request.isPreVote ? "PreVote" : "RequestVote"
    case .voteReply(let reply): reply.isPreVote ? "PreVoteReply" : "VoteReply"
    case .appendEntries(let request): request.entries.isEmpty ? "Heartbeat" : "AppendEntries"
    case .appendReply: "AppendReply"
    case .readIndex: "ReadIndex"
    case .readIndexReply: "ReadIndexReply"
    case .installSnapshot: "InstallSnapshot"
    case .snapshotReply: "SnapshotReply"
    case .timeoutNow: "TimeoutNow"
    }
  }

  static func message(_ message: Message) -> String {
    let fields = fields(message)
    return "\(kind(message)) term \(message.term)\(fields.isEmpty ? "" : ", \(fields)")"
  }

  private static func fields(_ message: Message) -> String {
    switch message {
    case .requestVote(let request):
      return "last \(place(request.lastIndex, request.lastTerm))" + (request.isHandedOver ? ", handed over" : "")
    case .timeoutNow: return ""
    case .voteReply(let reply): return reply.granted ? "granted" : "refused"
    case .appendEntries(let request):
      let previous = place(request.previousIndex, request.previousTerm)
      let fields = "after \(previous), commit \(request.commit), round \(request.round)"
      guard !request.entries.isEmpty else { return fields }
      return fields + ": " + entries(request.entries, from: request.previousIndex + 1)
    case .appendReply(let reply):
      return "round \(reply.round), \(result(reply.result))"
    case .readIndex(let question): return "read \(ticket(question.ticket))"
    case .readIndexReply(let reply):
      return "read \(ticket(reply.ticket)), " + (reply.index.map { "index \($0)" } ?? "not confirmed")
    case .installSnapshot(let message):
      let end = message.offset + UInt64(message.piece.count)
      let bytes = message.piece.isEmpty ? "none of" : "\(message.offset)..<\(end) of"
      return "up to \(snapshot(message.name)), round \(message.round): \(bytes) \(message.name.size) bytes"
    case .snapshotReply(let reply):
      let result =
        switch reply.result {
        case .holds(let bytes): "holds \(bytes) bytes"
        case .refused: "refused"
        case .stale: "stale"
        }
      return "round \(reply.round), up to \(reply.lastIndex), \(result)"
    }
  }

  private static func result(_ result: AppendReply.Result) -> String {
    switch result {
    case .matched(let index): "matched \(index)"
    case .rejected(let previous, let term, let index):
      term == 0
        ? "rejected \(previous), the log ends before \(index)"
        : "rejected \(previous), term \(term) there since \(index)"
    case .stale: "stale"
    }
  }
}

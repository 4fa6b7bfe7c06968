import Raft

/// The kinds of messages, by the names that scripts give them.
enum MessageKind: String, CaseIterable, Sendable {
  case preVote = "PreVote"
  case preVoteReply = "PreVoteReply"
  case requestVote = "RequestVote"
  case voteReply = "VoteReply"
  case appendEntries = "AppendEntries"
  case heartbeat = "Heartbeat"
  case appendReply = "AppendReply"
  case readIndex = "ReadIndex"
  case readIndexReply = "ReadIndexReply"
  case installSnapshot = "InstallSnapshot"
  case snapshotReply = "SnapshotReply"
  case timeoutNow = "TimeoutNow"

  /// A heartbeat is an AppendEntries too; whoever selects those selects both.
  func covers(_ message: Message) -> Bool {
    switch message {
    case .requestVote(let request): self == (request.isPreVote ? .preVote : .requestVote)
    case .voteReply(let reply): self == (reply.isPreVote ? .preVoteReply : .voteReply)
    case .appendEntries(let request): self == .appendEntries || (self == .heartbeat && request.entries.isEmpty)
    case .appendReply: self == .appendReply
    case .readIndex: self == .readIndex
    case .readIndexReply: self == .readIndexReply
    case .installSnapshot: self == .installSnapshot
    case .snapshotReply: self == .snapshotReply
    case .timeoutNow: self == .timeoutNow
    }
  }
}

/// Which of the messages under way a command is about.
struct Selection: Hashable, Sendable {
  enum Amount: Hashable, Sendable {
    /// Those that are under way when the command begins.
    case present
    /// The oldest so many.
    case first(Int)
    /// Those that are sent in the course of it as well.
    case all
  }

  var from: Int?
  var to: Int?
  var kind: MessageKind?
  /// Their own numbers; in this order.
  var numbers: [UInt64] = []
  var amount = Amount.present

  func covers(_ envelope: Envelope) -> Bool {
    if !numbers.isEmpty { return numbers.contains(envelope.number) }
    return (from ?? envelope.from) == envelope.from && (to ?? envelope.to) == envelope.to
      && (kind?.covers(envelope.message) ?? true)
  }
}

extension LineReader {
  /// `[n1->n2] [KIND] [COUNT|all]`, with `*` for any node, or messages by their numbers: `m3 m1`.
  mutating func selection() throws(ScriptError) -> Selection {
    var selection = Selection()
    while next.text.first == "m", let number = Self.whole(next.text.dropFirst()), next.kind == .word {
      selection.numbers.append(number)
      _ = take()
    }
    if !selection.numbers.isEmpty {
      try end()
      return selection
    }
    if isNode(next) || next.text == "*" {
      selection.from = try end(of: "sender")
      let arrow = next
      guard takeSign("->") else { throw ScriptError(at: arrow, expected: "'->' between sender and receiver") }
      selection.to = try end(of: "receiver")
    }
    if next.kind == .word, next.text != "all", Self.whole(next.text) == nil {
      let names = MessageKind.allCases.map(\.rawValue)
      let token = next
      if let name = try? choice(names) {
        selection.kind = MessageKind(rawValue: name)
      } else {
        let nodes = nodes > 0 ? "n1->n2, " : ""
        throw ScriptError(
          at: token,
          expected: "\(nodes)a kind of message (\(Self.list(names))), a message such as m3, a count or all",
          of: names + ["all"])
      }
    }
    if next.text == "all", next.kind == .word {
      _ = take()
      selection.amount = .all
    } else if !isAtEnd {
      selection.amount = .first(try count(1...100_000, of: "a count of messages or all"))
    }
    try end()
    return selection
  }

  private mutating func end(of what: String) throws(ScriptError) -> Int? {
    if next.kind == .word, next.text == "*" {
      _ = take()
      return nil
    }
    return try node()
  }
}

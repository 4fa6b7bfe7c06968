/// Messages as people read them.
extension Message {
  /// What is in it; its kind stands before.
  package var words: String {
    switch self {
    case .requestVote(let request):
      "\(request.isPreVote ? "would enter" : "in") term \(request.term), log ends at \(request.lastIndex) of term \(request.lastTerm)"
        + (request.isHandedOver ? ", asked to by its leader" : "")
    case .voteReply(let reply): "\(reply.granted ? "yes" : "no"), term \(reply.term)"
    case .appendEntries(let request):
      "term \(request.term), after \(request.previousIndex) of term \(request.previousTerm), commit \(request.commit), "
        + (request.entries.count == 1 ? "1 entry" : "\(request.entries.count) entries")
    case .appendReply(let reply): "term \(reply.term), \(reply.result.words)"
    case .readIndex(let question): "term \(question.term), read \(question.ticket)"
    case .readIndexReply(let reply):
      "read \(reply.ticket) " + (reply.index.map { "at \($0)" } ?? "cannot be confirmed")
    case .installSnapshot(let message):
      "term \(message.term), up to \(message.name.lastIndex) of term \(message.name.lastTerm), "
        + "bytes \(message.offset)–\(message.offset + UInt64(message.piece.count)) of \(message.name.size)"
    case .timeoutNow(let message): "term \(message.term)"
    case .snapshotReply(let reply): "term \(reply.term), snapshot up to \(reply.lastIndex): \(reply.result.words)"
    }
  }
}

extension SnapshotReply.Result {
  fileprivate var words: String {
    switch self {
    case .holds(let bytes): "has \(bytes) bytes"
    case .refused: "refuses it"
    case .stale: "the term is over"
    }
  }
}

extension AppendReply.Result {
  fileprivate var words: String {
    switch self {
    case .matched(let index): "has everything to \(index)"
    case .rejected(let previous, let term, let index):
      term == 0
        ? "lacks entry \(previous), its log ends before \(index)"
        : "has another entry at \(previous), of term \(term) from \(index)"
    case .stale: "the term is over"
    }
  }
}

import Primitives

/// The messages of the paper's figure 2. The sender is known from the envelope.
public enum Message: Hashable, Sendable {
  case requestVote(RequestVote)
  case voteReply(VoteReply)
  case appendEntries(AppendEntries)
  case appendReply(AppendReply)

  public var term: Term {
    switch self {
    case .requestVote(let message): message.term
    case .voteReply(let message): message.term
    case .appendEntries(let message): message.term
    case .appendReply(let message): message.term
    }
  }
}

public struct RequestVote: Hashable, Sendable {
  public var term: Term
  public var lastIndex: LogIndex
  public var lastTerm: Term

  public init(term: Term, lastIndex: LogIndex, lastTerm: Term) {
    self.term = term
    self.lastIndex = lastIndex
    self.lastTerm = lastTerm
  }
}

public struct VoteReply: Hashable, Sendable {
  public var term: Term
  public var granted: Bool

  public init(term: Term, granted: Bool) {
    self.term = term
    self.granted = granted
  }
}

/// Entries that follow (previousIndex, previousTerm); none in a heartbeat.
public struct AppendEntries: Hashable, Sendable {
  public var term: Term
  public var previousIndex: LogIndex
  public var previousTerm: Term
  public var commit: LogIndex
  public var entries: ContiguousArray<Entry>

  public init(
    term: Term, previousIndex: LogIndex, previousTerm: Term, commit: LogIndex,
    entries: ContiguousArray<Entry>
  ) {
    self.term = term
    self.previousIndex = previousIndex
    self.previousTerm = previousTerm
    self.commit = commit
    self.entries = entries
  }
}

public struct AppendReply: Hashable, Sendable {
  public enum Result: Hashable, Sendable {
    /// Everything up to this index is durable and equal to the leader's log.
    case matched(LogIndex)
    /// There is no entry (previous, its term) here. `conflictTerm` is the term found there, 0 where the
    /// log is shorter; `conflictIndex` is that term's first index, or the one after the log's end
    /// (section 5.3, the optimisation at its end).
    case rejected(previous: LogIndex, conflictTerm: Term, conflictIndex: LogIndex)
    /// The sender's term is over.
    case stale
  }

  public var term: Term
  public var result: Result

  public init(term: Term, result: Result) {
    self.term = term
    self.result = result
  }
}

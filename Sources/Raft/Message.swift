import Primitives

/// The messages of the paper's figure 2, and of the reads of the dissertation's section 6.4. The sender is
/// known from the envelope.
public enum Message: Hashable, Sendable {
  case requestVote(RequestVote)
  case voteReply(VoteReply)
  case appendEntries(AppendEntries)
  case appendReply(AppendReply)
  case readIndex(ReadIndex)
  case readIndexReply(ReadIndexReply)
  // Apart, so that all others are no larger for it.
  indirect case installSnapshot(InstallSnapshot)
  case snapshotReply(SnapshotReply)
  case timeoutNow(TimeoutNow)

  public var term: Term {
    switch self {
    case .requestVote(let message): message.term
    case .voteReply(let message): message.term
    case .appendEntries(let message): message.term
    case .appendReply(let message): message.term
    case .readIndex(let message): message.term
    case .readIndexReply(let message): message.term
    case .installSnapshot(let message): message.term
    case .snapshotReply(let message): message.term
    case .timeoutNow(let message): message.term
    }
  }

  /// A rejection that lets the leader step back by one entry; everything else as it is.
  public consuming func withoutHint() -> Message {
    guard case .appendReply(let reply) = self else { return self }
    return .appendReply(AppendReply(term: reply.term, stamp: reply.stamp, result: reply.result.withoutHint))
  }

  /// Whether its term is only one that its sender would enter: a pre-vote's request, and the consent to it.
  var termIsHypothetical: Bool {
    switch self {
    case .requestVote(let message): message.isPreVote
    case .voteReply(let message): message.isPreVote && message.granted
    default: false
    }
  }
}

public struct RequestVote: Hashable, Sendable {
  /// In a pre-vote the one that the sender would enter.
  public var term: Term
  public var lastIndex: LogIndex
  public var lastTerm: Term
  /// Whether it only asks if it could win (dissertation, 9.6).
  public var isPreVote: Bool
  /// Whether the leader has asked for this election, so that whoever hears that leader takes part all the same
  /// (dissertation, 4.2.3).
  public var isHandedOver: Bool

  public init(
    term: Term, lastIndex: LogIndex, lastTerm: Term, isPreVote: Bool = false, isHandedOver: Bool = false
  ) {
    self.term = term
    self.lastIndex = lastIndex
    self.lastTerm = lastTerm
    self.isPreVote = isPreVote
    self.isHandedOver = isHandedOver
  }
}

public struct VoteReply: Hashable, Sendable {
  /// The sender's own; where a pre-vote is granted, the one that was asked for.
  public var term: Term
  public var granted: Bool
  public var isPreVote: Bool

  public init(term: Term, granted: Bool, isPreVote: Bool = false) {
    self.term = term
    self.granted = granted
    self.isPreVote = isPreVote
  }
}

/// Entries that follow (previousIndex, previousTerm); none in a heartbeat.
public struct AppendEntries: Hashable, Sendable {
  public var term: Term
  public var previousIndex: LogIndex
  public var previousTerm: Term
  public var commit: LogIndex
  public private(set) var stamp: Stamp
  public var entries: ContiguousArray<Entry>

  public init(
    term: Term, previousIndex: LogIndex, previousTerm: Term, commit: LogIndex, round: UInt64 = 0,
    repairedLife: UInt64 = 0, entries: ContiguousArray<Entry>
  ) {
    self.term = term
    self.previousIndex = previousIndex
    self.previousTerm = previousTerm
    self.commit = commit
    stamp = Stamp(round: round, life: repairedLife)
    self.entries = entries
  }

  init(
    term: Term, previousIndex: LogIndex, previousTerm: Term, commit: LogIndex, stamp: Stamp,
    entries: ContiguousArray<Entry>
  ) {
    self.term = term
    self.previousIndex = previousIndex
    self.previousTerm = previousTerm
    self.commit = commit
    self.stamp = stamp
    self.entries = entries
  }

  /// The leader's round at the time: an answer that carries it confirms the leader as of that round's beginning.
  public var round: UInt64 { stamp.round }

  /// The receiver's life in which the leader knows that it has lost entries; 0 where it does not.
  public var repairedLife: UInt64 { stamp.life }
}

/// A round, and what is to be known of a server's lives, in one word: messages are moved by the million.
public struct Stamp: Hashable, Sendable {
  public let rawValue: UInt64

  /// Nil where the word is not one that a server makes.
  public init?(rawValue: UInt64) {
    guard Memory(rawValue: UInt8(rawValue >> 62)) != nil else { return nil }
    self.rawValue = rawValue
  }

  /// - Precondition: `round` below 2⁴⁰, which is a heartbeat each millisecond for thirty years, and `life` below 2²².
  init(round: UInt64, life: UInt64, memory: Memory = .whole) {
    precondition(round < 1 << 40 && life < 1 << 22, "a server lives too long")
    rawValue = round | life << 40 | UInt64(memory.rawValue) << 62
  }

  public var round: UInt64 { rawValue & (1 << 40 - 1) }
  public var life: UInt64 { rawValue >> 40 & (1 << 22 - 1) }
  public var memory: Memory { Memory(rawValue: UInt8(rawValue >> 62)) ?? .none }
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

    /// As if the log ended right before the entry that is lacking: the least that a rejection says.
    var withoutHint: Result {
      guard case .rejected(let previous, _, _) = self else { return self }
      return .rejected(previous: previous, conflictTerm: 0, conflictIndex: previous)
    }
  }

  public var term: Term
  public private(set) var stamp: Stamp
  public var result: Result

  public init(term: Term, round: UInt64 = 0, life: UInt64 = 1, memory: Memory = .whole, result: Result) {
    self.term = term
    stamp = Stamp(round: round, life: life, memory: memory)
    self.result = result
  }

  init(term: Term, stamp: Stamp, result: Result) {
    self.term = term
    self.stamp = stamp
    self.result = result
  }

  /// That of the AppendEntries it answers.
  public var round: UInt64 { stamp.round }

  /// The sender's lives so far, the present one included: an answer of an earlier one says nothing any more.
  public var life: UInt64 { stamp.life }

  public var memory: Memory { stamp.memory }
}

/// A piece of a snapshot (section 7); none in a heartbeat while one is under way.
public struct InstallSnapshot: Hashable, Sendable {
  public var term: Term
  public private(set) var stamp: Stamp
  public var name: Snapshot.Name
  /// Where in the content the piece lies.
  public var offset: UInt64
  public var piece: [UInt8]

  public init(term: Term, round: UInt64, name: Snapshot.Name, offset: UInt64, piece: [UInt8]) {
    self.init(term: term, stamp: Stamp(round: round, life: 0), name: name, offset: offset, piece: piece)
  }

  init(term: Term, stamp: Stamp, name: Snapshot.Name, offset: UInt64, piece: [UInt8]) {
    self.term = term
    self.stamp = stamp
    self.name = name
    self.offset = offset
    self.piece = piece
  }

  /// The leader's round at the time.
  public var round: UInt64 { stamp.round }
}

/// How much of a snapshot the sender has. Of a whole one that is installed an AppendReply tells.
public struct SnapshotReply: Hashable, Sendable {
  public enum Result: Hashable, Sendable {
    /// The content's first bytes, so many.
    case holds(UInt64)
    /// It cannot be what the leader meant to send, or is too large: from the beginning, if at all.
    case refused
    /// The sender's term is over.
    case stale
  }

  public var term: Term
  public private(set) var stamp: Stamp
  /// Of the snapshot.
  public var lastIndex: LogIndex
  public var result: Result

  public init(term: Term, round: UInt64, life: UInt64, memory: Memory, lastIndex: LogIndex, result: Result) {
    let stamp = Stamp(round: round, life: life, memory: memory)
    self.init(term: term, stamp: stamp, lastIndex: lastIndex, result: result)
  }

  init(term: Term, stamp: Stamp, lastIndex: LogIndex, result: Result) {
    self.term = term
    self.stamp = stamp
    self.lastIndex = lastIndex
    self.result = result
  }

  public var round: UInt64 { stamp.round }
  public var life: UInt64 { stamp.life }
  public var memory: Memory { stamp.memory }
}

/// A leader hands over: who gets this campaigns at once (dissertation, 3.10).
public struct TimeoutNow: Hashable, Sendable {
  public var term: Term

  public init(term: Term) { self.term = term }
}

/// A follower asks up to where it must have applied to answer reads (dissertation, 6.4).
public struct ReadIndex: Hashable, Sendable {
  public var term: Term
  /// The newest of the sender's reads that it is about; never used twice by one server, restarts included.
  public var ticket: ReadTicket

  public init(term: Term, ticket: ReadTicket) {
    self.term = term
    self.ticket = ticket
  }
}

public struct ReadIndexReply: Hashable, Sendable {
  public var term: Term
  public var ticket: ReadTicket
  /// nil where the server asked cannot tell: it is not the leader, or has too many reads.
  public var index: LogIndex?

  public init(term: Term, ticket: ReadTicket, index: LogIndex?) {
    self.term = term
    self.ticket = ticket
    self.index = index
  }
}

import Primitives

/// The name of one write, ascending within a server's life.
public typealias WriteNumber = UInt64

/// The name of one read, ascending within a server's life and over its lives.
public typealias ReadTicket = UInt64

/// What a Raft server asks of its surroundings, in order.
public enum Action: Hashable, Sendable {
  /// `after`: only once that write is durable, because the message promises what it stores.
  case send(Message, to: NodeID, after: WriteNumber?)
  /// Store term and vote in place of the earlier ones.
  case save(HardState)
  /// Store these entries behind the log's end, the first at `first`.
  case append(first: LogIndex, count: Int)
  /// Forget stored entries after this index.
  case truncate(after: LogIndex)
  /// Store this snapshot in place of the earlier one.
  case saveSnapshot(Snapshot)
  /// Forget stored entries up to this index, which a durable snapshot holds. The next one to be stored follows it, where
  /// none is left.
  case discard(upTo: LogIndex)
  /// A snapshot has come from the leader. Where the program can make its state of it, it says `accept`, and else `refuse`,
  /// at once; it goes on with its present state.
  case examine(Snapshot)
  /// The snapshot is durable: the program's state is the one that it made of it.
  case install(Snapshot)
  /// Make all of the above durable and answer with `writeCompleted`.
  case sync(WriteNumber)
  /// Draw a new election time-out. `electionTimerFired` is owed once so long has passed since `quietSince`,
  /// which moves on while there is a leader.
  case setElectionTimer
  case cancelElectionTimer
  case setHeartbeatTimer
  case cancelHeartbeatTimer
  /// Entries up to this index are committed and may be applied.
  case commit(upTo: LogIndex)
  /// Reads up to this ticket may be answered from a state that has applied `index`.
  case readable(upTo: ReadTicket, at: LogIndex)
  /// Reads up to this ticket will not be confirmed; nothing was read.
  case unreadable(upTo: ReadTicket)
  case becamePreCandidate
  case becameCandidate
  case becameLeader
  /// From leader, candidate or pre-candidate to follower.
  case steppedDown(from: Role)
}

/// The part of the paper's persistent state that is not the log.
public struct HardState: Hashable, Sendable {
  public var term: Term
  public var vote: NodeID?
  public var memory: Memory

  public init(term: Term = 0, vote: NodeID? = nil, memory: Memory = .whole) {
    self.term = term
    self.vote = vote
    self.memory = memory
  }
}

/// What a server's disk has kept of what it promised. It is stored before anything else is changed, so that no
/// crash makes a server trust itself again.
public enum Memory: UInt8, Hashable, Sendable, CaseIterable {
  case whole
  /// Entries were lost that the server may have acknowledged. It votes for nobody until its leader, who knows of
  /// it, has given it back all that is committed.
  case partial
  /// Term and vote are lost too. No answer of the server counts for anything as long as it is the same member:
  /// it may have promised the opposite.
  case none
}

public enum Role: UInt8, Hashable, Sendable {
  case follower, candidate, leader
  /// Asks whether it could win, in its old term.
  case preCandidate
}

/// What became of a command that was proposed.
public enum Proposal: Hashable, Sendable {
  /// In the log at this index, in the present term; committed or not is still to be seen.
  case accepted(LogIndex)
  case notLeader
  /// Too much waits to be committed.
  case overloaded
}

/// What became of a read.
public enum ReadAnswer: Hashable, Sendable {
  /// `readable` or `unreadable` will tell.
  case waiting(ReadTicket)
  /// Neither the leader nor told of one.
  case notLeader
  /// Too many reads wait.
  case overloaded
}

import Primitives

/// One server of a Raft group, after "In Search of an Understandable Consensus Algorithm (Extended Version)",
/// Ongaro and Ousterhout, 2014; section numbers are that paper's.
///
/// A pure state machine: each method takes one event and appends actions. The caller carries them out in
/// order, tells of completed writes, and fires the timers it was asked to set. A server whose write fails
/// must end: nothing here can be trusted after it.
public struct Raft: Hashable, Sendable {
  public let id: NodeID
  /// All voters in ascending order, this server among them.
  public let members: [NodeID]
  /// At most so many entries go into one AppendEntries.
  public let batch: Int
  let quorum: Quorum
  let position: Int

  public internal(set) var state: HardState
  public internal(set) var log: Log
  public internal(set) var role = Role.follower
  /// Whom this server takes for the leader of its term.
  public internal(set) var leader: NodeID?
  public internal(set) var commit: LogIndex = 0
  var tally: VoteTally
  /// A leader's view of each member, by position; its own match is what is durable here.
  public internal(set) var progress: ContiguousArray<Progress> = []
  var writes = Writes()

  public var term: Term { state.term }

  /// - Parameters:
  ///   - members: the voters, `id` among them, in any order, without repeats.
  ///   - state, entries: what was recovered from disk.
  /// - Precondition: the above, and `batch` at least 1.
  public init(
    id: NodeID, members: [NodeID], batch: Int = 100, state: HardState = HardState(),
    entries: ContiguousArray<Entry> = []
  ) {
    // An ascending list is shared by all who were given it.
    let sorted = zip(members, members.dropFirst()).allSatisfy { $0 < $1 } ? members : members.sorted()
    guard let position = sorted.firstIndex(of: id) else { preconditionFailure("a server is one of the members") }
    precondition(zip(sorted, sorted.dropFirst()).allSatisfy { $0 < $1 }, "no member is named twice")
    precondition(batch >= 1, "an AppendEntries carries at least one entry")
    self.id = id
    self.members = sorted
    self.batch = batch
    self.position = position
    quorum = Quorum(voters: sorted.count)
    tally = VoteTally(voters: sorted.count)
    log = Log(entries)
    self.state = state
    // The log may have become durable where the term, saved in the same write, did not. The server then
    // answered nobody in that term, and may vote in it.
    if log.lastTerm > state.term { self.state = HardState(term: log.lastTerm) }
    writes.durable = log.lastIndex
  }

  // MARK: Events

  /// The server begins a life.
  public mutating func start(_ actions: inout [Action]) {
    actions.append(.setElectionTimer)
  }

  /// No word from a leader, no vote granted, no leader elected for a whole election time-out (section 5.2).
  public mutating func electionTimerFired(_ actions: inout [Action]) {
    guard role != .leader else { return }
    campaign(&actions)
    flush(&actions)
  }

  public mutating func heartbeatTimerFired(_ actions: inout [Action]) {
    guard role == .leader else { return }
    for peer in peers {
      progress[peer].beginRound()
      sendEntries(to: peer, evenIfEmpty: true, &actions)
    }
    actions.append(.setHeartbeatTimer)
  }

  /// Appends a command to the leader's log and begins its replication. Returns its index, or nil where
  /// this server is not the leader.
  public mutating func propose(_ command: [UInt8], _ actions: inout [Action]) -> LogIndex? {
    guard role == .leader else { return nil }
    appendToOwnLog(Entry(term: term, command: command), &actions)
    flush(&actions)
    return log.lastIndex
  }

  /// Everything up to this write is durable.
  public mutating func writeCompleted(_ number: WriteNumber, _ actions: inout [Action]) {
    let stored = writes.complete(number)
    // Matching the term too: the completion of an overwritten entry says nothing about its replacement.
    for write in stored where log.contains(index: write.lastIndex, term: write.lastTerm) {
      writes.durable = max(writes.durable, write.lastIndex)
    }
    for write in stored where write.vote == id && write.term == term && role == .candidate {
      // Its own vote counts like anybody's: once it is durable.
      count(voteOf: position, granted: true, &actions)
    }
    if role == .leader, progress[position].acknowledge(upTo: writes.durable) { advanceCommit(&actions) }
    flush(&actions)
  }

  public mutating func receive(_ message: Message, from sender: NodeID, _ actions: inout [Action]) {
    // A message from outside the group is nobody's; it happens only by misconfiguration.
    guard let peer = members.firstIndex(of: sender), peer != position else { return }
    if message.term > term { follow(term: message.term, leader: nil, &actions) }
    switch message {
    case .requestVote(let request): answer(request, from: sender, &actions)
    case .voteReply(let reply):
      if role == .candidate, reply.term == term { count(voteOf: peer, granted: reply.granted, &actions) }
    case .appendEntries(let request): answer(request, from: sender, &actions)
    case .appendReply(let reply):
      if role == .leader, reply.term == term { learn(reply.result, from: peer, &actions) }
    }
    flush(&actions)
  }

  // MARK: Shared steps

  /// Positions of the other members.
  var peers: some Sequence<Int> {
    let own = position
    return members.indices.lazy.filter { $0 != own }
  }

  /// Enters `term` as a follower (section 5.1), or stays in it and follows its leader.
  mutating func follow(term newTerm: Term, leader newLeader: NodeID?, _ actions: inout [Action]) {
    if newTerm > term {
      state = HardState(term: newTerm)
      save(&actions)
    }
    leader = newLeader
    guard role != .follower else { return }
    let former = role
    role = .follower
    progress = []
    if former == .leader {
      actions.append(.cancelHeartbeatTimer)
      actions.append(.setElectionTimer)
    }
    actions.append(.steppedDown(from: former))
  }

  mutating func save(_ actions: inout [Action]) {
    actions.append(.save(state))
    writes.isDirty = true
  }

  /// Ends a step: a sync covers all that was stored since the last one. While one is under way the next waits
  /// for it, so that a slow disk makes writes larger and not their queue longer.
  mutating func flush(_ actions: inout [Action]) {
    guard writes.isDirty, !writes.isUnderWay else { return }
    actions.append(
      .sync(writes.issue(lastIndex: log.lastIndex, lastTerm: log.lastTerm, term: term, vote: state.vote)))
  }
}

import Primitives

/// Leader election, section 5.2, the freshness rule of section 5.4.1, and what the dissertation adds against
/// needless elections: pre-votes (9.6), and a leader that is left alone while it is heard (4.2.3).
extension Raft {
  // MARK: Candidates

  /// Asks, in the old term and promising nothing, whether an election could be won.
  mutating func askAround(_ now: Instant, _ actions: inout Outbox<Action>) {
    role = .preCandidate
    giveUpReads(&actions)
    leader = nil
    tally = VoteTally(members: members.count)
    setElectionTimer(now, &actions)
    actions.append(.becamePreCandidate)
    let request = RequestVote(term: term + 1, lastIndex: log.lastIndex, lastTerm: log.lastTerm, isPreVote: true)
    for voter in otherVoters { actions.append(.send(.requestVote(request), to: voter, after: nil)) }
    if let position { count(voteOf: position, granted: true, now, &actions) }
  }

  /// - Parameter isHandedOver: whether the leader has asked for it.
  mutating func campaign(isHandedOver: Bool = false, _ now: Instant, _ actions: inout Outbox<Action>) {
    state = HardState(term: term + 1, vote: id, memory: state.memory)
    role = .candidate
    giveUpReads(&actions)
    leader = nil
    tally = VoteTally(members: members.count)
    save(&actions)
    setElectionTimer(now, &actions)
    actions.append(.becameCandidate)
    let request = RequestVote(
      term: term, lastIndex: log.lastIndex, lastTerm: log.lastTerm, isHandedOver: isHandedOver)
    // A candidate that asks has voted, for itself: the vote must be durable first.
    for voter in otherVoters { actions.append(.send(.requestVote(request), to: voter, after: writes.latest)) }
  }

  /// Asks a voter that could not read the request. What it can read has no word of who wanted the election.
  mutating func askAgain(_ voter: NodeID, _ actions: inout Outbox<Action>) {
    guard configuration.isVoter(voter) else { return }
    let isPreVote = role == .preCandidate
    let request = RequestVote(
      term: isPreVote ? term + 1 : term, lastIndex: log.lastIndex, lastTerm: log.lastTerm, isPreVote: isPreVote)
    actions.append(.send(.requestVote(request), to: voter, after: isPreVote ? nil : writes.latest))
  }

  /// How long this server waits from now on, for a leader's word or as a candidate.
  public var electionTimeout: Distribution {
    guard role == .candidate || role == .preCandidate else { return rules.timing.electionTimeout }
    guard refusals > 0, case .uniform(let low, let high) = rules.timing.candidateTimeout else {
      return rules.timing.candidateTimeout
    }
    return .uniform(low * (1 << Int64(refusals)), high * (1 << Int64(refusals)))
  }

  /// Its time is over. What pre-votes were refused says nothing of votes.
  mutating func countRefusals() {
    switch role {
    // Ten doublings are a thousand times as long: as good as never.
    case .candidate: if tally.refusing * 2 >= members.count - 1, refusals < 10 { refusals += 1 }
    case .preCandidate: break
    case .follower, .leader: refusals = 0
    }
  }

  private var otherVoters: some Sequence<NodeID> {
    let (id, configuration) = (id, configuration)
    return members.lazy.filter { $0 != id && configuration.isVoter($0) }
  }

  mutating func learn(_ reply: VoteReply, from sender: NodeID, _ now: Instant, _ actions: inout Outbox<Action>) {
    let counts =
      reply.isPreVote
      ? role == .preCandidate && reply.term == (reply.granted ? term + 1 : term)
      : role == .candidate && reply.term == term
    if counts, let peer = position(of: sender) { count(voteOf: peer, granted: reply.granted, now, &actions) }
  }

  mutating func count(voteOf member: Int, granted: Bool, _ now: Instant, _ actions: inout Outbox<Action>) {
    tally.record(member: member, granted: granted)
    guard tally.isWon(quorum) else { return }
    if role == .preCandidate { campaign(now, &actions) } else if role == .candidate { lead(now, &actions) }
  }

  private mutating func lead(_ now: Instant, _ actions: inout Outbox<Action>) {
    role = .leader
    leader = id
    progress = ContiguousArray(
      repeating: Progress(next: log.lastIndex + 1, heardAt: now), count: members.count)
    if let position { progress[position] = Progress(next: log.lastIndex + 1, match: writes.durable) }
    hasGivenUpLease = false
    (lastRoundEnd, lastRoundAt) = (log.lastIndex, now)
    bytesUncommitted = log.bytes(after: commit, through: log.lastIndex)
    reads.begin()
    actions.append(.cancelElectionTimer)
    actions.append(.becameLeader)
    // Entries of earlier terms commit with the first of the own (sections 5.4.2 and 8).
    if rules.replicates { appendToOwnLog(.noop(term: term), &actions) }
    beginRound(now, &actions)
    actions.append(.setHeartbeatTimer)
  }

  // MARK: Voters

  mutating func answer(
    _ request: RequestVote, from candidate: NodeID, _ now: Instant, _ actions: inout Outbox<Action>
  ) {
    let granted =
      request.term == term && (state.vote == nil || state.vote == candidate) && role != .leader && mayVote
      && (state.vote == candidate || !keepsLeader(now) || request.isHandedOver)
      && log.isCovered(byLastIndex: request.lastIndex, term: request.lastTerm)
    if granted {
      if state.vote == nil {
        state.vote = candidate
        save(&actions)
      }
      setElectionTimer(now, &actions)
    }
    let reply = VoteReply(term: term, granted: granted)
    actions.append(.send(.voteReply(reply), to: candidate, after: writes.latest))
  }

  /// Says whether the sender could have this server's vote, and changes nothing: neither term nor vote, nor when
  /// a leader was heard. A refusal tells the present term to a server that has fallen behind it.
  mutating func advise(
    _ request: RequestVote, candidate: NodeID, _ now: Instant, _ actions: inout Outbox<Action>
  ) {
    let granted =
      request.term > term && role != .leader && mayVote && !hearsLeader(now)
      && log.isCovered(byLastIndex: request.lastIndex, term: request.lastTerm)
    let reply = VoteReply(term: granted ? request.term : term, granted: granted, isPreVote: true)
    // A refusal's term is as good as told.
    actions.append(.send(.voteReply(reply), to: candidate, after: granted ? nil : writes.latest))
  }

  // MARK: Who is heard

  /// Whether it takes part in nobody's election for now: a lease may rest on that. It may have come to a term without a word of who
  /// campaigns in it, so that a request of its own term is no exception.
  func keepsLeader(_ now: Instant) -> Bool { rules.leaderStickiness && hearsLeader(now) }

  /// Whether this server leads, or has heard from a leader within the shortest election time-out.
  func hearsLeader(_ now: Instant) -> Bool {
    if role == .leader { return true }
    guard let leaderHeard else { return false }
    return now - leaderHeard < rules.timing.shortest
  }

  /// How many followers a leader has heard from within the shortest election time-out; 0 on other servers.
  public func followers(at now: Instant) -> Int {
    guard role == .leader else { return 0 }
    var heard = 0
    for peer in peers where now - progress[peer].heardAt < rules.timing.shortest { heard += 1 }
    return heard
  }

  func hearsQuorum(_ now: Instant) -> Bool {
    quorum.isMet { $0 == position || now - progress[$0].heardAt < rules.timing.shortest }
  }
}

import Primitives

/// Leader election, section 5.2, and the freshness rule of section 5.4.1.
extension Raft {
  mutating func campaign(_ actions: inout [Action]) {
    state = HardState(term: term + 1, vote: id)
    role = .candidate
    leader = nil
    tally = VoteTally(voters: members.count)
    save(&actions)
    actions.append(.setElectionTimer)
    actions.append(.becameCandidate)
    let request = RequestVote(term: term, lastIndex: log.lastIndex, lastTerm: log.lastTerm)
    // A candidate that asks has voted, for itself: the vote must be durable first.
    for peer in peers { actions.append(.send(.requestVote(request), to: members[peer], after: writes.latest)) }
  }

  mutating func answer(_ request: RequestVote, from candidate: NodeID, _ actions: inout [Action]) {
    let granted =
      request.term == term && (state.vote == nil || state.vote == candidate)
      && log.isCovered(byLastIndex: request.lastIndex, term: request.lastTerm)
    if granted {
      if state.vote == nil {
        state.vote = candidate
        save(&actions)
      }
      actions.append(.setElectionTimer)
    }
    let reply = VoteReply(term: term, granted: granted)
    actions.append(.send(.voteReply(reply), to: candidate, after: writes.latest))
  }

  mutating func count(voteOf member: Int, granted: Bool, _ actions: inout [Action]) {
    tally.record(member: member, granted: granted)
    if role == .candidate, tally.isWon(quorum) { lead(&actions) }
  }

  private mutating func lead(_ actions: inout [Action]) {
    role = .leader
    leader = id
    progress = ContiguousArray(repeating: Progress(next: log.lastIndex + 1), count: members.count)
    progress[position] = Progress(next: log.lastIndex + 1, match: writes.durable)
    actions.append(.cancelElectionTimer)
    actions.append(.becameLeader)
    // Entries of earlier terms commit with the first of the own (sections 5.4.2 and 8).
    appendToOwnLog(.noop(term: term), &actions)
    actions.append(.setHeartbeatTimer)
  }
}

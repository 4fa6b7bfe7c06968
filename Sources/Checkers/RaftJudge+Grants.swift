import Node
import Primitives
import Programs
import Raft

/// Leaders that work are left alone: they grant nothing themselves, and who hears one grants no pre-vote, and no vote either
/// where a quorum is checked.
extension RaftJudge {
  mutating func judgeGrant(
    _ reply: VoteReply, to candidate: NodeID, _ program: borrowing RaftKV, _ step: Step
  ) {
    let (standing, heardAt) = (views[step.process].standing, views[step.process].heardAt)
    if standing.role == .leader {
      record(
        RaftInvariant.leaderGrantsNothing, step,
        """
        \(step.name) granted \(Self.name(candidate.index)) a \(reply.isPreVote ? "pre-vote" : "vote") for term \
        \(reply.term) while it led term \(standing.term); a leader should grant none.
        """)
    }
    // Where leases rest on it, a vote too: but for one that it has promised already, and where the leader has asked for it.
    let isBound =
      reply.isPreVote || (program.keepsLeaders && !step.isHandedOver && isNew(reply, to: candidate, step))
    guard isBound, let heardAt, let shortest = program.shortestTimeout else { return }
    // Half of it has not passed on any server's own clock as long as that runs at most twice as fast.
    guard step.at - heardAt < shortest / 2 else { return }
    record(
      RaftInvariant.heardLeaderIsKept, step,
      """
      \(step.name) granted \(Self.name(candidate.index)) a \(reply.isPreVote ? "pre-vote" : "vote") for term \(reply.term) \
      \(PeopleText.duration((step.at - heardAt).count)) after it had heard its leader; it should grant none before \
      \(PeopleText.duration(shortest.count)) have passed.
      """)
  }

  private func isNew(_ reply: VoteReply, to candidate: NodeID, _ step: Step) -> Bool {
    let vote = VoteLedger.Vote(term: reply.term, candidate: candidate)
    return !views[step.process].votes.hasPromised(vote)
  }
}

import Checkers
import Node
import Primitives
import Programs
import Raft
import Testing

@Suite("What the judge sees of elections")
struct ElectionJudgeTests {
  @Test("Two leaders of one term break election-safety", arguments: [false, true])
  func twoLeaders(_ nextTerm: Bool) {
    var stage = Stage()
    stage.elect(0)
    if nextTerm { stage.campaign(2) }
    stage.elect(2)
    #expect(stage.fired == (nextTerm ? [] : ["election-safety"]))
  }

  @Test("A leader that comes back and leads the same term again breaks election-safety")
  func sameLeaderAgain() {
    var stage = Stage()
    stage.elect(0)
    stage.crash(0)
    stage.restart(0, finding: HardState(term: 1, vote: NodeID(0)))
    #expect(stage.fired == [])
    // As if it had gone on campaigning in term 1: a leader of its own making.
    var other = Stage()
    other.elect(0)
    stage.step(0, .timerFired(TimerID(1)), showing: other.servers[0])
    #expect(stage.fired.contains("election-safety"))
  }

  @Test("A second candidate's vote in one term breaks one-vote-per-term", arguments: [1, 2])
  func twoVotes(_ term: Term) {
    var stage = Stage()
    stage.askVote(of: 1, for: 0, term: 1)
    stage.complete(1)
    stage.askVote(of: 1, for: 2, term: 1) { effects in
      effects = [
        .replace(KVRecord.hardStateFile, with: .hardState(HardState(term: term, vote: NodeID(2)))),
        .send(
          .raft(.voteReply(VoteReply(term: term, granted: true))), to: Endpoint(NodeID(2)), after: WriteToken(2),
          under: nil),
        .sync(WriteToken(2), directory: true),
      ]
    }
    #expect(stage.fired == [], "it has not left yet")
    stage.complete(1)
    #expect(stage.fired == (term == 1 ? ["one-vote-per-term"] : []))
  }

  @Test("A vote whose write was cut off by a crash was never cast", arguments: [false, true])
  func voteThatNeverLeft(_ completed: Bool) {
    var stage = Stage()
    stage.askVote(of: 1, for: 0, term: 1)
    if completed { stage.complete(1) }
    stage.crash(1)
    stage.restart(1, finding: nil)
    stage.askVote(of: 1, for: 2, term: 1)
    stage.complete(1)
    #expect(stage.fired == (completed ? ["recovered-state", "one-vote-per-term"] : []))
  }

  @Test("A candidate's own vote counts when it asks for others'", arguments: [false, true])
  func ownVote(_ asked: Bool) {
    var stage = Stage()
    stage.timeOut(1)
    if asked { stage.complete(1) }
    stage.crash(1)
    stage.restart(1, finding: nil)
    stage.askVote(of: 1, for: 2, term: 1)
    stage.complete(1)
    #expect(stage.fired.contains("one-vote-per-term") == asked)
  }

  @Test("A vote that does not wait for its write breaks promise-before-durable", arguments: [false, true])
  func hastyVote(_ hasty: Bool) {
    var stage = Stage()
    stage.askVote(of: 1, for: 0, term: 1) { if hasty { withoutWaiting(&$0) } }
    #expect(stage.fired == (hasty ? ["promise-before-durable"] : []))
  }

  @Test("A campaign that does not wait for its own vote's write breaks promise-before-durable")
  func hastyCampaign() {
    var stage = Stage()
    stage.timeOut(1, changing: withoutWaiting)
    #expect(Set(stage.fired) == ["promise-before-durable"])
  }

  @Test("A hasty vote, lost in a crash and given to another, is seen twice")
  func hastyVoteTwice() {
    var stage = Stage()
    stage.askVote(of: 1, for: 0, term: 1, changing: withoutWaiting)
    stage.crash(1)
    stage.restart(1, finding: nil)
    stage.askVote(of: 1, for: 2, term: 1)
    stage.complete(1)
    #expect(stage.fired == ["promise-before-durable", "one-vote-per-term"])
  }

  @Test("A term that falls within a life breaks term-monotonicity", arguments: [false, true])
  func fallingTerm(_ falls: Bool) {
    var stage = Stage()
    let early = stage.servers[1]
    stage.askVote(of: 1, for: 0, term: 1)
    stage.step(1, .connectionClosed(Endpoint(NodeID(0))), showing: falls ? early : nil)
    #expect(stage.fired == (falls ? ["term-monotonicity"] : []))
  }

  @Test("A life that begins below the term on its disk breaks term-monotonicity", arguments: [false, true])
  func forgottenTerm(_ forgets: Bool) {
    var stage = Stage()
    let empty = stage.servers[1]
    stage.askVote(of: 1, for: 0, term: 1)
    stage.complete(1)
    stage.crash(1)
    stage.restart(1, finding: HardState(term: 1, vote: NodeID(0)), showing: forgets ? empty : nil)
    #expect(stage.fired == (forgets ? ["term-monotonicity"] : []))
  }

  // MARK: Grants

  private static func grants(_ term: Term, to candidate: Int, isPreVote: Bool)
    -> (inout ContiguousArray<Effect<RaftKV>>) -> Void
  {
    let reply = VoteReply(term: term, granted: true, isPreVote: isPreVote)
    return { effects in
      let peer = Endpoint(NodeID(UInt32(candidate)))
      effects.append(.send(.raft(.voteReply(reply)), to: peer, after: nil, under: nil))
    }
  }

  @Test("A leader that grants a pre-vote breaks leader-grants-nothing, and a follower does not", arguments: [0, 1])
  func grantingLeader(_ process: Int) {
    var stage = Stage()
    stage.elect(0)
    let ask = RequestVote(term: 2, lastIndex: 5, lastTerm: 1, isPreVote: true)
    stage.hear(process, .requestVote(ask), from: 2, changing: Self.grants(2, to: 2, isPreVote: true))
    #expect(stage.fired == (process == 0 ? ["leader-grants-nothing"] : []))
  }

  @Test("A pre-vote within half a time-out of a leader's word breaks heard-leader-is-kept", arguments: [10, 100])
  func deserter(_ milliseconds: Int) {
    var stage = Stage()
    stage.elect(0)
    stage.append([], to: 1, from: 0, term: 1)
    // Each step takes one millisecond; the shortest time-out is 150.
    for _ in 1..<milliseconds { stage.step(1, .connectionClosed(Endpoint(NodeID(2)))) }
    let ask = RequestVote(term: 1, lastIndex: 0, lastTerm: 0, isPreVote: true)
    stage.hear(1, .requestVote(ask), from: 2, changing: Self.grants(2, to: 2, isPreVote: true))
    #expect(stage.fired == (milliseconds < 75 ? ["heard-leader-is-kept"] : []))
  }

  @Test("A word of a leader that is over keeps nobody from granting, nor does one of the life before")
  func notHeard() {
    var stage = Stage()
    stage.elect(0)
    stage.append([], to: 1, from: 0, term: 1)
    stage.complete(1)
    stage.crash(1)
    stage.restart(1, finding: HardState(term: 2))
    stage.append([], to: 1, from: 0, term: 1)
    let ask = RequestVote(term: 1, lastIndex: 0, lastTerm: 0, isPreVote: true)
    stage.hear(1, .requestVote(ask), from: 2, changing: Self.grants(3, to: 2, isPreVote: true))
    #expect(stage.fired == [])
  }
}

import Primitives
import Raft
import Testing

@Suite("What must be durable before it is promised")
struct DurabilityTests {
  @Test("A vote leaves after the write that stores it")
  func vote() {
    var server = lone(3)
    let actions = server.receive(voteRequest(1), from: 1)
    #expect(actions.contains(.save(HardState(term: 1, vote: NodeID(1)))))
    #expect(sent(actions).map(\.after) == [syncs(actions).first])
    #expect(syncs(actions).count == 1)
    #expect(server.outbox.isEmpty)
    server.completeWrite()
    #expect(server.durable.state.vote == NodeID(1))
    #expect(server.outbox.map(\.message) == [.voteReply(VoteReply(term: 1, granted: true))])
    // The second time nothing is stored and nothing is waited for.
    let again = server.receive(voteRequest(1), from: 1)
    #expect(syncs(again) == [] && sent(again).map(\.after) == [nil])
  }

  @Test("A vote that is repeated while its write is under way waits for that write")
  func repeatedVote() {
    var server = lone(3)
    let first = server.receive(voteRequest(1), from: 1)
    let again = server.receive(voteRequest(1), from: 1)
    #expect(syncs(again) == [])
    #expect(sent(again).map(\.after) == [syncs(first)[0]])
  }

  @Test("A refusal in a new term waits for the term")
  func refusal() {
    var server = lone(3, log: [1])
    let actions = server.receive(voteRequest(4), from: 1)
    #expect(sent(actions).map(\.message) == [.voteReply(VoteReply(term: 4, granted: false))])
    #expect(syncs(actions).count == 1 && sent(actions).map(\.after) == [syncs(actions)[0]])
  }

  @Test("A candidate asks once its own vote is durable, and counts it then")
  func candidate() {
    var server = lone(3)
    let actions = server.step { $0.electionTimerFired(at: .zero, &$1) }
    #expect(sent(actions).count == 2)
    #expect(sent(actions).allSatisfy { $0.after == syncs(actions)[0] })
    // A vote that somehow comes early is one of three.
    _ = server.receive(.voteReply(VoteReply(term: 1, granted: true)), from: 1)
    #expect(server.raft.role == .candidate)
    server.completeWrite()
    #expect(server.raft.role == .leader)
  }

  @Test("The write of an earlier candidacy is no vote in the later one")
  func earlierCandidacy() {
    var server = lone(1 + 2)
    server.step { $0.electionTimerFired(at: .zero, &$1) }
    server.step { $0.electionTimerFired(at: .zero, &$1) }
    _ = server.receive(.voteReply(VoteReply(term: 2, granted: true)), from: 1)
    server.completeWrite()
    #expect(server.raft.role == .candidate)
    server.completeWrite()
    #expect(server.raft.role == .leader)
  }

  @Test("A follower acknowledges entries once they are durable")
  func acknowledgement() {
    var server = lone(3)
    let actions = server.receive(append(1, [entry(1, 1), entry(1, 2)]), from: 1)
    #expect(sent(actions).map(\.message) == [.appendReply(AppendReply(term: 1, result: .matched(2)))])
    #expect(sent(actions).map(\.after) == [syncs(actions)[0]])
    // A heartbeat that finds the entries in memory promises as much, and waits as long.
    let heartbeat = server.receive(append(1, after: (2, 1)), from: 1)
    #expect(syncs(heartbeat) == [] && sent(heartbeat).map(\.after) == [syncs(actions)[0]])
  }

  @Test("A lone server leads and commits only what is on its disk")
  func singleNode() {
    var server = lone(1)
    server.step { $0.electionTimerFired(at: .zero, &$1) }
    #expect(server.raft.role == .candidate)
    server.completeWrite()
    #expect(server.raft.role == .leader && server.raft.commit == 0)
    server.completeWrite()
    #expect(server.raft.commit == 1)
    var answer: Proposal?
    server.step {
      answer = $0.propose([7], &$1)
      $0.replicate(at: .zero, &$1)
    }
    server.step {
      _ = $0.propose([8], &$1)
      $0.replicate(at: .zero, &$1)
    }
    #expect(answer == .accepted(2) && server.raft.commit == 1)
    #expect(server.completeWrite().contains(.commit(upTo: 2)))
    #expect(server.completeWrite().contains(.commit(upTo: 3)))
  }

  @Test("A leader's own entry counts once it is durable")
  func leadersOwnEntry() {
    var server = lone(3)
    server.step { $0.electionTimerFired(at: .zero, &$1) }
    server.completeWrites()
    _ = server.receive(.voteReply(VoteReply(term: 1, granted: true)), from: 1)
    _ = server.receive(.appendReply(AppendReply(term: 1, result: .matched(1))), from: 1)
    #expect(server.raft.commit == 0)
    server.completeWrites()
    #expect(server.raft.commit == 1)
  }

  @Test("What was durable and is overwritten no longer counts for the leader's own log")
  func overwrittenDurableEntries() {
    var server = lone(3, term: 2, log: [1, 1, 1])
    _ = server.receive(append(2, after: (1, 1), [entry(2, 2)]), from: 1)
    #expect(terms(server.raft) == [1, 2])
    server.completeWrites()
    server.step { $0.electionTimerFired(at: .zero, &$1) }
    server.completeWrites()
    _ = server.receive(.voteReply(VoteReply(term: 3, granted: true)), from: 1)
    #expect(server.raft.role == .leader && server.raft.log.lastIndex == 3)
    // One follower has the third entry; on the leader's own disk it is not yet.
    _ = server.receive(.appendReply(AppendReply(term: 3, result: .matched(3))), from: 1)
    #expect(server.raft.commit == 0)
    server.completeWrites()
    #expect(server.raft.commit == 3)
  }

  @Test("The finished write of an overwritten entry says nothing about its replacement")
  func overwrittenEntry() {
    var server = lone(5, term: 1)
    _ = server.receive(append(1, [entry(1, 1), entry(1, 2)]), from: 1)
    _ = server.receive(append(2, [entry(2, 1)]), from: 2)
    #expect(terms(server.raft) == [2])
    server.completeWrite()
    #expect(server.outbox.map(\.message) == [.appendReply(AppendReply(term: 1, result: .matched(2)))])
    // Leader by the others' votes, before its own disk has heard of the replacement.
    server.step { $0.electionTimerFired(at: .zero, &$1) }
    for voter in 1...3 { _ = server.receive(.voteReply(VoteReply(term: 3, granted: true)), from: voter) }
    #expect(server.raft.role == .leader)
    #expect(server.raft.progress[0].match == 0)
    server.completeWrites()
    #expect(server.raft.progress[0].match == 2)
    #expect(server.durable.entries.map(\.term) == [2, 3])
  }

  @Test("While a write is under way the next one waits, and then covers all that has come since")
  func groupedWrites() {
    var server = lone(3, term: 1)
    _ = server.receive(append(1, [entry(1, 1)]), from: 1)
    _ = server.receive(append(1, after: (1, 1), [entry(1, 2)]), from: 1)
    _ = server.receive(append(1, after: (2, 1), [entry(1, 3)]), from: 1)
    #expect(server.writes.count == 1)
    #expect(server.outbox.isEmpty)
    server.completeWrite()
    #expect(server.durable.entries.count == 1)
    #expect(server.writes.count == 1)
    #expect(server.outbox.map(\.message) == [.appendReply(AppendReply(term: 1, result: .matched(1)))])
    server.completeWrite()
    #expect(server.durable.entries.count == 3)
    #expect(server.outbox.count == 3 && server.writes.isEmpty)
  }
}

import Primitives
import Raft
import Testing

@Suite("Section 5.2: leader election")
struct ElectionTests {
  @Test("Whoever times out first leads, and all follow it", arguments: [1, 2, 3, 4, 5, 7])
  func firstElection(size: Int) {
    var cluster = Cluster(size)
    cluster.elect(size - 1)
    #expect(cluster.leaders == [size - 1])
    for server in cluster.servers {
      #expect(server.raft.term == 1 && server.raft.leader == NodeID(UInt32(size - 1)))
      #expect(server.raft.log.entries == [Entry.noop(term: 1)])
    }
    #expect(cluster[size - 1].commit == 1)
  }

  @Test("A majority is needed and enough", arguments: [2, 3, 4, 5])
  func majority(size: Int) {
    for reachable in 0..<size {
      var cluster = Cluster(size)
      cluster.elect(0) { $0 > reachable || $1 > reachable }
      #expect((cluster[0].role == .leader) == (reachable + 1 > size / 2), "\(reachable) others of \(size)")
    }
  }

  @Test("A split vote elects nobody; the next term decides", arguments: [2, 4])
  func splitVote(size: Int) {
    var cluster = Cluster(size)
    let half = size / 2
    cluster.fireElectionTimer(0)
    cluster.fireElectionTimer(half)
    cluster.settle { ($0 < half) != ($1 < half) }
    #expect(cluster.leaders == [])
    #expect(cluster[0].term == 1 && cluster[half].term == 1)
    cluster.elect(half)
    #expect(cluster.leaders == [half])
    #expect(cluster.servers.allSatisfy { $0.raft.term == 2 })
  }

  @Test("One vote a term: the first who asks has it, and has it again when it asks again")
  func oneVote() {
    var server = lone(3)
    for (sender, granted) in [(1, true), (2, false), (1, true)] {
      let actions = server.receive(voteRequest(1), from: sender)
      server.completeWrites()
      #expect(sent(actions).map(\.message) == [.voteReply(VoteReply(term: 1, granted: granted))])
      // Only a granted vote puts off one's own candidacy.
      #expect(actions.contains(.setElectionTimer) == granted)
    }
    #expect(server.raft.state == HardState(term: 1, vote: NodeID(1)))
    _ = server.receive(voteRequest(2), from: 2)
    #expect(server.raft.state == HardState(term: 2, vote: NodeID(2)))
  }

  @Test("A repeated reply is one vote")
  func repeatedReply() {
    var server = lone(5)
    server.step { $0.electionTimerFired(at: .zero, &$1) }
    server.completeWrites()
    for _ in 0..<4 { _ = server.receive(.voteReply(VoteReply(term: 1, granted: true)), from: 1) }
    #expect(server.raft.role == .candidate)
    _ = server.receive(.voteReply(VoteReply(term: 1, granted: false)), from: 2)
    _ = server.receive(.voteReply(VoteReply(term: 1, granted: true)), from: 2)
    #expect(server.raft.role == .candidate)
    _ = server.receive(.voteReply(VoteReply(term: 1, granted: true)), from: 3)
    #expect(server.raft.role == .leader)
  }

  @Test("A candidate follows the leader of its own term; a leader yields to nobody of its own term")
  func candidateYields() {
    var server = lone(3)
    server.step { $0.electionTimerFired(at: .zero, &$1) }
    server.completeWrites()
    let actions = server.receive(append(1), from: 2)
    #expect(actions.contains(.steppedDown(from: .candidate)))
    #expect(server.raft.role == .follower && server.raft.leader == NodeID(2) && server.raft.term == 1)
    #expect(server.raft.state.vote == NodeID(0))

    var leader = lone(1 + 2)
    leader.step { $0.electionTimerFired(at: .zero, &$1) }
    leader.completeWrites()
    _ = leader.receive(.voteReply(VoteReply(term: 1, granted: true)), from: 1)
    #expect(leader.receive(append(1), from: 2).isEmpty)
    #expect(leader.raft.role == .leader)
  }

  @Test("A candidate that hears nothing tries the next term; a leader's election timer does nothing")
  func retries() {
    var server = lone(3)
    for term in 1...3 as ClosedRange<Term> {
      let actions = server.step { $0.electionTimerFired(at: .zero, &$1) }
      #expect(server.raft.state == HardState(term: term, vote: NodeID(0)))
      #expect(actions.contains(.setElectionTimer) && actions.contains(.becameCandidate))
      #expect(sent(actions).map { $0.to.index } == [1, 2])
      server.completeWrites()
    }
    _ = server.receive(.voteReply(VoteReply(term: 3, granted: true)), from: 1)
    #expect(server.step { $0.electionTimerFired(at: .zero, &$1) }.isEmpty)
  }
}

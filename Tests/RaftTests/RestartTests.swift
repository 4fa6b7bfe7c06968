import Primitives
import Raft
import Testing

@Suite("Restarts")
struct RestartTests {
  @Test("A restarted server keeps term, vote and log, and begins as a follower that has committed nothing")
  func recovered() {
    var cluster = Cluster(3)
    cluster.elect(0)
    cluster.propose(0, [5])
    cluster.settle()
    let (state, log) = (cluster[0].state, cluster[0].log)
    cluster.servers[0].crashAndRestart()
    #expect(cluster[0].state == state && cluster[0].log == log)
    #expect(cluster[0].role == .follower && cluster[0].commit == 0 && cluster[0].leader == nil)
    #expect(cluster.servers[0].actions == [.setElectionTimer])
  }

  @Test("A vote outlives a crash: nobody else gets it in that term")
  func voteSurvives() {
    var server = lone(3)
    _ = server.receive(voteRequest(1), from: 1)
    server.completeWrites()
    server.crashAndRestart()
    let actions = server.receive(voteRequest(1), from: 2)
    #expect(sent(actions).map(\.message) == [.voteReply(VoteReply(term: 1, granted: false))])
  }

  @Test("A vote lost in the crash was never told to anybody")
  func unsyncedVote() {
    var server = lone(3)
    _ = server.receive(voteRequest(1), from: 1)
    #expect(server.outbox.isEmpty)
    server.crashAndRestart()
    #expect(server.raft.state == HardState())
  }

  @Test("A log ahead of the stored term raises the term, with the vote still free")
  func logAheadOfTerm() {
    let members = [NodeID(0), NodeID(1), NodeID(2)]
    let raft = Raft(
      id: members[0], members: members, state: HardState(term: 2, vote: NodeID(1)), entries: entries([1, 4]))
    #expect(raft.state == HardState(term: 4))
    let equal = Raft(
      id: members[0], members: members, state: HardState(term: 4, vote: NodeID(1)), entries: entries([1, 4]))
    #expect(equal.state.vote == NodeID(1))
  }

  @Test("Recovered entries are durable: a lone server commits them with the first of its own")
  func loneServer() {
    var cluster = Cluster(1, logs: [[1, 1, 2]])
    cluster.elect(0)
    #expect(terms(cluster[0]) == [1, 1, 2, 3] && cluster[0].commit == 4)
  }

  @Test("Members in any order are one group")
  func memberOrder() {
    let raft = Raft(id: NodeID(2), members: [NodeID(9), NodeID(2), NodeID(4)])
    #expect(raft.members == [NodeID(2), NodeID(4), NodeID(9)])
  }
}

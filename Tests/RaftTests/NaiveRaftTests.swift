import Primitives
import Raft
import Testing

/// Mistakes of a first implementation, each seen in the wild, each kept out by a test of its own.
@Suite("What a naive Raft gets wrong")
struct NaiveRaftTests {
  // MARK: Votes

  @Test("Votes come over the network and from nowhere else: alone among many, nobody wins")
  func noDice() {
    var cluster = Cluster(5)
    for _ in 0..<100 { cluster.elect(0) { _, _ in true } }
    #expect(cluster.leaders == [])
    #expect(cluster[0].term == 100)
  }

  @Test("A quorum counts oneself: one other vote of three is enough, and one of five is not")
  func quorumWithSelf() {
    for (size, wins) in [(3, true), (5, false)] {
      var cluster = Cluster(size)
      cluster.elect(0) { $0 > 1 || $1 > 1 }
      #expect((cluster[0].role == .leader) == wins)
    }
  }

  @Test("All votes are asked for in one go")
  func askedTogether() {
    var server = lone(5)
    let actions = server.step { $0.electionTimerFired(at: .zero, &$1) }
    #expect(sent(actions).map(\.to) == [1, 2, 3, 4].map { NodeID($0) })
  }

  @Test("A vote that arrives when its election is over elects nobody")
  func stateIsLookedAtAgain() {
    var server = lone(3)
    server.step { $0.electionTimerFired(at: .zero, &$1) }
    server.completeWrites()
    _ = server.receive(append(1), from: 1)
    #expect(server.raft.role == .follower)
    _ = server.receive(.voteReply(VoteReply(term: 1, granted: true)), from: 2)
    #expect(server.raft.role == .follower)
    server.step { $0.electionTimerFired(at: .zero, &$1) }
    server.completeWrites()
    _ = server.receive(.voteReply(VoteReply(term: 1, granted: true)), from: 2)
    #expect(server.raft.role == .candidate && server.raft.term == 2)
  }

  @Test("A higher term in a reply ends a candidacy and a leadership alike", arguments: [false, true])
  func stepsDownOnReply(_ leads: Bool) {
    var server = lone(3)
    server.step { $0.electionTimerFired(at: .zero, &$1) }
    server.completeWrites()
    if leads { _ = server.receive(.voteReply(VoteReply(term: 1, granted: true)), from: 1) }
    #expect(server.raft.role == (leads ? .leader : .candidate))
    let reply: Message =
      leads
      ? .appendReply(AppendReply(term: 7, result: .stale)) : .voteReply(VoteReply(term: 7, granted: false))
    _ = server.receive(reply, from: 2)
    #expect(server.raft.role == .follower && server.raft.state == HardState(term: 7))
  }

  // MARK: The log

  @Test("A late, shorter AppendEntries removes nothing")
  func noUnconditionalTruncation() {
    var server = lone(3, log: [1, 1])
    _ = server.receive(append(1, [entry(1, 1), entry(1, 2), entry(1, 3)]), from: 1)
    _ = server.receive(append(1, [entry(1, 1)]), from: 1)
    _ = server.receive(append(1), from: 1)
    #expect(terms(server.raft) == [1, 1, 1])
  }

  @Test("Indices begin at 1 and are no positions: the entry behind (2, 1) is number 3")
  func indices() {
    var server = lone(3, log: [1, 1])
    let actions = server.receive(append(1, after: (2, 1), [entry(1, 3)]), from: 1)
    #expect(actions.contains(.append(first: 3, count: 1)))
    #expect(server.raft.log[3] == entry(1, 3))
    #expect(!server.raft.log.contains(index: 0, term: 1))
  }

  // MARK: What is stored

  @Test("A vote, a term and a follower's entries are on disk before anybody is told")
  func storedFirst() {
    var server = lone(3)
    _ = server.receive(voteRequest(4), from: 1)
    #expect(server.outbox.isEmpty)
    server.completeWrites()
    #expect(server.outbox.count == 1 && server.durable.state == HardState(term: 4, vote: NodeID(1)))
    _ = server.receive(append(5, [entry(5, 1)]), from: 2)
    #expect(server.outbox.count == 1)
    server.completeWrites()
    #expect(server.outbox.count == 2 && server.durable.entries == [entry(5, 1)])
    server.crashAndRestart()
    #expect(server.raft.term == 5 && server.raft.log.entries == [entry(5, 1)])
  }

  @Test("Every change is covered by a sync")
  func synced() {
    var server = lone(3)
    let actions = server.receive(append(2, [entry(2, 1)]), from: 1)
    #expect(syncs(actions).count == 1)
    #expect(actions.last.map { if case .sync = $0 { true } else { false } } == true)
  }

  @Test("A command is bytes, whatever they are")
  func commandsAreBytes() {
    var cluster = Cluster(3)
    cluster.elect(0)
    let command: [UInt8] = [0, 0xFF, 0xC0, 0x80, 0, 10]
    cluster.propose(0, command)
    cluster.settle()
    for server in cluster.servers { #expect(server.raft.log[2].command == command) }
  }

  // MARK: What a first version leaves out

  @Test("A new leader commits what it inherited with an entry of its own term")
  func noop() {
    var cluster = Cluster(3, logs: [[1], [1], []])
    cluster.elect(0)
    #expect(cluster[0].log.entries.last == .noop(term: 2))
    #expect(cluster[0].commit == 2)
  }
}

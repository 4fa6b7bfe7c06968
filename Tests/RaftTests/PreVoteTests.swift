import Primitives
import Raft
import Testing

@Suite("Pre-votes: dissertation, 9.6")
struct PreVoteTests {
  static let request = Message.requestVote(RequestVote(term: 2, lastIndex: 0, lastTerm: 0, isPreVote: true))

  /// A follower of server 1 in term 1, which heard it at `zero`.
  static func follower(checkQuorum: Bool = true) -> Server {
    var cluster = Cluster(3, rules: Rules(preVote: true, checkQuorum: checkQuorum))
    _ = cluster.servers[0].receive(append(1), from: 1)
    cluster.servers[0].completeWrites()
    cluster.servers[0].outbox = []
    return cluster.servers[0]
  }

  static func answer(_ server: inout Server, to request: Message = Self.request) -> VoteReply? {
    let actions = server.receive(request, from: 2)
    guard case .voteReply(let reply)? = sent(actions).first?.message else { return nil }
    return reply
  }

  @Test("Whoever asks around enters no term and stores nothing")
  func promisesNothing() {
    var server = Self.follower()
    let actions = server.step { $0.electionTimerFired(at: .zero + .seconds(1), &$1) }
    #expect(server.raft.role == .preCandidate && server.raft.term == 1)
    #expect(syncs(actions).isEmpty)
    #expect(sent(actions).map(\.message) == [Self.request, Self.request])
  }

  @Test("Who hears a leader refuses, and consents once it has been silent for the shortest time-out")
  func whileHeard() {
    var server = Self.follower()
    let shortest = server.raft.rules.timing.shortest
    server.now = .zero + shortest - Nanoseconds(1)
    #expect(Self.answer(&server) == VoteReply(term: 1, granted: false, isPreVote: true))
    server.now = .zero + shortest
    #expect(Self.answer(&server) == VoteReply(term: 2, granted: true, isPreVote: true))
    // Consent binds nobody: the term, the vote and the leader are as before.
    #expect(server.raft.state == HardState(term: 1) && server.raft.leader == NodeID(1))
  }

  @Test("A shorter log gets no consent")
  func shorterLog() {
    var cluster = Cluster(3, rules: Rules(preVote: true), logs: [[1, 1]])
    cluster.servers[0].now = .zero + .seconds(1)
    #expect(Self.answer(&cluster.servers[0])?.granted == false)
  }

  @Test("A majority's consent begins the election, a refusal of a higher term ends the asking")
  func outcome() {
    var server = Self.follower()
    server.now = .zero + .seconds(1)
    server.step { $0.electionTimerFired(at: .zero + .seconds(1), &$1) }
    var other = server
    _ = server.receive(.voteReply(VoteReply(term: 2, granted: true, isPreVote: true)), from: 2)
    #expect(server.raft.role == .candidate && server.raft.term == 2)
    _ = other.receive(.voteReply(VoteReply(term: 9, granted: false, isPreVote: true)), from: 2)
    #expect(other.raft.role == .follower && other.raft.term == 9)
  }

  @Test("Consent to an earlier asking counts for no later one")
  func stale() {
    var server = Self.follower()
    server.step { $0.electionTimerFired(at: .zero + .seconds(1), &$1) }
    _ = server.receive(.voteReply(VoteReply(term: 1, granted: true, isPreVote: true)), from: 2)
    #expect(server.raft.role == .preCandidate)
  }
}

@Suite("A quorum is checked: dissertation, 4.2.3 and 6.2")
struct CheckQuorumTests {
  static func cluster(checkQuorum: Bool) -> Cluster {
    var cluster = Cluster(3, rules: Rules(preVote: false, checkQuorum: checkQuorum, leaderStickiness: checkQuorum))
    // A life counts as begun with a leader's word.
    for node in cluster.servers.indices { cluster.servers[node].now = .zero + .seconds(1) }
    cluster.elect(0)
    return cluster
  }

  @Test(
    "A leader that hears no majority within the shortest time-out steps down, unless it need not",
    arguments: [true, false])
  func stepsDown(_ checks: Bool) {
    var cluster = Self.cluster(checkQuorum: checks)
    #expect(cluster.leaders == [0])
    let shortest = cluster[0].rules.timing.shortest
    cluster.servers[0].now = cluster.servers[0].now + shortest - Nanoseconds(1)
    cluster.heartbeat(0)
    #expect(cluster.leaders == [0])
    cluster.servers[0].now = cluster.servers[0].now + Nanoseconds(1)
    cluster.heartbeat(0)
    #expect(cluster.leaders == (checks ? [] : [0]))
    #expect(cluster[0].term == 1)
  }

  @Test(
    "Who hears a leader does not even enter a candidate's term, unless leaders are not stuck to",
    arguments: [true, false])
  func stickiness(_ checks: Bool) {
    var cluster = Self.cluster(checkQuorum: checks)
    _ = cluster.servers[1].receive(voteRequest(8, last: (9, 7)), from: 2)
    #expect(cluster[1].term == (checks ? 1 : 8))
    cluster.servers[1].now = cluster.servers[1].now + cluster[1].rules.timing.shortest
    _ = cluster.servers[1].receive(voteRequest(8, last: (9, 7)), from: 2)
    #expect(cluster[1].state == HardState(term: 8, vote: NodeID(2)))
  }

  @Test("A server that has just begun a life may have given a leader its word in the one before")
  func newLife() {
    var cluster = Self.cluster(checkQuorum: true)
    cluster.servers[1].now = cluster.servers[1].now + .seconds(5)
    cluster.servers[1].crashAndRestart()
    _ = cluster.servers[1].receive(voteRequest(8, last: (9, 7)), from: 2)
    #expect(cluster[1].term == 1)
  }
}

import Primitives
import Raft
import Testing

@Suite("Reads without an entry: dissertation, 6.4")
struct ReadTests {
  static func cluster() -> Cluster {
    var cluster = Cluster(3, rules: Rules(preVote: false))
    for node in cluster.servers.indices { cluster.servers[node].now = .zero + .seconds(1) }
    cluster.elect(0)
    return cluster
  }

  /// Asks, and begins the round that the read waits for.
  static func ask(_ cluster: inout Cluster, _ node: Int) -> ReadAnswer {
    var answer = ReadAnswer.notLeader
    let now = cluster.servers[node].now
    cluster.servers[node].step { raft, actions in
      answer = raft.read()
      raft.replicate(at: now, &actions)
    }
    cluster.collect()
    return answer
  }

  static func readable(_ server: Server) -> [LogIndex] {
    server.actions.compactMap { if case .readable(_, let index) = $0 { index } else { nil } }
  }

  @Test("A leader reads once a majority has answered a round that began after the question")
  func round() {
    var cluster = Self.cluster()
    cluster.heartbeat(0)
    // A round under way is too early: the question came after it.
    guard case .waiting = Self.ask(&cluster, 0) else {
      Issue.record("the leader does not take the read")
      return
    }
    cluster.settle { from, to in !(from == 0 || to == 0) }
    #expect(Self.readable(cluster.servers[0]) == [1])
  }

  @Test("Cut off, it never confirms")
  func cutOff() {
    var cluster = Self.cluster()
    _ = Self.ask(&cluster, 0)
    cluster.settle { _, _ in true }
    cluster.heartbeat(0)
    cluster.settle { _, _ in true }
    #expect(Self.readable(cluster.servers[0]).isEmpty)
  }

  @Test("Answers to an earlier round confirm nothing that was asked after it began")
  func earlierRound() {
    var cluster = Self.cluster()
    cluster.heartbeat(0)
    let early = cluster.network
    cluster.network = []
    _ = Self.ask(&cluster, 0)
    cluster.network = early
    cluster.settle()
    #expect(Self.readable(cluster.servers[0]).isEmpty)
  }

  @Test("A follower asks its leader, and one without a leader says so")
  func follower() {
    var cluster = Self.cluster()
    guard case .waiting = Self.ask(&cluster, 1) else {
      Issue.record("the follower does not take the read")
      return
    }
    cluster.settle()
    let now = cluster.servers[0].now
    cluster.servers[0].step { $0.replicate(at: now, &$1) }
    cluster.settle()
    #expect(Self.readable(cluster.servers[1]) == [1])
    var lonely = Cluster(3, rules: Rules(preVote: false))
    #expect(Self.ask(&lonely, 1) == .notLeader)
  }

  @Test("A new leader reads nothing before an entry of its own term is committed")
  func ownTermFirst() {
    var fresh = Cluster(3, rules: Rules(preVote: false), logs: [[1], [1], [1]])
    for node in fresh.servers.indices { fresh.servers[node].now = .zero + .seconds(1) }
    fresh.fireElectionTimer(0)
    fresh.network = []
    _ = fresh.servers[0].receive(.voteReply(VoteReply(term: 2, granted: true)), from: 1)
    #expect(fresh[0].role == .leader && fresh[0].commit == 0)
    _ = Self.ask(&fresh, 0)
    // Rounds are answered, and entries are not.
    for peer in 1...2 {
      _ = fresh.servers[0].receive(.appendReply(AppendReply(term: 2, round: 2, result: .stale)), from: peer)
    }
    #expect(Self.readable(fresh.servers[0]).isEmpty)
    _ = fresh.servers[0].receive(.appendReply(AppendReply(term: 2, round: 2, result: .matched(2))), from: 1)
    #expect(Self.readable(fresh.servers[0]) == [2])
  }

  @Test("A lease lasts from the beginning of a confirmed round, less what clocks may err")
  func lease() {
    let cluster = Self.cluster()
    let begun = cluster.servers[0].now
    let lease = cluster[0].rules.lease
    #expect(lease < cluster[0].rules.timing.shortest)
    #expect(cluster[0].holdsLease(at: begun + lease - Nanoseconds(1)))
    #expect(!cluster[0].holdsLease(at: begun + lease))
    #expect(!cluster[1].holdsLease(at: begun))
    var without = Cluster(3, rules: .paper)
    without.elect(0)
    #expect(!without[0].holdsLease(at: .zero))
  }

  @Test("Too many reads are refused, and so is a proposal too many")
  func bounded() {
    var rules = Rules(preVote: false)
    rules.limits.reads = 2
    rules.limits.entriesUncommitted = 3
    var cluster = Cluster(3, rules: rules)
    for node in cluster.servers.indices { cluster.servers[node].now = .zero + .seconds(1) }
    cluster.elect(0)
    var answers: [ReadAnswer] = []
    var proposals: [Proposal] = []
    cluster.servers[0].step { raft, actions in
      for _ in 0..<3 { answers.append(raft.read()) }
      for _ in 0..<4 { proposals.append(raft.propose([1], &actions)) }
    }
    #expect(answers.last == .overloaded && !answers.dropLast().contains(.overloaded))
    #expect(proposals == [.accepted(2), .accepted(3), .accepted(4), .overloaded])
  }
}

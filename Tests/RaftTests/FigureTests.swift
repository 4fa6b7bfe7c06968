import Primitives
import Raft
import Testing

@Suite("The paper's figures")
struct FigureTests {
  /// The leader's log of figure 7, and those of the followers (a) to (f).
  static let leader: [Term] = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]
  static let followers: [[Term]] = [
    [1, 1, 1, 4, 4, 5, 5, 6, 6],
    [1, 1, 1, 4],
    [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
    [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
    [1, 1, 1, 4, 4, 4, 4],
    [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
  ]

  @Test("Figure 7: every follower ends with the leader's log", arguments: followers, [1, 100])
  func figure7(log: [Term], batch: Int) {
    // The third voter lets the leader win whatever the follower says.
    var cluster = Cluster(3, batch: batch, logs: [Self.leader, log, []], terms: [7, 7, 7])
    cluster.elect(0)
    for _ in 0..<5 { cluster.heartbeat(0); cluster.settle() }
    #expect(cluster.leaders == [0])
    #expect(terms(cluster[1]) == Self.leader + [8])
    #expect(cluster[1].log == cluster[0].log && cluster.servers[1].durable.entries == cluster[0].log.entries)
    #expect(cluster[1].commit == 11)
  }

  @Test("Figure 7: the back-off skips whole terms", arguments: zip(followers, [1, 1, 0, 0, 2, 3]))
  func backOff(log: [Term], rejections: Int) {
    var cluster = Cluster(3, logs: [Self.leader, log, []], terms: [7, 7, 7])
    cluster.fireElectionTimer(0)
    var seen = 0
    while !cluster.network.isEmpty {
      if cluster.network[0].from == 1, case .appendReply(let reply) = cluster.network[0].message,
        case .rejected = reply.result
      {
        seen += 1
      }
      cluster.deliver(0)
    }
    #expect(seen <= rejections)
    #expect((seen == 0) == (rejections == 0))
  }

  @Test("Figure 8: an entry of an earlier term is not committed by counting, but by what follows it")
  func figure8() {
    // (c): S1 leads again, in term 4, and has spread its entry of term 2 to a majority.
    var cluster = Cluster(5, logs: [[1, 2], [1, 2], [1], [1], [1, 3]], terms: [3, 3, 3, 3, 3])
    cluster.fireElectionTimer(0)
    cluster.settle { $0 > 2 || $1 > 2 || ($0 == 0 && $1 == 2) }
    // S3's vote was cut off; it comes now, and then entry 2 alone.
    _ = cluster.servers[0].receive(.voteReply(VoteReply(term: 4, granted: true)), from: 2)
    #expect(cluster[0].role == .leader && cluster[0].term == 4)
    cluster.collect()
    cluster.network = []
    for peer in [1, 2] {
      _ = cluster.servers[0].receive(.appendReply(AppendReply(term: 4, result: .matched(2))), from: peer)
    }
    #expect(cluster[0].commit == 0)
    // (e): its own entry of term 4 on a majority commits both.
    for peer in [1, 2] {
      _ = cluster.servers[0].receive(.appendReply(AppendReply(term: 4, result: .matched(3))), from: peer)
    }
    #expect(cluster[0].commit == 3)
    // Now S5 cannot win: of the majority that it needs, one has the newer log.
    for voter in [1, 2] {
      _ = cluster.servers[voter].receive(
        append(4, after: (1, 1), [cluster[0].log[2], cluster[0].log[3]]), from: 0)
    }
    cluster.network = []
    cluster.elect(4)
    #expect(cluster[4].role != .leader)
  }

  @Test("Figure 8 (d): while it was not committed, the entry of term 2 may be overwritten")
  func figure8Overwritten() {
    var cluster = Cluster(5, logs: [[1, 2], [1, 2], [1, 2], [1], [1, 3]], terms: [4, 4, 4, 4, 4])
    cluster.elect(4)
    for _ in 0..<3 { cluster.heartbeat(4); cluster.settle() }
    #expect(cluster.leaders == [4])
    #expect(cluster.servers.allSatisfy { terms($0.raft) == [1, 3, 5] && $0.raft.commit == 3 })
  }
}

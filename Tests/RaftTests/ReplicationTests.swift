import Primitives
import Raft
import Testing

@Suite("Section 5.3: log replication")
struct ReplicationTests {
  @Test("Commands reach every log in order and are committed by a majority", arguments: [1, 3, 100], [1, 2, 5])
  func replicates(batch: Int, size: Int) {
    var cluster = Cluster(size, batch: batch)
    cluster.elect(0)
    for command in 1...20 as ClosedRange<UInt8> { #expect(cluster.propose(0, [command]) == LogIndex(command) + 1) }
    cluster.settle()
    cluster.heartbeat(0)
    cluster.settle()
    for server in cluster.servers {
      #expect(server.raft.log.entries.map(\.command) == [[]] + (1...20).map { [$0] })
      #expect(server.raft.commit == 21)
      #expect(server.durable.entries == server.raft.log.entries)
    }
    #expect(cluster.propose(size == 1 ? 0 : 1, [0]) == (size == 1 ? 22 : nil))
  }

  @Test("No message carries more entries than the batch")
  func batches() {
    var cluster = Cluster(2, batch: 3, logs: [[1, 1, 1, 1, 1, 1, 1, 1]])
    cluster.fireElectionTimer(0)
    var greatest = 0
    while !cluster.network.isEmpty {
      if case .appendEntries(let message) = cluster.network[0].message {
        greatest = max(greatest, message.entries.count)
      }
      cluster.deliver(0)
    }
    #expect(greatest == 3)
    #expect(cluster[1].log.lastIndex == 9)
  }

  @Test("A minority commits nothing; the rest of the network brings it")
  func minority() {
    var cluster = Cluster(5)
    cluster.elect(0)
    cluster.propose(0, [1])
    cluster.settle { $0 > 1 || $1 > 1 }
    #expect(cluster[0].commit == 1 && cluster[1].log.lastIndex == 2)
    for _ in 0..<4 { cluster.heartbeat(0) }
    cluster.settle()
    #expect(cluster[0].commit == 2)
  }

  @Test("A heartbeat finds the gap that lost entries leave, and they are sent again")
  func findsGaps() {
    var cluster = Cluster(3)
    cluster.elect(0)
    cluster.propose(0, [1])
    cluster.network = []
    cluster.propose(0, [2])
    cluster.network = []
    #expect(cluster[0].progress[1].next == 4 && cluster[0].progress[1].match == 1)
    cluster.heartbeat(0)
    cluster.settle()
    #expect(cluster.servers.allSatisfy { $0.raft.log == cluster[0].log } && cluster[0].commit == 3)
  }

  @Test("A probe that was lost is sent again within four heartbeats, and not in each of them")
  func repeatsLostProbes() {
    var cluster = Cluster(3)
    cluster.elect(0)
    cluster.propose(0, [1])
    cluster.network = []
    for peer: UInt32 in [1, 2] { cluster.servers[0].step { raft, _ in raft.connectionLost(to: NodeID(peer)) } }
    cluster.heartbeat(0)
    cluster.network = []
    var carrying: [Int] = []
    for _ in 0..<4 {
      cluster.heartbeat(0)
      carrying.append(
        cluster.network.count {
          if case .appendEntries(let message) = $0.message { !message.entries.isEmpty } else { false }
        })
      cluster.network = []
    }
    #expect(carrying == [0, 0, 2, 0])
  }

  /// A follower with the log 1 1 2 2.
  static let checks: [(previous: (LogIndex, Term), expected: AppendReply.Result)] = [
    ((0, 0), .matched(0)), ((2, 1), .matched(2)), ((4, 2), .matched(4)),
    ((5, 2), .rejected(previous: 5, conflictTerm: 0, conflictIndex: 5)),
    ((9, 3), .rejected(previous: 9, conflictTerm: 0, conflictIndex: 5)),
    ((4, 3), .rejected(previous: 4, conflictTerm: 2, conflictIndex: 3)),
    ((3, 1), .rejected(previous: 3, conflictTerm: 2, conflictIndex: 3)),
    ((2, 2), .rejected(previous: 2, conflictTerm: 1, conflictIndex: 1)),
    ((.max, 2), .rejected(previous: .max, conflictTerm: 0, conflictIndex: 5)),
  ]

  @Test("The consistency check says what matches, or where to look next")
  func consistencyCheck() {
    for (previous, expected) in Self.checks {
      var server = lone(3, term: 3, log: [1, 1, 2, 2])
      let actions = server.receive(append(3, after: previous), from: 1)
      #expect(sent(actions).map(\.message) == [.appendReply(AppendReply(term: 3, result: expected))])
      #expect(actions.contains(.setElectionTimer))
      #expect(terms(server.raft) == [1, 1, 2, 2])
    }
  }

  @Test("Entries in conflict are replaced, the others stay")
  func conflict() {
    var server = lone(3, term: 3, log: [1, 1, 2, 2])
    let fresh = [entry(1, 2), entry(3, 3)]
    let actions = server.receive(append(3, after: (1, 1), fresh), from: 1)
    #expect(terms(server.raft) == [1, 1, 3])
    #expect(actions.contains(.truncate(after: 2)) && actions.contains(.append(first: 3, count: 1)))
    server.completeWrites()
    #expect(server.durable.entries == server.raft.log.entries)
  }

  @Test("A late AppendEntries removes nothing that came after it")
  func lateDuplicate() {
    var server = lone(3)
    let first = append(1, [entry(1, 1)])
    _ = server.receive(first, from: 1)
    _ = server.receive(append(1, after: (1, 1), [entry(1, 2), entry(1, 3)]), from: 1)
    for late in [first, append(1), append(1, after: (1, 1), [entry(1, 2)])] {
      let actions = server.receive(late, from: 1)
      #expect(server.raft.log.lastIndex == 3)
      #expect(syncs(actions) == [])
    }
  }

  @Test("A follower commits what the message proves to match, and never goes back")
  func followersCommit() {
    var server = lone(3, term: 2, log: [1, 1, 1])
    // The leader has committed 9, but only entry 1 is known to be the same.
    _ = server.receive(append(2, after: (1, 1), commit: 9), from: 1)
    #expect(server.raft.commit == 1)
    let actions = server.receive(append(2, after: (1, 1), commit: 9, [entry(1, 2)]), from: 1)
    #expect(actions.contains(.commit(upTo: 2)) && server.raft.commit == 2)
    _ = server.receive(append(2, after: (1, 1), commit: 1), from: 1)
    #expect(server.raft.commit == 2)
  }

  @Test("Stale rejections and acknowledgements out of order do no harm")
  func staleReplies() {
    var cluster = Cluster(3, logs: [[1, 1, 1], [1], []], terms: [1, 1, 1])
    cluster.elect(0)
    #expect(cluster[0].commit == 4)
    let progress = cluster[0].progress[1]
    for result: AppendReply.Result in [
      .rejected(previous: 3, conflictTerm: 0, conflictIndex: 2), .matched(1), .matched(4), .stale,
    ] {
      _ = cluster.servers[0].receive(.appendReply(AppendReply(term: 2, result: result)), from: 1)
      #expect(cluster[0].progress[1].match == progress.match && cluster[0].progress[1].next == progress.next)
    }
    #expect(cluster[0].commit == 4)
  }

  @Test("A reply about entries that do not exist is not believed")
  func impossibleMatch() {
    var cluster = Cluster(3)
    cluster.elect(0)
    for index in [3, 1000, .max] as [LogIndex] {
      _ = cluster.servers[0].receive(.appendReply(AppendReply(term: 1, result: .matched(index))), from: 1)
    }
    cluster.heartbeat(0)
    cluster.settle()
    #expect(cluster[0].commit == 1 && cluster[0].progress[1].match == 1)
  }
}

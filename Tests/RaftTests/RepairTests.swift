import Primitives
import Raft
import Testing

/// Servers whose disks have lost something.
@Suite("Repair")
struct RepairTests {
  /// A server of three that has found only its first `intact` entries.
  static func damaged(_ intact: [Term], term: Term, lost: Memory = .partial, lives: UInt64 = 1) -> Server {
    let members = (0..<3).map { NodeID(UInt32($0)) }
    var server = Server(
      Raft(
        id: members[0], members: members, rules: .paper, state: HardState(term: term), entries: entries(intact),
        remains: true, lost: lost, lives: lives))
    server.step { $0.start(at: .zero, &$1) }
    return server
  }

  static func grants(_ actions: [Action]) -> Bool? {
    for case .voteReply(let reply) in sent(actions).map(\.message) { return reply.granted }
    return nil
  }

  static func entriesFrom(
    _ term: Term, after previous: (LogIndex, Term), commit: LogIndex, repaired life: UInt64, _ entries: [Entry] = []
  ) -> Message {
    .appendEntries(
      AppendEntries(
        term: term, previousIndex: previous.0, previousTerm: previous.1, commit: commit, repairedLife: life,
        entries: ContiguousArray(entries)))
  }

  @Test("A loss is stored before anything else happens, and only then is the damage removed")
  func marked() {
    var server = Self.damaged([1], term: 2)
    #expect(server.actions.contains(.save(HardState(term: 2, memory: .partial))))
    #expect(!server.actions.contains(.truncate(after: 1)))
    #expect(sent(server.receive(append(2), from: 1)).isEmpty, "it does not even answer yet")
    #expect(server.completeWrite().contains(.truncate(after: 1)))
    #expect(!sent(server.receive(append(2, after: (1, 1)), from: 1)).isEmpty)
  }

  @Test("Torn remains are removed at once, and cost no trust")
  func torn() {
    var server = Self.damaged([1], term: 2, lost: .whole)
    #expect(server.actions.contains(.truncate(after: 1)))
    server.completeWrites()
    #expect(Self.grants(server.receive(voteRequest(3, last: (1, 1)), from: 1)) == true)
  }

  @Test("A server that has lost entries gives no vote, asks for none, and remembers why", arguments: [false, true])
  func abstains(_ restarts: Bool) {
    var server = Self.damaged([1], term: 2)
    server.completeWrites()
    if restarts {
      server.crashAndRestart()
      server.completeWrites()
    }
    #expect(Self.grants(server.receive(voteRequest(3, last: (9, 2)), from: 1)) == false)
    #expect(server.step { $0.electionTimerFired(at: .zero, &$1) } == [.setElectionTimer])
    #expect(server.raft.role == .follower)
  }

  @Test("It is whole again with what is committed, told by a leader that knows of the loss")
  func repaired() {
    var server = Self.damaged([1], term: 2)
    server.completeWrites()
    // Of a leader that knows nothing: the entries come, the trust does not.
    _ = server.receive(append(2, after: (1, 1), commit: 2, [entry(2, 2)]), from: 1)
    server.completeWrites()
    #expect(server.raft.state.memory == .partial)
    // Of one that takes it for another life.
    _ = server.receive(Self.entriesFrom(2, after: (2, 2), commit: 2, repaired: 1), from: 1)
    #expect(server.raft.state.memory == .partial)
    _ = server.receive(Self.entriesFrom(2, after: (2, 2), commit: 3, repaired: 2), from: 1)
    #expect(server.raft.state.memory == .partial, "entry 3 is committed and not here")
    _ = server.receive(Self.entriesFrom(2, after: (2, 2), commit: 3, repaired: 2, [entry(2, 3)]), from: 1)
    #expect(server.raft.state.memory == .partial, "entry 3 is not durable")
    server.completeWrites()
    #expect(server.raft.state.memory == .whole && server.durable.state.memory == .whole)
    #expect(Self.grants(server.receive(voteRequest(3, last: (3, 2)), from: 1)) == true)
  }

  @Test("A leader that hears of a loss counts nothing of the life before, and sends it all again")
  func leaderForgets() {
    var cluster = Cluster(5)
    cluster.elect(0) { _, to in to > 1 }
    // Only server 1 hears: two copies of five.
    for voter in [2, 3] {
      _ = cluster.servers[0].receive(.voteReply(VoteReply(term: 1, granted: true)), from: voter)
    }
    cluster.collect()
    cluster.settle { _, to in to > 1 }
    #expect(cluster[0].role == .leader && cluster[0].commit == 0)
    let loss = AppendReply(
      term: 1, round: 1, life: 2, memory: .partial,
      result: .rejected(previous: 1, conflictTerm: 0, conflictIndex: 1))
    _ = cluster.servers[0].receive(.appendReply(loss), from: 1)
    #expect(cluster[0].progress[1].match == 0)
    // A late word of the first life counts no more; with it there would be three copies.
    let late = AppendReply(term: 1, round: 1, life: 1, result: .matched(1))
    _ = cluster.servers[0].receive(.appendReply(late), from: 1)
    _ = cluster.servers[0].receive(.appendReply(AppendReply(term: 1, round: 1, result: .matched(1))), from: 2)
    #expect(cluster[0].progress[1].match == 0 && cluster[0].commit == 0)
    _ = cluster.servers[0].receive(.appendReply(AppendReply(term: 1, round: 1, result: .matched(1))), from: 3)
    #expect(cluster[0].commit == 1)
  }

  @Test("A server that does not know its promises is sent everything and counts for nothing")
  func counted() {
    var cluster = Cluster(3)
    cluster.elect(0) { _, to in to > 0 }
    _ = cluster.servers[0].receive(.voteReply(VoteReply(term: 1, granted: true)), from: 2)
    cluster.collect()
    let matched = AppendReply(term: 1, round: 1, life: 2, memory: .none, result: .matched(1))
    _ = cluster.servers[0].receive(.appendReply(matched), from: 1)
    #expect(cluster[0].progress[1].match == 1 && cluster[0].commit == 0)
    #expect(cluster[0].followers(at: .zero) == 2, "as counted from the election")
    _ = cluster.servers[0].receive(.appendReply(AppendReply(term: 1, round: 1, result: .matched(1))), from: 2)
    #expect(cluster[0].commit == 1)
  }

  @Test("A leader tells of a repair only once it has committed in its own term")
  func newLeader() {
    var cluster = Cluster(3, logs: [[1, 1], [1, 1], [1]])
    cluster.elect(0) { _, to in to == 1 }
    cluster.network = []
    #expect(cluster[0].role == .leader)
    let loss = AppendReply(
      term: 2, round: 1, life: 2, memory: .partial,
      result: .rejected(previous: 2, conflictTerm: 0, conflictIndex: 2))
    let uncertain = cluster.servers[0].receive(.appendReply(loss), from: 2)
    func lives(_ actions: [Action]) -> [UInt64] {
      sent(actions).compactMap {
        if case .appendEntries(let append) = $0.message { append.repairedLife } else { nil }
      }
    }
    if cluster[0].commit < 3 { #expect(lives(uncertain).allSatisfy { $0 == 0 }) }
    _ = cluster.servers[0].receive(.appendReply(AppendReply(term: 2, round: 1, result: .matched(3))), from: 1)
    #expect(cluster[0].commit == 3)
    let certain = cluster.servers[0].step { $0.heartbeatTimerFired(at: .zero, &$1) }
    #expect(lives(certain).contains(2))
  }
}

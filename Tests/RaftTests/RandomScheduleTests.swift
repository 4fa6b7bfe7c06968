import Primitives
import Raft
import Testing

/// Loss, repetition, reordering, slow disks and crashes, all drawn from a seed.
@Suite("Safety under random schedules")
struct RandomScheduleTests {
  /// A read that waits, and how much was committed anywhere when it was asked for.
  private struct Read {
    let node: Int
    let ticket: ReadTicket
    let committed: Int
  }

  private struct Outcome {
    var cluster: Cluster
    var leaders: [Term: Int] = [:]
    var committed: [Entry] = []
    /// Reads that were confirmed.
    var confirmed = 0
  }

  private static func run(size: Int, seed: UInt64, rules: Rules = .paper) -> Outcome {
    let choices = Choices(seed: seed)
    var draws: UInt64 = 0
    func roll(_ bound: Int) -> Int {
      draws += 1
      return Int(choices.choose(Purpose(901, "schedule"), Entities(0), draws, below: UInt64(bound)))
    }
    var outcome = Outcome(cluster: Cluster(size, rules: rules, batch: 2))
    outcome.cluster.promptDisks = false
    var reads: [Read] = []
    for step in 0..<1500 {
      let node = roll(size)
      var cluster = outcome.cluster
      // One clock for all, fast enough for leaders to fall silent.
      let pause = Nanoseconds.milliseconds(Int64(roll(20)))
      for server in cluster.servers.indices { cluster.servers[server].now = cluster.servers[server].now + pause }
      switch roll(100) {
      case 0..<3: cluster.fireElectionTimer(node)
      case 3..<12: cluster.heartbeat(node)
      case 12..<20: cluster.propose(node, [UInt8(step & 255), UInt8(step >> 8)])
      case 20..<45: cluster.servers[node].completeWrite()
      case 45..<46:
        cluster.servers[node].crashAndRestart()
        reads.removeAll { $0.node == node }
      case 46..<50:
        let now = cluster.servers[node].now
        var answer = ReadAnswer.notLeader
        cluster.servers[node].step { raft, actions in
          answer = raft.read()
          raft.replicate(at: now, &actions)
        }
        if case .waiting(let ticket) = answer {
          reads.append(Read(node: node, ticket: ticket, committed: outcome.committed.count))
        }
      default:
        guard !cluster.network.isEmpty else { break }
        let index = roll(min(cluster.network.count, 8))
        switch roll(12) {
        case 0: cluster.network.remove(at: index)
        case 1: cluster.network.append(cluster.network[index])
        default: cluster.deliver(index)
        }
      }
      cluster.collect()
      check(cluster, &outcome.leaders, &outcome.committed)
      for server in cluster.servers.indices {
        outcome.confirmed += settle(cluster.servers[server].actions, of: server, &reads)
        cluster.servers[server].actions = []
      }
      outcome.cluster = cluster
    }
    return outcome
  }

  /// Each read that is confirmed is told of an index that was not behind what was committed when it was asked for.
  private static func settle(_ actions: [Action], of node: Int, _ reads: inout [Read]) -> Int {
    var confirmed = 0
    for action in actions {
      switch action {
      case .readable(let ticket, let index):
        for read in reads where read.node == node && read.ticket <= ticket {
          #expect(index >= LogIndex(read.committed), "a read would miss what was committed before it")
          confirmed += 1
        }
        reads.removeAll { $0.node == node && $0.ticket <= ticket }
      case .unreadable(let ticket): reads.removeAll { $0.node == node && $0.ticket <= ticket }
      default: break
      }
    }
    return confirmed
  }

  private static func check(_ cluster: Cluster, _ leaders: inout [Term: Int], _ committed: inout [Entry]) {
    for node in cluster.leaders {
      let raft = cluster[node]
      #expect(leaders[raft.term, default: node] == node, "two leaders of term \(raft.term)")
      if leaders[raft.term] == nil {
        #expect(
          raft.log.entries.starts(with: committed), "leader \(node) of term \(raft.term) lacks a committed entry")
      }
      leaders[raft.term] = node
    }
    for server in cluster.servers {
      let raft = server.raft
      let known = raft.log.entries.prefix(Int(raft.commit))
      #expect(known.count == Int(raft.commit))
      #expect(zip(known, committed).allSatisfy { $0 == $1 }, "two entries are committed at one index")
      if known.count > committed.count { committed = Array(known) }
    }
  }

  @Test(
    "One leader a term, committed entries for ever, and no read that misses one", arguments: [1, 2, 3, 5],
    0..<40 as Range<UInt64>)
  func safety(size: Int, seed: UInt64) {
    let outcome = Self.run(size: size, seed: seed)
    var (cluster, leaders, committed) = (outcome.cluster, outcome.leaders, outcome.committed)
    #expect(!leaders.isEmpty)
    // The world heals; progress is owed.
    cluster.promptDisks = true
    cluster.network = []
    // A leader whose term is over learns it.
    for node in cluster.leaders { cluster.heartbeat(node) }
    cluster.settle()
    let highest = cluster.servers.map(\.raft.log).max { ($0.lastTerm, $0.lastIndex) < ($1.lastTerm, $1.lastIndex) }
    let best = cluster.servers.firstIndex { $0.raft.log == highest }!
    for _ in 0..<100 where cluster[best].role != .leader { cluster.elect(best) }
    #expect(cluster.leaders.contains(best))
    let index = cluster.propose(best, [1])
    for _ in 0..<6 {
      cluster.settle()
      cluster.heartbeat(best)
      cluster.settle()
    }
    Self.check(cluster, &leaders, &committed)
    #expect(cluster.servers.allSatisfy { $0.raft.commit == index && $0.raft.log == cluster[best].log })
  }

  @Test("The schedules are worth their name: leaders change and entries are committed")
  func worth() {
    let runs = (0..<20).map { Self.run(size: 3, seed: $0) }
    #expect(runs.map(\.leaders.count).reduce(0, +) > 100)
    #expect(runs.map(\.committed.count).reduce(0, +) > 250)
    #expect(runs.map(\.confirmed).reduce(0, +) > 50)
  }

  @Test("The same with pre-votes and checked quorums", arguments: [1, 3, 5], 100..<140 as Range<UInt64>)
  func withEveryRule(size: Int, seed: UInt64) {
    let outcome = Self.run(size: size, seed: seed, rules: .standard)
    #expect(outcome.cluster.servers.contains { $0.raft.term > 0 })
  }

  @Test("With every rule on, leaders still change, entries are committed and reads confirmed")
  func worthWithEveryRule() {
    let runs = (100..<120).map { Self.run(size: 3, seed: $0, rules: .standard) }
    #expect(runs.map(\.leaders.count).reduce(0, +) > 40)
    #expect(runs.map(\.committed.count).reduce(0, +) > 100)
    #expect(runs.map(\.confirmed).reduce(0, +) > 20)
  }
}

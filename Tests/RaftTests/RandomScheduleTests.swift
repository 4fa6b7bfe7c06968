import Primitives
import Raft
import Testing

/// Loss, repetition, reordering, slow disks and crashes, all drawn from a seed.
@Suite("Safety under random schedules")
struct RandomScheduleTests {
  private static func run(size: Int, seed: UInt64) -> (cluster: Cluster, leaders: [Term: Int], committed: [Entry]) {
    let choices = Choices(seed: seed)
    var draws: UInt64 = 0
    func roll(_ bound: Int) -> Int {
      draws += 1
      return Int(choices.choose(Purpose(901, "schedule"), Entities(0), draws, below: UInt64(bound)))
    }
    var cluster = Cluster(size, batch: 2)
    cluster.promptDisks = false
    var leaders: [Term: Int] = [:]
    var committed: [Entry] = []
    for step in 0..<1500 {
      let node = roll(size)
      switch roll(100) {
      case 0..<3: cluster.fireElectionTimer(node)
      case 3..<12: cluster.heartbeat(node)
      case 12..<20: cluster.propose(node, [UInt8(step & 255), UInt8(step >> 8)])
      case 20..<45: cluster.servers[node].completeWrite()
      case 45..<46: cluster.servers[node].crashAndRestart()
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
      check(cluster, &leaders, &committed)
    }
    return (cluster, leaders, committed)
  }

  private static func check(_ cluster: Cluster, _ leaders: inout [Term: Int], _ committed: inout [Entry]) {
    for node in cluster.leaders {
      let raft = cluster[node]
      #expect(leaders[raft.term, default: node] == node, "two leaders of term \(raft.term)")
      if leaders[raft.term] == nil {
        #expect(raft.log.entries.starts(with: committed), "leader \(node) of term \(raft.term) lacks a committed entry")
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

  @Test("One leader a term, committed entries for ever", arguments: [1, 2, 3, 5], 0..<40 as Range<UInt64>)
  func safety(size: Int, seed: UInt64) {
    var (cluster, leaders, committed) = Self.run(size: size, seed: seed)
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
    #expect(runs.map(\.committed.count).reduce(0, +) > 300)
  }
}

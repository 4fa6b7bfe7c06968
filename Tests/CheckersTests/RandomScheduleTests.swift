import Checkers
import Node
import Primitives
import Programs
import Raft
import Testing

@Suite("Clusters driven by chance")
struct RandomScheduleTests {
  static let servers = 3

  /// - Parameter versions: what each server speaks at most.
  static func cluster(
    seed: UInt64, versions: [WireVersion] = Array(repeating: .newest, count: servers)
  ) -> Cluster<RaftJudge> {
    // The paper's rules in every other cluster, and all that goes beyond them in the others.
    var rules = seed % 2 == 0 ? Rules.paper : .standard
    rules.limits = Limits(entriesPerMessage: 4, entriesInFlight: 6, entriesUncommitted: 20, segment: 8)
    let settings = versions.map {
      RaftKVSettings(servers: servers, rules: rules, sessions: 3, timeout: .milliseconds(400), wireVersion: $0)
    }
    let workload = KVWorkload(
      weights: [30_000, 40_000, 10_000, 20_000], keys: .uniform(count: 5),
      reads: [20_000, 20_000, 20_000, 20_000, 10_000, 10_000])
    return Cluster(
      servers + 2, judge: RaftJudge(servers: servers), seed: seed, workload: workload,
      clients: servers..<(servers + 2)
    ) { process in
      process < servers
        ? RaftKV(server: NodeID(UInt32(process)), settings: settings[process])
        : RaftKV(client: NodeID(UInt32(process)), settings: settings[0])
    }
  }

  static func fired(_ cluster: Cluster<RaftJudge>) -> Set<String> {
    Set(cluster.judge.violations.map { "\($0.invariant)" })
  }

  /// The names that fire in any of three hundred runs of a cluster that was broken.
  static func firedInAny(_ breaking: (inout Cluster<RaftJudge>) -> Void) -> Set<String> {
    var names: Set<String> = []
    for seed in 0..<300 {
      // Of those with the paper's rules: the others keep much from happening.
      var cluster = cluster(seed: UInt64(2 * seed))
      breaking(&cluster)
      cluster.run(steps: 10_000)
      names.formUnion(fired(cluster))
    }
    return names
  }

  @Test("Nothing is wrong with a cluster whose hosts keep the rules", arguments: 0..<50)
  func honest(_ seed: UInt64) {
    var cluster = Self.cluster(seed: seed)
    cluster.run(steps: 20_000)
    #expect(cluster.judge.violations.first == nil)
    // The run was worth judging.
    #expect(cluster.replies.count { $0.response.kind == .ok } > 5)
    #expect(cluster.processes[..<Self.servers].contains { $0.program.standing.lastIndex > 20 })
    #expect(cluster.processes.contains { $0.restarts > 1 })
  }

  @Test("A disk that loses term and vote is found out")
  func disksLoseVotes() {
    let names = Self.firedInAny {
      $0.damage = { disk, _ in
        disk.durable[0] = []
        disk.durable[2] = []
      }
    }
    #expect(names.contains("recovered-state"))
    #expect(names.contains("one-vote-per-term"))
  }

  @Test("A disk that loses entries is found out")
  func disksLoseEntries() {
    let names = Self.firedInAny { $0.damage = { disk, _ in disk.durable[1] = [] } }
    #expect(names.isSuperset(of: ["recovered-state", "leader-completeness", "state-machine-safety"]))
  }

  @Test("A network that turns refusals into votes is found out")
  func forgedVotes() {
    let names = Self.firedInAny {
      $0.forge = { packet, _ in
        guard case .raft(.voteReply(let reply), _) = packet.message else { return }
        packet.message = .raft(.voteReply(VoteReply(term: reply.term, granted: true, isPreVote: reply.isPreVote)))
      }
    }
    #expect(names.contains("election-safety"))
  }

  @Test("A network that forges acknowledgements is found out")
  func forgedAcknowledgements() {
    let names = Self.firedInAny {
      $0.forge = { packet, _ in
        guard case .raft(.appendReply(let reply), _) = packet.message, case .matched(let index) = reply.result
        else { return }
        packet.message = .raft(.appendReply(AppendReply(term: reply.term, result: .matched(index + 1))))
      }
    }
    #expect(names.contains("committed-is-durable"))
  }

  @Test("A network that changes entries is found out")
  func forgedEntries() {
    let names = Self.firedInAny {
      $0.forge = { packet, random in
        guard case .raft(.appendEntries(var message), _) = packet.message, !message.entries.isEmpty else { return }
        message.entries[0] = entry(message.entries[0].term, opening: Int(random.below(100)))
        packet.message = .raft(.appendEntries(message))
      }
    }
    #expect(names.contains("log-matching"))
  }

  @Test("A host that sends before it has stored is found out")
  func hastyHosts() {
    let names = Self.firedInAny { $0.tamper = { effects, _ in withoutWaiting(&effects) } }
    #expect(names.isSuperset(of: ["promise-before-durable", "committed-is-durable"]))
  }

  @Test("A copy of a run and its judge goes on as the run does")
  func forks() {
    var cluster = Self.cluster(seed: 3)
    cluster.run(steps: 2_000)
    var fork = cluster
    fork.damage = { disk, _ in disk.durable[1] = [] }
    fork.run(steps: 20_000)
    cluster.run(steps: 20_000)
    #expect(!Self.fired(fork).isEmpty)
    #expect(Self.fired(cluster).isEmpty)
  }
}

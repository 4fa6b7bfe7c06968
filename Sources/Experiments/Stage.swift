import Checkers
import Node
import Primitives
import Programs
import Raft
import Scenarios
import World

/// What is done with a simulation, whatever its program.
protocol StagePlay {
  associatedtype Outcome
  func play<P, J: StagedJudge>(_ simulation: inout Simulation<P, J>) -> Outcome where J.Watched == P
}

/// A program's judge, and what it has measured meanwhile.
package protocol StagedJudge: Judge {
  /// - Parameter live: the nodes that are up at the end.
  func figures(live: [Int]) -> [Figures]
  /// What loops reported; empty where there are none.
  var healingEvents: [HealingEvent] { get }
  /// What was to reach all nodes.
  var spreads: [Spread] { get }
  /// What a simulation waits for in which nothing goes on.
  static func stall(in simulation: Simulation<Watched, Self>, _ scenario: Scenario) -> Stall?
  /// The rare events that it has watched.
  ///
  /// - Parameter programs: the nodes as they are at the end.
  func marks(_ programs: [Watched], _ history: [HistoryEvent]) -> [Scenario.Mark: UInt64]
  /// What the cluster looks like now, without names: a number for each part of it, whose order does not matter.
  func abstraction(_ programs: [Watched], _ conditions: [ProcessCondition]) -> [UInt64]
  /// For so many events one look, where a look is costly.
  static func lookInterval(nodes: Int) -> Int
}

extension StagedJudge {
  package var healingEvents: [HealingEvent] { [] }
}

extension RaftWatch: StagedJudge {
  package func figures(live: [Int]) -> [Figures] {
    let snapshots = judge.snapshots
    let elections = electionsMeasured
    return [
      Figures(.leaderChanges, [Double(leaderChanges)]), Figures(.elections, [Double(self.elections)]),
      Figures(.electionTime, elections.map { Double($0.duration.count) }),
      Figures(.electionTerms, elections.map { Double($0.terms) }),
      Figures(.splitVote, elections.map { $0.isSplit ? 1 : 0 }),
      Figures(.snapshotsTaken, [Double(snapshots.taken)]),
      Figures(.snapshotsInstalled, [Double(snapshots.installed)]),
      Figures(.snapshotBytes, [Double(snapshots.bytes)]),
      Figures(.snapshotBytesSaved, [Double(snapshots.bytesSaved)]),
      Figures(.membershipChanges, [Double(judge.membershipChanges)]),
    ]
  }

  package var spreads: [Spread] { [] }

  package static func stall(in simulation: Simulation<RaftKV, RaftWatch>, _ scenario: Scenario) -> Stall? {
    RaftStall(simulation, scenario).stall
  }
}

extension GossipJudge: StagedJudge {
  package var spreads: [Spread] { rumours.map(\.spread) }
  package func figures(live: [Int]) -> [Figures] { [.spreadTime(spreads, live)] }
  package static func stall(in simulation: Simulation<Gossip, GossipJudge>, _ scenario: Scenario) -> Stall? { nil }
}

extension ReplicaJudge: StagedJudge {
  package func figures(live: [Int]) -> [Figures] { [.spreadTime(spreads, live)] }
  package static func stall(in simulation: Simulation<Replica, ReplicaJudge>, _ scenario: Scenario) -> Stall? {
    nil
  }
}

extension MeshJudge: StagedJudge {
  package func figures(live: [Int]) -> [Figures] {
    [
      .spreadTime(spreads.filter { $0.begunAt > .zero }, live),
      Figures(.detectionTime, detections.map { Double($0.count) }), Figures(.falseDeaths, [Double(falseDeaths)]),
    ]
      + (watchesHealing
        ? [
          Figures(.lessonsMissing, [Double(lessonsMissing(live))]),
          Figures(.healingMessages, [Double(healingMessages)]),
          Figures(.healingBytes, [Double(healingBytes)]),
        ] : [])
  }
  package static func stall(in simulation: Simulation<Mesh, MeshJudge>, _ scenario: Scenario) -> Stall? { nil }
}

extension Figures {
  /// Of what all live nodes know.
  fileprivate static func spreadTime(_ spreads: [Spread], _ live: [Int]) -> Figures {
    Figures(.spreadTime, live.isEmpty ? [] : spreads.compactMap { $0.time(to: live).map { Double($0.count) } })
  }
}

/// Puts a scenario's cluster on the stage: one for each kind of program.
package enum Stage {
  package static func raftKV(
    _ scenario: Scenario, _ raft: Scenario.RaftSettings, seed: UInt64, _ telemetry: TelemetryPlan,
    digests: Bool = true
  ) -> Simulation<RaftKV, RaftWatch> {
    Simulation(
      raftKVPlan(scenario, raft, seed: seed, telemetry, digests: digests), judge: watch(scenario, raft, seed: seed))
  }

  private static func watch(_ scenario: Scenario, _ raft: Scenario.RaftSettings, seed: UInt64) -> RaftWatch {
    RaftWatch(
      servers: scenario.cluster.nodes.count, voters: raft.voters, election: scenario.election,
      heartbeat: raft.rules(seed: seed).timing.heartbeat)
  }

  /// The plan of such a run, for other judges.
  package static func raftKVPlan(
    _ scenario: Scenario, _ raft: Scenario.RaftSettings, seed: UInt64, _ telemetry: TelemetryPlan,
    digests: Bool = true
  ) -> SimulationPlan<RaftKV> {
    let servers = scenario.cluster.nodes.count
    let clients = scenario.workload?.clients ?? 0
    let versions = scenario.cluster.wireVersions(raft)
    var calls = scenario.workload?.calls
    calls?.deliversOnce = scenario.deliversOnce
    func programs(_ rules: Rules, version: WireVersion? = nil) -> [RaftKV] {
      var settings = RaftKVSettings(
        servers: servers, rules: rules, sessions: raft.sessions,
        timeout: scenario.workload?.timeout ?? .seconds(5), calls: calls,
        usesSessions: scenario.workload?.usesSessions ?? true, snapshots: raft.snapshots(seed: seed),
        voters: raft.voters)
      settings.standsAtOnce = raft.begin.leader
      return (0..<(servers + clients)).map { place in
        guard place < servers else { return RaftKV(client: NodeID(UInt32(place)), settings: settings) }
        settings.wireVersion = version ?? versions[place]
        return RaftKV(server: NodeID(UInt32(place)), settings: settings)
      }
    }
    let workload = scenario.workload.map { plan in
      let pacing: Workload<KVWorkload>.Pacing =
        switch plan.pacing {
        case .rate(let rate): .rate(milliPerSecond: rate)
        case .think(let time, let inFlight): .think(time, inFlight: inFlight)
        }
      var workload = Workload(
        source: plan.operations, pacing: pacing, start: plan.start, stop: plan.stop,
        targets: servers..<(servers + clients))
      workload.only = plan.only
      return workload
    }
    var plan = plan(
      scenario, seed: seed, programs: programs(raft.rules(seed: seed)), workload: workload, telemetry)
    plan.variants = scenario.cluster.variants.map { programs($0.rules, version: $0.wireVersion) }
    if raft.begin.term > 0 {
      plan.disksHold = raft.begin.lengths(servers: servers, seed: seed).map {
        KVRecord.files(term: raft.begin.term, entries: $0)
      }
    }
    plan.sparesDisks = scenario.changesMembership
    plan.digests = digests
    return plan
  }

  package static func mesh(
    _ scenario: Scenario, _ mesh: Scenario.MeshSettings, seed: UInt64, _ telemetry: TelemetryPlan
  ) -> Simulation<Mesh, MeshJudge> {
    let judge = MeshJudge(nodes: scenario.cluster.nodes.count)
    return Simulation(meshPlan(scenario, mesh, seed: seed, telemetry), judge: judge)
  }

  private static func gossipPlan(
    _ scenario: Scenario, _ gossip: Scenario.GossipSettings, seed: UInt64, _ telemetry: TelemetryPlan
  ) -> SimulationPlan<Gossip> {
    let nodes = scenario.cluster.nodes.count
    let settings = GossipSettings(nodes: nodes, interval: gossip.interval, fanout: gossip.fanout)
    let programs = (0..<nodes).map { Gossip(id: NodeID(UInt32($0)), settings: settings) }
    let workload = scattered(RumourSource(), count: gossip.rumours, scenario)
    return plan(scenario, seed: seed, programs: programs, workload: workload, telemetry)
  }

  private static func replicaPlan(
    _ scenario: Scenario, _ crdt: Scenario.CRDTSettings, seed: UInt64, _ telemetry: TelemetryPlan
  ) -> SimulationPlan<Replica> {
    let nodes = scenario.cluster.nodes.count
    let settings = ReplicaSettings(nodes: nodes, interval: crdt.interval, fanout: crdt.fanout, deltas: crdt.deltas)
    let programs = (0..<nodes).map { Replica(id: NodeID(UInt32($0)), settings: settings) }
    let workload = scattered(ReplicaSource(), count: crdt.operations, scenario)
    return plan(scenario, seed: seed, programs: programs, workload: workload, telemetry)
  }

  private static func meshPlan(
    _ scenario: Scenario, _ mesh: Scenario.MeshSettings, seed: UInt64, _ telemetry: TelemetryPlan
  ) -> SimulationPlan<Mesh> {
    let nodes = scenario.cluster.nodes.count
    var settings = MeshSettings(
      topology: mesh.topology, membership: mesh.membership, routing: mesh.routing, hello: mesh.hello,
      patience: mesh.patience, timeout: mesh.timeout)
    settings.works = mesh.work != nil
    settings.queue = mesh.queue
    settings.memory = mesh.memory
    settings.healing = mesh.healing.map {
      HealingSettings(council: $0.council, rules: Rules(timing: $0.timing), loop: $0.loop)
    }
    let shared = Boxed(settings)
    let programs = (0..<nodes).map { Mesh(id: NodeID(UInt32($0)), settings: shared) }
    let workload = mesh.requests.flatMap { rate in
      scenario.operationWindow.map { window in
        Workload(
          source: MeshSource(work: mesh.work), pacing: .rate(milliPerSecond: rate), start: window.lowerBound,
          stop: window.upperBound,
          targets: 0..<nodes)
      }
    }
    return plan(scenario, seed: seed, programs: programs, workload: workload, telemetry)
  }

  /// Everything is asked in the first half of a run, so that the second shows how it spreads.
  private static func scattered<Source: RequestSource>(
    _ source: Source, count: Int, _ scenario: Scenario
  ) -> Workload<Source> {
    Workload(
      source: source, pacing: .scattered(count: UInt64(count)), start: .zero,
      stop: .zero + max(scenario.duration / 2, Nanoseconds(1)), targets: 0..<scenario.cluster.nodes.count)
  }

  /// Puts the scenario's cluster on the stage, whatever its program, and lets a play have it.
  ///
  /// - Parameters:
  ///   - notes: whether everything is noted in words.
  ///   - films: whether everything is filmed.
  static func put<Play: StagePlay>(
    on scenario: Scenario, seed: UInt64, _ telemetry: TelemetryPlan = .off, digests: Bool = true,
    notes: Bool = false, films: Bool = false,
    for play: Play
  ) -> Play.Outcome {
    let nodes = scenario.cluster.nodes.count
    func put<P, J: StagedJudge>(_ plan: SimulationPlan<P>, _ judge: J) -> Play.Outcome where J.Watched == P {
      var plan = plan
      plan.digests = digests
      plan.notes = notes
      plan.films = films
      var simulation = Simulation(plan, judge: judge)
      return play.play(&simulation)
    }
    return switch scenario.cluster.program {
    case .raftKV(let raft):
      put(raftKVPlan(scenario, raft, seed: seed, telemetry), watch(scenario, raft, seed: seed))
    case .gossip(let gossip): put(gossipPlan(scenario, gossip, seed: seed, telemetry), GossipJudge(nodes: nodes))
    case .crdt(let crdt): put(replicaPlan(scenario, crdt, seed: seed, telemetry), ReplicaJudge(nodes: nodes))
    case .mesh(let mesh): put(meshPlan(scenario, mesh, seed: seed, telemetry), MeshJudge(nodes: nodes))
    }
  }

  private static func plan<P: Program>(
    _ scenario: Scenario, seed: UInt64, programs: [P], workload: Workload<P.Requests>?, _ telemetry: TelemetryPlan
  ) -> SimulationPlan<P> {
    let nodes = scenario.cluster.nodes.count
    var plan = SimulationPlan(
      seed: seed, programs: programs, nodes: nodes,
      names: scenario.processNames, network: scenario.network, disks: scenario.disks.profiles(programs.count),
      clocks: scenario.clocks.profiles(programs.count), faults: scenario.faults,
      workload: workload, restartAfter: scenario.cluster.restartAfter, shufflesTies: scenario.ties == .seeded,
      duration: scenario.duration, telemetry: telemetry)
    plan.resources = scenario.resources
    plan.diskBudget = scenario.diskBudget
    plan.choices = scenario.choices
    plan.healing = scenario.heals == .core ? .core(at: scenario.healAt) : .all
    plan.domains = FailureDomains(
      zones: scenario.cluster.zones.map(\.hosts), racks: scenario.cluster.racks.map(\.hosts))
    plan.schedule = scenario.schedule.plan(seed: seed)
    return plan
  }
}

extension Scenario {
  /// Whether no message can arrive twice: streams everywhere, at all times.
  fileprivate var deliversOnce: Bool {
    func keeps(_ action: FaultAction) -> Bool {
      if case .link(_, _, let change) = action { change.transport != .datagram } else { true }
    }
    return network.base.transport == .stream && network.exceptions.allSatisfy { $0.change.transport != .datagram }
      && faults.allSatisfy { fault in
        switch fault.schedule {
        case .once(_, _, let action): keeps(action)
        case .repeating(let nemesis): nemesis.branches.allSatisfy { keeps($0.action) }
        }
      }
  }

  /// Names of hosts and of the one process on each: nodes, then `c1`, `c2`, ….
  package var processNames: [String] {
    cluster.nodes + (0..<(workload?.clients ?? 0)).map { "c\($0 + 1)" }
  }
}

import ControlLoop
import Membership
import Primitives
import Programs
import RPC
import Raft
import Routing
import World

/// A validated scenario: everything that decides a run, with every default filled in. It can only be made
/// by `ScenarioReader`, so whoever holds one need check nothing again.
package struct Scenario: Hashable, Sendable {
  package var name: String
  package var description: String
  package var seed: UInt64
  package var duration: Nanoseconds
  /// When the last fault ends; liveness is owed from then on.
  package var healAt: Instant
  package var heals: Heals
  package var ties: Ties
  package var schedule: Schedule
  package var cluster: Cluster
  package var network: NetworkPlan
  package var disks: PerHost<DiskProfile>
  package var diskBudget: DiskBudget
  package var clocks: PerHost<ClockProfile>
  package var resources = ResourceProfile()
  package var workload: WorkloadPlan?
  package var faults: [PlannedFault]
  /// What chance does not decide.
  package var choices: [NamedChoice] = []
  package var election = ElectionMeasure()
  package var expectations: [Expectation]
  /// What a sweep varies; a run takes no notice of it.
  package var sweep: SweepPlan?

  /// What heals when the faults are over.
  package enum Heals: String, Sendable, CaseIterable {
    /// Each fault ends when it is due, and everything works again.
    case all
    /// A majority at least heals at `healAt`, and the rest stays as it failed.
    case core
  }

  /// The order of events of one instant.
  package enum Ties: String, Sendable, CaseIterable {
    /// As they were scheduled.
    case sequence
    /// Shuffled by the seed.
    case seeded
  }

  /// The order of events of different instants.
  package enum Schedule: Hashable, Sendable {
    case plan(SchedulePlan)
    /// Each seed draws one.
    case mixed
  }

  package struct Cluster: Hashable, Sendable {
    /// Host names in order: host number i is `nodes[i]`. Clients follow as `c1`, `c2`, ….
    package var nodes: [String]
    package var program: ProgramChoice
    /// How long a process that ended itself stays down.
    package var restartAfter: Nanoseconds
    package var zones: [Domain] = []
    package var racks: [Domain] = []
    /// Nodes that begin with a highest wire version of their own, in the order of their numbers.
    package var ownVersions: [OwnVersion] = []
    /// Other settings that nodes may be restarted with; variant 1 first.
    package var variants: [Variant] = []

    package struct Variant: Hashable, Sendable {
      package var name: String
      package var rules: Rules
      /// nil where each node keeps what it began with.
      package var wireVersion: WireVersion?
    }

    package struct OwnVersion: Hashable, Sendable {
      package var node: NodeID
      package var wireVersion: WireVersion
    }

    /// What each server speaks at most when it begins.
    package func wireVersions(_ raft: RaftSettings) -> [WireVersion] {
      var versions = Array(repeating: raft.wireVersion, count: nodes.count)
      for own in ownVersions { versions[own.node.index] = own.wireVersion }
      return versions
    }

    /// Nodes that share a zone or a rack, in the order of their numbers.
    package struct Domain: Hashable, Sendable {
      package var name: String
      package var hosts: [NodeID]
    }
  }

  package enum ProgramChoice: Hashable, Sendable {
    case raftKV(RaftSettings)
    case gossip(GossipSettings)
    case crdt(CRDTSettings)
    case mesh(MeshSettings)

    package var name: String {
      switch self {
      case .raftKV: "raft-kv"
      case .gossip: "gossip"
      case .crdt: "crdt"
      case .mesh: "mesh"
      }
    }
  }

  package struct RaftSettings: Hashable, Sendable {
    /// What a node begins with, unless it is randomised.
    package var rules: Rules
    /// Client sessions that the store keeps open at once.
    package var sessions: Int
    /// Whether each seed draws its own time-outs, around those of `rules`, and its own limits.
    package var randomises: Bool
    /// nil where servers take none.
    package var snapshots: SnapshotSettings?
    /// Whether each seed draws them too.
    package var drawsSnapshots: Bool
    /// The highest version in which a server writes to others, where it has none of its own.
    package var wireVersion: WireVersion
    /// With whom the group begins, in ascending order; nil for all nodes.
    package var voters: [NodeID]?
    package var begin = Begin()

    package init(
      rules: Rules = .standard, sessions: Int = 1_024, randomises: Bool = false,
      snapshots: SnapshotSettings? = .standard, drawsSnapshots: Bool = false, wireVersion: WireVersion = .newest
    ) {
      self.rules = rules
      self.sessions = sessions
      self.randomises = randomises
      self.snapshots = snapshots
      self.drawsSnapshots = drawsSnapshots
      self.wireVersion = wireVersion
    }
  }

  package struct GossipSettings: Hashable, Sendable {
    /// Between two rounds of a node.
    package var interval: Nanoseconds
    /// Peers told in each round.
    package var fanout: Int
    /// Rumours, each begun at a random node at a random moment of the first half of the run.
    package var rumours: Int
  }

  package struct CRDTSettings: Hashable, Sendable {
    /// Between two rounds of a replica.
    package var interval: Nanoseconds
    /// Peers told in each round.
    package var fanout: Int
    /// Changes that a replica keeps for peers that lack only these.
    package var deltas: Int
    /// Operations, each at a random replica at a random moment of the first half of the run.
    package var operations: Int
  }

  package struct MeshSettings: Hashable, Sendable {
    package var topology: Topology
    /// How it was asked for.
    package var shape: Shape
    /// Between two hellos to each neighbour; nil where every link is taken for one that works.
    package var hello: Nanoseconds? = .milliseconds(200)
    /// Silent rounds after which a link is down.
    package var patience: UInt8 = 3
    package var membership = MeshSettings.probing
    package var routing = RoutingSettings.standard
    /// Requests to the owners of random keys, over all nodes, in thousandths a second; nil for none.
    package var requests: UInt64?
    /// What a request takes of a processor, and of memory meanwhile; nil for neither.
    package var work: Distribution?
    package var memory: UInt64 = 0
    /// Requests that an owner has under way at once; it refuses more.
    package var queue = 64
    /// How long a request waits for its answer.
    package var timeout = Nanoseconds.seconds(2)
    /// nil where nobody heals anything.
    package var healing: Healing?

    package struct Healing: Hashable, Sendable {
      /// Ascending.
      package var council: [NodeID]
      package var timing: Timing
      package var loop: LoopSettings
    }

    package init(topology: Topology, shape: Shape) {
      self.topology = topology
      self.shape = shape
    }

    /// The mesh without one of its nodes; those behind it move up. nil where it has no such shape.
    package func without(node: Int) -> MeshSettings? {
      func moved(_ end: NodeID) -> NodeID { end.index > node ? NodeID(end.rawValue - 1) : end }
      var smaller = self
      if case .listed(let edges) = shape {
        let kept = edges.filter { $0.first.index != node && $0.second.index != node }
        smaller.shape = .listed(kept.map { Edge(moved($0.first), moved($0.second), cost: $0.cost) })
      }
      smaller.healing?.council = healing?.council.filter { $0.index != node }.map(moved) ?? []
      if smaller.healing?.council.isEmpty == true { return nil }
      guard let topology = try? Topology(nodes: topology.nodes - 1, shape: smaller.shape) else { return nil }
      smaller.topology = topology
      return smaller
    }

    /// As the paper has it, but that the two sides of a healed partition find together again.
    private static let probing: Membership.Settings = {
      do { return try Membership.Settings(deadContactInterval: 5) } catch { preconditionFailure("\(error)") }
    }()
  }

  /// When operations are invoked; nil where none are.
  package var operationWindow: Range<Instant>? {
    if let workload { return workload.start..<workload.stop }
    guard case .mesh(let mesh) = cluster.program, mesh.requests != nil else { return nil }
    // What is asked last can still be answered.
    return .zero..<(.zero + max(duration - mesh.timeout, Nanoseconds(1)))
  }

  /// What every host has, and what some have instead.
  package struct PerHost<Profile: Hashable & Sendable>: Hashable, Sendable {
    package var base: Profile
    /// Other profiles for some hosts, by number; later ones win.
    package var exceptions: [Exception] = []

    package init(base: Profile, exceptions: [Exception] = []) {
      self.base = base
      self.exceptions = exceptions
    }

    package struct Exception: Hashable, Sendable {
      package var hosts: [NodeID]
      package var profile: Profile

      package init(hosts: [NodeID], profile: Profile) {
        self.hosts = hosts
        self.profile = profile
      }
    }

    /// One for each of the hosts from 0 to `count`, exclusive.
    package func profiles(_ count: Int) -> [Profile] {
      var profiles = Array(repeating: base, count: count)
      for exception in exceptions {
        for host in exception.hosts { profiles[host.index] = exception.profile }
      }
      return profiles
    }
  }

  package struct WorkloadPlan: Hashable, Sendable {
    package var clients: Int
    package var pacing: Pacing
    package var operations: KVWorkload
    /// How long a client waits for an outcome before it counts it as unknown.
    package var timeout: Nanoseconds
    /// Whether clients write within sessions.
    package var usesSessions = true
    /// How they try again until then.
    package var calls: CallPolicy
    /// Operations arrive within start..<stop.
    package var start: Instant
    package var stop: Instant
    /// Of all operations those with these numbers, ascending; nil for every one.
    package var only: [UInt64]?
  }

  /// Steps of search for a legal order, unless an expectation says otherwise.
  package static let standardSearch = 50_000_000

  package enum Pacing: Hashable, Sendable {
    /// A Poisson process over all clients: thousandths of an operation a second.
    case rate(milliPerSecond: UInt64)
    /// Each client has so many operations under way, and waits this long after an outcome before it asks again.
    case think(Nanoseconds, inFlight: Int)
  }

  package enum Expectation: Hashable, Sendable {
    /// No judge of the program's invariants finds a violation.
    case safety
    /// The clients' operations have a legal order, found within so many steps of search.
    case linearizable(budget: Int)
    /// Each client reads what it wrote, never less than it read, and writes in order.
    case readYourWrites, monotonicReads, monotonicWrites
    /// Each read returns what the log up to its index makes of its key.
    case committedReads
    /// The first operation invoked after the last heal that succeeds does so within this time of the heal.
    case recovers(within: Nanoseconds)
    /// Every rumour has reached every live node within this time of the last heal (or of its start, where
    /// that is later).
    case converges(within: Nanoseconds)
    /// Whatever faults of these kinds hit is served again within this time of their beginning, though they still act.
    case heals(kinds: [String], within: Nanoseconds)
    case measure(MeasureBound)
    /// Each of these is met by some run of a sweep; says nothing about one run.
    case sometimes([Mark])
  }

  /// What some run of a sweep is to meet.
  package var awaitedMarks: [Mark] {
    expectations.flatMap { if case .sometimes(let marks) = $0 { marks } else { [Mark]() } }
  }

  package struct MeasureBound: Hashable, Sendable {
    package var measure: Measure
    package var statistic: Statistic
    package var direction: Direction
    package var bound: Bound

    package enum Direction: String, Sendable, CaseIterable {
      case atMost = "at_most"
      case atLeast = "at_least"
    }
  }

  /// A bound in the measure's own unit.
  package enum Bound: Hashable, Sendable {
    case count(UInt64)
    case duration(Nanoseconds)
    case share(Ratio)
  }

  /// Which figure of a measure. Counts and shares have one value each, and every statistic is that value.
  package enum Statistic: String, Sendable, CaseIterable {
    case max, mean, p50, p90, p95, p99
  }
}

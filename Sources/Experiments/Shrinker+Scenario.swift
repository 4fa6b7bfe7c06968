import Node
import Primitives
import Programs
import RPC
import Scenarios
import World

extension Shrinker {
  // MARK: What is expected

  /// Only the promise that was broken.
  mutating func keepPromise() {
    let broken = best.findings.firstIndex { $0.outcome == .violated }
    var scenario = best.scenario
    if best.violations.isEmpty, let broken {
      scenario.expectations = [scenario.expectations[broken]]
    } else {
      scenario.expectations = [.safety]
    }
    _ = take([scenario], "expectations")
  }

  private var isMeasured: Bool {
    if case .measure? = best.scenario.expectations.first { best.scenario.expectations.count == 1 } else { false }
  }

  // MARK: Time

  /// Ends the run where the failure was seen, or sooner.
  mutating func cutTail() {
    guard !isMeasured else { return }
    let duration = best.scenario.duration
    let seen = best.violations.isEmpty ? best.explanation?.culprit.end : best.end.nanoseconds
    // Who does not know when it went wrong has to guess.
    let ends = seen.map { [Nanoseconds($0) + .milliseconds(1)] } ?? [duration / 4, duration / 2, duration / 4 * 3]
    for end in ends where end < duration && end.count > 0 {
      let cut = best.scenario.cut(to: end)
      // Clients whom the end forestalls may go.
      let isIdle = best.scenario.workload.map { $0.start >= .zero + end } ?? false
      if take((isIdle ? [cut.withoutWorkload] : []) + [cut], "the end") != nil { return }
    }
  }

  // MARK: Operations

  mutating func minimiseOperations() {
    // A measure of the service is one of all that was asked.
    guard best.scenario.workload != nil, !isMeasured else { return }
    let made = best.recording.history.filter { $0.kind == .invoke }.map(\.operation).sorted()
    guard !made.isEmpty else { return }
    if best.scenario.workload?.only != made {
      guard take([best.scenario.with(operations: made)], "operations by number") != nil else { return }
    }
    let left = minimise(made, "operations") { $0.with(operations: $1) }
    // Clients who ask nothing would prove nothing of a core that is sound.
    if left.isEmpty { _ = take([best.scenario.changed { $0.workload = nil }], "clients") }
  }

  // MARK: Parameters

  /// Writes out what the seed has drawn for the whole run, so that other seeds have it too.
  mutating func settleDraws() {
    let (seed, drifts) = (best.scenario.seed, best.recording.clockDrifts)
    takeEach(
      [
        { scenario in
          scenario.withRaft {
            ($0.rules, $0.snapshots) = ($0.rules(seed: seed), $0.snapshots(seed: seed))
            ($0.randomises, $0.drawsSnapshots) = (false, false)
          }
        },
        { scenario in
          guard scenario.clocks.base.slowest != scenario.clocks.base.fastest || !scenario.clocks.exceptions.isEmpty
          else {
            return scenario
          }
          return scenario.changed {
            $0.clocks = .init(
              base: .exact,
              exceptions: drifts.enumerated().filter { $0.element != 0 }.map { host, drift in
                .init(hosts: [NodeID(UInt32(host))], profile: ClockProfile(slowest: drift, fastest: drift))
              })
          }
        },
      ], "what the seed drew")
  }

  mutating func simplifyParameters() {
    takeEach(
      [
        { $0.changed { $0.network = NetworkPlan() } },
        { $0.changed { $0.network.exceptions = [] } },
        { $0.changed { $0.network.base = .standard.with(transport: $0.network.base.transport) } },
        { $0.changed { $0.network.base.latency = .constant(.milliseconds(1)) } },
        { $0.changed { $0.network.base.duplication = .zero } },
        { $0.changed { $0.network.base.reordering = .zero } },
        { $0.changed { $0.network.base.loss = .zero } }, { $0.changed { $0.network.base.drop = .zero } },
        { $0.changed { $0.network.base = $0.network.base.openingAtOnce } },
        { $0.changed { $0.network.encodesMessages = false } },
        { $0.changed { $0.disks = .init(base: .standard) } },
        { $0.changed { $0.disks.base.sync = .constant(.milliseconds(1)) } },
        { $0.changed { $0.disks.exceptions = [] } },
        { $0.changed { $0.clocks = .init(base: .exact) } }, { $0.changed { $0.clocks.exceptions = [] } },
        { $0.changed { $0.ties = .sequence } }, { $0.changed { $0.heals = .all } },
        { $0.changed { $0.cluster.variants = [] } }, { $0.changed { $0.cluster.ownVersions = [] } },
        { $0.changed { ($0.cluster.zones, $0.cluster.racks) = ([], []) } },
        { $0.changed { $0.schedule = .plan(.earliest) } },
        { scenario in scenario.changed { $0.schedule = .plan(scenario.schedule.plan(seed: scenario.seed)) } },
        { $0.changed { $0.cluster.restartAfter = .seconds(1) } },
        { $0.withRaft { $0 = Scenario.RaftSettings() } },
        {
          $0.withRaft {
            $0 = Scenario.RaftSettings(
              rules: $0.rules, randomises: $0.randomises, snapshots: $0.snapshots,
              drawsSnapshots: $0.drawsSnapshots, wireVersion: $0.wireVersion)
          }
        },
        { $0.withRaft { ($0.snapshots, $0.drawsSnapshots) = (nil, false) } },
        { $0.withRaft { $0.wireVersion = .newest } },
        { $0.withRaft { $0.rules.limits = Scenario.RaftSettings().rules.limits } },
        { $0.changed { $0.workload?.timeout = .seconds(1) } },
        { $0.changed { $0.workload?.usesSessions = true } },
        { $0.changed { $0.workload?.calls = CallPolicy(patience: CallPolicy.patience(within: .seconds(1))) } },
        { $0.withOperations { $0.asking([.put, .get]) } }, { $0.withOperations { $0.asking([.put]) } },
        { $0.withOperations { KVWorkload(weights: $0.weights, keys: $0.keys, reads: $0.reads) } },
        {
          $0.withOperations {
            KVWorkload(weights: $0.weights, keys: .uniform(count: 1), valueSize: $0.valueSize, reads: $0.reads)
          }
        },
        { $0.withOperations { KVWorkload(weights: $0.weights, keys: $0.keys, valueSize: $0.valueSize) } },
      ], "parameters", seeds: 4)
    _ = minimise(best.scenario.clocks.exceptions, "clocks") { scenario, exceptions in
      scenario.changed { $0.clocks.exceptions = exceptions }
    }
    let clients = best.scenario.workload?.clients ?? 0
    takeEach(
      [1, 2, clients / 2].filter { $0 >= 1 && $0 < clients }.map { count in
        { $0.changed { $0.workload?.clients = count } }
      }, "clients", seeds: 8)
  }

  /// One node after another, the last ones first.
  mutating func removeNodes() {
    var place = best.scenario.cluster.nodes.count - 1
    while place >= 0, best.scenario.cluster.nodes.count > 1, goesOn {
      let node = place
      takeEach([{ $0.without(node: node) }], "nodes", seeds: 8)
      place -= 1
    }
  }
}

extension Scenario {
  func changed(_ change: (inout Scenario) -> Void) -> Scenario {
    var scenario = self
    change(&scenario)
    return scenario
  }

  fileprivate func withRaft(_ change: (inout RaftSettings) -> Void) -> Scenario {
    guard case .raftKV(var settings) = cluster.program else { return self }
    change(&settings)
    return changed { $0.cluster.program = .raftKV(settings) }
  }

  fileprivate func withOperations(_ change: (KVWorkload) -> KVWorkload) -> Scenario {
    changed { if let operations = $0.workload?.operations { $0.workload?.operations = change(operations) } }
  }

  fileprivate func with(operations: [UInt64]) -> Scenario { changed { $0.workload?.only = operations } }

  /// Nothing of what happens up to there is different.
  fileprivate func cut(to end: Nanoseconds) -> Scenario {
    let last = Instant.zero + end
    let faults = self.faults.compactMap { fault -> PlannedFault? in
      var fault = fault
      switch fault.schedule {
      case .once(let at, let until, let action):
        guard at < last else { return nil }
        fault.schedule = .once(at: at, until: min(until, last), action)
      case .repeating(var nemesis):
        let longest = nemesis.branches.map(\.duration).max() ?? .zero
        nemesis.to = min(nemesis.to, last - longest)
        guard nemesis.from < nemesis.to else { return nil }
        fault.schedule = .repeating(nemesis)
      }
      return fault
    }
    return changed {
      $0.duration = end
      $0.healAt = min($0.healAt, last)
      if let workload = $0.workload {
        // Clients whom the end forestalls come at once: without any, safety alone would be no expectation.
        let start = workload.start < last ? workload.start : .zero
        $0.workload?.start = start
        $0.workload?.stop = max(min(workload.stop, last), start + Nanoseconds(1))
      }
      $0.faults = faults
    }
  }

  fileprivate var withoutWorkload: Scenario {
    changed {
      $0.workload = nil
      let nodes = $0.cluster.nodes.count
      $0.clocks.exceptions.removeAll { $0.hosts.contains { $0.index >= nodes } }
    }
  }

  /// Without the node at this place: those behind it move up, and what was about it alone is gone.
  fileprivate func without(node: Int) -> Scenario {
    func moved(_ host: NodeID) -> NodeID? {
      host.index == node ? nil : host.index > node ? NodeID(host.rawValue - 1) : host
    }
    // A zone or rack is its nodes, since its number may be another's when some are gone.
    func moved(_ action: FaultAction) -> FaultAction? {
      let named = action.mapSelectors { selector in
        guard case .domain(let domain, .number(let number)) = selector else { return selector }
        return .hosts((domain == .zone ? cluster.zones : cluster.racks)[number].hosts)
      }
      return named?.mapHosts(moved)
    }
    func moved(_ domains: [Cluster.Domain]) -> [Cluster.Domain] {
      var domains = domains
      for place in domains.indices { domains[place].hosts = domains[place].hosts.compactMap(moved) }
      return domains.filter { !$0.hosts.isEmpty }
    }
    let faults = self.faults.compactMap { fault -> PlannedFault? in
      var fault = fault
      switch fault.schedule {
      case .once(let at, let until, let action):
        guard let action = moved(action) else { return nil }
        fault.schedule = .once(at: at, until: until, action)
      case .repeating(var nemesis):
        nemesis.branches = nemesis.branches.compactMap { branch in
          moved(branch.action).map { .init(action: $0, duration: branch.duration, weight: branch.weight) }
        }
        guard !nemesis.branches.isEmpty else { return nil }
        fault.schedule = .repeating(nemesis)
      }
      return fault
    }
    return changed {
      $0.cluster.nodes = (1..<$0.cluster.nodes.count).map { "n\($0)" }
      if case .mesh(let mesh) = $0.cluster.program, let smaller = mesh.without(node: node) {
        $0.cluster.program = .mesh(smaller)
      }
      if case .raftKV(var raft) = $0.cluster.program {
        // Where nobody is left, all are.
        raft.voters = raft.voters.map { $0.compactMap(moved) }.flatMap { $0.isEmpty ? nil : $0 }
        raft.begin.leader = raft.begin.leader.flatMap(moved)
        if case .each(var lengths) = raft.begin.logs {
          lengths.remove(at: node)
          raft.begin.logs = .each(lengths)
        }
        $0.cluster.program = .raftKV(raft)
      }
      $0.network.exceptions = $0.network.exceptions.map {
        .init(from: $0.from.compactMap(moved), to: $0.to.compactMap(moved), change: $0.change)
      }.filter { !$0.from.isEmpty && !$0.to.isEmpty }
      $0.disks.exceptions = $0.disks.exceptions.map {
        .init(hosts: $0.hosts.compactMap(moved), profile: $0.profile)
      }
      .filter { !$0.hosts.isEmpty }
      $0.clocks.exceptions = $0.clocks.exceptions.map {
        .init(hosts: $0.hosts.compactMap(moved), profile: $0.profile)
      }
      .filter { !$0.hosts.isEmpty }
      $0.cluster.ownVersions = $0.cluster.ownVersions.compactMap { own in
        guard let node = moved(own.node) else { return nil }
        var own = own
        own.node = node
        return own
      }
      ($0.cluster.zones, $0.cluster.racks) = (moved($0.cluster.zones), moved($0.cluster.racks))
      $0.choices = []
      $0 = $0.with(faults: faults)
    }
  }
}

extension LinkProfile {
  fileprivate func with(transport: Transport) -> LinkProfile {
    var profile = self
    profile.transport = transport
    return profile
  }
}

extension KVWorkload {
  /// Each of these kinds as often as the others.
  fileprivate func asking(_ kinds: [KVOperation.Kind]) -> KVWorkload {
    KVWorkload(
      weights: KVOperation.Kind.allCases.map { kinds.contains($0) ? 100_000 / UInt64(kinds.count) : 0 }, keys: keys,
      valueSize: valueSize, reads: reads)
  }
}

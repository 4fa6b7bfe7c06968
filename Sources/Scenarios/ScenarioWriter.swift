import Primitives
import Programs
import Raft
import World

/// The canonical YAML of a scenario: every default written out, one order of keys, one spelling of each
/// quantity. Reading it gives an equal scenario, and writing that gives the same text.
package enum ScenarioWriter {
  package static func yaml(_ scenario: Scenario) -> String { yaml(scenario, isBrief: false) }

  /// - Parameter isBrief: leaves out of faults what they have anyway.
  static func yaml(_ scenario: Scenario, isBrief: Bool) -> String {
    var lines = Lines(hosts: Hosts(scenario.cluster, clients: scenario.workload?.clients ?? 0), isBrief: isBrief)
    lines.header(scenario)
    lines.cluster(scenario.cluster)
    lines.network(scenario.network)
    lines.perHost("disks", scenario.disks, more: [("budget", scenario.diskBudget.rawValue)], Spelling.disk)
    lines.perHost("clocks", scenario.clocks, Spelling.clock)
    if scenario.resources != ResourceProfile() { lines.add("resources", Spelling.resources(scenario.resources)) }
    if let workload = scenario.workload { lines.workload(workload) }
    lines.faults(scenario.faults)
    lines.choices(scenario.choices)
    if scenario.election != Scenario.ElectionMeasure() {
      lines.add("measures", Spelling.map([("election", Spelling.election(scenario.election))]))
    }
    lines.expectations(scenario.expectations)
    if let sweep = scenario.sweep { lines.add("sweep", Spelling.sweep(sweep)) }
    return lines.text
  }
}

extension ScenarioWriter {
  /// The scenario's choices, one text each, as they stand in its list.
  package static func choices(_ scenario: Scenario) -> [String] {
    let hosts = Hosts(scenario.cluster, clients: scenario.workload?.clients ?? 0)
    return scenario.choices.map { Spelling.map(Spelling.choice($0, hosts)) }
  }
}

/// The text under way.
private struct Lines {
  let hosts: Hosts
  let isBrief: Bool
  var text = ""

  mutating func add(_ key: String, _ value: String, level: Int = 0) {
    text += String(repeating: "  ", count: level) + "\(key): \(value)\n"
  }

  mutating func open(_ key: String, level: Int = 0) { text += String(repeating: "  ", count: level) + "\(key):\n" }

  mutating func item(_ value: String, level: Int) { text += String(repeating: "  ", count: level) + "- \(value)\n" }

  // MARK: Sections

  mutating func header(_ scenario: Scenario) {
    add("faultline", "1")
    add("name", Spelling.word(scenario.name))
    if !scenario.description.isEmpty { add("description", Spelling.quoted(scenario.description)) }
    add("seed", "\(scenario.seed)")
    add("duration", Units.text(scenario.duration))
    add("heal_at", Spelling.moment(scenario.healAt))
    add("heal", scenario.heals.rawValue)
    add("ties", scenario.ties.rawValue)
    add("schedule", Spelling.schedule(scenario.schedule))
  }

  mutating func cluster(_ cluster: Scenario.Cluster) {
    open("cluster")
    add("nodes", Spelling.nodes(cluster), level: 1)
    add("program", cluster.program.name, level: 1)
    switch cluster.program {
    case .raftKV(let raft):
      open("raft", level: 1)
      for (key, value) in Spelling.raft(raft, nodes: cluster.nodes) { add(key, value, level: 2) }
    case .gossip(let gossip):
      open("gossip", level: 1)
      add("interval", Units.text(gossip.interval), level: 2)
      add("fanout", "\(gossip.fanout)", level: 2)
      add("rumours", "\(gossip.rumours)", level: 2)
    case .crdt(let crdt):
      open("crdt", level: 1)
      add("interval", Units.text(crdt.interval), level: 2)
      add("fanout", "\(crdt.fanout)", level: 2)
      add("deltas", "\(crdt.deltas)", level: 2)
      add("operations", "\(crdt.operations)", level: 2)
    case .mesh(let mesh):
      open("mesh", level: 1)
      for (key, value) in Spelling.mesh(mesh, hosts) { add(key, value, level: 2) }
    }
    add("restart_after", Units.text(cluster.restartAfter), level: 1)
    if !cluster.variants.isEmpty {
      open("variants", level: 1)
      for variant in cluster.variants {
        add(Spelling.word(variant.name), Spelling.variant(variant), level: 2)
      }
    }
    if !cluster.zones.isEmpty { add("zones", Spelling.domains(cluster.zones, hosts), level: 1) }
    if !cluster.racks.isEmpty { add("racks", Spelling.domains(cluster.racks, hosts), level: 1) }
  }

  mutating func network(_ network: NetworkPlan) {
    open("network")
    // An unlimited link has no queue, and a limit for it would be refused.
    var base = network.base.everything
    if base.bandwidth == nil { base.queueLimit = nil }
    // Nor does anybody dial in vain where streams open by themselves, or have connections where there are none.
    if network.base.opensAtOnce { (base.setupTimeout, base.reconnect) = (nil, nil) }
    if network.base.transport == .datagram { (base.setup, base.setupFailure) = (nil, nil) }
    for (key, value) in Spelling.link(base) { add(key, value, level: 1) }
    add("codec", network.encodesMessages ? "wire" : "typed", level: 1)
    guard !network.exceptions.isEmpty else { return }
    open("links", level: 1)
    for exception in network.exceptions {
      let ends = [("from", Spelling.hosts(exception.from, hosts)), ("to", Spelling.hosts(exception.to, hosts))]
      item(Spelling.map(ends + Spelling.link(exception.change)), level: 2)
    }
  }

  /// A section about all hosts, and what some have instead.
  mutating func perHost<Profile>(
    _ section: String, _ settings: Scenario.PerHost<Profile>, more: Spelling.Pairs = [],
    _ spell: (Profile) -> Spelling.Pairs
  ) {
    open(section)
    for (key, value) in spell(settings.base) + more { add(key, value, level: 1) }
    guard !settings.exceptions.isEmpty else { return }
    open("hosts", level: 1)
    for exception in settings.exceptions {
      item(
        Spelling.map([("nodes", Spelling.hosts(exception.hosts, hosts))] + spell(exception.profile)), level: 2)
    }
  }

  mutating func workload(_ workload: Scenario.WorkloadPlan) {
    open("workload")
    add("clients", "\(workload.clients)", level: 1)
    switch workload.pacing {
    case .rate(let rate): add("rate", Units.decimalText(rate, scale: 3) + "/s", level: 1)
    case .think(let time, let inFlight):
      add("think", Units.text(time), level: 1)
      add("in_flight", "\(inFlight)", level: 1)
    }
    let kinds: [(String, KVOperation.Kind)] = [("put", .put), ("get", .get), ("delete", .delete), ("cas", .cas)]
    let weights = workload.operations.weights
    add(
      "mix", Spelling.map(kinds.map { ($0.0, Units.decimalText(weights[Int($0.1.rawValue)], scale: 3) + "%") }),
      level: 1)
    let reads = workload.operations.reads
    if let only = reads.firstIndex(of: 100_000) {
      add("reads", Grammar.reads[only], level: 1)
    } else {
      add(
        "reads",
        Spelling.map(zip(Grammar.reads, reads).map { ($0, Units.decimalText($1, scale: 3) + "%") }), level: 1)
    }
    switch workload.operations.keys {
    case .uniform(let count): add("keys", "{uniform: {count: \(count)}}", level: 1)
    case .zipf(let count, let exponent):
      add("keys", "{zipf: {count: \(count), exponent: \(Units.decimalText(UInt64(exponent), scale: 3))}}", level: 1)
    }
    add("value_size", Units.sizeText(UInt64(workload.operations.valueSize)), level: 1)
    add("timeout", Units.text(workload.timeout), level: 1)
    add("sessions", "\(workload.usesSessions)", level: 1)
    open("retry", level: 1)
    for (key, value) in Spelling.retry(workload.calls) { add(key, value, level: 2) }
    add("start", Spelling.moment(workload.start), level: 1)
    add("stop", Spelling.moment(workload.stop), level: 1)
    if let only = workload.only { add("only", Spelling.list(only.map { "\($0)" }), level: 1) }
  }

  mutating func faults(_ faults: [PlannedFault]) {
    guard !faults.isEmpty else { return add("faults", "[]") }
    open("faults")
    for (position, fault) in faults.enumerated() {
      if isBrief, case .once(let at, let until, let action) = fault.schedule {
        item(Spelling.map(Spelling.brief(fault, position: position, at, until, action, hosts)), level: 1)
        continue
      }
      item("id: \(fault.id)", level: 1)
      add("name", Spelling.quoted(fault.name), level: 2)
      if let luck = fault.luck { add("luck", "{fault: \(luck.fault), number: \(luck.number)}", level: 2) }
      switch fault.schedule {
      case .once(let at, let until, let action):
        add("at", Spelling.moment(at), level: 2)
        if until > at { add("for", Units.text(until - at), level: 2) }
        for (key, value) in Spelling.action(action, hosts) { add(key, value, level: 2) }
      case .repeating(let nemesis):
        add("every", Spelling.distribution(nemesis.every), level: 2)
        add("between", Spelling.list([Spelling.moment(nemesis.from), Spelling.moment(nemesis.to)]), level: 2)
        add("swarm", "\(nemesis.swarms)", level: 2)
        add("one_at_a_time", "\(nemesis.oneAtATime)", level: 2)
        open("one_of", level: 2)
        for branch in nemesis.branches {
          let lasting = branch.duration > .zero ? [("for", Units.text(branch.duration))] : []
          let words = Spelling.action(branch.action, hosts) + lasting + [("weight", "\(branch.weight)")]
          item(Spelling.map(words), level: 3)
        }
      }
    }
  }

  /// Nothing where chance makes every choice.
  mutating func choices(_ choices: [NamedChoice]) {
    guard !choices.isEmpty else { return }
    open("choices")
    for choice in choices { item(Spelling.map(Spelling.choice(choice, hosts)), level: 1) }
  }

  mutating func expectations(_ expectations: [Scenario.Expectation]) {
    open("expect")
    for expectation in expectations {
      switch expectation {
      case .safety: item("safety", level: 1)
      case .linearizable(let budget): item("{linearizable: {budget: \(budget)}}", level: 1)
      case .readYourWrites: item("read_your_writes", level: 1)
      case .monotonicReads: item("monotonic_reads", level: 1)
      case .monotonicWrites: item("monotonic_writes", level: 1)
      case .committedReads: item("committed_reads", level: 1)
      case .sometimes(let marks):
        item("{sometimes: \(Spelling.list(marks.map(\.rawValue)))}", level: 1)
      case .recovers(let within): item("{recovers: {within: \(Units.text(within))}}", level: 1)
      case .converges(let within): item("{converges: {within: \(Units.text(within))}}", level: 1)
      case .heals(let kinds, let within):
        item("{heals: {kinds: \(Spelling.list(kinds)), within: \(Units.text(within))}}", level: 1)
      case .measure(let bound):
        let value =
          switch bound.bound {
          case .count(let count): "\(count)"
          case .duration(let duration): Units.text(duration)
          case .share(let share): Units.text(share)
          }
        item(
          "{measure: \(bound.measure.rawValue).\(bound.statistic.rawValue), \(bound.direction.rawValue): \(value)}",
          level: 1)
      }
    }
  }
}

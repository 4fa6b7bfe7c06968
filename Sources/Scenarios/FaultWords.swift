import Primitives
import World

/// Faults in words, for reports: `partition leader→others at 10s`.
struct FaultWords {
  let hosts: Hosts

  /// At most 200 characters, as for names that people give.
  func name(_ schedule: PlannedFault.Schedule) -> String {
    let words = words(schedule)
    return words.unicodeScalars.count > 200 ? String(words.unicodeScalars.prefix(199)) + "…" : words
  }

  private func words(_ schedule: PlannedFault.Schedule) -> String {
    switch schedule {
    case .once(let at, _, let action): "\(name(action)) at \(Units.text(at - .zero))"
    case .repeating(let nemesis):
      alternatives(
        nemesis.branches.prefix(4).map { name($0.action) } + (nemesis.branches.count > 4 ? ["others"] : []))
        + " from \(Units.text(nemesis.from - .zero)) to \(Units.text(nemesis.to - .zero))"
    }
  }

  fileprivate func name(_ action: FaultAction) -> String {
    switch action {
    case .crash(let selector): "crash \(name(selector))"
    case .power(let selector): "power of \(name(selector))"
    case .restart(let selector): "restart \(name(selector))"
    case .pause(let selector): "pause \(name(selector))"
    case .disk(let selector, _): "disk of \(name(selector))"
    case .clock(let selector, _): "clock of \(name(selector))"
    case .slow(let selector, _): "slow \(name(selector))"
    case .load(let selector, _, let ends): "\(ends ? "runaway" : "load") on \(name(selector))"
    case .leak(let selector, _): "leak on \(name(selector))"
    case .damage(let selector, _): "damage \(name(selector))"
    case .wipe(let selector): "wipe \(name(selector))"
    case .roll(let selector, _, _, let variant):
      "rolling restart of \(name(selector))" + (variant.map { " as \(hosts.variants[$0])" } ?? "")
    case .reconfigure(let selector, let variant): "reconfigure \(name(selector)) as \(hosts.variants[variant])"
    case .partition(let shape, _, let flap): "\(flap == nil ? "partition" : "flapping partition") \(name(shape))"
    case .link(let from, let to, _): "link \(name(from))→\(name(to))"
    case .membership(let parts):
      parts.isEmpty
        ? "abandon the change of the membership"
        : "membership: "
          + parts.map { "\(Grammar.membership[$0.wish.rawValue]) \(name($0.who))" }.joined(separator: ", ")
    case .handover(let selector): "handover to \(name(selector))"
    }
  }

  private func name(_ shape: PartitionShape) -> String {
    switch shape {
    case .halves: "halves"
    case .bridge: "bridge"
    case .ring, .circle: "ring"
    case .domains(let domain): "\(domain.rawValue)s"
    case .isolate(let selector): "around \(name(selector))"
    case .oneWay(let from, let to): "\(name(from))→\(name(to))"
    case .groups(let groups): groups.prefix(4).map(name).joined(separator: " | ") + (groups.count > 4 ? " | …" : "")
    }
  }

  private func name(_ selector: Selector) -> String {
    if case .hosts(let members) = selector { return name(members) }
    if case .domain(let domain, let choice) = selector {
      return "\(domain.rawValue) \(Spelling.name(of: choice, domain, hosts))"
    }
    return selector.word ?? "hosts"
  }

  private func name(_ members: [NodeID]) -> String {
    members.prefix(4).map(hosts.name).joined(separator: ",") + (members.count > 4 ? ",…" : "")
  }
}

extension FaultAction {
  /// The scenario's word for what it does.
  package var kind: String {
    switch self {
    case .crash: "crash"
    case .power: "power"
    case .restart: "restart"
    case .roll: "rolling_restart"
    case .reconfigure: "reconfigure"
    case .pause: "pause"
    case .slow: "slow"
    case .partition: "partition"
    case .disk: "disk"
    case .damage: "damage"
    case .wipe: "wipe"
    case .clock: "clock"
    case .link: "link"
    case .load: "load"
    case .leak: "leak"
    case .membership: "membership"
    case .handover: "handover"
    }
  }
}

extension Scenario {
  /// What was done, with every selector resolved, and how much of it: `partition n1,n2 | n3,n4,n5`, `clock {nodes: n1,
  /// step: -30s}`.
  package func words(of action: FaultAction) -> String {
    let hosts = Hosts(cluster, clients: workload?.clients ?? 0)
    switch action {
    case .clock, .link, .disk, .slow, .load, .leak, .damage:
      let words = Spelling.action(action, hosts).map { "\($0.0) \($0.1)" }.joined(separator: ", ")
      return words.unicodeScalars.count > 200 ? String(words.unicodeScalars.prefix(199)) + "…" : words
    default: return FaultWords(hosts: hosts).name(action)
    }
  }

  /// What a fault does in words: the whole of a timed one's name, of a repeating one's the branch.
  package func words(ofFault fault: Int, branch: Int) -> String {
    guard case .repeating(let nemesis) = faults[fault].schedule else { return faults[fault].name }
    return FaultWords(hosts: Hosts(cluster, clients: workload?.clients ?? 0)).name(nemesis.branches[branch].action)
  }
}

extension Selector {
  /// The scenario's word for it; nil for hosts by name, zone or rack. The bits are those of the Raft node's tags.
  var word: String? {
    switch self {
    case .hosts, .domain: nil
    case .tagged(bit: 0): "leader"
    case .tagged(bit: 1): "follower"
    case .tagged: "candidate"
    case .allTagged: "followers"
    case .random: "random"
    case .majority: "majority"
    case .minority: "minority"
    case .some: "some"
    case .all: "all"
    case .others: "others"
    case .clients: "clients"
    }
  }
}

extension Scenario {
  /// Gives every fault the name that it would have without one of its own.
  package mutating func nameFaults() {
    let words = FaultWords(
      hosts: Hosts(nodes: cluster.nodes, clients: workload?.clients ?? 0, program: cluster.program))
    for place in faults.indices { faults[place].name = words.name(faults[place].schedule) }
  }
}

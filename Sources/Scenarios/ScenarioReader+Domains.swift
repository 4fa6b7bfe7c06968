import Primitives
import World

/// Zones and racks: which nodes share a fate.
extension ScenarioReader {
  static func domains(
    _ domain: FailureDomain, _ field: Field?, nodes: [String]
  ) throws(Complaint) -> [Scenario.Cluster.Domain] {
    guard let field else { return [] }
    let expected = "a map of names and their nodes, such as {east: [n1, n2], west: [n3]}"
    guard case .map(let entries) = field.value.content, !entries.isEmpty else {
      throw field.complaint(expected: expected)
    }
    let hosts = Hosts(nodes: nodes, clients: 0, program: .raftKV(Scenario.RaftSettings()))
    var domains: [Scenario.Cluster.Domain] = []
    var homes: [NodeID: String] = [:]
    for entry in entries {
      guard isName(entry.key, limit: 32) else {
        throw Complaint(
          at: entry.place,
          "\(field.name): found the name \(quoted(entry.key)); expected a name of a to z, 0 to 9 and '-', "
            + "not beginning with '-', of at most 32 characters")
      }
      guard !Grammar.domainWords.contains(entry.key) else {
        throw Complaint(
          at: entry.place,
          "\(field.name): found the name \(quoted(entry.key)); expected another name: this word selects in faults")
      }
      let members = Field(name: "\(field.name).\(entry.key)", keyPlace: entry.place, value: entry.value)
      let found = try hosts.hosts(members, nodesOnly: true)
      for host in found {
        if let other = homes.updateValue(entry.key, forKey: host) {
          throw Complaint(
            at: members.value.place,
            "\(members.name): \(quoted(nodes[host.index])) is in the \(domain.rawValue) \(quoted(other)) too; "
              + "expected it in one")
        }
      }
      domains.append(Scenario.Cluster.Domain(name: entry.key, hosts: found.sorted()))
    }
    return domains
  }

  /// A rack stands in one zone.
  static func refuseScatteredRacks(
    _ racks: [Scenario.Cluster.Domain], _ zones: [Scenario.Cluster.Domain], _ field: Field?
  ) throws(Complaint) {
    guard let field, !zones.isEmpty else { return }
    for rack in racks {
      let homes = zones.filter { zone in rack.hosts.contains { zone.hosts.contains($0) } }
      let strays = rack.hosts.contains { host in !zones.contains { $0.hosts.contains(host) } }
      guard homes.count > 1 || (homes.count == 1 && strays) else { continue }
      throw Complaint(
        at: field.value.place,
        "\(field.name): the rack \(quoted(rack.name)) is in \(quoted(homes[0].name)) with a part of its nodes only; "
          + "expected a rack to stand in one zone")
    }
  }
}

extension FaultReader {
  /// `{zone: east}`, `{rack: random}` or `{zone: leader}`.
  func domain(_ field: Field) throws(Complaint) -> Selector {
    let fields = try FieldReader(field.value, name: field.name, keys: FailureDomain.allCases.map(\.rawValue))
    let (key, inner) = try fields.exactlyOne(of: FailureDomain.allCases.map(\.rawValue))
    let domain = key == "zone" ? FailureDomain.zone : .rack
    let domains = hosts.domains(domain)
    try refuseWithout(domain, inner)
    var words = domains.map(\.name) + ["random"]
    if case .raftKV = hosts.program { words.append("leader") }
    switch try inner.word(of: words) {
    case "random": return .domain(domain, .random)
    case "leader": return .domain(domain, .ofTagged(bit: 0))
    case let name:
      guard let number = domains.firstIndex(where: { $0.name == name }) else {
        throw inner.complaint(expected: alternatives(words))
      }
      return .domain(domain, .number(number))
    }
  }

  func refuseWithout(_ domain: FailureDomain, _ field: Field, atLeast least: Int = 1) throws(Complaint) {
    let count = hosts.domains(domain).count
    guard count < least else { return }
    let there = count == 0 ? "no \(domain.rawValue)s" : "one \(domain.rawValue)"
    let number = least == 1 ? "some" : "several"
    throw Complaint(
      at: field.keyPlace,
      "\(field.name): the cluster has \(there); expected 'cluster.\(domain.rawValue)s' to name \(number)")
  }
}

extension Spelling {
  static func domain(_ domain: FailureDomain, _ choice: DomainChoice, _ hosts: Hosts) -> String {
    map([(domain.rawValue, name(of: choice, domain, hosts))])
  }

  static func name(of choice: DomainChoice, _ domain: FailureDomain, _ hosts: Hosts) -> String {
    switch choice {
    case .number(let number): word(hosts.domains(domain)[number].name)
    case .random: "random"
    case .ofTagged: "leader"
    }
  }

  static func domains(_ domains: [Scenario.Cluster.Domain], _ hosts: Hosts) -> String {
    map(domains.map { (word($0.name), list($0.hosts.map { word(hosts.name(of: $0)) })) })
  }
}

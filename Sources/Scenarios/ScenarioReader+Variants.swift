import Primitives
import Programs
import Raft
import World

/// Other settings that nodes may be restarted with.
extension ScenarioReader {
  static func variants(
    _ field: Field?, of program: Scenario.ProgramChoice, beside own: [Scenario.Cluster.OwnVersion]
  ) throws(Complaint) -> [Scenario.Cluster.Variant] {
    guard let field else { return [] }
    guard case .raftKV(let base) = program else {
      throw Complaint(
        at: field.keyPlace, "\(field.name) are settings of raft-kv; expected none for the program '\(program.name)'"
      )
    }
    guard !base.randomises else {
      throw Complaint(
        at: field.keyPlace,
        "\(field.name) beside 'randomise', by which each seed draws all settings; expected one of the two")
    }
    let expected = "a map of names and settings, such as {eager: {raft: {heartbeat: 20ms}}}"
    guard case .map(let entries) = field.value.content, !entries.isEmpty else {
      throw field.complaint(expected: expected)
    }
    var variants: [Scenario.Cluster.Variant] = []
    for entry in entries {
      guard isName(entry.key, limit: 32), entry.key != Grammar.baseVariant else {
        throw Complaint(
          at: entry.place,
          "\(field.name): found the name \(quoted(entry.key)); expected a name of a to z, 0 to 9 and '-', not beginning "
            + "with '-', of at most 32 characters, and not 'base', which is how every node begins")
      }
      let fields = try FieldReader(entry.value, name: "\(field.name).\(entry.key)", keys: Grammar.variant)
      let raft = try fields.required("raft")
      let settings = try FieldReader(raft.value, name: raft.name, keys: Grammar.variantRaft)
      let rules = try rules(raft, settings, over: base.rules)
      let version = try wireVersion(settings)
      let changesVersion = version.map { $0 != base.wireVersion || own.contains { $0.wireVersion != version } }
      guard rules != base.rules || changesVersion == true else {
        throw Complaint(
          at: raft.value.place, "\(raft.name) says what 'cluster.raft' says; expected something different")
      }
      variants.append(Scenario.Cluster.Variant(name: entry.key, rules: rules, wireVersion: version))
    }
    return variants
  }

  /// A leader trusts its lease because no follower votes for another within the leader's shortest time-out: a promise
  /// of all servers' settings together.
  static func refuseBrokenLeases(
    _ cluster: Scenario.Cluster, _ workload: Scenario.WorkloadPlan?, _ field: Field
  ) throws(Complaint) {
    guard case .raftKV(let base) = cluster.program, let workload,
      workload.operations.reads[Int(ReadMode.lease.rawValue)] > 0
    else { return }
    for variant in cluster.variants
    where !variant.rules.grantsLeases || variant.rules.timing.shortest != base.rules.timing.shortest {
      throw Complaint(
        at: field.value.place,
        "cluster.variants: \(quoted(variant.name)) would break leases, by which 'workload.reads' reads; "
          + "expected 'check_quorum' and 'leader_stickiness' on, and the shortest election timeout of all variants the same"
      )
    }
  }
}

extension FaultReader {
  func reconfigure(_ field: Field) throws(Complaint) -> FaultAction {
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.reconfigure)
    let nodes = try fields.required("nodes")
    let selector = try selector(nodes)
    let hasClients: Bool =
      switch selector {
      case .clients: true
      case .hosts(let members): members.contains { $0.index >= hosts.nodes.count }
      default: false
      }
    guard !hasClients else { throw nodes.complaint(expected: "nodes: clients have no settings") }
    return .reconfigure(selector, variant: try variant(fields.required("variant")))
  }

  /// The number of a variant, by its name.
  func variant(_ field: Field) throws(Complaint) -> Int {
    guard hosts.variants.count > 1 else {
      throw Complaint(
        at: field.keyPlace, "\(field.name): the cluster has no variants; expected 'cluster.variants' to name some")
    }
    let name = try field.word(of: hosts.variants)
    guard let number = hosts.variants.firstIndex(of: name) else {
      throw field.complaint(expected: alternatives(hosts.variants))
    }
    return number
  }
}

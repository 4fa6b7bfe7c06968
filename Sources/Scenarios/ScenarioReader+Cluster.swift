import Primitives
import Raft
import World

extension ScenarioReader {
  /// A disk that a node's own entry describes; it is read with the other disks.
  struct NodeDisk {
    let host: NodeID
    let field: Field
  }

  /// Nodes as they are listed, with what their own entries say.
  private struct Nodes {
    var names: [String] = []
    var disks: [NodeDisk] = []
    var raft: [(node: NodeID, field: Field)] = []
  }

  // MARK: Cluster

  static func cluster(_ field: Field) throws(Complaint) -> (value: Scenario.Cluster, disks: [NodeDisk]) {
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.cluster)
    let nodes = try nodes(fields.required("nodes"))
    let program = try program(fields, nodes: nodes.names)
    let restartAfter = try fields.optional("restart_after")?.positiveDuration() ?? .seconds(1)
    var cluster = Scenario.Cluster(nodes: nodes.names, program: program, restartAfter: restartAfter)
    cluster.ownVersions = try ownVersions(nodes.raft, of: program)
    cluster.variants = try variants(fields.optional("variants"), of: program, beside: cluster.ownVersions)
    cluster.zones = try domains(.zone, fields.optional("zones"), nodes: nodes.names)
    cluster.racks = try domains(.rack, fields.optional("racks"), nodes: nodes.names)
    try refuseScatteredRacks(cluster.racks, cluster.zones, fields.optional("racks"))
    return (cluster, nodes.disks)
  }

  private static let mostNodes: UInt64 = 10_000

  private static func nodes(_ field: Field) throws(Complaint) -> Nodes {
    let expected = "a number from 1 to 10000, or a list of names"
    switch field.value.content {
    case .text(let text, plain: true):
      guard let count = try? Units.integer(text), count >= 1, count <= mostNodes else {
        throw field.complaint(expected: expected)
      }
      return Nodes(names: (1...count).map { "n\($0)" })
    case .list(let elements) where !elements.isEmpty && elements.count <= Int(mostNodes):
      var nodes = Nodes()
      var seen: Set<String> = []
      for element in elements {
        var name = field.element(element)
        if case .map = element.content {
          let fields = try FieldReader(element, name: field.name, keys: Grammar.node)
          name = try fields.required("name")
          let node = NodeID(UInt32(nodes.names.count))
          if let disk = fields.optional("disk") { nodes.disks.append(NodeDisk(host: node, field: disk)) }
          if let raft = fields.optional("raft") { nodes.raft.append((node, raft)) }
        }
        let text = try nodeName(name)
        guard seen.insert(text).inserted else {
          throw Complaint(
            at: name.value.place, "\(name.name): a second node is called \(quoted(text)); expected another name")
        }
        nodes.names.append(text)
      }
      return nodes
    case .list(let elements):
      throw Complaint(
        at: field.value.place, "\(field.name): found a list of \(elements.count); expected \(expected)")
    default:
      throw field.complaint(expected: expected)
    }
  }

  private static func ownVersions(
    _ entries: [(node: NodeID, field: Field)], of program: Scenario.ProgramChoice
  ) throws(Complaint) -> [Scenario.Cluster.OwnVersion] {
    var versions: [Scenario.Cluster.OwnVersion] = []
    for (node, field) in entries {
      guard case .raftKV = program else {
        throw Complaint(
          at: field.keyPlace,
          "\(field.name) does not belong to the program '\(program.name)'; remove it or change the program")
      }
      let fields = try FieldReader(field.value, name: field.name, keys: Grammar.nodeRaft)
      guard let version = try wireVersion(fields) else { continue }
      versions.append(.init(node: node, wireVersion: version))
    }
    return versions
  }

  private static func nodeName(_ field: Field) throws(Complaint) -> String {
    let expected = "a name of a to z, 0 to 9 and '-', not beginning with '-', of at most 32 characters"
    let name = try field.text(expected)
    guard isName(name, limit: 32) else { throw field.complaint(expected: expected) }
    if name.utf8.first == UInt8(ascii: "c"), name.utf8.count > 1,
      name.utf8.dropFirst().allSatisfy({ (48...57).contains($0) })
    {
      throw field.complaint(expected: "another name: 'c' and a number is a client's")
    }
    guard !(Grammar.roleWords + Grammar.selectorWords).contains(name) else {
      throw field.complaint(expected: "another name: this word selects hosts in faults")
    }
    return name
  }

  // MARK: Programs

  private static func program(_ fields: FieldReader, nodes: [String]) throws(Complaint) -> Scenario.ProgramChoice {
    let words = Grammar.programs.map(\.name)
    let word = try fields.optional("program")?.word(of: words, later: Grammar.laterPrograms) ?? words[0]
    for program in Grammar.programs where program.name != word {
      guard let field = fields.optional(program.key) else { continue }
      throw Complaint(
        at: field.keyPlace,
        "\(field.name) does not belong to the program '\(word)'; remove it or change the program")
    }
    switch word {
    case "gossip": return .gossip(try gossip(fields.optional("gossip"), fields.place, nodes: nodes.count))
    case "crdt": return .crdt(try crdt(fields.optional("crdt"), fields.place, nodes: nodes.count))
    case "mesh": return .mesh(try mesh(fields.optional("mesh"), nodes: nodes))
    default:
      guard let settings = fields.optional("raft") else { return .raftKV(Scenario.RaftSettings()) }
      return .raftKV(try raft(settings, nodes: nodes))
    }
  }

  private static func gossip(_ field: Field?, _ cluster: Place, nodes: Int) throws(Complaint)
    -> Scenario.GossipSettings
  {
    let fields = try field.map { field throws(Complaint) in
      try FieldReader(field.value, name: field.name, keys: Grammar.gossip)
    }
    return Scenario.GossipSettings(
      interval: try fields?.optional("interval")?.positiveDuration() ?? .milliseconds(100),
      fanout: try fanout(fields?.optional("fanout"), 2, of: "gossip", cluster, nodes: nodes),
      rumours: Int(try fields?.optional("rumours")?.integer(in: 1...10_000) ?? 10))
  }

  private static func crdt(_ field: Field?, _ cluster: Place, nodes: Int) throws(Complaint) -> Scenario.CRDTSettings
  {
    let fields = try field.map { field throws(Complaint) in
      try FieldReader(field.value, name: field.name, keys: Grammar.crdt)
    }
    return Scenario.CRDTSettings(
      interval: try fields?.optional("interval")?.positiveDuration() ?? .milliseconds(500),
      fanout: try fanout(fields?.optional("fanout"), 1, of: "crdt", cluster, nodes: nodes),
      deltas: Int(try fields?.optional("deltas")?.integer(in: 0...10_000) ?? 64),
      operations: Int(try fields?.optional("operations")?.integer(in: 1...10_000) ?? 100))
  }

  /// - Parameter standard: where none is given.
  private static func fanout(
    _ field: Field?, _ standard: UInt64, of program: String, _ cluster: Place, nodes: Int
  ) throws(Complaint) -> Int {
    let peers = try field?.integer(in: 1...mostNodes) ?? standard
    guard peers < UInt64(nodes) else {
      throw Complaint(
        at: field?.value.place ?? cluster,
        "cluster.\(program): a fanout of \(peers) needs more than \(peers) nodes, "
          + "and there \(nodes == 1 ? "is 1" : "are \(nodes)")"
      )
    }
    return Int(peers)
  }

  // MARK: Disks

  static func disks(_ field: Field?, nodeDisks: [NodeDisk], _ hosts: Hosts) throws(Complaint)
    -> Scenario.PerHost<
      DiskProfile
    >
  {
    var disks = Scenario.PerHost(base: DiskProfile.standard)
    if let field {
      let fields = try FieldReader(field.value, name: field.name, keys: Grammar.disks)
      disks.base = try diskProfile(fields, over: .standard)
      for element in try fields.optional("hosts")?.list("a list of maps with 'nodes' and what is different there")
        ?? []
      {
        let fields = try FieldReader(element.value, name: element.name, keys: Grammar.diskException)
        let nodes = try hosts.hosts(fields.required("nodes"), nodesOnly: true)
        disks.exceptions.append(.init(hosts: nodes, profile: try diskProfile(fields, over: disks.base)))
      }
    }
    for disk in nodeDisks {
      let fields = try FieldReader(disk.field.value, name: disk.field.name, keys: Grammar.disk)
      disks.exceptions.append(.init(hosts: [disk.host], profile: try diskProfile(fields, over: disks.base)))
    }
    return disks
  }

  private static func diskProfile(_ fields: FieldReader, over base: DiskProfile) throws(Complaint) -> DiskProfile {
    try diskChange(fields).applied(to: base)
  }

  static func diskChange(_ fields: FieldReader) throws(Complaint) -> DiskChange {
    DiskChange(
      write: try fields.optional("write")?.distribution(), sync: try fields.optional("sync")?.distribution(),
      failure: try fields.optional("failure")?.percentage(), lost: try fields.optional("lost")?.percentage(),
      misdirected: try fields.optional("misdirected")?.percentage(), isFull: try fields.optional("full")?.flag(),
      stalls: try fields.optional("stall")?.flag(),
      unsynced: try fields.optional("unsynced")?.word(DiskProfile.Unsynced.self))
  }

  static func diskBudget(_ field: Field?) throws(Complaint) -> DiskBudget {
    guard let field, case .map = field.value.content else { return .recoverable }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.disks)
    return try fields.optional("budget")?.word(DiskBudget.self) ?? .recoverable
  }
}

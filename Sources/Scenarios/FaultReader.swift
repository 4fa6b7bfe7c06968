import Primitives
import Programs
import World

/// When faults may be.
struct FaultSpan {
  let duration: Nanoseconds
  let healAt: Instant
}

/// What a fault's parts are read with: the hosts that they may name, and the links that they may change.
struct FaultReader {
  let hosts: Hosts
  let network: NetworkPlan
  let resources: ResourceProfile
  let span: FaultSpan

  // MARK: Selectors

  /// The words that stand for hosts of this program.
  var words: [String] {
    let selectors = hosts.clients > 0 ? Grammar.selectorWords : Grammar.selectorWords.filter { $0 != "clients" }
    if case .raftKV = hosts.program { return Grammar.roleWords + selectors }
    return selectors
  }

  /// - Parameter hasOtherSide: in `from` and `to`, where `others` means something.
  func selector(_ field: Field, hasOtherSide: Bool = false) throws(Complaint) -> Selector {
    let words = hasOtherSide ? words : words.filter { $0 != "others" }
    if case .list = field.value.content { return .hosts(try hosts.hosts(field)) }
    if case .map = field.value.content { return try domain(field) }
    let word = try field.text("a host, a list of hosts, or \(alternatives(words))")
    if let host = hosts.number(of: word) { return .hosts([host]) }
    guard words.contains(word) else { throw refusal(of: word, field, words) }
    switch word {
    case "leader": return .tagged(bit: 0)
    case "follower": return .tagged(bit: 1)
    case "followers": return .allTagged(bit: 1)
    case "candidate": return .tagged(bit: 2)
    case "random": return .random
    case "majority": return .majority
    case "minority":
      guard hosts.nodes.count >= 3 else {
        throw field.complaint(expected: "another selector: a minority is nobody in fewer than 3 nodes")
      }
      return .minority
    case "some": return .some
    case "all": return .all
    case "clients": return .clients
    default: return .others
    }
  }

  private func refusal(of word: String, _ field: Field, _ words: [String]) -> Complaint {
    let expected = "a host name or \(alternatives(words))"
    if word == "others" {
      return field.complaint(expected: "\(expected): 'others' needs another side to differ from")
    }
    if word == "clients" {
      return field.complaint(expected: "\(expected): without a workload there are no clients")
    }
    if Grammar.roleWords.contains(word) {
      return field.complaint(expected: "\(expected): nodes of '\(hosts.program.name)' have no roles")
    }
    return field.complaint(expected: expected + suggestion(for: word, among: words + hosts.names))
  }

  /// `from` and `to` of one map.
  private func sides(_ fields: FieldReader) throws(Complaint) -> (from: Selector, to: Selector) {
    let from = try selector(fields.required("from"), hasOtherSide: true)
    let toField = try fields.required("to")
    let to = try selector(toField, hasOtherSide: true)
    if from == .others, to == .others {
      throw toField.complaint(
        expected: "hosts: 'others' is what the other side does not name, and both sides say so")
    }
    return (from, to)
  }

  // MARK: Partitions

  func shape(_ field: Field) throws(Complaint) -> PartitionShape {
    guard case .map = field.value.content else {
      let expected = "\(alternatives(Grammar.partitionShapes)), or a map with isolate, groups, or from and to"
      let word = try field.text(expected)
      let count = hosts.nodes.count
      switch word {
      case "halves":
        try refuseFewerNodes(than: 2, field, count)
        return .halves
      case "bridge":
        try refuseFewerNodes(than: 3, field, count)
        return .bridge
      case "ring":
        try refuseFewerNodes(than: 4, field, count)
        return .ring
      case "zones":
        try refuseWithout(.zone, field, atLeast: 2)
        return .domains(.zone)
      case "racks":
        try refuseWithout(.rack, field, atLeast: 2)
        return .domains(.rack)
      default:
        throw field.complaint(expected: expected + suggestion(for: word, among: Grammar.partitionShapes))
      }
    }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.partitionMaps)
    let (key, inner) = try fields.exactlyOne(of: ["isolate", "groups", "ring", "from"])
    if key != "from", let to = fields.optional("to") {
      throw Complaint(at: to.keyPlace, "\(to.name) goes with 'from'; found it beside '\(key)'")
    }
    switch key {
    case "isolate":
      try refuseFewerNodes(than: 2, inner, hosts.nodes.count)
      return .isolate(try selector(inner))
    case "groups": return .groups(try groups(inner))
    case "ring":
      let order = try hosts.hosts(inner, nodesOnly: true)
      guard order.count == hosts.nodes.count, order.count >= 4 else {
        throw inner.complaint(expected: "every node once, and at least 4 of them")
      }
      return .circle(order)
    default:
      let (from, to) = try sides(fields)
      return .oneWay(from: from, to: to)
    }
  }

  private func refuseFewerNodes(than least: Int, _ field: Field, _ count: Int) throws(Complaint) {
    guard count < least else { return }
    throw Complaint(
      at: field.value.place,
      "\(field.name): this partition needs at least \(least) nodes, and there \(count == 1 ? "is 1" : "are \(count)")"
    )
  }

  private func groups(_ field: Field) throws(Complaint) -> [[NodeID]] {
    let expected = "a list of at least two lists of hosts"
    let elements = try field.list(expected)
    guard elements.count >= 2 else {
      throw Complaint(
        at: field.value.place, "\(field.name): found a list of \(elements.count); expected \(expected)")
    }
    var groups: [[NodeID]] = []
    var seen: Set<NodeID> = []
    for element in elements {
      guard case .list(let members) = element.value.content else {
        throw element.complaint(expected: "a list of hosts")
      }
      let group = try hosts.hosts(element)
      for (host, member) in zip(group, members) where !seen.insert(host).inserted {
        throw Complaint(
          at: member.place, "\(field.name): \(quoted(hosts.name(of: host))) is in two groups; expected it in one")
      }
      groups.append(group)
    }
    return groups
  }

  // MARK: Actions

  /// The one action of a fault or of a branch.
  func action(_ fields: FieldReader) throws(Complaint) -> FaultAction {
    let (key, field) = try fields.exactlyOne(of: Grammar.actions)
    for mode in Grammar.partitionModes where key != "partition" {
      guard let field = fields.optional(mode) else { continue }
      throw Complaint(at: field.keyPlace, "\(field.name) belongs to a partition; found it beside '\(key)'")
    }
    switch key {
    case "crash": return .crash(try selector(field))
    case "power": return .power(try selector(field))
    case "restart": return .restart(try selector(field))
    case "pause": return .pause(try selector(field))
    case "disk": return try disk(field)
    case "damage": return try damage(field)
    case "clock": return try clock(field)
    case "slow":
      let fields = try FieldReader(field.value, name: field.name, keys: Grammar.slow)
      return .slow(try selector(fields.required("nodes")), each: try fields.required("each").distribution())
    case "wipe": return .wipe(try selector(field))
    case "load": return try load(field)
    case "leak": return try leak(field)
    case "reconfigure": return try reconfigure(field)
    case "membership": return try membership(field)
    case "handover":
      try refuseWithoutLog(field)
      return .handover(try selector(field))
    case "rolling_restart": return try rollingRestart(field)
    case "partition":
      return .partition(
        try shape(field), hold: try fields.optional("hold")?.flag() ?? false,
        flap: try fields.optional("flap").map(flap))
    default: return try link(field)
    }
  }

  private func disk(_ field: Field) throws(Complaint) -> FaultAction {
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.diskFault)
    let selector = try selector(fields.required("nodes"))
    let change = try ScenarioReader.diskChange(fields)
    guard change != DiskChange() else {
      throw Complaint(
        at: field.value.place,
        "\(field.name): nothing is different here; expected \(alternatives(Grammar.diskFault.filter { $0 != "nodes" }))"
      )
    }
    return .disk(selector, change)
  }

  private func clock(_ field: Field) throws(Complaint) -> FaultAction {
    let fields = try FieldReader(field.value, name: field.name, keys: ["nodes"] + Grammar.clockFault)
    let selector = try selector(fields.required("nodes"))
    let (key, change) = try fields.exactlyOne(of: Grammar.clockFault)
    switch key {
    case "step": return .clock(selector, .step(try step(change)))
    case "slew": return .clock(selector, .slew(try ScenarioReader.clockError(change)))
    case "fast": return .clock(selector, .drift(try ScenarioReader.clockError(change)))
    case "slow": return .clock(selector, .drift(-(try ScenarioReader.clockError(change))))
    default:
      guard try change.flag() else {
        throw change.complaint(expected: "true: a clock that does not freeze is no fault")
      }
      return .clock(selector, .freeze)
    }
  }

  /// A duration, backwards with a minus.
  private func step(_ field: Field) throws(Complaint) -> Nanoseconds {
    let step = try field.quantity("a duration such as 5s, or -5s for a step back") { text throws(Malformed) in
      text.hasPrefix("-") ? .zero - (try Units.duration(String(text.dropFirst()))) : try Units.duration(text)
    }
    guard step != .zero else { throw field.complaint(expected: "a duration that is not 0") }
    return step
  }

  /// Whom, or a map with whom and how much.
  private func damage(_ field: Field) throws(Complaint) -> FaultAction {
    guard case .map = field.value.content else { return .damage(try selector(field), records: 1) }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.damage)
    return .damage(
      try selector(fields.required("nodes")),
      records: Int(try fields.optional("records")?.integer(in: 1...1_000_000) ?? 1))
  }

  private func link(_ field: Field) throws(Complaint) -> FaultAction {
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.linkFault)
    let (from, to) = try sides(fields)
    var change = try ScenarioReader.linkChange(fields)
    try ScenarioReader.refuseEmpty(change, fields)
    if let kinds = fields.optional("kinds") {
      for key in ["transport", "setup", "setup_timeout", "setup_failure", "reconnect"] {
        guard let field = fields.optional(key) else { continue }
        throw Complaint(
          at: field.keyPlace, "\(field.name) is the whole link's; expected no '\(key)' beside 'kinds'")
      }
      change.kinds = try self.kinds(kinds)
    }
    let profiles = [network.base] + network.exceptions.map { $0.change.applied(to: network.base) }
    try ScenarioReader.refuseContradiction(fields, change, over: profiles)
    return .link(from: from, to: to, change)
  }

  /// Messages by the names of their kinds.
  private func kinds(_ field: Field) throws(Complaint) -> UInt16 {
    let names = hosts.program.messageKinds
    var mask: UInt16 = 0
    for element in try field.oneOrMore(alternatives(names)) {
      let word = try element.word(of: names)
      guard let kind = names.firstIndex(of: word) else { throw element.complaint(expected: alternatives(names)) }
      mask |= 1 << UInt16(kind)
    }
    return mask
  }
}

extension Scenario.ProgramChoice {
  /// The lengths of time that its processes draw.
  var lengths: [Purpose] {
    switch self {
    case .raftKV: RaftKV.lengths
    case .gossip: Gossip.lengths
    case .crdt: Replica.lengths
    case .mesh: Mesh.lengths
    }
  }

  var messageKinds: [String] {
    switch self {
    case .raftKV: KVMessage.kinds.map { "\($0)" }
    case .gossip: GossipMessage.kinds.map { "\($0)" }
    case .crdt: ReplicaMessage.kinds.map { "\($0)" }
    case .mesh: MeshMessage.kinds.map { "\($0)" }
    }
  }
}

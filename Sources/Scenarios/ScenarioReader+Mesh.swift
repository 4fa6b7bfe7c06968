import Membership
import Primitives
import Routing

extension ScenarioReader {
  static func mesh(_ field: Field?, nodes: [String]) throws(Complaint) -> Scenario.MeshSettings {
    let fields = try field.map { field throws(Complaint) in
      try FieldReader(field.value, name: field.name, keys: Grammar.mesh)
    }
    let topology = try topology(fields?.optional("topology"), nodes: nodes)
    var settings = Scenario.MeshSettings(topology: topology.value, shape: topology.shape)
    if let field = fields?.optional("hello") {
      if case .text("none", plain: true) = field.value.content {
        settings.hello = nil
      } else {
        settings.hello = try field.positiveDuration()
      }
    }
    settings.patience = UInt8(try fields?.optional("patience")?.integer(in: 1...100) ?? 3)
    settings.membership = try membership(fields, over: settings.membership)
    if let refresh = fields?.optional("refresh") {
      let interval = try refresh.positiveDuration()
      do { settings.routing = try RoutingSettings(refreshInterval: interval) } catch {
        throw refresh.complaint(expected: "a time from 1ms to 1h")
      }
    }
    settings.requests = try fields?.optional("requests")?.quantity("a rate such as 20/s") {
      text throws(Malformed) in
      try Units.rate(text)
    }
    settings.timeout = try fields?.optional("timeout")?.positiveDuration() ?? settings.timeout
    settings.work = try fields?.optional("work")?.distribution()
    settings.memory =
      try fields?.optional("memory")?.quantity("a size such as 1MiB") { text throws(Malformed) in
        try Units.size(text, in: 0...1_000_000_000_000)
      } ?? 0
    settings.queue = Int(try fields?.optional("queue")?.integer(in: 1...1_000_000) ?? 64)
    for key in ["memory", "queue"] where settings.work == nil {
      guard let field = fields?.optional(key) else { continue }
      throw Complaint(at: field.keyPlace, "\(field.name) without 'work'; expected requests that take time")
    }
    settings.healing = try fields?.optional("healing").flatMap { field throws(Complaint) in
      try healing(field, nodes: nodes, hello: settings.hello)
    }
    return settings
  }

  private static func membership(
    _ fields: FieldReader?, over base: Membership.Settings
  ) throws(Complaint) -> Membership.Settings {
    guard let fields else { return base }
    let period = fields.optional("period")
    let length = try period?.positiveDuration() ?? base.period
    let timeout = fields.optional("probe_timeout")
    let patience = try timeout?.positiveDuration() ?? min(base.probeTimeout, length / 5)
    guard patience < length else {
      throw Complaint(
        at: (timeout ?? period)?.value.place ?? fields.place,
        "cluster.mesh: a probe is given up after \(Units.text(patience)), in a period of \(Units.text(length)); "
          + "expected the period to be longer")
    }
    do {
      return try Membership.Settings(
        period: length, probeTimeout: patience,
        proxies: Int(try fields.optional("proxies")?.integer(in: 0...100) ?? UInt64(base.proxies)),
        suspicionMultiplier: Int(
          try fields.optional("suspicion")?.integer(in: 0...1_000) ?? UInt64(base.suspicionMultiplier)),
        targetSelection: try fields.optional("targets")?.word(of: Grammar.probeTargets) == Grammar.probeTargets[1]
          ? .roundRobin : .random,
        deadContactInterval: Int(
          try fields.optional("dead_contact")?.integer(in: 0...1_000_000) ?? UInt64(base.deadContactInterval)))
    } catch let complaint as Complaint {
      throw complaint
    } catch {
      throw Complaint(
        at: period?.value.place ?? fields.place,
        "cluster.mesh: found a period of \(Units.text(length)); expected one from 1us to 24h")
    }
  }

  /// What is asked last must have time to be answered.
  static func refuseUnansweredRequests(
    _ program: Scenario.ProgramChoice, _ duration: Nanoseconds, _ cluster: Field
  ) throws(Complaint) {
    guard case .mesh(let mesh) = program, mesh.requests != nil, mesh.timeout >= duration else { return }
    throw Complaint(
      at: cluster.value.place,
      "cluster.mesh: requests wait for \(Units.text(mesh.timeout)) in a run of \(Units.text(duration)); "
        + "expected the run to be longer")
  }

  // MARK: Topology

  private static func topology(
    _ field: Field?, nodes: [String]
  ) throws(Complaint) -> (value: Topology, shape: Shape) {
    let shape = try field.map { field throws(Complaint) in try self.shape(field, nodes: nodes) } ?? .full
    do { return (try Topology(nodes: nodes.count, shape: shape), shape) } catch {
      guard let field else { preconditionFailure("any number of nodes can be linked in full") }
      throw Complaint(at: field.value.place, "\(field.name): \(error)")
    }
  }

  private static func shape(_ field: Field, nodes: [String]) throws(Complaint) -> Shape {
    let expected = "full, ring, or a map with grid, random or links"
    guard case .map = field.value.content else {
      switch try field.text(expected) {
      case "full": return .full
      case "ring": return .ring
      default: throw field.complaint(expected: expected)
      }
    }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.topologies)
    let (key, inner) = try fields.exactlyOne(of: Grammar.topologies)
    switch key {
    case "grid":
      let columns = try FieldReader(inner.value, name: inner.name, keys: ["columns"]).required("columns")
      return .grid(columns: Int(try columns.integer(in: 1...UInt64(nodes.count))))
    case "random":
      let random = try FieldReader(inner.value, name: inner.name, keys: Grammar.randomTopology)
      return .randomGeometric(
        meanDegree: Int(try random.required("degree").integer(in: 0...256)),
        seed: try random.optional("seed")?.integer(in: 0...UInt64.max) ?? 1)
    default:
      let hosts = Hosts(nodes: nodes, clients: 0, program: .raftKV(Scenario.RaftSettings()))
      var edges: [Edge] = []
      for pair in try inner.list("a list of pairs of nodes, such as [[n1, n2], [n2, n3]]") {
        let ends = try hosts.hosts(pair, nodesOnly: true)
        guard ends.count == 2 else { throw pair.complaint(expected: "two nodes that are linked") }
        guard !edges.contains(where: { Set([$0.first, $0.second]) == Set(ends) }) else {
          throw Complaint(
            at: pair.value.place,
            "\(inner.name): \(quoted(nodes[ends[0].index])) and \(quoted(nodes[ends[1].index])) are linked twice; "
              + "expected it once")
        }
        edges.append(Edge(ends[0], ends[1]))
      }
      return .listed(edges)
    }
  }
}

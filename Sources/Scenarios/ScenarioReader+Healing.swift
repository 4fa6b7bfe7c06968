import ControlLoop
import Primitives
import Programs
import Raft

/// How the nodes of a mesh heal.
extension ScenarioReader {
  /// - Returns: nil where they do not.
  static func healing(
    _ field: Field, nodes: [String], hello: Nanoseconds?
  ) throws(Complaint) -> Scenario.MeshSettings.Healing? {
    if case .map = field.value.content {
    } else {
      let word = try field.word(of: ["off", "on"])
      guard word == "on" else { return nil }
      return try healing(nil, field, nodes: nodes, hello: hello)
    }
    return try healing(
      FieldReader(field.value, name: field.name, keys: Grammar.healing), field, nodes: nodes, hello: hello)
  }

  private static func healing(
    _ fields: FieldReader?, _ field: Field, nodes: [String], hello: Nanoseconds?
  ) throws(Complaint) -> Scenario.MeshSettings.Healing {
    guard hello != nil else {
      throw Complaint(
        at: field.keyPlace,
        "\(field.name): nodes without hellos see nothing of their links; expected a time for 'hello'")
    }
    return Scenario.MeshSettings.Healing(
      council: try council(fields?.optional("council"), nodes: nodes),
      timing: try fields.map { fields throws(Complaint) in try timing(field, fields, over: councilTiming) }
        ?? councilTiming,
      loop: try loop(fields, field))
  }

  /// Ways over many links take longer than one.
  private static let councilTiming: Timing = {
    do {
      return try Timing(electionTimeout: .seconds(1), .seconds(2), heartbeat: .milliseconds(250))
    } catch { preconditionFailure("\(error)") }
  }()

  /// Some of the nodes by name, or so many, as far from each other as their numbers go.
  private static func council(_ field: Field?, nodes: [String]) throws(Complaint) -> [NodeID] {
    let usual = min(5, nodes.count)
    guard let field else { return spread(usual, over: nodes.count) }
    if case .text(let text, plain: true) = field.value.content, let count = UInt64(text) {
      guard (1...UInt64(min(25, nodes.count))).contains(count) else {
        throw field.complaint(expected: "a council of 1 to \(min(25, nodes.count)) nodes")
      }
      return spread(Int(count), over: nodes.count)
    }
    let hosts = Hosts(nodes: nodes, clients: 0, program: .raftKV(Scenario.RaftSettings()))
    return try hosts.hosts(field, nodesOnly: true).sorted()
  }

  private static func spread(_ count: Int, over nodes: Int) -> [NodeID] {
    (0..<count).map { NodeID(UInt32($0 * nodes / count)) }
  }

  // MARK: The loop

  private static func loop(_ fields: FieldReader?, _ field: Field) throws(Complaint) -> LoopSettings {
    let standard = LoopSettings.standard
    guard let fields else { return standard }
    let intervals = try intervals(fields.optional("interval"), standard)
    func length(_ key: String, _ usual: Nanoseconds) throws(Complaint) -> Nanoseconds {
      try fields.optional(key).map { field throws(Complaint) in try time(field) } ?? usual
    }
    let cooldown = try length("cooldown", standard.cooldown)
    let patience = try length("patience", standard.patience)
    let wellFor = try length("well_for", standard.wellFor)
    let remedies = try remedies(fields.optional("remedies"))
    let limits = try limits(fields.optional("thresholds"), over: standard.limits)
    do {
      return try LoopSettings(
        healthyInterval: intervals[0], degradedInterval: intervals[1], criticalInterval: intervals[2],
        recoveringInterval: intervals[3], limits: limits, wellFor: wellFor, remedies: remedies, cooldown: cooldown,
        patience: patience)
    } catch {
      throw Complaint(at: field.value.place, "\(field.name): \(error)")
    }
  }

  private static func time(_ field: Field) throws(Complaint) -> Nanoseconds {
    let time = try field.positiveDuration()
    guard (.milliseconds(1) ... .seconds(86_400)).contains(time) else {
      throw field.complaint(expected: "a time from 1ms to 24h")
    }
    return time
  }

  /// One for each mode, or one for the healthy, which the others do not exceed.
  private static func intervals(_ field: Field?, _ base: LoopSettings) throws(Complaint) -> [Nanoseconds] {
    let usual = [base.healthyInterval, base.degradedInterval, base.criticalInterval, base.recoveringInterval]
    guard let field else { return usual }
    guard case .map = field.value.content else {
      let longest = try time(field)
      return usual.enumerated().map { $0.offset == 0 ? longest : min(longest, $0.element) }
    }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.modes)
    var intervals: [Nanoseconds] = []
    for (mode, usual) in zip(Grammar.modes, usual) {
      intervals.append(try fields.optional(mode).map { field throws(Complaint) in try time(field) } ?? usual)
    }
    return intervals
  }

  private static func limits(_ field: Field?, over base: LoopLimits) throws(Complaint) -> LoopLimits {
    guard let field else { return base }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.thresholds)
    func share(_ key: String, _ usual: Int64?) throws(Complaint) -> Int64? {
      guard let field = fields.optional(key) else { return usual }
      let expected = "a percentage from 1% to 99%"
      let parts = try field.quantity(expected) { text throws(Malformed) in try Units.parts(text, decimals: 4) }
      guard (10_000...990_000).contains(parts) else { throw field.complaint(expected: expected) }
      return Int64(parts)
    }
    let latency = fields.optional("latency")
    let longest = try latency?.positiveDuration()
    if let latency, let longest, longest.count > Metric.latency.ceiling {
      throw latency.complaint(expected: "a time of at most \(Units.text(Nanoseconds(Metric.latency.ceiling)))")
    }
    return LoopLimits(
      cpu: try share("cpu", base.cpu), memory: try share("memory", base.memory),
      queue: try share("queue", base.queue), loss: try share("loss", base.loss),
      latency: longest?.count ?? base.latency)
  }

  private static func remedies(_ field: Field?) throws(Complaint) -> RemedySet {
    guard let field else { return .all }
    var remedies: RemedySet = []
    for element in try field.list("a list of remedies, such as [restart, failover]") {
      let word = try element.word(of: Grammar.remedies)
      if let place = Grammar.remedies.firstIndex(of: word), let remedy = Remedy(rawValue: UInt8(place)) {
        remedies.insert(RemedySet(remedy))
      }
    }
    return remedies
  }
}

import Primitives
import World

extension ScenarioReader {
  static func expectations(
    _ field: Field, _ program: Scenario.ProgramChoice, workload: Bool
  ) throws(Complaint) -> [Scenario.Expectation] {
    var expectations: [Scenario.Expectation] = []
    for element in try field.list("a list of expectations") {
      let expectation = try expectation(element, program, workload: workload)
      guard !expectations.contains(expectation) else {
        throw Complaint(at: element.value.place, "this expectation is there twice; expected it once")
      }
      expectations.append(expectation)
    }
    guard !expectations.isEmpty else {
      throw Complaint(
        at: field.value.place, "expect: found an empty list; expected at least one expectation, such as safety")
    }
    let judged = expectations.filter { if case .sometimes = $0 { false } else { true } }
    guard !judged.isEmpty else {
      throw Complaint(
        at: field.value.place,
        "'sometimes' judges many runs together and none by itself; expected something of each run too, such as safety"
      )
    }
    if case .raftKV = program, !workload, judged == [.safety] {
      throw Complaint(
        at: field.value.place,
        "without a workload, safety alone proves little; expected a measured expectation too, "
          + "such as {measure: leader_changes, at_least: 1}"
      )
    }
    return expectations
  }

  private static func expectation(
    _ element: Field, _ program: Scenario.ProgramChoice, workload: Bool
  ) throws(Complaint) -> Scenario.Expectation {
    guard case .map = element.value.content else {
      let word = try element.word(of: Grammar.expectations)
      if let plain = try plain(word, element, program, workload: workload) { return plain }
      guard word == "safety" else {
        let sample =
          switch word {
          case "measure": "{measure: elections, at_most: 5}"
          case "sometimes": "{sometimes: [process_crashed]}"
          case "heals": "{heals: {kinds: [crash], within: 30s}}"
          default: "{\(word): {within: 2s}}"
          }
        throw element.complaint(expected: "a map such as \(sample)")
      }
      return .safety
    }
    let maps = ["linearizable", "recovers", "converges", "heals", "sometimes"]
    let fields = try FieldReader(element.value, name: element.name, keys: maps + Grammar.measure)
    let (key, field) = try fields.exactlyOne(of: maps + ["measure"])
    if key == "measure" { return .measure(try measure(field, fields, program, workload: workload)) }
    if let bound = fields.optional("at_most") ?? fields.optional("at_least") {
      throw Complaint(at: bound.keyPlace, "\(bound.name) belongs to a measure; expected '\(key)' alone")
    }
    if key == "sometimes" { return .sometimes(try marks(field, program, workload: workload)) }
    if key == "linearizable" {
      try requireWorkload(field, workload)
      let budget = try FieldReader(field.value, name: field.name, keys: ["budget"]).required("budget")
      return .linearizable(budget: Int(try budget.integer(in: 1...1_000_000_000_000)))
    }
    if key == "heals" { return try heals(field, program, workload: workload) }
    let within = try FieldReader(field.value, name: field.name, keys: ["within"]).required("within")
      .positiveDuration()
    if key == "recovers" {
      guard workload else {
        throw Complaint(
          at: field.keyPlace, "'recovers' watches client operations; expected a workload in the scenario")
      }
      return .recovers(within: within)
    }
    guard program.spreads else {
      throw Complaint(
        at: field.keyPlace,
        "'converges' is about what spreads; expected the program 'gossip', 'crdt' or 'mesh', found '\(program.name)'"
      )
    }
    return .converges(within: within)
  }

  /// One rare event, or a list of them, none twice.
  private static func marks(
    _ field: Field, _ program: Scenario.ProgramChoice, workload: Bool
  ) throws(Complaint) -> [Scenario.Mark] {
    let names = Scenario.Mark.allCases.filter { $0.isProduced(by: program, workload: workload) }.map(\.rawValue)
    var marks: [Scenario.Mark] = []
    for element in try field.oneOrMore("a rare event or a list of them") {
      let mark = try element.word(Scenario.Mark.self)
      guard mark.isProduced(by: program, workload: workload) else {
        throw Complaint(
          at: element.value.place,
          "no run of this scenario can meet '\(mark.rawValue)'; expected \(alternatives(names))")
      }
      guard !marks.contains(mark) else {
        throw Complaint(
          at: element.value.place, "\(field.name): '\(mark.rawValue)' is there twice; expected it once")
      }
      marks.append(mark)
    }
    return marks
  }

  /// Expectations over the clients' history.
  private static func plain(
    _ word: String, _ element: Field, _ program: Scenario.ProgramChoice, workload: Bool
  ) throws(Complaint) -> Scenario.Expectation? {
    let expectation: Scenario.Expectation
    switch word {
    case "linearizable": expectation = .linearizable(budget: Scenario.standardSearch)
    case "read_your_writes": expectation = .readYourWrites
    case "monotonic_reads": expectation = .monotonicReads
    case "monotonic_writes": expectation = .monotonicWrites
    case "committed_reads": expectation = .committedReads
    default: return nil
    }
    guard case .raftKV = program else {
      throw Complaint(
        at: element.keyPlace,
        "'\(word)' is about a key-value store; expected the program 'raft-kv', found '\(program.name)'")
    }
    try requireWorkload(element, workload)
    return expectation
  }

  private static func requireWorkload(_ field: Field, _ workload: Bool) throws(Complaint) {
    guard !workload else { return }
    throw Complaint(
      at: field.keyPlace, "this is judged over client operations; expected a workload in the scenario")
  }

  private static func measure(
    _ field: Field, _ fields: FieldReader, _ program: Scenario.ProgramChoice, workload: Bool
  ) throws(Complaint) -> Scenario.MeasureBound {
    let (measure, statistic) = try figure(field)
    guard measure.isProduced(by: program, workload: workload) else {
      let reason =
        measure.isProduced(by: program, workload: true)
        ? "needs \(program.requestsKey), and there is none" : "is not measured for the program '\(program.name)'"
      let produced = Scenario.Measure.allCases.filter { $0.isProduced(by: program, workload: workload) }
      throw Complaint(
        at: field.value.place, "'\(measure.rawValue)' \(reason); expected \(alternatives(produced.map(\.rawValue)))"
      )
    }
    let (key, bound) = try fields.exactlyOne(of: ["at_most", "at_least"])
    return Scenario.MeasureBound(
      measure: measure, statistic: statistic, direction: key == "at_most" ? .atMost : .atLeast,
      bound: try self.bound(bound, measure))
  }

  /// `client_latency` or `client_latency.p99`.
  private static func figure(_ field: Field) throws(Complaint) -> (Scenario.Measure, Scenario.Statistic) {
    let names = Scenario.Measure.allCases.map(\.rawValue)
    let text = try field.text(alternatives(names))
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let measure = Scenario.Measure(rawValue: parts[0]) else {
      throw Complaint(
        at: field.value.place,
        "\(field.name): found \(quoted(text)); expected \(alternatives(names))"
          + suggestion(for: parts[0], among: names))
    }
    guard parts.count > 1 else { return (measure, .max) }
    guard let statistic = Scenario.Statistic(rawValue: parts[1]) else {
      let statistics = Scenario.Statistic.allCases.map(\.rawValue)
      throw Complaint(
        at: field.value.place,
        "\(field.name): found the statistic \(quoted(parts[1])); expected \(alternatives(statistics))"
          + suggestion(for: parts[1], among: statistics))
    }
    return (measure, statistic)
  }

  private static func bound(_ field: Field, _ measure: Scenario.Measure) throws(Complaint) -> Scenario.Bound {
    switch measure.unit {
    case .count:
      guard case .text(let text, plain: true) = field.value.content, let count = try? Units.integer(text) else {
        throw field.complaint(expected: "a whole number without a unit: '\(measure.rawValue)' is a count")
      }
      return .count(count)
    case .duration: return .duration(try field.duration())
    case .share: return .share(try field.percentage())
    }
  }
}

extension Scenario.Measure {
  /// Whether a run of the program has it.
  func isProduced(by program: Scenario.ProgramChoice, workload: Bool) -> Bool {
    switch (self, program) {
    case (.messagesSent, _): true
    case (.spreadTime, _): program.spreads
    case (.healTime, .mesh), (.healRate, .mesh): workload
    case (.detectionTime, _), (.falseDeaths, _), (.diagnosisTime, _), (.healTime, _), (.healRate, _),
      (.falseAlarms, _), (.wrongActions, _), (.thrash, _),
      (.incidentsOpen, _), (.lessonsMissing, _), (.healingMessages, _), (.healingBytes, _):
      if case .mesh = program { true } else { false }
    case (.leaderChanges, _), (.elections, _), (.electionTime, _), (.electionTerms, _), (.splitVote, _),
      (.snapshotsTaken, _), (.snapshotsInstalled, _),
      (.snapshotBytes, _), (.snapshotBytesSaved, _), (.membershipChanges, _):
      if case .raftKV = program { true } else { false }
    case (_, .raftKV), (_, .mesh): workload
    case (_, .gossip), (_, .crdt): false
    }
  }
}

extension Scenario.ProgramChoice {
  /// Whether what one node learns is to reach all.
  fileprivate var spreads: Bool {
    switch self {
    case .raftKV: false
    case .gossip, .crdt, .mesh: true
    }
  }
}

extension Scenario.ProgramChoice {
  /// What brings it operations.
  fileprivate var requestsKey: String {
    if case .mesh = self { "mesh.requests" } else { "a workload" }
  }

  /// Whether its nodes are asked without clients.
  var asks: Bool {
    if case .mesh(let mesh) = self { mesh.requests != nil } else { false }
  }
}

// MARK: - What a mesh is to heal

extension ScenarioReader {
  fileprivate static func heals(
    _ field: Field, _ program: Scenario.ProgramChoice, workload: Bool
  ) throws(Complaint) -> Scenario.Expectation {
    guard case .mesh = program, workload else {
      throw Complaint(
        at: field.keyPlace,
        "'heals' is about the requests of a mesh; expected the program 'mesh' with 'requests', found '\(program.name)'"
      )
    }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.heals)
    var kinds: [String] = []
    for element in try fields.required("kinds").oneOrMore("kinds of faults, such as [crash, load]") {
      let kind = try element.word(of: Grammar.actions)
      guard !kinds.contains(kind) else {
        throw Complaint(at: element.value.place, "\(field.name): '\(kind)' is there twice; expected it once")
      }
      kinds.append(kind)
    }
    return .heals(kinds: kinds, within: try fields.required("within").positiveDuration())
  }

  /// A kind that no fault is of could not be healed.
  static func refuseAbsentKinds(
    _ expectations: [Scenario.Expectation], _ faults: [PlannedFault], _ expect: Field
  ) throws(Complaint) {
    let there = faults.flatMap { fault in
      switch fault.schedule {
      case .once(_, _, let action): [action.kind]
      case .repeating(let nemesis): nemesis.branches.map(\.action.kind)
      }
    }
    for case .heals(let kinds, _) in expectations {
      guard let absent = kinds.first(where: { !there.contains($0) }) else { continue }
      throw Complaint(at: expect.value.place, "'heals': no fault of this scenario is of the kind '\(absent)'")
    }
  }
}

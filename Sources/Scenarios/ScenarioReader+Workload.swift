import Primitives
import Programs

extension ScenarioReader {
  static func workload(
    _ field: Field?, _ program: Scenario.ProgramChoice, _ duration: Nanoseconds
  ) throws(Complaint) -> Scenario.WorkloadPlan? {
    guard let field else { return nil }
    guard case .raftKV(let raft) = program else {
      throw Complaint(
        at: field.keyPlace,
        "the program '\(program.name)' has no clients, and so takes no workload; expected one for 'raft-kv' alone")
    }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.workload)
    let clients = Int(try fields.optional("clients")?.integer(in: 1...1_000) ?? 1)
    let pacing = try pacing(fields)
    let weights = try weights(fields.optional("mix"))
    let reads = try reads(fields.optional("reads"), raft)
    let keys = try keys(fields.optional("keys"))
    let valueSize = try fields.optional("value_size")?.quantity("a size such as 16B") { text throws(Malformed) in
      try Units.size(text, in: 8...65_536)
    }
    let timeout = try fields.optional("timeout")?.positiveDuration() ?? .seconds(1)
    let (start, stop) = try window(fields, duration)
    return Scenario.WorkloadPlan(
      clients: clients, pacing: pacing,
      operations: KVWorkload(weights: weights, keys: keys, valueSize: Int(valueSize ?? 8), reads: reads),
      timeout: timeout, usesSessions: try fields.optional("sessions")?.flag() ?? true,
      calls: try retry(fields.optional("retry"), within: timeout), start: start, stop: stop,
      only: try only(fields.optional("only")))
  }

  /// Operations by their numbers, ascending.
  private static func only(_ field: Field?) throws(Complaint) -> [UInt64]? {
    guard let field else { return nil }
    var numbers: [UInt64] = []
    for element in try field.list("a list of operations' numbers") {
      let number = try element.integer(in: 0...UInt64.max)
      guard numbers.last.map({ $0 < number }) ?? true else {
        throw element.complaint(expected: "numbers in ascending order, each once")
      }
      numbers.append(number)
    }
    return numbers
  }

  private static func pacing(_ fields: FieldReader) throws(Complaint) -> Scenario.Pacing {
    let (key, field) = try fields.exactlyOne(of: ["rate", "think"])
    let inFlight = fields.optional("in_flight")
    guard key == "rate" else {
      return .think(try field.duration(), inFlight: Int(try inFlight?.integer(in: 1...10_000) ?? 1))
    }
    if let inFlight {
      throw Complaint(at: inFlight.keyPlace, "\(inFlight.name) goes with 'think'; found it beside 'rate'")
    }
    return .rate(
      milliPerSecond: try field.quantity("a rate such as 200/s") { text throws(Malformed) in try Units.rate(text) })
  }

  /// In thousandths of a per cent, by kind of operation.
  private static func weights(_ field: Field?) throws(Complaint) -> [UInt64] {
    var weights = [UInt64](repeating: 0, count: KVOperation.Kind.allCases.count)
    guard let field else {
      weights[Int(KVOperation.Kind.put.rawValue)] = 50_000
      weights[Int(KVOperation.Kind.get.rawValue)] = 50_000
      return weights
    }
    let kinds: [(String, KVOperation.Kind)] = [("put", .put), ("get", .get), ("delete", .delete), ("cas", .cas)]
    let shares = try shares(field, of: kinds.map(\.0))
    for (share, kind) in zip(shares, kinds) { weights[Int(kind.1.rawValue)] = share }
    return weights
  }

  /// A map of percentages that add up to 100 %, in thousandths of a per cent, in the order of `keys`.
  private static func shares(_ field: Field, of keys: [String]) throws(Complaint) -> [UInt64] {
    let fields = try FieldReader(field.value, name: field.name, keys: keys)
    var shares: [UInt64] = []
    for key in keys {
      let share = try fields.optional(key)?.quantity("a percentage such as 40%") { text throws(Malformed) in
        try Units.parts(text, decimals: 3)
      }
      shares.append(share ?? 0)
    }
    let sum = shares.reduce(0, +)
    guard sum == 100_000 else {
      throw Complaint(
        at: field.value.place,
        "\(field.name) adds up to \(Units.decimalText(sum, scale: 3))%; expected exactly 100%")
    }
    return shares
  }

  /// In thousandths of a per cent, by way to read.
  private static func reads(_ field: Field?, _ raft: Scenario.RaftSettings) throws(Complaint) -> [UInt64] {
    guard let field else { return KVWorkload.reads(.readIndex) }
    var weights = [UInt64](repeating: 0, count: ReadMode.allCases.count)
    if case .map = field.value.content {
      weights = try shares(field, of: Grammar.reads)
    } else {
      let word = try field.word(of: Grammar.reads)
      weights[Grammar.reads.firstIndex(of: word)!] = 100_000
    }
    guard weights[Int(ReadMode.lease.rawValue)] == 0 || raft.rules.grantsLeases else {
      throw Complaint(
        at: field.value.place,
        "\(field.name): a lease rests on 'check_quorum' and 'leader_stickiness', of which one is off; expected another way to read, or both on"
      )
    }
    return weights
  }

  private static func keys(_ field: Field?) throws(Complaint) -> KeyDistribution {
    let counts: ClosedRange<UInt64> = 1...1_000_000
    guard let field else { return .uniform(count: 16) }
    guard case .map = field.value.content else { return .uniform(count: Int(try field.integer(in: counts))) }
    let fields = try FieldReader(field.value, name: field.name, keys: ["uniform", "zipf"])
    let (key, inner) = try fields.exactlyOne(of: ["uniform", "zipf"])
    if key == "uniform" {
      let fields = try FieldReader(inner.value, name: inner.name, keys: ["count"])
      return .uniform(count: Int(try fields.required("count").integer(in: counts)))
    }
    let zipf = try FieldReader(inner.value, name: inner.name, keys: ["count", "exponent"])
    let count = Int(try zipf.required("count").integer(in: counts))
    let exponent = try zipf.required("exponent").quantity("a number such as 0.99") { text throws(Malformed) in
      try Units.thousandths(text, upTo: 5_000)
    }
    return .zipf(count: count, exponentThousandths: Int(exponent))
  }

  private static func window(
    _ fields: FieldReader, _ duration: Nanoseconds
  ) throws(Complaint) -> (start: Instant, stop: Instant) {
    let startField = fields.optional("start")
    let stopField = fields.optional("stop")
    let start = try startField?.duration() ?? .zero
    let stop = try stopField?.duration() ?? duration
    if let stopField, stop > duration {
      throw stopField.complaint(expected: "a moment within the duration of \(Units.text(duration))")
    }
    guard start < stop else {
      throw Complaint(
        at: (startField ?? stopField)?.value.place ?? fields.place,
        "\(fields.name): the start, \(Units.text(start)), is not before the stop, \(Units.text(stop))")
    }
    return (.zero + start, .zero + stop)
  }
}

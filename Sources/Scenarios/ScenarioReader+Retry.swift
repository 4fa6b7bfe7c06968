import Primitives
import RPC

/// How what has failed is tried again.
extension ScenarioReader {
  /// - Parameter timeout: of a whole operation.
  static func retry(_ field: Field?, within timeout: Nanoseconds) throws(Complaint) -> CallPolicy {
    var policy = CallPolicy(patience: CallPolicy.patience(within: timeout))
    guard let field else { return policy }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.retry)
    if let field = fields.optional("timeout") {
      policy.patience = try field.positiveDuration()
      guard policy.patience >= .microseconds(1) else { throw field.complaint(expected: "at least 1us") }
      guard policy.patience <= timeout else {
        throw field.complaint(expected: "no more than the whole operation has, \(Units.text(timeout))")
      }
    }
    policy.backoff = try backoff(fields, .ofCalls)
    policy.attempts = try fields.optional("attempts").map { field throws(Complaint) in
      UInt32(try field.integer(in: 1...1_000_000))
    }
    policy.repeats = try fields.optional("repeat")?.word(CallPolicy.Repeats.self) ?? policy.repeats
    return policy
  }

  static func reconnect(_ field: Field) throws(Complaint) -> Backoff {
    try backoff(FieldReader(field.value, name: field.name, keys: Grammar.backoff), .ofConnections)
  }

  /// - Parameter usual: what is not said is its, the longest pause by its relation to the first one.
  private static func backoff(_ fields: FieldReader, _ usual: Backoff) throws(Complaint) -> Backoff {
    let initial = try fields.optional("initial")?.positiveDuration() ?? usual.initial
    // Time that hardly passes would be a run that hardly ends.
    if let field = fields.optional("initial"), initial < .microseconds(1) {
      throw field.complaint(expected: "at least 1us")
    }
    let factor = fields.optional("factor")
    var thousandths = UInt64(usual.factorThousandths)
    if let factor {
      thousandths = try factor.quantity("a number such as 1.6") { text throws(Malformed) in
        try Units.thousandths(text, upTo: 100_000)
      }
      guard thousandths >= 1_000 else { throw factor.complaint(expected: "a number from 1 to 100") }
    }
    let relation = usual.longest.count / usual.initial.count
    let scaled = min(UInt128(initial.count) * UInt128(relation), UInt128(Units.longestDuration.count))
    let field = fields.optional("max")
    let longest = try field?.positiveDuration() ?? Nanoseconds(Int64(scaled))
    guard initial <= longest else {
      throw Complaint(
        at: (field ?? fields.optional("initial"))?.value.place ?? fields.place,
        "\(fields.name): the first pause, \(Units.text(initial)), is longer than the longest, \(Units.text(longest)); "
          + "expected 'initial' up to 'max'")
    }
    return Backoff(
      initial: initial, factorThousandths: UInt32(thousandths), longest: longest,
      jitter: try fields.optional("jitter")?.percentage() ?? usual.jitter)
  }
}

import Primitives

extension Field {
  private static let expectedDistribution =
    "a distribution: a duration, a range such as 1ms..5ms, or a map with "
    + alternatives(Grammar.distributions)

  /// `1ms`, `1ms..5ms` or a map with one of the distributions' names.
  func distribution() throws(Complaint) -> Distribution {
    if case .text(let text, _) = value.content, !value.isNothing {
      do throws(Malformed) {
        if let range = try Units.range(text) { return .uniform(range.low, range.high) }
        return .constant(try Units.duration(text))
      } catch { throw complaint(expected: error.message) }
    }
    guard case .map = value.content else { throw complaint(expected: Self.expectedDistribution) }
    let fields = try FieldReader(value, name: name, keys: Grammar.distributions)
    let (key, field) = try fields.exactlyOne(of: Grammar.distributions)
    switch key {
    case "constant": return .constant(try field.duration())
    case "uniform": return try field.uniform()
    case "exponential": return try field.exponential()
    case "normal": return try field.normal()
    default: return try field.logNormal()
    }
  }

  /// Two moments or lengths, the first below the second, as `[1ms, 5ms]` or `1ms..5ms`.
  func durationRange() throws(Complaint) -> (low: Nanoseconds, high: Nanoseconds) {
    let expected = "two durations, such as [1ms, 5ms]"
    guard case .list(let ends) = value.content else {
      let range = try quantity(expected) { text throws(Malformed) in try Units.range(text) }
      guard let range else { throw complaint(expected: expected) }
      return range
    }
    guard ends.count == 2 else {
      throw Complaint(at: value.place, "\(name): found a list of \(ends.count); expected \(expected)")
    }
    let low = try element(ends[0]).duration()
    let high = try element(ends[1]).duration()
    guard low < high else {
      throw Complaint(
        at: value.place,
        "\(name): found [\(Units.text(low)), \(Units.text(high))]; expected the first below the second")
    }
    return (low, high)
  }

  private func uniform() throws(Complaint) -> Distribution {
    let range = try durationRange()
    return .uniform(range.low, range.high)
  }

  private func exponential() throws(Complaint) -> Distribution {
    let fields = try FieldReader(value, name: name, keys: ["mean", "min"])
    let mean = try fields.required("mean").positiveDuration()
    return .exponential(minimum: try fields.optional("min")?.duration() ?? .zero, mean: mean)
  }

  private func normal() throws(Complaint) -> Distribution {
    let fields = try FieldReader(value, name: name, keys: ["mean", "deviation", "min", "max"])
    let mean = try fields.required("mean").duration()
    let deviation = try fields.required("deviation").positiveDuration()
    let low = try fields.optional("min")?.duration() ?? .zero
    // Both summands are within ten years, so that the sum cannot leave the range.
    let high = try fields.optional("max")?.duration() ?? min(mean + deviation * 4, Units.longestDuration)
    guard low < high else {
      throw Complaint(
        at: value.place, "\(name): min is \(Units.text(low)) and max is \(Units.text(high)); expected min below max"
      )
    }
    guard low <= mean, mean <= high else {
      throw Complaint(
        at: value.place,
        "\(name): the mean, \(Units.text(mean)), is not between min, \(Units.text(low)), and max, \(Units.text(high))"
      )
    }
    return .truncatedNormal(mean: mean, deviation: deviation, low: low, high: high)
  }

  private func logNormal() throws(Complaint) -> Distribution {
    let fields = try FieldReader(value, name: name, keys: ["median", "p99"])
    let median = try fields.required("median").positiveDuration()
    let field = try fields.required("p99")
    let p99 = try field.duration()
    guard median < p99 else {
      throw field.complaint(expected: "a duration above the median, \(Units.text(median))")
    }
    return .logNormal(median: median, p99: p99)
  }
}

extension Distribution {
  /// No sample is below it.
  var minimum: Nanoseconds {
    switch self {
    case .constant(let value): value
    case .uniform(let low, _): low
    case .exponential(let minimum, _): minimum
    case .truncatedNormal(_, _, let low, _): low
    case .logNormal: .zero
    }
  }
}

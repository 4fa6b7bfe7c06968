/// A distribution of lengths of time. Samples are whole nanoseconds and never negative.
///
/// Every case is computed with integers and with floating-point + − × ÷ alone, so that a sample is the
/// same on every machine.
public enum Distribution: Hashable, Sendable {
  case constant(Nanoseconds)
  /// Uniform over `low..<high`; `low < high`.
  case uniform(Nanoseconds, Nanoseconds)
  /// `minimum` plus an exponential with the given mean.
  case exponential(minimum: Nanoseconds, mean: Nanoseconds)
  /// Normal, conditioned on `low...high`; `low < high`, `deviation > 0`.
  case truncatedNormal(mean: Nanoseconds, deviation: Nanoseconds, low: Nanoseconds, high: Nanoseconds)
  /// Log-normal by its median and 99th percentile; `0 < median < p99`.
  case logNormal(median: Nanoseconds, p99: Nanoseconds)

  /// The greatest sample ever returned: a century. A tail beyond it is cut there.
  public static let longest = Nanoseconds.seconds(3_155_760_000)

  /// The quantile at `word / 2⁶⁴`.
  @usableFromInline package func value(at word: UInt64) -> Nanoseconds {
    switch self {
    case .constant(let value):
      return value
    case .uniform(let low, let high):
      return low + Nanoseconds(Int64(word.multipliedFullWidth(by: UInt64(high.count - low.count)).high))
    case .exponential(let minimum, let mean):
      return minimum + Self.rounded(Double(mean.count) * -Elementary.logarithm(Elementary.unit(~word)))
    case .truncatedNormal(let mean, let deviation, let low, let high):
      let scale = Double(deviation.count)
      let from = NormalTable.cumulative(Double(low.count - mean.count) / scale)
      let to = NormalTable.cumulative(Double(high.count - mean.count) / scale)
      let position = from + (to - from) * Elementary.unit(word)
      let value = Self.rounded(Double(mean.count) + scale * NormalTable.quantile(position))
      return Swift.min(Swift.max(value, low), high)
    case .logNormal(let median, let p99):
      // ln(p99 / median) is 2.326… standard deviations.
      let deviation = Elementary.logarithm(Double(p99.count) / Double(median.count)) / NormalTable.upperPercentile
      let exponent = deviation * NormalTable.quantile(Elementary.unit(word))
      return Self.rounded(Double(median.count) * Elementary.exponential(exponent))
    }
  }

  /// To the nearest nanosecond within 0...`longest`.
  private static func rounded(_ value: Double) -> Nanoseconds {
    guard value > 0 else { return .zero }
    guard value < Double(longest.count) else { return longest }
    return Nanoseconds(Int64(value + 0.5))
  }
}

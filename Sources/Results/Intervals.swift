import Foundation
import Reports

/// What can be said, with 95 % confidence, of all seeds after some of them.
package enum Intervals {
  package static let confidence = 0.95

  /// Of a share, by Wilson's score: never beyond 0 and 1, and wide where little was seen.
  package static func share(_ part: Int, of whole: Int) -> Estimate {
    guard whole > 0 else { return Estimate(value: 0, low: nil, high: nil) }
    let (n, p, z) = (Double(whole), Double(part) / Double(whole), Normal.z95)
    let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    // At the ends the two terms are equal but for rounding.
    return Estimate(
      value: p, low: part == 0 ? 0 : max(0, centre - half), high: part == whole ? 1 : min(1, centre + half))
  }

  /// Of a mean, by Student's t. The mean of a few very skewed values has a wider one than this.
  ///
  /// - Parameter values: at least one; a single one tells nothing of others.
  package static func mean(_ values: [Double]) -> Estimate {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    guard values.count > 1 else { return Estimate(value: mean, low: nil, high: nil) }
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    let half = StudentT.quantile(confidence: confidence, freedom: n - 1) * (variance / n).squareRoot()
    return Estimate(value: mean, low: mean - half, high: mean + half)
  }

  /// Of a percentile, by order statistics: two of the values themselves, whatever their distribution. A side on which
  /// no value is far enough out is open.
  ///
  /// - Parameter sorted: ascending, at least one.
  package static func percentile(_ percent: Int, sorted: [Double]) -> Estimate {
    let n = sorted.count
    // Nearest rank, as everywhere in the house.
    let value = sorted[max((n * percent + 99) / 100, 1) - 1]
    let (low, high) = ranks(percent, of: n)
    return Estimate(value: value, low: low.map { sorted[$0 - 1] }, high: high.map { sorted[$0 - 1] })
  }

  /// From 1: the greatest rank with P(fewer values below the percentile) ≤ 2.5 %, and the least with
  /// P(as many) ≤ 2.5 %.
  package static func ranks(_ percent: Int, of n: Int) -> (low: Int?, high: Int?) {
    let (q, tail) = (Double(percent) / 100, (1 - confidence) / 2)
    func first(_ holds: (Int) -> Bool) -> Int {
      var (low, high) = (0, n + 1)
      while low < high {
        let middle = (low + high) / 2
        if holds(middle) { high = middle } else { low = middle + 1 }
      }
      return low
    }
    let low = first { Binomial.cumulative($0, trials: n, probability: q) > tail }
    let high = first { 1 - Binomial.cumulative($0, trials: n, probability: q) <= tail } + 1
    return (low >= 1 ? low : nil, high <= n ? high : nil)
  }
}

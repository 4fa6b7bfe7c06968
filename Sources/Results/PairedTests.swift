import Foundation
import Reports

/// Whether pairs of values differ in one direction: of differences that are zero no test takes notice.
package enum PairedTests {
  /// P that so few or so many of them are positive by chance alone, on both sides.
  package static func sign(_ differences: [Double]) -> Double {
    let positive = differences.count { $0 > 0 }
    let negative = differences.count { $0 < 0 }
    return sign(positive, negative)
  }

  /// The same of counts; McNemar's exact test where they count pairs that disagree.
  package static func sign(_ positive: Int, _ negative: Int) -> Double {
    let n = positive + negative
    guard n > 0 else { return 1 }
    return min(1, 2 * Binomial.cumulative(min(positive, negative), trials: n, probability: 0.5))
  }

  /// Wilcoxon's signed ranks: exact up to `exactLimit` differences, ties included; beyond, the normal approximation
  /// with the correction for ties and for continuity.
  package static func wilcoxon(_ differences: [Double]) -> Double {
    let sorted = differences.filter { $0 != 0 }.sorted { abs($0) < abs($1) }
    guard !sorted.isEmpty else { return 1 }
    // Doubled, so that the mean rank of an even number of ties is an integer.
    var ranks = [Int](repeating: 0, count: sorted.count)
    var ties = 0.0
    var start = 0
    while start < sorted.count {
      var end = start
      while end < sorted.count, abs(sorted[end]) == abs(sorted[start]) { end += 1 }
      for index in start..<end { ranks[index] = start + 1 + end }
      let count = Double(end - start)
      ties += count * count * count - count
      start = end
    }
    let positive = zip(sorted, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    return sorted.count <= exactLimit ? exact(ranks, positive) : approximate(sorted.count, positive, ties)
  }

  static let exactLimit = 50

  /// Every choice of signs is as likely as any other: how many of the 2ⁿ have a sum as far from the middle?
  private static func exact(_ ranks: [Int], _ positive: Int) -> Double {
    let whole = ranks.reduce(0, +)
    var ways = [Double](repeating: 0, count: whole + 1)
    ways[0] = 1
    for rank in ranks {
      for sum in stride(from: whole, through: rank, by: -1) { ways[sum] += ways[sum - rank] }
    }
    let distance = abs(2 * positive - whole)
    let far = ways.indices.reduce(0.0) { $0 + (abs(2 * $1 - whole) >= distance ? ways[$1] : 0) }
    return min(1, far / ways.reduce(0, +))
  }

  private static func approximate(_ count: Int, _ positive: Int, _ ties: Double) -> Double {
    let n = Double(count)
    let sum = Double(positive) / 2
    let variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48
    guard variance > 0 else { return 1 }
    let distance = max(0, abs(sum - n * (n + 1) / 4) - 0.5)
    return Normal.twoSided(distance / variance.squareRoot())
  }

  /// Holm's adjustment: what stays below a level is significant at it though so many were tested.
  package static func holm(_ values: [Double]) -> [Double] {
    var adjusted = values
    var greatest = 0.0
    for (position, index) in values.indices.sorted(by: { (values[$0], $0) < (values[$1], $1) }).enumerated() {
      greatest = max(greatest, min(1, values[index] * Double(values.count - position)))
      adjusted[index] = greatest
    }
    return adjusted
  }
}

import Foundation

/// What so many detections in so many seeds say about how many seeds one takes, with 95 % confidence and exactly:
/// after Clopper and Pearson where the seeds were given, and of the negative binomial distribution, which with one
/// detection is the geometric, where it was the detections.
package struct Interval: Hashable, Sendable {
  /// Seeds to one detection; nil where there was none.
  package let mean: Double?
  package let atLeast: Double
  /// nil where nothing bounds it.
  package let atMost: Double?

  /// - Parameter stopped: whether the search ended with the last detection, and not after so many seeds.
  package init(detections: Int, seeds: Int, stopped: Bool) {
    guard detections > 0 else {
      mean = nil
      // Three in k: what (1 − p)^k = 5 % comes to.
      atLeast = seeds == 0 ? 1 : max(1, Double(seeds) / 3)
      atMost = nil
      return
    }
    mean = Double(seeds) / Double(detections)
    // At the lowest rate so many detections or more are rare, at the highest so few.
    let lowest = Self.rate { Self.probability(ofAtMost: detections - 1, in: seeds, rate: $0) > 0.975 }
    let highest =
      stopped
      ? Self.rate { Self.probability(ofAtMost: detections - 1, in: seeds - 1, rate: $0) > 0.025 }
      : Self.rate { Self.probability(ofAtMost: detections, in: seeds, rate: $0) > 0.025 }
    atLeast = 1 / highest
    atMost = 1 / lowest
  }

  /// The rate at which a condition that holds for small ones ceases to.
  private static func rate(where holds: (Double) -> Bool) -> Double {
    var (low, high) = (0.0, 1.0)
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if holds(middle) { low = middle } else { high = middle }
    }
    return high
  }

  private static func probability(ofAtMost count: Int, in seeds: Int, rate: Double) -> Double {
    guard count < seeds else { return 1 }
    guard rate > 0 else { return 1 }
    guard rate < 1 else { return 0 }
    var sum = 0.0
    var combinations = 0.0
    for k in 0...count {
      if k > 0 { combinations += log(Double(seeds - k + 1)) - log(Double(k)) }
      sum += exp(combinations + Double(k) * log(rate) + Double(seeds - k) * log1p(-rate))
    }
    return min(1, sum)
  }
}

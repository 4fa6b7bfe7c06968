import Foundation
import Primitives
import Results
import Scenarios

/// Gates of cases: whether what was measured is what was published.
package enum Gates {
  /// That all comparisons by chance of a yardstick let a true simulation pass.
  package static let confidence = 0.99

  /// What is left of it for one of them, by Šidák.
  ///
  /// - Parameter comparisons: at least one.
  package static func level(of comparisons: Int) -> Double {
    1 - pow(confidence, 1 / Double(comparisons))
  }

  /// The probability of so many split votes, or of a number as far from what is expected on its side, doubled: exact for a known
  /// probability.
  package static func chance(of part: Int, in whole: Int, probability: Double) -> Double {
    let below = Binomial.cumulative(part, trials: whole, probability: probability)
    let above = 1 - Binomial.cumulative(part - 1, trials: whole, probability: probability)
    return min(1, 2 * min(below, above))
  }

  /// The same for two samples of one unknown share, by the normal approximation; a published share is true to half its last digit.
  package static func chance(
    of part: Int, in whole: Int, published: Double, of count: Double, digit: Double
  ) -> Double {
    let share = Double(part) / Double(whole)
    let all = (Double(part) + published * count) / (Double(whole) + count)
    let deviation = (all * (1 - all) * (1 / Double(whole) + 1 / count)).squareRoot()
    // Both are 0, or both 1.
    guard deviation > 0 else { return 1 }
    let distance = max(0, abs(share - published) - digit / 2)
    return Normal.twoSided(distance / deviation)
  }

  /// The largest difference of the two distribution functions at the published quantiles.
  ///
  /// - Parameters:
  ///   - sorted: ns, ascending; what is censored is longer than all.
  ///   - count: censored ones included.
  package static func distance(_ sorted: [Double], of count: Int, from quantiles: [Yardstick.Quantile]) -> Double {
    quantiles.reduce(0) { worst, quantile in
      let value = Double(quantile.value.count)
      let below = Double(sorted.rank(of: value, inclusive: false)) / Double(count)
      let upTo = Double(sorted.rank(of: value, inclusive: true)) / Double(count)
      let share = quantile.share.double
      // Where it jumps there, the published one may be anywhere in between.
      return max(worst, below > share ? below - share : upTo < share ? share - upTo : 0)
    }
  }
}

extension [Double] {
  /// How many of these, which ascend, are below a value, or at most it.
  fileprivate func rank(of value: Double, inclusive: Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value || inclusive && self[middle] == value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// By nearest rank, of `count` with those that are not here.
  package func quantile(_ share: Double, of count: Int) -> Double? {
    let rank = Swift.max(1, Int((share * Double(count)).rounded(.up)))
    return rank <= self.count ? self[rank - 1] : nil
  }

  package var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }
}

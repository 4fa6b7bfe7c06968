import Foundation

/// The regularised incomplete beta function, on which the distributions of Student and of Bernoulli stand.
enum BetaFunction {
  /// I_x(a, b) for a, b > 0 and x from 0 to 1, by Lentz's continued fraction (DLMF 8.17.22); good to some twelve
  /// digits.
  static func regularised(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast on this side of the mean alone; the other one is its complement.
    guard x <= (a + 1) / (a + b + 2) else { return 1 - regularised(1 - x, b, a) }
    let front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x))
    return front * fraction(x, a, b) / a
  }

  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var result = d
    for step in 1...10_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / kept(1 + even * d)
      c = kept(1 + even / c)
      result *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / kept(1 + odd * d)
      c = kept(1 + odd / c)
      result *= d * c
      if abs(d * c - 1) < 1e-15 { break }
    }
    return result
  }

  private static func logGamma(_ value: Double) -> Double { lgamma(value) }
}

/// Student's t.
package enum StudentT {
  /// P(T ≤ t).
  package static func cumulative(_ t: Double, freedom: Double) -> Double {
    let tail = BetaFunction.regularised(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
    return t < 0 ? tail : 1 - tail
  }

  /// The t that half of `confidence` lies below on either side of zero: 2.262 for nine degrees of freedom and 0.95.
  package static func quantile(confidence: Double, freedom: Double) -> Double {
    let share = (1 + confidence) / 2
    var (low, high) = (0.0, 1.0)
    while cumulative(high, freedom: freedom) < share, high < 1e12 { high *= 2 }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if middle == low || middle == high { break }
      if cumulative(middle, freedom: freedom) < share { low = middle } else { high = middle }
    }
    return high
  }
}

/// The number of successes among `trials`, each with `probability`.
package enum Binomial {
  /// P(X ≤ successes).
  package static func cumulative(_ successes: Int, trials: Int, probability: Double) -> Double {
    guard successes >= 0 else { return 0 }
    guard successes < trials else { return 1 }
    return BetaFunction.regularised(1 - probability, Double(trials - successes), Double(successes + 1))
  }
}

/// The standard normal distribution.
package enum Normal {
  /// P(|Z| ≥ |z|).
  package static func twoSided(_ z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }

  /// The z that 95 % lie within.
  static let z95 = 1.959963984540054
}

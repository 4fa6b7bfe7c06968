/// Logarithm, exponential and a uniform fraction from + − × ÷ alone: libm differs in its last bits from
/// system to system, and a last bit is enough to tell two digests apart.
package enum Elementary {
  static let ln2 = 0.693147180559945309417232121458

  /// 1/14, 1/13, … 1/1.
  private static let inverses = (1...14).reversed().map { 1 / Double($0) }

  /// A fraction strictly between 0 and 1 from the upper 52 bits: with the half there are 53, so that
  /// nothing is rounded and the last fraction does not become 1.
  package static func unit(_ word: UInt64) -> Double {
    (Double(word >> 12) + 0.5) / 4503599627370496.0
  }

  /// The natural logarithm of a positive, finite, normal number; relative error below 1e-15.
  package static func logarithm(_ value: Double) -> Double {
    precondition(value > 0 && value.isFinite, "the logarithm of a positive number")
    // value = significand × 2^exponent with the significand in [√½, √2), then ln by atanh's series.
    var exponent = Int(value.exponent)
    var significand = value.significand
    if significand > 1.4142135623730951 {
      significand /= 2
      exponent += 1
    }
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    var sum = 0.0
    var power = ratio
    var divisor = 1.0
    while divisor < 30 {
      sum += power / divisor
      power *= square
      divisor += 2
    }
    return 2 * sum + Double(exponent) * ln2
  }

  /// e to the power `value`; 0 and +∞ where the result leaves the range of `Double`.
  package static func exponential(_ value: Double) -> Double {
    guard value > -700 else { return 0 }
    guard value < 700 else { return .infinity }
    let halvings = (value / ln2).rounded(.toNearestOrEven)
    let rest = value - halvings * ln2
    // The series by Horner's rule; |rest| ≤ ln 2 / 2, so that what is left out is below 1e-17.
    var sum = 1.0
    for factor in inverses { sum = 1 + sum * rest * factor }
    return Double(sign: .plus, exponent: Int(halvings), significand: sum)
  }
}

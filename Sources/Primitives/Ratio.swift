/// A probability or share as a fraction of integers, from 0 to 1, so that no decision rests on the
/// rounding of floating point.
public struct Ratio: Hashable, Sendable {
  public let numerator: UInt64
  public let denominator: UInt64

  /// - Precondition: `numerator <= denominator`, `denominator` from 1 to 10¹².
  @inlinable
  public init(_ numerator: UInt64, _ denominator: UInt64) {
    precondition(denominator > 0 && denominator <= 1_000_000_000_000, "a ratio's denominator is 1...10^12")
    precondition(numerator <= denominator, "a ratio is at most 1")
    self.numerator = numerator
    self.denominator = denominator
  }

  public static let zero = Ratio(0, 1)
  public static let one = Ratio(1, 1)

  @inlinable
  public var isZero: Bool { numerator == 0 }

  /// For statistics and pictures.
  @inlinable
  public var double: Double { Double(numerator) / Double(denominator) }

  /// Equal as fractions: 1/2 is 2/4.
  @inlinable
  public static func == (left: Ratio, right: Ratio) -> Bool {
    left.numerator.multipliedFullWidth(by: right.denominator)
      == right.numerator.multipliedFullWidth(by: left.denominator)
  }

  public func hash(into hasher: inout Hasher) {
    // Equal fractions share their quotient in parts per 2²⁰; unequal ones may collide.
    hasher.combine((numerator << 20) / denominator)
  }
}

import Primitives
import Testing

@Suite("Ratios")
struct RatioTests {
  @Test("equal fractions are equal and hash alike")
  func equality() {
    let million: UInt64 = 1_000_000_000_000
    for (left, right) in [
      (Ratio(1, 2), Ratio(2, 4)), (Ratio(0, 1), Ratio(0, 999)), (Ratio(7, 7), .one),
      (Ratio(1, 3), Ratio(333_333_333_333, 999_999_999_999)), (Ratio(million / 4, million), Ratio(1, 4)),
    ] {
      #expect(left == right)
      #expect(left.hashValue == right.hashValue)
      #expect(Set([left, right]).count == 1)
    }
  }

  @Test("fractions that differ in the last place are not equal")
  func inequality() {
    let large: UInt64 = 1_000_000_000_000
    #expect(Ratio(1, large) != .zero)
    #expect(Ratio(large - 1, large) != .one)
    #expect(Ratio(1, 2) != Ratio(large / 2 - 1, large))
  }

  @Test("know zero and their value")
  func values() {
    #expect(Ratio.zero.isZero && !Ratio.one.isZero)
    #expect(Ratio(1, 4).double == 0.25)
  }
}

import Foundation
import Primitives
import Testing

@Suite("Logarithm, exponential and normal distribution")
struct ElementaryTests {
  private static let exponents = stride(from: -300.0, through: 300, by: 0.37)

  @Test("the logarithm is the library's to fifteen digits")
  func logarithm() {
    for exponent in Self.exponents {
      let value = pow(10, exponent)
      let expected = log(value)
      #expect(abs(Elementary.logarithm(value) - expected) <= 2e-15 * max(1, abs(expected)))
    }
    #expect(Elementary.logarithm(1) == 0)
  }

  @Test("the exponential is the library's to thirteen digits")
  func exponential() {
    for value in stride(from: -690.0, through: 690, by: 0.813) {
      let expected = exp(value)
      #expect(abs(Elementary.exponential(value) - expected) <= 2e-13 * expected)
    }
    #expect(Elementary.exponential(0) == 1)
    #expect(Elementary.exponential(-1_000) == 0)
    #expect(Elementary.exponential(1_000) == .infinity)
  }

  @Test("a unit fraction is strictly between zero and one")
  func unit() {
    #expect(Elementary.unit(0) > 0)
    #expect(Elementary.unit(.max) < 1)
    #expect(abs(Elementary.unit(1 << 63) - 0.5) < 1e-15)
  }

  @Test("the normal distribution is that of the error function, and its quantile undoes it")
  func normal() {
    for value in stride(from: -6.0, through: 6, by: 0.0371) {
      let probability = NormalTable.cumulative(value)
      #expect(abs(probability - erfc(-value / 2.0.squareRoot()) / 2) < 1e-9)
      if abs(value) < 4 { #expect(abs(NormalTable.quantile(probability) - value) < 1e-6) }
    }
    #expect(abs(NormalTable.quantile(0.99) - 2.3263478740) < 1e-7)
    #expect(NormalTable.cumulative(-20) == 0 && NormalTable.cumulative(20) == 1)
  }
}

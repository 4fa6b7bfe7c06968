import Reports
import Results
import Testing

/// Against values that others have published or that R prints.
@Suite("Statistics")
struct StatisticsTests {
  private func near(_ value: Double?, _ expected: Double, within error: Double = 1e-6) -> Bool {
    value.map { abs($0 - expected) <= error * max(1, abs(expected)) } ?? false
  }

  @Test(
    "Student's quantiles are those of the tables",
    arguments: [
      (1.0, 12.706205), (2, 4.302653), (5, 2.570582), (9, 2.262157), (30, 2.042272), (99, 1.984217),
      (999, 1.962341),
      (1e6, 1.959966),
    ])
  func student(freedom: Double, expected: Double) {
    #expect(near(StudentT.quantile(confidence: 0.95, freedom: freedom), expected))
  }

  @Test("The binomial distribution sums what can be summed by hand, and what R sums")
  func binomial() {
    #expect(near(Binomial.cumulative(0, trials: 10, probability: 0.5), 1.0 / 1_024, within: 1e-13))
    #expect(near(Binomial.cumulative(5, trials: 10, probability: 0.5), 638.0 / 1_024, within: 1e-13))
    #expect(near(Binomial.cumulative(2, trials: 20, probability: 0.1), 0.6769268, within: 1e-7))
    // pbinom(495000, 1e6, 0.495)
    #expect(near(Binomial.cumulative(495_000, trials: 1_000_000, probability: 0.495), 0.500400292, within: 1e-8))
    #expect(Binomial.cumulative(-1, trials: 5, probability: 0.5) == 0)
    #expect(Binomial.cumulative(5, trials: 5, probability: 0.5) == 1)
  }

  @Test(
    "Wilson's interval is that of Newcombe's examples",
    arguments: [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)])
  func wilson(part: Int, whole: Int, low: Double, high: Double) {
    let estimate = Intervals.share(part, of: whole)
    #expect(near(estimate.low, low, within: 1e-4) && near(estimate.high, high, within: 1e-4))
    let mirrored = Intervals.share(whole - part, of: whole)
    #expect(near(mirrored.low, 1 - high, within: 1e-4) && near(mirrored.high, 1 - low, within: 1e-4))
  }

  @Test("A mean has Student's interval, and a single value none")
  func mean() {
    // t.test(c(1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30))
    let estimate = Intervals.mean([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
    #expect(near(estimate.value, 1.766667) && near(estimate.low, 1.216612))
    #expect(near(estimate.value - (estimate.low ?? 0), (estimate.high ?? 0) - estimate.value, within: 1e-12))
    #expect(Intervals.mean([4]) == Estimate(value: 4, low: nil, high: nil))
    #expect(Intervals.mean([4, 4, 4]) == Estimate(value: 4, low: 4, high: 4))
  }

  @Test(
    "A median's interval has the ranks of the tables, and few values leave it open",
    arguments: [(5, nil, nil), (6, 1, 6), (10, 2, 9), (20, 6, 15), (25, 8, 18), (100, 40, 61)]
      as [(Int, Int?, Int?)])
  func medians(count: Int, low: Int?, high: Int?) {
    let ranks = Intervals.ranks(50, of: count)
    #expect(ranks.low == low && ranks.high == high)
  }

  @Test("A percentile's interval covers it in at least 95 of 100 samples", arguments: [50, 90, 95, 99])
  func coverage(percent: Int) {
    // The order statistics of n evenly drawn values cover the percentile q exactly with P(low ≤ B < high).
    for n in [60, 299, 1_000, 20_000] {
      let (low, high) = Intervals.ranks(percent, of: n)
      let below = Binomial.cumulative((low ?? 0) - 1, trials: n, probability: Double(percent) / 100)
      let above = high.map { 1 - Binomial.cumulative($0 - 1, trials: n, probability: Double(percent) / 100) } ?? 0
      #expect(below <= 0.025 && above <= 0.025)
      // And no narrower one on either side does.
      if let low { #expect(Binomial.cumulative(low, trials: n, probability: Double(percent) / 100) > 0.025) }
    }
  }

  @Test("Percentiles are by nearest rank")
  func percentiles() {
    let values = (1...100).map(Double.init)
    #expect([1, 50, 90, 99, 100].map { Intervals.percentile($0, sorted: values).value } == [1, 50, 90, 99, 100])
    #expect(Intervals.percentile(99, sorted: [7]).value == 7)
    #expect(Intervals.percentile(99, sorted: values).high == nil)
  }

  @Test("Wilcoxon's test says what R says of the depression scores of Hollander and Wolfe")
  func wilcoxon() {
    let x = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    let y = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    let differences = zip(x, y).map { $0 - $1 }
    #expect(near(PairedTests.wilcoxon(differences), 0.0390625, within: 1e-12))
    #expect(PairedTests.wilcoxon(differences.map { -$0 }) == PairedTests.wilcoxon(differences))
    #expect(PairedTests.wilcoxon([0, 0, 0]) == 1)
    #expect(PairedTests.wilcoxon([]) == 1)
  }

  @Test("With ties Wilcoxon's test counts every choice of signs")
  func ties() {
    // Ranks 1.5, 1.5, 3.5, 3.5, 5, all positive: 2 of 32 choices are as far out.
    #expect(near(PairedTests.wilcoxon([1, 1, 2, 2, 3]), 2.0 / 32, within: 1e-12))
    // Ranks 1.5 (−), 1.5 (+): every choice is as far.
    #expect(PairedTests.wilcoxon([-1, 1]) == 1)
  }

  @Test("Beyond fifty differences the approximation agrees with counting")
  func approximation() {
    var differences: [Double] = []
    for index in 1...50 { differences.append(index % 3 == 0 ? -Double(index) : Double(index) + 0.5) }
    let exact = PairedTests.wilcoxon(differences)
    let approximate = PairedTests.wilcoxon(differences + [0.0001])
    #expect(abs(exact - approximate) < 0.002)
  }

  @Test("The sign test is the binomial one on both sides")
  func sign() {
    #expect(near(PairedTests.sign(9, 1), 0.02148438, within: 1e-8))
    #expect(PairedTests.sign(5, 5) == 1)
    #expect(PairedTests.sign(0, 0) == 1)
    #expect(near(PairedTests.sign([1, 2, 3, 0, 0]), 0.25, within: 1e-12))
  }

  @Test("Holm's adjustment is p.adjust's")
  func holm() {
    let adjusted = PairedTests.holm([0.01, 0.04, 0.03, 0.005])
    #expect(zip(adjusted, [0.03, 0.06, 0.06, 0.02]).allSatisfy { near($0, $1, within: 1e-12) })
    #expect(PairedTests.holm([]) == [])
  }
}

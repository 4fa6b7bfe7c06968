import Primitives
import Testing

enum Example {
  static let exponential = Distribution.exponential(minimum: .microseconds(50), mean: .milliseconds(2))
  static let uniform = Distribution.uniform(.microseconds(100), .microseconds(300))
  static let normal = Distribution.truncatedNormal(
    mean: .milliseconds(10), deviation: .milliseconds(3), low: .milliseconds(4), high: .milliseconds(16))
  static let logNormal = Distribution.logNormal(median: .milliseconds(1), p99: .milliseconds(20))
  static let golden: [[Int64]] = [
    [2_583_969, 3_943_168, 1_878_486, 1_107_211, 2_524_900, 2_743_441],
    [243_664, 271_447, 219_836, 182_114, 241_975, 247_981],
    [11_646_033, 12_995_538, 10_718_704, 9_353_144, 11_576_027, 11_829_304],
    [2_104_614, 3_956_276, 1_381_974, 747_427, 2_038_375, 2_288_959],
  ]
  static let all = [exponential, uniform, normal, logNormal]
}

@Suite("Distributions")
struct DistributionTests {
  private func samples(_ distribution: Distribution, count: UInt64 = 40_000) -> [Int64] {
    let choices = Choices(seed: 5)
    return (0..<count).map {
      choices.choose(Purpose(3, "test"), Entities(1), $0, from: distribution).count
    }.sorted()
  }

  private func mean(_ samples: [Int64]) -> Double {
    samples.reduce(0) { $0 + Double($1) } / Double(samples.count)
  }

  private func isClose(_ value: Double, _ expected: Double, within share: Double) -> Bool {
    abs(value - expected) <= share * expected
  }

  @Test("a constant is itself")
  func constant() {
    #expect(Set(samples(.constant(Nanoseconds(123)), count: 100)) == [123])
  }

  @Test("a uniform one stays below its end and has the middle for its mean")
  func uniform() {
    let all = samples(Example.uniform)
    #expect(all[0] >= 100_000 && all[all.count - 1] < 300_000)
    #expect(all[0] < 100_100 && all[all.count - 1] > 299_900)
    #expect(isClose(mean(all), 200_000, within: 0.01))
    #expect(isClose(Double(all[all.count * 99 / 100]), 298_000, within: 0.01))
  }

  @Test("a uniform one of a single nanosecond is its beginning")
  func narrow() {
    #expect(Set(samples(.uniform(Nanoseconds(7), Nanoseconds(8)), count: 100)) == [7])
  }

  @Test("an exponential one has its minimum, mean, median and 99th percentile")
  func exponential() {
    let all = samples(Example.exponential)
    #expect(all[0] >= 50_000)
    #expect(isClose(mean(all), 2_050_000, within: 0.02))
    #expect(isClose(Double(all[all.count / 2]), 50_000 + 2_000_000 * 0.693147, within: 0.02))
    #expect(isClose(Double(all[all.count * 99 / 100]), 50_000 + 2_000_000 * 4.60517, within: 0.04))
  }

  @Test("a truncated normal one stays within its ends and is symmetric about its mean")
  func truncatedNormal() {
    let all = samples(Example.normal)
    #expect(all[0] >= 4_000_000 && all[all.count - 1] <= 16_000_000)
    #expect(isClose(mean(all), 10_000_000, within: 0.01))
    #expect(isClose(Double(all[all.count / 2]), 10_000_000, within: 0.01))
    // Conditioned on ±2 deviations, the 99th percentile is that of 0.9677 of the whole: 1.8497 deviations.
    #expect(isClose(Double(all[all.count * 99 / 100]), 15_549_000, within: 0.01))
  }

  @Test("a normal one that is cut far from its mean stays within its ends")
  func farTail() {
    let all = samples(
      .truncatedNormal(mean: .zero, deviation: .seconds(1), low: .seconds(20), high: .seconds(30)), count: 200)
    #expect(all.allSatisfy { (20_000_000_000...30_000_000_000).contains($0) })
  }

  @Test("a log-normal one has its median and 99th percentile")
  func logNormal() {
    let all = samples(Example.logNormal)
    #expect(all[0] > 0)
    #expect(isClose(Double(all[all.count / 2]), 1_000_000, within: 0.03))
    #expect(isClose(Double(all[all.count * 99 / 100]), 20_000_000, within: 0.08))
  }

  @Test("no sample exceeds the longest time, and none is negative")
  func longest() {
    let wild: [Distribution] = [
      .exponential(minimum: .zero, mean: Distribution.longest),
      .logNormal(median: .seconds(1), p99: Distribution.longest),
      .logNormal(median: Nanoseconds(1), p99: .seconds(1)),
    ]
    for distribution in wild {
      for word in [0, 1, 1 << 63, .max - 1, .max] as [UInt64] {
        #expect((Nanoseconds.zero...Distribution.longest).contains(distribution.value(at: word)))
      }
    }
  }

  @Test("quantiles never fall as the word grows", arguments: Example.all[1...])
  func monotone(distribution: Distribution) {
    let values = (0..<UInt64(512)).map { distribution.value(at: $0 << 55) }
    let isRising = zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }
    #expect(isRising)
  }

  @Test(
    "samples are the published values",
    arguments: zip(Example.all, Example.golden))
  func golden(distribution: Distribution, expected: [Int64]) {
    let choices = Choices(seed: 20)
    let drawn = (0..<UInt64(6)).map {
      choices.choose(Purpose(3, "test"), Entities(1, 2), $0, from: distribution).count
    }
    #expect(drawn == expected)
  }
}

import Primitives
import RPC
import Testing

@Suite("A back-off")
struct BackoffTests {
  static func bounds(_ backoff: Backoff, _ count: UInt32) -> [Distribution] {
    (0..<count).map { backoff.pause(after: $0) }
  }

  static func backoff(
    _ initial: Int64, _ factor: UInt32, _ longest: Int64, _ jitter: Ratio = .zero
  ) -> Backoff {
    Backoff(
      initial: Nanoseconds(initial), factorThousandths: factor, longest: Nanoseconds(longest), jitter: jitter)
  }

  @Test("Pauses grow by the factor up to the longest, and stay there")
  func growth() {
    let pauses = Self.bounds(Self.backoff(100, 2_000, 700), 6)
    #expect(pauses == [100, 200, 400, 700, 700, 700].map { .constant(Nanoseconds($0)) })
    #expect(
      Self.bounds(Self.backoff(1_000, 1_600, 5_000), 5)
        == [1_000, 1_600, 2_560, 4_096, 5_000].map {
          .constant(Nanoseconds($0))
        })
  }

  @Test("With a factor of 1 they never grow, whatever the longest")
  func constant() {
    #expect(Self.backoff(100, 1_000, 900).pause(after: 4_000_000_000) == .constant(Nanoseconds(100)))
  }

  @Test("Jitter takes its share away, from above")
  func jitter() {
    #expect(Backoff.ofCalls.pause(after: 0) == .uniform(.milliseconds(5), .milliseconds(25)))
    #expect(Backoff.ofCalls.pause(after: 1) == .uniform(.milliseconds(10), .milliseconds(50)))
    #expect(Backoff.ofCalls.pause(after: 9) == .uniform(.milliseconds(50), .milliseconds(250)))
    #expect(Self.backoff(100, 2_000, 800, .one).pause(after: 2) == .uniform(.zero, Nanoseconds(400)))
  }

  @Test("Neither a century nor four billion failures lead out of range")
  func limits() {
    let longest = Distribution.longest.count
    let steep = Self.backoff(1, 100_000, longest, Ratio(999_999_999_999, 1_000_000_000_000))
    guard case .uniform(let low, let high) = steep.pause(after: .max) else {
      Issue.record("no uniform pause")
      return
    }
    #expect(high == Distribution.longest && low > .zero && low < high)
    // A nanosecond and a half is one nanosecond, so that this one never comes off the ground, and says so at once.
    #expect(Self.backoff(1, 1_500, longest).pause(after: .max) == .constant(Nanoseconds(1)))
    let flat = Self.backoff(1_000, 1_001, longest).pause(after: .max)
    #expect(flat == .constant(Distribution.longest))
  }
}

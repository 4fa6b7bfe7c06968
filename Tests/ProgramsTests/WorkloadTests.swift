import Node
import Primitives
import Programs
import Testing

@Suite("The key-value workload")
struct WorkloadTests {
  static let mixed = KVWorkload(weights: [50_000, 40_000, 2_500, 7_500], keys: .uniform(count: 16))

  @Test("An operation is a function of its number")
  func repeatable() {
    for number in 0..<200 {
      let once = Self.mixed.request(number: UInt64(number), choices: Choices(seed: 4))
      #expect(once == Self.mixed.request(number: UInt64(number), choices: Choices(seed: 4)))
    }
  }

  @Test("Operations come in the proportions of the mix")
  func proportions() {
    var counts = [0, 0, 0, 0]
    for number in 0..<20_000 {
      counts[Int(Self.mixed.request(number: UInt64(number), choices: Choices(seed: 1)).kind.rawValue)] += 1
    }
    // Five standard deviations of the widest are 354.
    for (count, expected) in zip(counts, [10_000, 8_000, 500, 1_500]) { #expect(abs(count - expected) < 354) }
  }

  @Test("Keys follow Zipf's law", arguments: [0, 990, 1_500])
  func zipf(_ exponent: Int) {
    let workload = KVWorkload(
      weights: [100_000, 0, 0, 0], keys: .zipf(count: 4, exponentThousandths: exponent))
    var counts = [0, 0, 0, 0]
    for number in 0..<20_000 {
      let key = workload.request(number: UInt64(number), choices: Choices(seed: 2)).key
      counts[(0..<4).first { KVKey(number: $0) == key }!] += 1
    }
    let expected: [Int] =
      switch exponent {
      case 0: [5_000, 5_000, 5_000, 5_000]
      // 1/kˢ over their sum: for s = 0.99, 1 + 0.5035 + 0.3370 + 0.2535; for 1.5, 1 + 0.3536 + 0.1925 + 0.125.
      case 990: [9_551, 4_808, 3_219, 2_421]
      default: [11_969, 4_232, 2_303, 1_496]
      }
    for (count, expected) in zip(counts, expected) { #expect(abs(count - expected) < 360) }
  }

  @Test("A written value carries its operation's number and has the size that was asked for")
  func values() {
    let workload = KVWorkload(weights: [0, 100_000, 0, 0], keys: .uniform(count: 1), valueSize: 12)
    guard case .put(_, let value) = workload.request(number: 258, choices: Choices(seed: 1)) else {
      Issue.record("a mix of puts gave another operation")
      return
    }
    #expect(value == [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  }
}

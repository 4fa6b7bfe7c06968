import Membership
import Primitives
import Testing

@Suite("The order of a pass")
struct PermutationTests {
  @Test("Each position has a value of its own, for all sizes")
  func bijection() {
    for count in UInt32(1)...200 {
      for key in UInt64(0)..<20 {
        let order = Permutation(count: count, key: avalanche(key))
        #expect((0..<count).map { order[$0] }.sorted() == Array(0..<count), "\(count), key \(key)")
      }
    }
    for count: UInt32 in [255, 256, 257, 4_096, 9_999] {
      let order = Permutation(count: count, key: 42)
      #expect((0..<count).map { order[$0] }.sorted() == Array(0..<count))
    }
  }

  /// Chi-square of 9 × 9 cells with 64 degrees of freedom: above 104.7 in one of a thousand.
  @Test("Over the keys each value is as likely at each position")
  func uniform() {
    let (count, keys) = (9, 20_000)
    var cells = [Int](repeating: 0, count: count * count)
    var luck = Luck(4)
    for _ in 0..<keys {
      let order = Permutation(count: UInt32(count), key: luck.next())
      for position in 0..<count { cells[position * count + Int(order[UInt32(position)])] += 1 }
    }
    let expected = Double(keys) / Double(count)
    let chiSquare = cells.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    #expect(chiSquare < 104.7)
  }
}

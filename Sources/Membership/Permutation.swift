import Primitives

/// An order of 0..<count in two words of memory: a Feistel network of four rounds (Luby and Rackoff, "How to construct
/// pseudorandom permutations from pseudorandom functions", 1988) over the next power of four, and of its values
/// those below the count, reached by applying it again (cycle walking: Black and Rogaway, "Ciphers with arbitrary
/// finite domains", 2002).
package struct Permutation: Hashable, Sendable {
  /// From 1 to 2³² − 1.
  package let count: UInt32
  package let key: UInt64

  package init(count: UInt32, key: UInt64) {
    self.count = count
    self.key = key
  }

  /// Each position below the count has a value of its own below the count. Four applications on average at most; up to
  /// 128 where the count is below 64, and a microsecond or two.
  package subscript(position: UInt32) -> UInt32 {
    guard count > 1 else { return 0 }
    // Halves of four bits at least: with shorter ones some orders are seen to be likelier than others.
    let half = max(4, UInt64(33 - (count - 1).leadingZeroBitCount) / 2)
    var value = UInt64(position)
    repeat { value = encipher(value, half) } while value >= UInt64(count)
    return UInt32(value)
  }

  private func encipher(_ value: UInt64, _ half: UInt64) -> UInt64 {
    let mask: UInt64 = 1 << half - 1
    var (left, right) = (value >> half, value & mask)
    for round: UInt64 in 0..<4 {
      (left, right) = (right, left ^ avalanche(key ^ avalanche(round << 32 | right)) & mask)
    }
    return left << half | right
  }
}

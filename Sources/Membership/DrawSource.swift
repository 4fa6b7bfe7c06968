/// Where a member's luck comes from. The core draws in a fixed order, so that the same draws give the same run.
public protocol DrawSource {
  /// Uniform over 0..<`bound`, which is at least 1 and at most 2⁶³.
  mutating func draw(below bound: UInt64) -> UInt64
}

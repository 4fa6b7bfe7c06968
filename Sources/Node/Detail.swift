import Primitives
import Telemetry

/// Something that a process shows of itself. Words are made of it only where somebody reads them: most of what is shown is as it
/// was after the step before.
public enum Detail: Hashable, Sendable, CustomStringConvertible {
  case number(UInt64)
  case word(StaticText)
  /// `n3`, or `nobody`.
  case node(NodeID?)
  /// Sixteen hexadecimal digits.
  case hash(UInt64)
  /// Words with a `%` for each number, which follow: `n% has to %, next %`.
  case numbers(StaticText, UInt64, UInt64 = 0, UInt64 = 0)
  case text(String)

  public var description: String {
    switch self {
    case .number(let number): "\(number)"
    case .word(let word): word.description
    case .node(let node): node.map { "n\($0.index + 1)" } ?? "nobody"
    case .hash(let value): Digest.hexadecimal(value)
    case .numbers(let words, let first, let second, let third):
      Self.words(words.description, [first, second, third])
    case .text(let text): text
    }
  }

  private static func words(_ pattern: String, _ numbers: [UInt64]) -> String {
    let parts = pattern.split(separator: "%", omittingEmptySubsequences: false)
    return zip(parts.dropFirst(), numbers).reduce(String(parts[0])) { "\($0)\($1.1)\($1.0)" }
  }
}

extension Detail: ExpressibleByStringInterpolation {
  public init(stringLiteral text: String) { self = .text(text) }
}

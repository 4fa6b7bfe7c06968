import Primitives

/// The states of one object as numbers, equal for equal states: what a search compares and remembers.
///
/// A state is known by two 64-bit hashes and a length, which concatenation and insertion can work out without the
/// content: a list of a million appended elements is never built. Two states that differ in all but their hashes
/// would be taken for one; with 128 bits that does not happen.
struct LinearizabilityStates {
  private struct Identity: Hashable {
    var first: UInt64
    var second: UInt64
    var count: Int
  }

  private struct Step: Hashable {
    let state: Int32
    let value: Int32
  }

  // All looked up and never iterated.
  private var numbers: [Identity: Int32] = [:]
  private var identities: [Identity] = []
  private var steps: [Step: Int32] = [:]
  private var known: [Int32: Int32] = [:]

  /// Where nothing was written.
  static let absent: Int32 = 0

  init() { _ = number(Identity(first: 0, second: 0, count: -1)) }

  /// The state in which the object has this value.
  mutating func state(of datum: Int32, _ history: ClientHistory) -> Int32 {
    guard datum != 0 else { return Self.absent }
    if let known = known[datum] { return known }
    let state =
      switch history.data[Int(datum)] {
      case .text(let text): number(Self.identity(text))
      case .list(let elements): number(Self.identity(set: elements))
      case let other: number(Self.identity(other))
      }
    known[datum] = state
    return state
  }

  /// The empty set, in which a set begins.
  mutating func emptySet() -> Int32 { number(Self.identity(set: [])) }

  /// A text with another behind it.
  mutating func appending(_ datum: Int32, to state: Int32, _ history: ClientHistory) -> Int32 {
    step(state, datum) { left in
      let right = Self.identity(history.text(datum))
      guard left.count >= 0 else { return right }
      return Identity(
        first: left.first &* Self.power(Self.base.0, right.count) &+ right.first,
        second: left.second &* Self.power(Self.base.1, right.count) &+ right.second,
        count: left.count + right.count)
    }
  }

  /// A set with one more element.
  mutating func adding(_ datum: Int32, to state: Int32, _ history: ClientHistory) -> Int32 {
    // Elements that are added again change nothing: who adds one twice is refused where histories are read.
    step(state, datum) { left in
      let element = Self.identity(history.data[Int(datum)])
      return Identity(
        first: left.first &+ element.first, second: left.second &+ element.second, count: left.count + 1)
    }
  }

  private mutating func step(_ state: Int32, _ datum: Int32, _ make: (Identity) -> Identity) -> Int32 {
    let step = Step(state: state, value: datum)
    if let next = steps[step] { return next }
    let next = number(make(identities[Int(state)]))
    steps[step] = next
    return next
  }

  private mutating func number(_ identity: Identity) -> Int32 {
    if let number = numbers[identity] { return number }
    let number = Int32(identities.count)
    identities.append(identity)
    numbers[identity] = number
    return number
  }

  // MARK: Identities

  // Odd, so that powers never vanish.
  private static let base = (MixingConstant.a | 1, MixingConstant.d | 1)

  private static func identity(_ text: String) -> Identity {
    var (first, second): (UInt64, UInt64) = (0, 0)
    for byte in text.utf8 {
      let letter = avalanche(UInt64(byte) &+ 1)
      first = first &* base.0 &+ letter
      second = second &* base.1 &+ letter
    }
    return Identity(first: first, second: second, count: text.utf8.count)
  }

  private static func identity(_ datum: HistoryDatum) -> Identity {
    var digest = Digest()
    switch datum {
    case .none: digest.fold(0)
    case .truth(let truth): digest.fold(1, truth ? 1 : 0)
    case .integer(let integer): digest.fold(2, UInt64(bitPattern: integer))
    case .text(let text): digest.fold(bytes: Array(text.utf8))
    case .list(let elements):
      digest.fold(3, UInt64(elements.count))
      for element in elements {
        let inner = identity(element)
        digest.fold(inner.first, inner.second)
      }
    }
    let words = digest.words
    return Identity(first: words.high, second: words.low, count: -2)
  }

  private static func identity(set elements: [HistoryDatum]) -> Identity {
    var sum = Identity(first: MixingConstant.e, second: 0, count: 0)
    for element in elements {
      let inner = identity(element)
      sum.first &+= inner.first
      sum.second &+= inner.second
      sum.count += 1
    }
    return sum
  }

  private static func power(_ base: UInt64, _ exponent: Int) -> UInt64 {
    var (result, square, left): (UInt64, UInt64, Int) = (1, base, exponent)
    while left > 0 {
      if left & 1 == 1 { result = result &* square }
      square = square &* square
      left >>= 1
    }
    return result
  }
}

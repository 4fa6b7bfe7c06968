/// What a choice is for. Each part of the house declares its purposes as static members; the number is
/// part of the choice's key and never changes once published, the name is for printing.
public struct Purpose: Hashable, Sendable {
  public let rawValue: UInt16
  public let name: StaticString

  @inlinable
  public init(_ rawValue: UInt16, _ name: StaticString) {
    self.rawValue = rawValue
    self.name = name
  }

  public static func == (left: Purpose, right: Purpose) -> Bool { left.rawValue == right.rawValue }
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

/// Whom a choice is about: up to four small numbers (sender, receiver, kind and group of a message; a
/// fault's stable id; an operation's number), packed into two words.
public struct Entities: Hashable, Sendable {
  @usableFromInline let first: UInt64
  @usableFromInline let second: UInt64

  @inlinable
  public init(_ first: UInt64, _ second: UInt64 = 0) {
    self.first = first
    self.second = second
  }

  /// A message's: one key for each kind and group on each directed pair of endpoints.
  @inlinable
  public static func message(from: UInt64, to: UInt64, kind: UInt8, group: UInt16) -> Entities {
    Entities(from << 24 | UInt64(kind) << 16 | UInt64(group), to)
  }
}

/// The one door for randomness: every value is a counter-based function of the root seed and of the key
/// that names the choice. No state is kept, so an added draw moves no other; and one choice can be fixed while
/// all others keep their luck.
public struct Choices: Hashable, Sendable {
  @usableFromInline let first: UInt64
  @usableFromInline let second: UInt64
  /// Whether any choice is fixed, so that chances of nothing must be asked about too.
  public let someAreFixed: Bool
  /// In the order of their keys.
  @usableFromInline let fixed: ContiguousArray<FixedChoice>

  /// - Parameter fixed: choices that chance does not make; of two with one key the last counts.
  public init(seed: UInt64, fixed: [FixedChoice] = []) {
    first = avalanche(seed &+ MixingConstant.a)
    second = avalanche(seed ^ MixingConstant.b)
    someAreFixed = !fixed.isEmpty
    self.fixed = FixedChoice.table(fixed)
  }

  /// The value that this choice is fixed to; nil where chance makes it.
  @inlinable
  public func fixed(_ purpose: Purpose, _ entities: Entities, _ occurrence: UInt64) -> FixedChoice.Value? {
    someAreFixed ? find(purpose, entities, occurrence) : nil
  }

  @usableFromInline func find(
    _ purpose: Purpose, _ entities: Entities, _ occurrence: UInt64
  ) -> FixedChoice.Value? {
    let key = FixedChoice.Key(purpose, entities, occurrence)
    var (low, high) = (0, fixed.count)
    while low < high {
      let middle = (low + high) / 2
      if fixed[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low < fixed.count && fixed[low].key == key ? fixed[low].value : nil
  }

  /// Word number `word` of the choice with this key; uniform over all 64 bits.
  @inlinable
  public func word(
    _ purpose: Purpose, _ entities: Entities, _ occurrence: UInt64, word: UInt64 = 0
  ) -> UInt64 {
    let who = foldedProduct(first ^ entities.first ^ MixingConstant.c, second ^ entities.second ^ MixingConstant.d)
    let what = UInt64(purpose.rawValue) << 48 ^ word
    let when = foldedProduct(who ^ occurrence ^ MixingConstant.e, second ^ what ^ MixingConstant.a)
    return avalanche(when ^ who)
  }

  /// True with probability `chance`.
  @inlinable
  public func choose(
    _ purpose: Purpose, _ entities: Entities, _ occurrence: UInt64, chance: Ratio
  ) -> Bool {
    if case .truth(let value)? = fixed(purpose, entities, occurrence) { return value }
    return chance.numerator > 0
      && choose(purpose, entities, occurrence, below: chance.denominator) < chance.numerator
  }

  /// Uniform over 0..<bound, without bias (Lemire's multiplication with rejection; the words of a
  /// rejected try belong to the same key).
  ///
  /// - Precondition: `bound > 0`.
  @inlinable
  public func choose(
    _ purpose: Purpose, _ entities: Entities, _ occurrence: UInt64, below bound: UInt64
  ) -> UInt64 {
    precondition(bound > 0, "nothing to choose from")
    // Of fewer than there were when the choice was fixed, the last.
    if case .number(let value)? = fixed(purpose, entities, occurrence) { return min(value, bound - 1) }
    var product = word(purpose, entities, occurrence).multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      var next: UInt64 = 1
      while product.low < threshold {
        product = word(purpose, entities, occurrence, word: next).multipliedFullWidth(by: bound)
        next += 1
      }
    }
    return product.high
  }

  /// A length of time from `distribution`.
  @inlinable
  public func choose(
    _ purpose: Purpose, _ entities: Entities, _ occurrence: UInt64, from distribution: Distribution
  ) -> Nanoseconds {
    if case .length(let value)? = fixed(purpose, entities, occurrence) { return value }
    if case .constant(let value) = distribution { return value }
    if case .uniform(let low, let high) = distribution {
      return low
        + Nanoseconds(
          Int64(choose(purpose, entities, occurrence, below: UInt64(high.count - low.count))))
    }
    return distribution.value(at: word(purpose, entities, occurrence))
  }
}

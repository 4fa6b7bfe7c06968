import Primitives

/// How often each of a process's purposes has been drawn. It belongs to the host and survives crashes, so
/// that no life repeats another's luck.
public struct DrawCounters: Sendable {
  @usableFromInline package var counts: InlineArray<8, UInt32> = .init(repeating: 0)

  @inlinable
  public init() {}
}

/// What the host lends a process for one step: its two clocks and the door to randomness.
public struct StepContext: Sendable {
  /// Timers, leases and time-outs are measured on it. It never runs backwards.
  public let monotonic: Instant
  /// For certificates, hybrid clocks and people: nanoseconds since 1970, and it may jump.
  public let wall: Instant
  /// Whether anybody listens to spans and metrics. Nothing but telemetry may depend on it.
  public let telemetry: Bool
  @usableFromInline let choices: Choices
  @usableFromInline let process: Entities
  @usableFromInline package var draws: DrawCounters
  /// What was drawn in this step, for the process's digest.
  @usableFromInline package var drawn: UInt64 = 0

  @inlinable
  package init(
    monotonic: Instant, wall: Instant, telemetry: Bool, choices: Choices, process: Entities, draws: DrawCounters
  ) {
    self.monotonic = monotonic
    self.wall = wall
    self.telemetry = telemetry
    self.choices = choices
    self.process = process
    self.draws = draws
  }

  /// A length of time from `distribution`. `slot`, below `StepLimits.draws`, counts this purpose's
  /// occurrences; each purpose of a program has a slot of its own.
  @inlinable
  public mutating func choose(
    _ purpose: Purpose, slot: Int, from distribution: Distribution
  ) -> Nanoseconds {
    let value = choices.choose(purpose, process, nextOccurrence(slot), from: distribution)
    drawn = foldedProduct(drawn ^ UInt64(bitPattern: value.count), 0x9E37_79B9_7F4A_7C15)
    return value
  }

  /// Uniform over 0..<bound.
  @inlinable
  public mutating func choose(_ purpose: Purpose, slot: Int, below bound: UInt64) -> UInt64 {
    let value = choices.choose(purpose, process, nextOccurrence(slot), below: bound)
    drawn = foldedProduct(drawn ^ value, 0x9E37_79B9_7F4A_7C15)
    return value
  }

  @inlinable
  mutating func nextOccurrence(_ slot: Int) -> UInt64 {
    let occurrence = draws.counts[slot]
    draws.counts[slot] = occurrence &+ 1
    return UInt64(occurrence)
  }
}

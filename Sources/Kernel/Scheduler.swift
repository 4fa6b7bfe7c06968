import Primitives

/// Decides which pending event goes next.
///
/// A scheduler is a value beside the queue and forks with it. It is lent the whole queue, because a
/// strategy may want more than a choice among ties: a priority-based one reads the payloads, a
/// delay-bounded one re-arms an event instead of running it. Each such strategy is one more case here
/// with a state of its own; callers know `next(from:notAfter:)` alone.
@usableFromInline package enum Scheduler: Hashable, Sendable {
  /// In order of (time, sequence).
  case earliest
  /// In order of time; events of one instant in an order drawn from the seed.
  case seededTies(SeededTies)

  /// In order of time; events of one instant in an order drawn from `choices`.
  @inlinable
  package static func seededTies(_ choices: Choices) -> Scheduler { .seededTies(SeededTies(choices)) }

  /// Takes the next event out of the queue; nil when there is none up to and including `limit`.
  @inlinable
  package mutating func next<Payload>(
    from queue: inout EventQueue<Payload>, notAfter limit: Instant = Instant(nanoseconds: .max)
  ) -> EventQueue<Payload>.Event? {
    switch self {
    case .earliest:
      return queue.popFirst(notAfter: limit)
    case .seededTies(var ties):
      let event = queue.popFirst(notAfter: limit) { ties.choose(among: $0) }
      self = .seededTies(ties)
      return event
    }
  }

  /// From now on other luck decides.
  package mutating func draw(from choices: Choices) {
    switch self {
    case .earliest: break
    case .seededTies(var ties):
      ties.choices = choices
      self = .seededTies(ties)
    }
  }
}

/// The order of simultaneous events as named choices: the n-th time that there was something to choose,
/// one of those waiting.
@usableFromInline package struct SeededTies: Hashable, Sendable {
  @usableFromInline var choices: Choices
  @usableFromInline var occurrence: UInt64 = 0

  @inlinable
  package init(_ choices: Choices) { self.choices = choices }

  /// A lone event is no choice and uses up no occurrence.
  @inlinable
  mutating func choose(among count: Int) -> Int {
    guard count > 1 else { return 0 }
    defer { occurrence += 1 }
    return Int(choices.choose(.tie, Entities(0), occurrence, below: UInt64(count)))
  }
}

extension Purpose {
  /// Which of several simultaneous events goes first.
  @usableFromInline package static var tie: Purpose { @inlinable get { Purpose(1, "tie") } }
}

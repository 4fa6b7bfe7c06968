import Primitives

/// Decides which pending event goes next.
///
/// A scheduler is a value beside the queue and forks with it. It is lent the whole queue, because a
/// strategy may want more than a choice among ties: it looks at what is pending and takes what it likes. What it
/// may not do is in `Schedulable`: an event without a lane goes at its time, and a lane keeps its order.
@usableFromInline package enum Scheduler: Hashable, Sendable {
  /// In order of (time, sequence).
  case earliest
  /// In order of time; events of one instant in an order drawn from the seed.
  case seededTies(SeededTies)
  /// By priorities, within a window of time.
  case priorities(PriorityScheduling)
  /// In order of time, but for a few delays.
  case delays(DelayScheduling)

  /// In order of time; events of one instant in an order drawn from `choices`.
  @inlinable
  package static func seededTies(_ choices: Choices) -> Scheduler { .seededTies(SeededTies(choices)) }

  /// Takes the next event out of the queue; nil when there is none up to and including `limit`. Times never fall,
  /// and none is before the event's own.
  @inlinable
  package mutating func next<Payload: Schedulable>(
    from queue: inout EventQueue<Payload>, notAfter limit: Instant = .never
  ) -> EventQueue<Payload>.Event? {
    switch self {
    case .earliest:
      return queue.popFirst(notAfter: limit)
    case .seededTies, .priorities, .delays:
      return chosen(from: &queue, notAfter: limit)
    }
  }

  @inlinable
  @inline(never)
  mutating func chosen<Payload: Schedulable>(
    from queue: inout EventQueue<Payload>, notAfter limit: Instant
  ) -> EventQueue<Payload>.Event? {
    // Moved out while it works, so that what it holds is not copied.
    let strategy = self
    self = .earliest
    switch consume strategy {
    case .earliest: return queue.popFirst(notAfter: limit)
    case .seededTies(var ties):
      defer { self = .seededTies(ties) }
      return ties.next(from: &queue, notAfter: limit)
    case .priorities(var priorities):
      defer { self = .priorities(priorities) }
      return priorities.next(from: &queue, notAfter: limit)
    case .delays(var delays):
      defer { self = .delays(delays) }
      return delays.next(from: &queue, notAfter: limit)
    }
  }

  /// What decides how it goes on, without counters.
  package func fold(into digest: inout Digest, at now: Instant) {
    switch self {
    case .earliest, .seededTies: break
    case .priorities(let priorities): priorities.fold(into: &digest, at: now)
    case .delays(let delays): delays.fold(into: &digest, at: now)
    }
  }

  /// From now on other luck decides.
  package mutating func draw(from choices: Choices) {
    switch self {
    case .earliest: break
    case .seededTies(var ties):
      ties.choices = choices
      self = .seededTies(ties)
    case .priorities(var priorities):
      priorities.choices = choices
      priorities.points.draw(from: choices, after: priorities.clock)
      self = .priorities(priorities)
    case .delays(var delays):
      delays.choices = choices
      delays.points.draw(from: choices, after: delays.clock)
      self = .delays(delays)
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

  @inlinable
  mutating func next<Payload: Schedulable>(
    from queue: inout EventQueue<Payload>, notAfter limit: Instant
  ) -> EventQueue<Payload>.Event? {
    guard let first = queue.nextTime, first <= limit else { return nil }
    var lanes: [Lane?] = []
    queue.forEachPending(notAfter: first) { _, _, _, payload in lanes.append(payload.lane) }
    var place = choose(among: lanes.count)
    // In the place of one that is behind another in its lane goes that one.
    if let lane = lanes[place], let ahead = lanes.firstIndex(of: lane) { place = ahead }
    return queue.popFirst(notAfter: limit) { _ in place }
  }

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

import Primitives

/// Delay-bounded scheduling (Emmi, Qadeer and Rakamarić, POPL 2011) on virtual time: the earliest event goes, but at
/// most `bound` times in a run the one that would go does not, and its lane is held up for a while. Few delays
/// explain most mistakes, and a run differs from the usual one in nothing else.
@usableFromInline package struct DelayScheduling: Hashable, Sendable {
  @usableFromInline var choices: Choices
  @usableFromInline let delay: Nanoseconds
  /// Whether lanes go in a drawn order at one instant.
  @usableFromInline let shufflesTies: Bool
  @usableFromInline var points: SchedulePoints
  @usableFromInline var heldUp: ContiguousArray<HeldUp> = []
  /// The time of the last event that went.
  @usableFromInline var clock = Instant.zero

  /// Nothing in the lane goes before `until`: what comes later must not overtake what is delayed.
  @usableFromInline struct HeldUp: Hashable, Sendable {
    @usableFromInline let lane: Lane
    @usableFromInline let until: Instant

    @inlinable
    init(lane: Lane, until: Instant) {
      self.lane = lane
      self.until = until
    }
  }

  @usableFromInline struct Pick {
    @usableFromInline var handle: EventHandle
    /// When it may go, and when it could without delays.
    @usableFromInline var time: Instant
    @usableFromInline var due: Instant
    @usableFromInline var tie: UInt64
    @usableFromInline var sequence: UInt64
    @usableFromInline var lane: Lane?

    @inlinable
    init(handle: EventHandle, time: Instant, due: Instant, tie: UInt64, sequence: UInt64, lane: Lane?) {
      self.handle = handle
      self.time = time
      self.due = due
      self.tie = tie
      self.sequence = sequence
      self.lane = lane
    }
  }

  /// - Precondition: `bound >= 0`, `delay` and `duration` above zero.
  package init(
    bound: Int, by delay: Nanoseconds, shufflesTies: Bool, over duration: Nanoseconds, _ choices: Choices
  ) {
    self.choices = choices
    self.delay = delay
    self.shufflesTies = shufflesTies
    points = SchedulePoints(bound, over: duration, .delayPoint, choices)
  }

  @inlinable
  @inline(never)
  mutating func next<Payload: Schedulable>(
    from queue: inout EventQueue<Payload>, notAfter limit: Instant
  ) -> EventQueue<Payload>.Event? {
    guard let first = queue.nextTime, first <= limit else { return nil }
    if !heldUp.isEmpty { heldUp.removeAll { $0.until <= clock } }
    while true {
      let (pick, isFirst) = pick(from: queue, first)
      let time = max(pick.time, clock)
      guard time <= limit else { return nil }
      if let lane = pick.lane, points.take(at: time) != nil {
        heldUp.removeAll { $0.lane == lane }
        heldUp.append(HeldUp(lane: lane, until: time + delay))
        continue
      }
      clock = time
      let event = isFirst ? queue.popFirst(notAfter: first) : queue.take(pick.handle)
      return event.map { (time, $0.sequence, $0.payload) }
    }
  }

  /// The event that may go first, and whether it is the earliest too.
  @inlinable
  func pick<Payload: Schedulable>(from queue: EventQueue<Payload>, _ first: Instant) -> (pick: Pick, isFirst: Bool)
  {
    // The first event may go by then, so that no later one comes into question.
    let end = heldUp.reduce(first) { max($0, $1.until) }
    var best: Pick?
    var earliest: (time: Instant, sequence: UInt64) = (end, .max)
    queue.forEachPending(notAfter: end) { handle, time, sequence, payload in
      if (time, sequence) < earliest { earliest = (time, sequence) }
      let lane = payload.lane
      var goes = time
      if let lane { for each in heldUp where each.lane == lane { goes = max(goes, each.until) } }
      let tie = shufflesTies ? lane.map { self.tie(of: $0, at: goes) } ?? 0 : 0
      if let best {
        guard (goes, tie, time, sequence) < (best.time, best.tie, best.due, best.sequence) else { return }
      }
      best = Pick(handle: handle, time: goes, due: time, tie: tie, sequence: sequence, lane: lane)
    }
    guard let best else { preconditionFailure("the queue's first event may go") }
    return (best, best.sequence == earliest.sequence)
  }

  @inlinable
  func tie(of lane: Lane, at time: Instant) -> UInt64 {
    choices.word(.tie, Entities(UInt64(lane.from), UInt64(lane.to)), UInt64(bitPattern: time.nanoseconds))
  }

  func fold(into digest: inout Digest, at now: Instant) {
    points.fold(into: &digest, at: now)
    for each in heldUp where each.until > now {
      digest.fold(UInt64(each.lane.from) << 32 | UInt64(each.lane.to), UInt64(bitPattern: (each.until - now).count))
    }
  }
}

extension Purpose {
  /// When an event is delayed.
  static let delayPoint = Purpose(4, "delay-point")
}

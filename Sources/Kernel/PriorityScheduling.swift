import Primitives

/// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi and Nagarakatti, ASPLOS 2010) on virtual time:
/// every lane has a random priority, and of the events that may go, one of the highest priority goes.
///
/// What may go is what lies within `window` of the oldest pending event. An event of high priority goes at its own
/// time, and what was due before it and has waited goes late: a longer latency or a slower process, which a network
/// and a scheduler are free to bring about. So nothing goes early, nothing is held back for longer than the window,
/// time never runs backwards, and lanes keep their order.
///
/// `depth` − 1 change points are drawn as moments of the run. The lane that would go then falls below all that have
/// not fallen; those that have are in the order in which their points were drawn, as in the paper. That links and not
/// threads have priorities is after the chains of Ozkan, Majumdar, Niksic, Befrouei and Weissenbacher (OOPSLA 2018).
@usableFromInline package struct PriorityScheduling: Hashable, Sendable {
  @usableFromInline var choices: Choices
  @usableFromInline let window: Nanoseconds
  /// Whether all links to a process share its priority.
  @usableFromInline let byProcess: Bool
  @usableFromInline var points: SchedulePoints
  /// Lanes that have fallen, each with its new priority.
  @usableFromInline var fallen: ContiguousArray<Fallen> = []
  /// The time of the last event that went.
  @usableFromInline var clock = Instant.zero

  @usableFromInline struct Fallen: Hashable, Sendable {
    @usableFromInline let lane: Lane
    @usableFromInline let priority: UInt64

    @inlinable
    init(lane: Lane, priority: UInt64) {
      self.lane = lane
      self.priority = priority
    }
  }

  @usableFromInline struct Pick {
    @usableFromInline var handle: EventHandle
    @usableFromInline var time: Instant
    @usableFromInline var sequence: UInt64
    @usableFromInline var priority: UInt64
    @usableFromInline var lane: Lane?

    @inlinable
    init(handle: EventHandle, time: Instant, sequence: UInt64, priority: UInt64, lane: Lane?) {
      self.handle = handle
      self.time = time
      self.sequence = sequence
      self.priority = priority
      self.lane = lane
    }
  }

  /// - Precondition: `depth >= 1`, `window` and `duration` above zero.
  package init(depth: Int, window: Nanoseconds, byProcess: Bool, over duration: Nanoseconds, _ choices: Choices) {
    self.choices = choices
    self.window = window
    self.byProcess = byProcess
    points = SchedulePoints(depth - 1, over: duration, .changePoint, choices)
  }

  @inlinable
  @inline(never)
  mutating func next<Payload: Schedulable>(
    from queue: inout EventQueue<Payload>, notAfter limit: Instant
  ) -> EventQueue<Payload>.Event? {
    guard let first = queue.nextTime, first <= limit else { return nil }
    while true {
      let (pick, isFirst) = pick(from: queue, first)
      let time = max(pick.time, clock)
      guard time <= limit else { return nil }
      if let lane = pick.lane, let point = points.take(at: time) {
        fallen.removeAll { $0.lane == lane }
        fallen.append(Fallen(lane: lane, priority: point.number + 1))
        continue
      }
      clock = time
      let event = isFirst ? queue.popFirst(notAfter: pick.time) : queue.take(pick.handle)
      return event.map { (time, $0.sequence, $0.payload) }
    }
  }

  /// The event of the highest priority within the window, and whether it is the earliest too.
  @inlinable
  func pick<Payload: Schedulable>(from queue: EventQueue<Payload>, _ first: Instant) -> (pick: Pick, isFirst: Bool)
  {
    // Nothing overtakes an event that can go at its own time only.
    var end = first + window
    queue.forEachPending(notAfter: end) { _, time, _, payload in
      if time < end, payload.lane == nil { end = time }
    }
    var best: Pick?
    var earliest: (time: Instant, sequence: UInt64) = (end, .max)
    queue.forEachPending(notAfter: end) { handle, time, sequence, payload in
      if (time, sequence) < earliest { earliest = (time, sequence) }
      let lane = payload.lane.map { byProcess ? Lane(of: $0.to) : $0 }
      let priority = lane.map(priority) ?? 0
      if let best {
        guard priority >= best.priority else { return }
        guard priority > best.priority || (time, sequence) < (best.time, best.sequence) else { return }
      }
      best = Pick(handle: handle, time: time, sequence: sequence, priority: priority, lane: lane)
    }
    guard let best else { preconditionFailure("the queue's first event lies within its window") }
    return (best, best.sequence == earliest.sequence)
  }

  /// Above that of everything that has fallen; what has no lane has 0 and goes once all before it has gone.
  @inlinable
  func priority(of lane: Lane) -> UInt64 {
    for each in fallen where each.lane == lane { return each.priority }
    return choices.word(.schedulePriority, Entities(UInt64(lane.from), UInt64(lane.to)), 0) | 1 << 63
  }

  func fold(into digest: inout Digest, at now: Instant) {
    points.fold(into: &digest, at: now)
    for each in fallen { digest.fold(UInt64(each.lane.from) << 32 | UInt64(each.lane.to), each.priority) }
  }
}

extension Purpose {
  /// A lane's priority.
  @usableFromInline package static var schedulePriority: Purpose {
    @inlinable get { Purpose(2, "schedule-priority") }
  }
  /// When a lane falls below the others.
  static let changePoint = Purpose(3, "change-point")
}

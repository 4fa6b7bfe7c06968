import Primitives

/// Pending events in order of (time, sequence): the heart of the virtual clock. The queue numbers what is
/// pushed, from 0, and events of one instant leave in that order.
///
/// Payloads stay in their slot from push to pop; what moves in between are entries of a `TimingWheel`. The
/// queue is a plain value: a copy is a fork, made when one of the two is next changed. Times begin at
/// `Instant.zero`.
@usableFromInline package struct EventQueue<Payload> {
  @usableFromInline package typealias Event = (time: Instant, sequence: UInt64, payload: Payload)

  @usableFromInline var wheel = TimingWheel()
  /// By slot. Empty where the slot is free, so that nothing is kept alive that has left.
  @usableFromInline var payloads: ContiguousArray<Payload?> = []
  @usableFromInline var lastSeen: UInt8 = 0

  @inlinable
  package init() {}

  @inlinable
  package var count: Int { wheel.count }

  @inlinable
  package var isEmpty: Bool { wheel.count == 0 }

  /// How many slots were ever needed at once: what the queue costs in memory, and a fork in copying.
  @inlinable
  package var slotCount: Int { payloads.count }
}

extension EventQueue: Sendable where Payload: Sendable {}

/// Names one pending event of the queue that gave it, and of that queue's forks while it is pending in
/// them. Once the event has left, the handle is stale and is recognised as such.
@usableFromInline package struct EventHandle: Hashable, Sendable {
  @usableFromInline let slot: UInt32
  @usableFromInline let generation: UInt32

  @inlinable
  init(slot: UInt32, generation: UInt32) {
    self.slot = slot
    self.generation = generation
  }
}

// MARK: - Entering and moving

extension EventQueue {
  @usableFromInline package typealias Handle = EventHandle

  /// O(1).
  ///
  /// - Precondition: `time` is not before the last time popped.
  @inlinable
  @inline(__always)
  @discardableResult
  package mutating func push(_ payload: consuming Payload, at time: Instant) -> Handle {
    precondition(time.nanoseconds >= 0, "virtual time begins at zero")
    let slot = wheel.insert(at: UInt64(bitPattern: time.nanoseconds))
    if Int(slot) < payloads.count {
      payloads[Int(slot)] = consume payload
    } else {
      payloads.append(consume payload)
    }
    return Handle(slot: slot, generation: wheel.nodes[Int(slot)].generation)
  }

  /// Takes an event back; nil when it has already left. O(1).
  @inlinable
  @discardableResult
  package mutating func cancel(_ handle: Handle) -> Payload? {
    guard isPending(handle) else { return nil }
    wheel.remove(handle.slot)
    return payloads[Int(handle.slot)].take()
  }

  /// Moves a pending event to another time, as if it had been cancelled and pushed anew: it takes the next
  /// sequence number. The payload stays in place, and so the handle remains good; it is returned for
  /// chaining. Nil when the event has already left. O(1).
  ///
  /// - Precondition: `time` is not before the last time popped.
  @inlinable
  @discardableResult
  package mutating func rearm(_ handle: Handle, at time: Instant) -> Handle? {
    guard isPending(handle) else { return nil }
    precondition(time.nanoseconds >= 0, "virtual time begins at zero")
    wheel.move(handle.slot, to: UInt64(bitPattern: time.nanoseconds))
    return handle
  }

  @inlinable
  package func isPending(_ handle: Handle) -> Bool {
    Int(handle.slot) < wheel.nodes.count && wheel.nodes[Int(handle.slot)].generation == handle.generation
  }
}

// MARK: - Leaving

extension EventQueue {
  /// The time of the earliest event. O(events in its bucket): a few, or thousands right after a gap.
  @inlinable
  package var nextTime: Instant? { wheel.firstTime.map { Instant(nanoseconds: Int64(bitPattern: $0)) } }

  /// How many events share the earliest time; 0 when nothing is pending. O(events in their bucket).
  @inlinable
  package var tiesAtNext: Int { wheel.first()?.ties ?? 0 }

  /// The earliest event, unless it lies after `limit`: then the queue is as it was, and events may still be
  /// pushed before it. Amortised O(levels).
  @inlinable
  @inline(__always)
  package mutating func popFirst(notAfter limit: Instant = Instant(nanoseconds: .max)) -> Event? {
    guard limit.nanoseconds >= 0 else { return nil }
    if wheel.readyHead == wheel.ready.count {
      guard wheel.refill(notAfter: UInt64(bitPattern: limit.nanoseconds)) else { return nil }
      readAhead()
    }
    guard let slot = wheel.popFirst(notAfter: UInt64(bitPattern: limit.nanoseconds)) else { return nil }
    return takeEvent(slot)
  }

  /// One of the events that share the earliest time: `choose` is told how many there are and answers with
  /// an index in order of sequence. O(events of that time).
  @inlinable
  package mutating func popFirst(
    notAfter limit: Instant = Instant(nanoseconds: .max), choosing choose: (Int) -> Int
  ) -> Event? {
    guard limit.nanoseconds >= 0,
      let slot = wheel.popFirst(notAfter: UInt64(bitPattern: limit.nanoseconds), choosing: choose)
    else { return nil }
    return takeEvent(slot)
  }

  /// Looks at both ends of the payloads that will leave next: their cache misses overlap, where one at a
  /// time each would be waited for. What was seen is kept, since an unused look is optimised away.
  @inlinable
  mutating func readAhead() {
    let stride = MemoryLayout<Payload?>.stride
    let last = Swift.max(MemoryLayout<Payload?>.size, 1) &- 1
    var seen: UInt8 = 0
    payloads.withUnsafeBytes { bytes in
      for entry in wheel.ready {
        let start = Int(entry.slot) &* stride
        seen ^= bytes[start] ^ bytes[start &+ last]
      }
    }
    lastSeen = seen
  }

  @inlinable
  @inline(__always)
  mutating func takeEvent(_ slot: UInt32) -> Event {
    let sequence = wheel.nodes[Int(slot)].sequence
    guard let payload = payloads[Int(slot)].take() else { preconditionFailure("a pending slot is empty") }
    return (Instant(nanoseconds: Int64(bitPattern: wheel.cursor)), sequence, payload)
  }
}

// MARK: - Looking at everything

extension EventQueue {
  /// Every pending event, in an order that only the queue's history decides (that of slots). O(slots).
  @inlinable
  package func forEachPending(_ body: (Instant, UInt64, borrowing Payload) -> Void) {
    for slot in payloads.indices { show(slot, to: body) }
  }

  /// Every pending event in order of (time, sequence), for state hashes. O(n log n).
  @inlinable
  package func pendingInOrder(_ body: (Instant, UInt64, borrowing Payload) -> Void) {
    let nodes = wheel.nodes
    let slots = nodes.indices.filter { nodes[$0].isPending }
    let ordered = slots.sorted {
      (nodes[$0].time, nodes[$0].sequence) < (nodes[$1].time, nodes[$1].sequence)
    }
    for slot in ordered { show(slot, to: body) }
  }

  @inlinable
  func show(_ slot: Int, to body: (Instant, UInt64, borrowing Payload) -> Void) {
    guard let payload = payloads[slot] else { return }
    let node = wheel.nodes[slot]
    body(Instant(nanoseconds: Int64(bitPattern: node.time)), node.sequence, payload)
  }
}

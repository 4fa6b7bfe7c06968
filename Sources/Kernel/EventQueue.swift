import Primitives

/// Pending events in order of (time, sequence): the heart of the virtual clock. The queue numbers what is
/// pushed, from 0, and events of one instant leave in that order.
///
/// Payloads stay in their slot from push to pop; what moves in between are entries of a `TimingWheel`. The
/// queue is a plain value: a copy is a fork, made when one of the two is next changed. Times begin at
/// `Instant.zero`.
@usableFromInline package struct EventQueue<Payload> {
  @usableFromInline package typealias Event = (time: Instant, sequence: UInt64, payload: Payload)

  @usableFromInline var storage = EventStorage<Payload>()

  @inlinable
  package init() {}

  @inlinable
  package var count: Int { storage.wheel.count }

  @inlinable
  package var isEmpty: Bool { storage.wheel.count == 0 }

  /// How many slots were ever needed at once: what the queue costs in memory, and a fork in copying.
  @inlinable
  package var slotCount: Int { storage.wheel.nodes.count }

  /// Makes the storage this queue's own; a fork pays here, with its first change.
  @inlinable
  @inline(__always)
  mutating func own() {
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
  }
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

  /// O(1) amortised; at most a short run of events moves.
  ///
  /// - Precondition: `time` is not before the last time popped.
  @inlinable
  @inline(__always)
  @discardableResult
  package mutating func push(_ payload: consuming Payload, at time: Instant) -> Handle {
    precondition(time.nanoseconds >= 0, "virtual time begins at zero")
    own()
    let slot = storage.wheel.insert(at: UInt64(bitPattern: time.nanoseconds))
    if Int(slot) >= storage.capacity { storage.grow() }
    (storage.payloads + Int(slot)).initialize(to: payload)
    return Handle(slot: slot, generation: storage.wheel.nodes[Int(slot)].generation)
  }

  /// Takes an event back; nil when it has already left. O(1) amortised.
  @inlinable
  @discardableResult
  package mutating func cancel(_ handle: Handle) -> Payload? {
    guard isPending(handle) else { return nil }
    own()
    storage.wheel.remove(handle.slot)
    return (storage.payloads + Int(handle.slot)).move()
  }

  /// Moves a pending event to another time, as if it had been cancelled and pushed anew: it takes the next
  /// sequence number. The payload stays in place, and so the handle remains good; it is returned for
  /// chaining. Nil when the event has already left. O(1) amortised.
  ///
  /// - Precondition: `time` is not before the last time popped.
  @inlinable
  @discardableResult
  package mutating func rearm(_ handle: Handle, at time: Instant) -> Handle? {
    guard isPending(handle) else { return nil }
    precondition(time.nanoseconds >= 0, "virtual time begins at zero")
    own()
    storage.wheel.move(handle.slot, to: UInt64(bitPattern: time.nanoseconds))
    return handle
  }

  /// When a pending event is due; nil when it has already left.
  package func time(of handle: Handle) -> Instant? {
    isPending(handle) ? Instant(nanoseconds: Int64(bitPattern: storage.wheel.nodes[Int(handle.slot)].time)) : nil
  }

  @inlinable
  package func isPending(_ handle: Handle) -> Bool {
    let wheel = storage.wheel
    return Int(handle.slot) < wheel.nodes.count && wheel.nodes[Int(handle.slot)].isPending
      && wheel.nodes[Int(handle.slot)].generation == handle.generation
  }
}

// MARK: - Leaving

extension EventQueue {
  /// The time of the earliest event. O(1) where its run is ready; else O(events in its bucket), and those taken
  /// back before it.
  @inlinable
  package var nextTime: Instant? { storage.wheel.firstTime.map { Instant(nanoseconds: Int64(bitPattern: $0)) } }

  /// How many events share the earliest time; 0 when nothing is pending. O(events in their bucket).
  @inlinable
  package var tiesAtNext: Int { storage.wheel.first()?.ties ?? 0 }

  /// The earliest event, unless it lies after `limit`: then the queue is as it was, and events may still be
  /// pushed before it. Amortised O(levels).
  @inlinable
  @inline(__always)
  package mutating func popFirst(notAfter limit: Instant = .never) -> Event? {
    guard limit.nanoseconds >= 0 else { return nil }
    own()
    if storage.wheel.isRunEmpty {
      guard storage.wheel.refill(notAfter: UInt64(bitPattern: limit.nanoseconds)) else { return nil }
      if storage.capacity >= TimingWheel.large { readAhead() }
    }
    guard let slot = storage.wheel.popFirst(notAfter: UInt64(bitPattern: limit.nanoseconds)) else { return nil }
    return takeEvent(slot)
  }

  /// One of the events that share the earliest time: `choose` is told how many there are and answers with
  /// an index in order of sequence. O(events of that time).
  @inlinable
  package mutating func popFirst(
    notAfter limit: Instant = .never, choosing choose: (Int) -> Int
  ) -> Event? {
    guard limit.nanoseconds >= 0 else { return nil }
    own()
    guard let slot = storage.wheel.popFirst(notAfter: UInt64(bitPattern: limit.nanoseconds), choosing: choose)
    else {
      return nil
    }
    return takeEvent(slot)
  }

  /// Looks at both ends of the payloads that will leave next: their cache misses overlap, where one at a
  /// time each would be waited for. What was seen is kept, since an unused look is optimised away.
  @inlinable
  mutating func readAhead() {
    let bytes = UnsafeRawPointer(storage.payloads)
    let stride = MemoryLayout<Payload>.stride
    let last = Swift.max(MemoryLayout<Payload>.size, 1) &- 1
    var seen: UInt8 = 0
    for position in storage.wheel.ready.indices {
      let start = Int(storage.wheel.ready[position].slot) &* stride
      seen ^= bytes.load(fromByteOffset: start, as: UInt8.self)
      seen ^= bytes.load(fromByteOffset: start &+ last, as: UInt8.self)
    }
    storage.wheel.lastSeen = seen
  }

  @inlinable
  @inline(__always)
  mutating func takeEvent(_ slot: UInt32) -> Event {
    (
      Instant(nanoseconds: Int64(bitPattern: storage.wheel.cursor)), storage.wheel.nodes[Int(slot)].sequence,
      (storage.payloads + Int(slot)).move()
    )
  }
}

// MARK: - Out of order

extension EventQueue {
  /// Takes any event; nil when it has already left. What is earlier stays, and may be taken later. O(1) amortised.
  @inlinable
  package mutating func take(_ handle: Handle) -> Event? {
    guard isPending(handle) else { return nil }
    own()
    let node = storage.wheel.nodes[Int(handle.slot)]
    storage.wheel.remove(handle.slot)
    return (
      Instant(nanoseconds: Int64(bitPattern: node.time)), node.sequence,
      (storage.payloads + Int(handle.slot)).move()
    )
  }

  /// Every pending event up to `limit`, itself included, in an order that only the queue's history decides.
  /// O(those events, and those in the bucket of the last).
  @inlinable
  package func forEachPending(
    notAfter limit: Instant, _ body: (Handle, Instant, UInt64, borrowing Payload) -> Void
  ) {
    let wheel = storage.wheel
    wheel.forEachLive(notAfter: UInt64(bitPattern: limit.nanoseconds)) { slot in
      let node = wheel.nodes[Int(slot)]
      body(
        Handle(slot: slot, generation: node.generation), Instant(nanoseconds: Int64(bitPattern: node.time)),
        node.sequence, storage.payloads[Int(slot)])
    }
  }
}

// MARK: - Looking at everything

extension EventQueue {
  /// Every pending event, in an order that only the queue's history decides (that of slots). O(slots).
  @inlinable
  package func forEachPending(_ body: (Instant, UInt64, borrowing Payload) -> Void) {
    for slot in storage.wheel.nodes.indices { show(slot, to: body) }
  }

  /// Every pending event in order of (time, sequence), for state hashes. O(n log n).
  @inlinable
  package func pendingInOrder(_ body: (Instant, UInt64, borrowing Payload) -> Void) {
    let nodes = storage.wheel.nodes
    let slots = nodes.indices.filter { nodes[$0].isPending }
    let ordered = slots.sorted {
      (nodes[$0].time, nodes[$0].sequence) < (nodes[$1].time, nodes[$1].sequence)
    }
    for slot in ordered { show(slot, to: body) }
  }

  @inlinable
  func show(_ slot: Int, to body: (Instant, UInt64, borrowing Payload) -> Void) {
    let node = storage.wheel.nodes[slot]
    guard node.isPending else { return }
    body(Instant(nanoseconds: Int64(bitPattern: node.time)), node.sequence, storage.payloads[slot])
  }
}

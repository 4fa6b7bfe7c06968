/// The order of pending events: which slot leaves next. It knows times and slots, not what they carry.
///
/// A 64-ary radix timing wheel, monotone like the radix heap of Ahuja, Mehlhorn, Orlin and Tarjan
/// (J. ACM 37, 1990): a slot stands at the level of the highest six-bit digit in which its time differs
/// from the cursor, in the bucket of that digit. Whatever leaves next is in the lowest bucket of the
/// lowest level in use. A bucket is opened relative to its own minimum, which then becomes the cursor.
///
/// Equal times always share a bucket; links are appended at the tail and buckets are opened from the
/// head, so slots of one instant leave in the order in which they were linked.
///
/// A slot is opened at most once a level: eleven times in the worst case, two or three in practice. All
/// is held in arrays, so a copy is a fork.
@usableFromInline
package struct TimingWheel: Sendable {
  /// Where a slot stands. Two nodes share a cache line.
  @usableFromInline
  package struct Node: Sendable {
    @usableFromInline package var time: UInt64
    @usableFromInline package var sequence: UInt64
    /// The next in the bucket, or in the free list.
    @usableFromInline package var next: UInt32
    @usableFromInline package var previous: UInt32
    /// How often this slot was released: tells a stale handle from a live one.
    @usableFromInline package var generation: UInt32
    /// The bucket's number, or `released`.
    @usableFromInline package var bucket: UInt16

    @inlinable
    init(time: UInt64, sequence: UInt64) {
      self.time = time
      self.sequence = sequence
      next = TimingWheel.none
      previous = TimingWheel.none
      generation = 0
      bucket = TimingWheel.released
    }
  }

  @usableFromInline
  package struct Bucket: Sendable {
    @usableFromInline package var head: UInt32
    @usableFromInline package var tail: UInt32

    @inlinable
    init() {
      head = TimingWheel.none
      tail = TimingWheel.none
    }
  }

  @usableFromInline package static var none: UInt32 { @inlinable get { .max } }
  @usableFromInline package static var released: UInt16 { @inlinable get { .max } }
  @usableFromInline package static var levelCount: Int { @inlinable get { 11 } }

  @usableFromInline package var nodes: ContiguousArray<Node> = []
  @usableFromInline package var buckets: ContiguousArray<Bucket>
  /// Bit d of word l: bucket d of level l is in use.
  @usableFromInline package var occupancy: InlineArray<11, UInt64>
  /// Bit l: level l is in use.
  @usableFromInline package var levels: UInt64 = 0
  /// The time of the last slot that left; no pending time lies before it.
  @usableFromInline package var cursor: UInt64 = 0
  @usableFromInline package var nextSequence: UInt64 = 0
  @usableFromInline package var firstFree: UInt32 = TimingWheel.none
  @usableFromInline package var count = 0

  @inlinable
  package init() {
    buckets = ContiguousArray(repeating: Bucket(), count: 64 * TimingWheel.levelCount)
    occupancy = InlineArray(repeating: 0)
  }
}

// MARK: - Entering, leaving and moving

extension TimingWheel {
  /// A slot for an event at `time`, with the next sequence number. O(1).
  @inlinable
  package mutating func insert(at time: UInt64) -> UInt32 {
    precondition(time >= cursor, "an event lies before the last one that left")
    let slot = firstFree
    if slot != TimingWheel.none {
      firstFree = nodes[Int(slot)].next
      nodes[Int(slot)].time = time
      nodes[Int(slot)].sequence = nextSequence
    } else {
      precondition(nodes.count < Int(TimingWheel.none), "too many pending events")
      nodes.append(Node(time: time, sequence: nextSequence))
    }
    let taken = slot != TimingWheel.none ? slot : UInt32(truncatingIfNeeded: nodes.count &- 1)
    nextSequence &+= 1
    count &+= 1
    link(taken, at: time)
    return taken
  }

  /// Takes a pending slot out of the order and gives it back. O(1).
  @inlinable
  package mutating func remove(_ slot: UInt32) {
    unlink(slot)
    release(slot)
  }

  /// Moves a pending slot to `time`, behind all that were there before. O(1).
  @inlinable
  package mutating func move(_ slot: UInt32, to time: UInt64) {
    precondition(time >= cursor, "an event lies before the last one that left")
    unlink(slot)
    nodes[Int(slot)].time = time
    nodes[Int(slot)].sequence = nextSequence
    nextSequence &+= 1
    link(slot, at: time)
  }

  /// The first slot, taken out of the order, unless its time is after `limit`: then nothing moves, so that
  /// a later insertion may still come before it.
  ///
  /// The slot's node stays readable until the next insertion.
  @inlinable
  package mutating func popFirst(notAfter limit: UInt64) -> UInt32? {
    guard levels != 0 else { return nil }
    let level = levels.trailingZeroBitCount
    let number = level &* 64 &+ occupancy[level].trailingZeroBitCount
    let bucket = buckets[number]
    var slot = bucket.head
    if level == 0 || bucket.head == bucket.tail {
      // Nothing stands below the level, so the only slot of a bucket can leave from where it stands.
      let time = nodes[Int(slot)].time
      guard time <= limit else { return nil }
      cursor = time
      let next = nodes[Int(slot)].next
      buckets[number].head = next
      if next == TimingWheel.none {
        buckets[number].tail = TimingWheel.none
        vacate(number)
      } else {
        nodes[Int(next)].previous = TimingWheel.none
      }
    } else {
      slot = first(in: number)
      guard nodes[Int(slot)].time <= limit else { return nil }
      open(number, at: slot, leaving: slot)
    }
    release(slot)
    return slot
  }

  /// As `popFirst(notAfter:)`, with a choice among the slots of the earliest instant: `choose` is told
  /// how many there are and answers with an index in order of sequence. O(slots of the instant).
  @inlinable
  package mutating func popFirst(notAfter limit: UInt64, choosing choose: (Int) -> Int) -> UInt32? {
    guard let earliest = first(), nodes[Int(earliest)].time <= limit else { return nil }
    let ties = tiesAtFirst()
    let index = choose(ties)
    precondition(index >= 0 && index < ties, "a choice outside the events of the instant")
    let number = Int(nodes[Int(earliest)].bucket)
    if number >= 64 { open(number, at: earliest, leaving: TimingWheel.none) }
    cursor = nodes[Int(earliest)].time
    var slot = earliest
    for _ in 0..<index { slot = nodes[Int(slot)].next }
    remove(slot)
    return slot
  }
}

// MARK: - Looking without touching

extension TimingWheel {
  /// The slot that leaves next. O(1) where its bucket is of level 0, otherwise O(slots in its bucket).
  @inlinable
  package func first() -> UInt32? {
    guard levels != 0 else { return nil }
    let level = levels.trailingZeroBitCount
    let number = level &* 64 &+ occupancy[level].trailingZeroBitCount
    return level == 0 ? buckets[number].head : first(in: number)
  }

  /// How many slots share the earliest instant. O(slots in their bucket).
  @inlinable
  package func tiesAtFirst() -> Int {
    guard let earliest = first() else { return 0 }
    let time = nodes[Int(earliest)].time
    var ties = 0
    var slot = earliest
    while slot != TimingWheel.none {
      if nodes[Int(slot)].time == time { ties &+= 1 }
      slot = nodes[Int(slot)].next
    }
    return ties
  }

  /// The earliest in a bucket that is in use; the first linked among equals.
  @inlinable
  func first(in number: Int) -> UInt32 {
    let nodes = self.nodes.span
    var slot = buckets[number].head
    var earliest = slot
    var time = nodes[Int(slot)].time
    slot = nodes[Int(slot)].next
    while slot != TimingWheel.none {
      let candidate = nodes[Int(slot)].time
      if candidate < time {
        time = candidate
        earliest = slot
      }
      slot = nodes[Int(slot)].next
    }
    return earliest
  }
}

// MARK: - Links

extension TimingWheel {
  @inlinable
  @inline(__always)
  static func bucket(of time: UInt64, from cursor: UInt64) -> Int {
    let level = (63 &- ((time ^ cursor) | 1).leadingZeroBitCount) / 6
    return level &* 64 &+ Int(truncatingIfNeeded: (time &>> UInt64(truncatingIfNeeded: level &* 6)) & 63)
  }

  @inlinable
  @inline(__always)
  mutating func occupy(_ number: Int) {
    occupancy[number &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: number & 63)
    levels |= 1 &<< UInt64(truncatingIfNeeded: number &>> 6)
  }

  @inlinable
  @inline(__always)
  mutating func vacate(_ number: Int) {
    let level = number &>> 6
    occupancy[level] &= ~(1 &<< UInt64(truncatingIfNeeded: number & 63))
    if occupancy[level] == 0 { levels &= ~(1 &<< UInt64(truncatingIfNeeded: level)) }
  }

  @inlinable
  mutating func link(_ slot: UInt32, at time: UInt64) {
    let number = TimingWheel.bucket(of: time, from: cursor)
    let tail = buckets[number].tail
    nodes[Int(slot)].bucket = UInt16(truncatingIfNeeded: number)
    nodes[Int(slot)].next = TimingWheel.none
    nodes[Int(slot)].previous = tail
    if tail == TimingWheel.none {
      buckets[number].head = slot
      occupy(number)
    } else {
      nodes[Int(tail)].next = slot
    }
    buckets[number].tail = slot
  }

  @inlinable
  mutating func unlink(_ slot: UInt32) {
    let node = nodes[Int(slot)]
    let number = Int(node.bucket)
    if node.previous == TimingWheel.none {
      buckets[number].head = node.next
    } else {
      nodes[Int(node.previous)].next = node.next
    }
    if node.next == TimingWheel.none {
      buckets[number].tail = node.previous
    } else {
      nodes[Int(node.next)].previous = node.previous
    }
    if buckets[number].head == TimingWheel.none { vacate(number) }
  }

  /// Marks a slot that stands in no bucket as free. A slot whose generations are used up is never lent
  /// again: that is one node in four billion events, and a handle can never name two of them.
  @inlinable
  mutating func release(_ slot: UInt32) {
    nodes[Int(slot)].bucket = TimingWheel.released
    nodes[Int(slot)].generation &+= 1
    count &-= 1
    guard nodes[Int(slot)].generation != .max else { return }
    nodes[Int(slot)].next = firstFree
    firstFree = slot
  }

  /// Spreads a bucket over the levels below it, relative to its earliest slot, whose time becomes the
  /// cursor. The slot `leaving` is left out.
  @usableFromInline
  mutating func open(_ number: Int, at earliest: UInt32, leaving: UInt32) {
    var slot = buckets[number].head
    buckets[number] = Bucket()
    vacate(number)
    cursor = nodes[Int(earliest)].time
    while slot != TimingWheel.none {
      let next = nodes[Int(slot)].next
      if slot != leaving { link(slot, at: nodes[Int(slot)].time) }
      slot = next
    }
  }
}

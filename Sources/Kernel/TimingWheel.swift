/// The order of pending events: which slot leaves next. It knows times and slots, not what they carry.
///
/// A 256-ary radix timing wheel, monotone like the radix heap of Ahuja, Mehlhorn, Orlin and Tarjan
/// (J. ACM 37, 1990): an event stands at the level of the highest byte in which its time differs from
/// the cursor, in the bucket of that byte. Whatever leaves next is in the lowest bucket in use. A bucket
/// with many events is spread over the levels below it; one with few is sorted into the `ready` run, the
/// bottom of a ladder queue (Tang, Goh and Thng, ACM TOMACS 15, 2005), from which events leave.
///
/// What moves between buckets are entries of sixteen bytes in small contiguous chunks: memory is read
/// forwards, where links from slot to slot would miss the cache at every step. An entry whose event was
/// taken back or moved is recognised by its stamp and dropped on the way.
///
/// Equal times always share a place, and entries are appended in order and never overtake their equals, so
/// events of one instant leave in the order in which they entered. Its owner copies and frees it.
@usableFromInline
package struct TimingWheel: Sendable {
  /// What is known about a slot. Two nodes share a cache line.
  @usableFromInline
  package struct Node: BitwiseCopyable, Sendable {
    @usableFromInline package var time: UInt64
    @usableFromInline package var sequence: UInt64
    /// How often this slot was released: tells a stale handle from a live one.
    @usableFromInline package var generation: UInt32 = 0
    /// How often this slot left an entry behind: tells a stale entry from the live one.
    @usableFromInline package var stamp: UInt32 = 0
    /// The next in the free list.
    @usableFromInline package var nextFree: UInt32 = TimingWheel.none
    @usableFromInline package var isPending = true

    @inlinable
    init(time: UInt64, sequence: UInt64) {
      self.time = time
      self.sequence = sequence
    }

    // In place and field by field: a copy of a node waits until its latest parts are stored.

    @inlinable
    @inline(__always)
    mutating func lend(at time: UInt64, sequence: UInt64) -> (nextFree: UInt32, stamp: UInt32) {
      self.time = time
      self.sequence = sequence
      isPending = true
      return (nextFree, stamp)
    }

    /// False where the generations are used up: such a slot is never lent again.
    @inlinable
    @inline(__always)
    mutating func free(before next: UInt32) -> Bool {
      isPending = false
      generation &+= 1
      guard generation != .max else { return false }
      nextFree = next
      return true
    }
  }

  /// Where in the order a slot stands, as of one stamp.
  @usableFromInline
  struct Entry: BitwiseCopyable, Sendable {
    @usableFromInline var time: UInt64
    @usableFromInline var slot: UInt32
    @usableFromInline var stamp: UInt32

    @inlinable
    init(time: UInt64, slot: UInt32, stamp: UInt32) {
      self.time = time
      self.slot = slot
      self.stamp = stamp
    }
  }

  /// From so many slots on, nodes and payloads lie outside the nearer caches.
  @usableFromInline static var large: Int { @inlinable get { 16_384 } }
  @usableFromInline static var none: UInt32 { @inlinable get { .max } }
  /// Up to as many entries are sorted rather than spread, and an insertion moves at most as many.
  @usableFromInline static var shortRun: Int { @inlinable get { 64 } }

  @usableFromInline var nodes = Buffer<Node>()
  @usableFromInline var buckets = Buckets()
  /// The entries before `readyEnd`, in order; those before `readyHead` have left.
  @usableFromInline var ready = Buffer<Entry>()
  @usableFromInline var readyHead = 0
  @usableFromInline var readyEnd: UInt64 = 0
  /// The time of the last slot that left; no pending time lies before it.
  @usableFromInline var cursor: UInt64 = 0
  @usableFromInline var nextSequence: UInt64 = 0
  @usableFromInline var firstFree: UInt32 = TimingWheel.none
  @usableFromInline package var count = 0
  /// Holds what was read ahead, and means nothing.
  @usableFromInline var lastSeen: UInt8 = 0
  /// Entries whose event has left or moved.
  @usableFromInline var staleCount = 0

  @inlinable
  package init() {}

  func copy() -> TimingWheel {
    var copy = self
    copy.nodes = nodes.copy()
    copy.ready = ready.copy()
    copy.buckets = buckets.copy()
    return copy
  }

  func free() {
    nodes.free()
    ready.free()
    buckets.free()
  }
}

// MARK: - Entering, leaving and moving

extension TimingWheel {
  /// A slot for an event at `time`, with the next sequence number. O(1).
  @inlinable
  @inline(__always)
  package mutating func insert(at time: UInt64) -> UInt32 {
    precondition(time >= cursor, "an event lies before the last one that left")
    let slot: UInt32
    var stamp: UInt32 = 0
    if firstFree != TimingWheel.none {
      slot = firstFree
      (firstFree, stamp) = nodes[Int(slot)].lend(at: time, sequence: nextSequence)
    } else {
      precondition(nodes.count < Int(Int32.max), "too many pending events")
      slot = UInt32(truncatingIfNeeded: nodes.count)
      nodes.append(Node(time: time, sequence: nextSequence))
    }
    nextSequence &+= 1
    count &+= 1
    enter(Entry(time: time, slot: slot, stamp: stamp))
    return slot
  }

  /// Takes a pending slot out of the order and gives it back. O(1) amortised.
  @inlinable
  package mutating func remove(_ slot: UInt32) {
    nodes[Int(slot)].stamp &+= 1
    release(slot)
    leaveStale()
  }

  /// Moves a pending slot to `time`, behind all that were there before. O(1) amortised.
  @inlinable
  package mutating func move(_ slot: UInt32, to time: UInt64) {
    precondition(time >= cursor, "an event lies before the last one that left")
    nodes[Int(slot)].stamp &+= 1
    nodes[Int(slot)].time = time
    nodes[Int(slot)].sequence = nextSequence
    nextSequence &+= 1
    leaveStale()
    enter(Entry(time: time, slot: slot, stamp: nodes[Int(slot)].stamp))
  }

  /// The first slot, taken out of the order, unless its time is after `limit`: then nothing moves, so that
  /// a later insertion may still come before it.
  ///
  /// The slot's node stays readable until the next insertion.
  @inlinable
  @inline(__always)
  package mutating func popFirst(notAfter limit: UInt64) -> UInt32? {
    guard let entry = firstReady(notAfter: limit) else { return nil }
    readyHead &+= 1
    cursor = entry.time
    release(entry.slot)
    return entry.slot
  }

  /// As `popFirst(notAfter:)`, with a choice among the slots of the earliest instant: `choose` is told
  /// how many there are and answers with an index in order of sequence. O(slots of the instant).
  @inlinable
  package mutating func popFirst(notAfter limit: UInt64, choosing choose: (Int) -> Int) -> UInt32? {
    guard let earliest = firstReady(notAfter: limit) else { return nil }
    let ties = tiesInReady(at: earliest.time, from: readyHead)
    let index = choose(ties)
    precondition(index >= 0 && index < ties, "a choice outside the events of the instant")
    var position = readyHead
    var toPass = index
    while toPass > 0 || !isLive(ready[position]) {
      if isLive(ready[position]) { toPass &-= 1 }
      position &+= 1
    }
    let slot = ready[position].slot
    cursor = earliest.time
    if position == readyHead { readyHead &+= 1 } else { ready.remove(at: position) }
    release(slot)
    return slot
  }

  /// Marks a slot as free, unless its generations are used up: that is one node in four billion events, and
  /// a handle can never name two of them.
  @inlinable
  @inline(__always)
  mutating func release(_ slot: UInt32) {
    count &-= 1
    if nodes[Int(slot)].free(before: firstFree) { firstFree = slot }
  }
}

// MARK: - Looking without touching

extension TimingWheel {
  @inlinable
  @inline(__always)
  var isRunEmpty: Bool { readyHead == ready.count }

  @inlinable
  @inline(__always)
  func isLive(_ entry: Entry) -> Bool { nodes[Int(entry.slot)].stamp == entry.stamp }

  /// The earliest time, and how many slots share it. O(1) where the next is ready, otherwise O(entries in
  /// its bucket), but for stale entries before it.
  @inlinable
  package func first() -> (time: UInt64, ties: Int)? {
    guard count > 0 else { return nil }
    for position in readyHead..<ready.count where isLive(ready[position]) {
      let time = ready[position].time
      return (time, tiesInReady(at: time, from: position))
    }
    var number = buckets.first
    while let bucket = number {
      let (time, ties) = earliest(in: bucket)
      if ties > 0 { return (time, ties) }
      number = buckets.first(after: bucket)
    }
    return nil
  }

  @inlinable
  package var firstTime: UInt64? {
    if readyHead < ready.count, isLive(ready[readyHead]) { return ready[readyHead].time }
    return first()?.time
  }

  @inlinable
  func tiesInReady(at time: UInt64, from start: Int) -> Int {
    var ties = 0
    var position = start
    while position < ready.count, ready[position].time == time {
      if isLive(ready[position]) { ties &+= 1 }
      position &+= 1
    }
    return ties
  }

  /// The slots up to `limit`, itself included, bucket by bucket.
  @inlinable
  func forEachLive(notAfter limit: UInt64, _ body: (UInt32) -> Void) {
    for position in readyHead..<ready.count {
      let entry = ready[position]
      guard entry.time <= limit else { return }
      if isLive(entry) { body(entry.slot) }
    }
    var number = buckets.first
    while let bucket = number {
      var isLast = false
      buckets.forEach(in: bucket) { entry in
        // Whatever is in a later bucket is later than all that is in this one.
        if entry.time > limit { isLast = true } else if isLive(entry) { body(entry.slot) }
      }
      guard !isLast else { return }
      number = buckets.first(after: bucket)
    }
  }

  /// The earliest time in a bucket, and how many slots share it: none where all entries are stale.
  @usableFromInline
  func earliest(in number: Int) -> (time: UInt64, ties: Int) {
    var earliest = UInt64.max
    var ties = 0
    buckets.forEach(in: number) { entry in
      // Nodes are far apart in memory, so only those that matter are looked at.
      guard entry.time <= earliest, isLive(entry) else { return }
      ties = entry.time == earliest ? ties &+ 1 : 1
      earliest = entry.time
    }
    return (earliest, ties)
  }
}

// MARK: - Into the order

extension TimingWheel {
  @inlinable
  @inline(__always)
  mutating func enter(_ entry: Entry) {
    if entry.time >= readyEnd {
      buckets.append(entry, to: Buckets.number(of: entry.time, from: cursor))
    } else {
      enterReady(entry)
    }
  }

  /// Into the ready run, behind its equals. Where that would move many entries, the run goes back into
  /// buckets, relative to the cursor. O(shortRun) amortised: a run is longer than that only by as many
  /// entries as were pushed into it, or where it is of one instant and nothing is moved.
  @usableFromInline
  mutating func enterReady(_ entry: Entry) {
    forgetPassed()
    var position = ready.count
    let lowest = Swift.max(readyHead, position - TimingWheel.shortRun)
    while position > lowest, ready[position - 1].time > entry.time { position -= 1 }
    if position > readyHead, ready[position - 1].time > entry.time {
      readyEnd = 0
      for position in readyHead..<ready.count { enter(ready[position]) }
      ready.removeAll()
      readyHead = 0
      enter(entry)
    } else {
      ready.insert(entry, at: position)
    }
  }

  /// A run that is refilled as fast as it empties must not grow for ever.
  @inlinable
  mutating func forgetPassed() {
    if readyHead == ready.count {
      ready.removeAll()
      readyHead = 0
    } else if readyHead > 64, readyHead > ready.count / 2 {
      ready.removeFirst(readyHead)
      readyHead = 0
    }
  }
}

// MARK: - Out of the order

extension TimingWheel {
  /// The first entry of the ready run, which is refilled as needed; nil where it lies after `limit`.
  @inlinable
  @inline(__always)
  mutating func firstReady(notAfter limit: UInt64) -> Entry? {
    repeat {
      while readyHead < ready.count {
        let entry = ready[readyHead]
        if isLive(entry) { return entry.time <= limit ? entry : nil }
        readyHead &+= 1
        staleCount &-= 1
      }
    } while refill(notAfter: limit)
    return nil
  }

  /// Opens the first buckets: true when there may be something ready now, due or not; false where nothing
  /// is due. The cursor moves only to an event that is due and leaves now.
  ///
  /// The run takes several short buckets at once, so that the misses of `dropStaleReady` and of whoever
  /// reads ahead in the run overlap.
  @usableFromInline
  mutating func refill(notAfter limit: UInt64) -> Bool {
    ready.removeAll()
    readyHead = 0
    while let number = buckets.first {
      let size = buckets.count(in: number)
      if size <= TimingWheel.shortRun || number < 256 {
        if !ready.isEmpty, ready.count &+ size > TimingWheel.shortRun { break }
        let start = ready.count
        drain(number) { wheel, entry in wheel.appendSorted(entry, from: start) }
        readyEnd = Buckets.end(of: number, holding: ready[start].time)
      } else {
        if !ready.isEmpty { break }
        let (time, ties) = earliest(in: number)
        if ties > 0, time > limit { return false }
        spread(number, from: time)
      }
    }
    guard !ready.isEmpty else { return false }
    // In a large queue the look at each node is worth having for itself: the misses overlap.
    if staleCount > 0 || nodes.count >= TimingWheel.large { dropStaleReady() }
    return true
  }

  /// Over the levels below, relative to the bucket's first event, which is due and leaves at once: its time
  /// may be the cursor already. Where all entries are stale, `time` is after them.
  @inlinable
  mutating func spread(_ number: Int, from time: UInt64) {
    if time != .max { cursor = time }
    drain(number) { wheel, entry in
      if entry.time >= time {
        wheel.buckets.append(entry, to: Buckets.number(of: entry.time, from: time))
      } else {
        wheel.staleCount -= 1
      }
    }
  }

  @inlinable
  mutating func dropStaleReady() {
    var kept = 0
    for index in ready.indices {
      let entry = ready[index]
      if isLive(entry) {
        if kept != index { ready[kept] = entry }
        kept &+= 1
      }
    }
    staleCount &-= ready.count &- kept
    ready.removeLast(ready.count &- kept)
  }

  @inlinable
  @inline(__always)
  mutating func drain(_ number: Int, _ body: (inout TimingWheel, Entry) -> Void) {
    let bucket = buckets.detach(number)
    var left = Int(bucket.count)
    var chunk = bucket.head
    while left > 0 {
      let start = Int(chunk) &<< Buckets.chunkBits
      for index in start..<(start &+ Swift.min(left, Buckets.chunkSize)) { body(&self, buckets.pool[index]) }
      left &-= Buckets.chunkSize
      chunk = buckets.giveBack(chunk)
    }
  }

  /// By insertion: the part from `start` on is short or of one instant, and equals must stay in order.
  @inlinable
  @inline(__always)
  mutating func appendSorted(_ entry: Entry, from start: Int) {
    ready.append(entry)
    let entries = ready.base
    var position = ready.count &- 1
    while position > start, entries[position &- 1].time > entry.time {
      entries[position] = entries[position &- 1]
      position &-= 1
    }
    entries[position] = entry
  }
}

// MARK: - Stale entries

extension TimingWheel {
  /// Counts an entry that was left behind; when those are the most, all of them go.
  @inlinable
  mutating func leaveStale() {
    staleCount &+= 1
    if staleCount > count &+ 64 { dropStale() }
  }

  /// O(buckets + entries).
  @usableFromInline
  mutating func dropStale() {
    ready.removeFirst(readyHead)
    readyHead = 0
    let nodes = self.nodes
    var kept = 0
    for position in ready.indices where nodes[Int(ready[position].slot)].stamp == ready[position].stamp {
      ready[kept] = ready[position]
      kept &+= 1
    }
    ready.removeLast(ready.count &- kept)
    var next = buckets.first
    while let number = next {
      next = buckets.first(after: number)
      var live: [Entry] = []
      drain(number) { wheel, entry in if wheel.isLive(entry) { live.append(entry) } }
      for entry in live { buckets.append(entry, to: number) }
    }
    staleCount = 0
  }
}

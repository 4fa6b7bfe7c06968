/// The buckets of a `TimingWheel`, numbered so that a lower one comes first: 256 for each byte of a time.
///
/// A bucket is a chain of chunks out of one pool. It is filled at its end and emptied as a whole.
@usableFromInline
struct Buckets: Sendable {
  @usableFromInline typealias Entry = TimingWheel.Entry

  @usableFromInline
  struct Bucket: BitwiseCopyable, Sendable {
    @usableFromInline var head: UInt32 = 0
    @usableFromInline var tail: UInt32 = 0
    @usableFromInline var count: UInt32 = 0

    @inlinable
    init() {}
  }

  /// The binary logarithm of how many entries a chunk holds: four cache lines' worth.
  @usableFromInline static var chunkBits: Int { @inlinable get { 4 } }
  @usableFromInline static var chunkSize: Int { @inlinable get { 1 &<< chunkBits } }

  @usableFromInline var buckets = Buffer(repeating: Bucket(), count: 256 * 8)
  /// Bit n of word w: bucket 64 w + n is in use.
  @usableFromInline var occupancy = InlineArray<32, UInt64>(repeating: 0)
  /// Bit w: word w has a bit.
  @usableFromInline var words: UInt32 = 0
  @usableFromInline var pool = Buffer<Entry>()
  /// By chunk: the next in its bucket, or in the free list.
  @usableFromInline var nextChunk = Buffer<UInt32>()
  @usableFromInline var firstFree: UInt32 = .max

  @inlinable
  init() {}

  func copy() -> Buckets {
    var copy = self
    copy.buckets = buckets.copy()
    copy.pool = pool.copy()
    copy.nextChunk = nextChunk.copy()
    return copy
  }

  func free() {
    buckets.free()
    pool.free()
    nextChunk.free()
  }

  /// Where a time belongs as seen from `cursor`.
  @inlinable
  @inline(__always)
  static func number(of time: UInt64, from cursor: UInt64) -> Int {
    let level = (63 &- ((time ^ cursor) | 1).leadingZeroBitCount) &>> 3
    return level &<< 8 | Int(truncatingIfNeeded: (time &>> UInt64(truncatingIfNeeded: level &<< 3)) & 255)
  }

  /// The first time after those of the bucket that holds `time`.
  @inlinable
  static func end(of number: Int, holding time: UInt64) -> UInt64 {
    let shift = UInt64(truncatingIfNeeded: (number &>> 8) &<< 3)
    return ((time &>> shift) &+ 1) &<< shift
  }

  /// The first bucket in use.
  @inlinable
  var first: Int? {
    guard words != 0 else { return nil }
    let word = words.trailingZeroBitCount
    return word &<< 6 | occupancy[word].trailingZeroBitCount
  }

  @inlinable
  func first(after number: Int) -> Int? {
    var word = (number &+ 1) &>> 6
    guard word < 32 else { return nil }
    var bits = occupancy[word] & (.max &<< UInt64(truncatingIfNeeded: (number &+ 1) & 63))
    while bits == 0 {
      word &+= 1
      guard word < 32 else { return nil }
      bits = occupancy[word]
    }
    return word &<< 6 | bits.trailingZeroBitCount
  }

  @inlinable
  func count(in number: Int) -> Int { Int(buckets[number].count) }

  @inlinable
  @inline(__always)
  mutating func append(_ entry: Entry, to number: Int) {
    var bucket = buckets[number]
    let offset = Int(bucket.count) & (Buckets.chunkSize &- 1)
    if offset == 0 {
      let chunk = takeChunk()
      if bucket.count == 0 {
        bucket.head = chunk
        occupancy[number &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: number & 63)
        words |= 1 &<< UInt32(truncatingIfNeeded: number &>> 6)
      } else {
        nextChunk[Int(bucket.tail)] = chunk
      }
      bucket.tail = chunk
    }
    bucket.count &+= 1
    buckets[number] = bucket
    pool[Int(bucket.tail) &<< Buckets.chunkBits &+ offset] = entry
  }

  @inlinable
  @inline(__always)
  mutating func takeChunk() -> UInt32 {
    let chunk = firstFree
    guard chunk != .max else { return growPool() }
    firstFree = nextChunk[Int(chunk)]
    return chunk
  }

  @usableFromInline
  mutating func growPool() -> UInt32 {
    let chunk = UInt32(nextChunk.count)
    nextChunk.append(.max)
    for _ in 0..<Buckets.chunkSize { pool.append(Entry(time: 0, slot: 0, stamp: 0)) }
    return chunk
  }

  /// Marks a bucket as empty and says what was in it: its chunks are the caller's to read and give back.
  @inlinable
  mutating func detach(_ number: Int) -> Bucket {
    let bucket = buckets[number]
    buckets[number] = Bucket()
    let word = number &>> 6
    occupancy[word] &= ~(1 &<< UInt64(truncatingIfNeeded: number & 63))
    if occupancy[word] == 0 { words &= ~(1 &<< UInt32(truncatingIfNeeded: word)) }
    return bucket
  }

  /// Gives a chunk of a detached bucket back and answers with the one after it.
  @inlinable
  mutating func giveBack(_ chunk: UInt32) -> UInt32 {
    let next = nextChunk[Int(chunk)]
    nextChunk[Int(chunk)] = firstFree
    firstFree = chunk
    return next
  }

  @inlinable
  @inline(__always)
  func forEach(in number: Int, _ body: (Entry) -> Void) {
    var left = Int(buckets[number].count)
    var chunk = buckets[number].head
    while left > 0 {
      let start = Int(chunk) &<< Buckets.chunkBits
      for index in start..<(start &+ Swift.min(left, Buckets.chunkSize)) { body(pool[index]) }
      left &-= Buckets.chunkSize
      chunk = nextChunk[Int(chunk)]
    }
  }
}

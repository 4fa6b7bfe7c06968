/// One seed at one point of a sweep's grid.
package struct SweepJob: Hashable, Sendable {
  /// Over all scenarios of the sweep.
  package let point: Int
  package let seed: UInt64

  package init(point: Int, seed: UInt64) {
    self.point = point
    self.seed = seed
  }
}

/// A part of a sweep: `3/16` is the third of sixteen.
package struct Shard: Hashable, Sendable {
  /// From 1.
  package let number: Int
  package let count: Int

  package static let whole = Shard(number: 1, count: 1)!
  package static let limit = 100_000

  package init?(number: Int, count: Int) {
    guard (1...Self.limit).contains(count), (1...count).contains(number) else { return nil }
    self.number = number
    self.count = count
  }
}

/// What a sweep has to do, in its order: seed after seed, each at every point, so that a sweep that is cut short has
/// seen the same seeds everywhere. Shards take turns.
package struct SweepJobs: Sequence, IteratorProtocol, Sendable {
  package struct Point: Sendable {
    package let seeds: ClosedRange<UInt64>
    /// Seeds that have their result.
    package let finished: Set<Int64>

    package init(seeds: ClosedRange<UInt64>, finished: Set<Int64>) {
      self.seeds = seeds
      self.finished = finished
    }
  }

  private let points: [Point]
  private let shard: Shard
  private let length: UInt64
  private var offset: UInt64 = 0
  private var point = 0
  /// Of all jobs, those of other shards too.
  private var number = 0

  package init(_ points: [Point], shard: Shard = .whole) {
    self.points = points
    self.shard = shard
    length = points.map { $0.seeds.upperBound - $0.seeds.lowerBound + 1 }.max() ?? 0
  }

  package mutating func next() -> SweepJob? {
    while offset < length {
      if point == points.count {
        point = 0
        offset += 1
        continue
      }
      let index = point
      point += 1
      let seeds = points[index].seeds
      guard offset <= seeds.upperBound - seeds.lowerBound else { continue }
      let mine = number % shard.count == shard.number - 1
      number += 1
      let seed = seeds.lowerBound + offset
      if mine, !points[index].finished.contains(Int64(seed)) { return SweepJob(point: index, seed: seed) }
    }
    return nil
  }
}

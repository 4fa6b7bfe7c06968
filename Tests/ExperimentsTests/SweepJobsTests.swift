import Experiments
import Testing

@Suite("What a sweep has to do")
struct SweepJobsTests {
  private static let points: [SweepJobs.Point] = [
    .init(seeds: 1...10, finished: []), .init(seeds: 5...7, finished: []), .init(seeds: 1...10, finished: []),
  ]

  @Test("Seed after seed, each at every point that has so many")
  func order() {
    let jobs = Array(SweepJobs(Self.points))
    #expect(jobs.count == 23)
    #expect(
      Array(jobs.prefix(6)) == [
        SweepJob(point: 0, seed: 1), SweepJob(point: 1, seed: 5), SweepJob(point: 2, seed: 1),
        SweepJob(point: 0, seed: 2), SweepJob(point: 1, seed: 6), SweepJob(point: 2, seed: 2),
      ])
    #expect(jobs.last == SweepJob(point: 2, seed: 10))
  }

  @Test("Parts are alike in size, share nothing, and are everything together", arguments: [1, 2, 3, 7, 23, 40])
  func shards(count: Int) throws {
    var seen: Set<SweepJob> = []
    for number in 1...count {
      let jobs = Array(SweepJobs(Self.points, shard: try #require(Shard(number: number, count: count))))
      #expect(jobs.count == 23 / count + (number <= 23 % count ? 1 : 0))
      for job in jobs { #expect(seen.insert(job).inserted) }
    }
    #expect(seen == Set(SweepJobs(Self.points)))
  }

  @Test("What is finished is left out, and moves nothing into another part")
  func finished() throws {
    let shard = try #require(Shard(number: 2, count: 3))
    let whole = Array(SweepJobs(Self.points, shard: shard))
    let resumed = SweepJobs(
      Self.points.map { .init(seeds: $0.seeds, finished: [2, 6]) }, shard: shard)
    #expect(Array(resumed) == whole.filter { $0.seed != 2 && $0.seed != 6 })
  }

  @Test("There is no part beyond the last, and none before the first")
  func bounds() {
    #expect(
      Shard(number: 0, count: 3) == nil && Shard(number: 4, count: 3) == nil && Shard(number: 1, count: 0) == nil)
    #expect(Shard(number: 1, count: 1) == .whole)
    #expect(Array(SweepJobs([])).isEmpty)
  }

  @Test("Seeds end where the greatest integer does")
  func greatest() {
    let last = UInt64(Int64.max)
    let jobs = SweepJobs([.init(seeds: last - 1...last, finished: [])])
    #expect(jobs.map(\.seed) == [last - 1, last])
  }
}

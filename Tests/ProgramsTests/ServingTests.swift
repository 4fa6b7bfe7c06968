import Node
import Primitives
import Programs
import Testing

@Suite("What a node has under way as an owner")
struct ServingTests {
  static func job(_ number: UInt64, at milliseconds: Int64 = 0) -> Serving.Job {
    Serving.Job(request: RequestID(number), source: NodeID(1), since: .zero + .milliseconds(milliseconds))
  }

  static func at(_ milliseconds: Int64) -> Instant { .zero + .milliseconds(milliseconds) }

  @Test("Work has names of its own, in the order in which it was admitted, and is finished under them")
  func names() {
    var serving = Serving(capacity: 3)
    let names = (1...3).map { serving.admit(Self.job($0)) }
    #expect(names == [WorkID(0), WorkID(1), WorkID(2)])
    #expect(serving.admit(Self.job(4)) == nil, "there are three already")
    #expect(serving.finish(WorkID(0), at: Self.at(5), patience: .seconds(1)) == Self.job(1))
    #expect(serving.admit(Self.job(5)) == WorkID(3))
    #expect(serving.jobs.map(\.request.rawValue) == [2, 3, 5])
  }

  @Test("What is not the first piece of work is none that could be done")
  func strangers() {
    var serving = Serving(capacity: 3)
    #expect(serving.finish(WorkID(0), at: Self.at(1), patience: .seconds(1)) == nil)
    _ = serving.admit(Self.job(1))
    _ = serving.admit(Self.job(2))
    #expect(serving.finish(WorkID(1), at: Self.at(1), patience: .seconds(1)) == nil)
    _ = serving.finish(WorkID(0), at: Self.at(1), patience: .seconds(1))
    #expect(serving.finish(WorkID(0), at: Self.at(1), patience: .seconds(1)) == nil)
    #expect(serving.jobs.count == 1)
  }

  @Test("Throttled it takes an eighth, then half of that, one at least, and all again when it is released")
  func throttle() {
    var serving = Serving(capacity: 64)
    #expect(!serving.isThrottled)
    var limits: [Int] = []
    for _ in 0..<5 {
      serving.throttle()
      limits.append(serving.limit)
    }
    #expect(limits == [8, 4, 2, 1, 1] && serving.isThrottled)
    serving.release()
    #expect(serving.limit == 64 && !serving.isThrottled)
  }

  @Test("A throttled node finishes what it has, and refuses more until it is below its limit")
  func throttledAdmission() {
    var serving = Serving(capacity: 16)
    for number: UInt64 in 1...3 { _ = serving.admit(Self.job(number)) }
    serving.throttle()
    #expect(serving.limit == 2 && serving.jobs.count == 3)
    #expect(serving.admit(Self.job(4)) == nil)
    _ = serving.finish(WorkID(0), at: Self.at(1), patience: .seconds(1))
    #expect(serving.admit(Self.job(4)) == nil)
    _ = serving.finish(WorkID(1), at: Self.at(1), patience: .seconds(1))
    #expect(serving.admit(Self.job(4)) == WorkID(3))
  }

  @Test("A capacity of one is throttled to one")
  func smallest() {
    var serving = Serving(capacity: 1)
    serving.throttle()
    #expect(serving.limit == 1 && serving.admit(Self.job(1)) == WorkID(0))
  }

  @Test("Figures are of what was served and refused since they were last taken; what came too late is no service")
  func figures() {
    var serving = Serving(capacity: 3)
    #expect(serving.takeFigures().latency == nil && serving.takeFigures().service == nil)
    for number: UInt64 in 1...5 { _ = serving.admit(Self.job(number)) }
    _ = serving.finish(WorkID(0), at: Self.at(10), patience: .milliseconds(30))
    _ = serving.finish(WorkID(1), at: Self.at(20), patience: .milliseconds(30))
    _ = serving.finish(WorkID(2), at: Self.at(30), patience: .milliseconds(30))
    let figures = serving.takeFigures()
    // Two in time, one late, two refused.
    #expect(figures.latency == .milliseconds(20) && figures.service == 400_000)
    let nothing = serving.takeFigures()
    #expect(nothing.latency == nil && nothing.service == nil)
    for number: UInt64 in 1...4 { _ = serving.admit(Self.job(number, at: 40)) }
    let refusals = serving.takeFigures()
    #expect(refusals.latency == nil && refusals.service == 0)
  }
}

import Kernel
import Primitives
import Testing

/// An event of a lane, or of none, and what follows it.
private struct Job: Schedulable, Hashable {
  var number: Int
  var lane: Lane?
}

/// A queue at work: some jobs bring about others, and some take others back or move them.
private struct Workshop {
  struct Done: Hashable {
    let job: Job
    let due: Instant
    let sequence: UInt64
    let at: Instant
  }

  var queue = EventQueue<Job>()
  var scheduler: Scheduler
  /// When each job is due and its sequence, by its number; kept by the test beside the queue.
  private var due: [Int: (time: Instant, sequence: UInt64)] = [:]
  private var handles: [Int: EventHandle] = [:]
  private var pushed = 0
  private var sequence: UInt64 = 0
  private(set) var done: [Done] = []
  private(set) var takenBack = 0

  init(_ scheduler: Scheduler, jobs: Int = 120) {
    self.scheduler = scheduler
    for number in 0..<jobs { push(Instant(nanoseconds: Int64(avalanche(UInt64(number)) % 4_000_000))) }
  }

  /// Seven lanes, and every eleventh job in none.
  private mutating func push(_ time: Instant) {
    let word = avalanche(UInt64(pushed) &* 77)
    let lane = word % 11 == 0 ? nil : Lane(from: UInt32(word % 3), to: UInt32(word / 3 % 3))
    handles[pushed] = queue.push(Job(number: pushed, lane: lane), at: time)
    due[pushed] = (time, sequence)
    pushed += 1
    sequence += 1
  }

  mutating func run(until limit: Instant = Instant(nanoseconds: .max)) {
    while let event = scheduler.next(from: &queue, notAfter: limit) {
      let job = event.payload
      guard let planned = due.removeValue(forKey: job.number) else {
        Issue.record("job \(job.number) went twice, or was taken back")
        return
      }
      done.append(Done(job: job, due: planned.time, sequence: planned.sequence, at: event.time))
      let word = avalanche(UInt64(job.number) &* 31)
      let followers: UInt64 = pushed < 1_200 ? word % 8 % 3 : 0
      for follower in 0..<followers {
        push(event.time + Nanoseconds(Int64(avalanche(word &+ follower) % 900_000)))
      }
      if word % 5 == 0, let other = handles[job.number + 7] {
        if queue.cancel(other) != nil {
          due[job.number + 7] = nil
          takenBack += 1
        }
      }
      if word % 7 == 1, let other = handles[job.number + 3] {
        let time = event.time + Nanoseconds(Int64(word % 500_000))
        if queue.rearm(other, at: time) != nil {
          due[job.number + 3] = (time, sequence)
          sequence += 1
        }
      }
    }
  }

  var everyoneWent: Bool { due.isEmpty && queue.isEmpty && done.count + takenBack == pushed }
}

@Suite("Schedules")
struct ScheduleTests {
  static let span = Nanoseconds.milliseconds(8)
  static let window = Nanoseconds.microseconds(400)

  static func priorities(_ seed: UInt64, depth: Int = 4, byProcess: Bool = false) -> Scheduler {
    .priorities(
      PriorityScheduling(depth: depth, window: window, byProcess: byProcess, over: span, Choices(seed: seed)))
  }

  static func delays(_ seed: UInt64, bound: Int = 6, shuffles: Bool = false) -> Scheduler {
    .delays(
      DelayScheduling(bound: bound, by: window, shufflesTies: shuffles, over: span, Choices(seed: seed)))
  }

  static func strategies(_ seed: UInt64) -> [Scheduler] {
    [
      .seededTies(Choices(seed: seed)), priorities(seed), priorities(seed, byProcess: true), delays(seed),
      delays(seed, shuffles: true),
    ]
  }

  @Test("Every event goes once, none before its time, and times never fall", arguments: 0..<30 as Range<UInt64>)
  func wellBehaved(seed: UInt64) {
    for strategy in Self.strategies(seed) {
      var workshop = Workshop(strategy)
      workshop.run()
      #expect(workshop.everyoneWent && workshop.done.count > 500 && workshop.takenBack > 10)
      #expect(workshop.done.allSatisfy { $0.at >= $0.due })
      #expect(zip(workshop.done, workshop.done.dropFirst()).allSatisfy { $0.at <= $1.at })
    }
  }

  @Test("What has no lane goes at its time", arguments: 0..<30 as Range<UInt64>)
  func fixed(seed: UInt64) {
    for strategy in Self.strategies(seed) {
      var workshop = Workshop(strategy)
      workshop.run()
      let fixed = workshop.done.filter { $0.job.lane == nil }
      #expect(fixed.count > 30 && fixed.allSatisfy { $0.at == $0.due })
    }
  }

  @Test("Lanes keep their order", arguments: 0..<30 as Range<UInt64>)
  func lanes(seed: UInt64) {
    for strategy in Self.strategies(seed) {
      var workshop = Workshop(strategy)
      workshop.run()
      // What is pushed or moved later may be due earlier: only what was there when the other went counts.
      for (place, event) in workshop.done.enumerated() {
        let overtaken = workshop.done[(place + 1)...].prefix(200).first {
          $0.job.lane == event.job.lane && $0.sequence < event.sequence && $0.due <= event.due
        }
        #expect(event.job.lane == nil || overtaken == nil)
      }
    }
  }

  @Test("By priorities nothing is later than the window", arguments: 0..<30 as Range<UInt64>)
  func window(seed: UInt64) {
    var workshop = Workshop(Self.priorities(seed))
    workshop.run()
    let late = workshop.done.map { $0.at - $0.due }
    #expect(late.max()! <= Self.window && late.max()! > Self.window / 2)
    #expect(late.count { $0 > .zero } > workshop.done.count / 10)
  }

  @Test("With delays only what is in a lane that was held up is late", arguments: 0..<30 as Range<UInt64>)
  func few(seed: UInt64) {
    var workshop = Workshop(Self.delays(seed))
    workshop.run()
    let late = workshop.done.filter { $0.at > $0.due }
    #expect(!late.isEmpty && late.count < workshop.done.count / 5)
    var none = Workshop(Self.delays(seed, bound: 0))
    none.run()
    var usual = Workshop(.earliest)
    usual.run()
    #expect(none.done == usual.done)
  }

  @Test("In slices of time the order is the same", arguments: 0..<20 as Range<UInt64>)
  func slices(seed: UInt64) {
    for strategy in Self.strategies(seed) {
      var whole = Workshop(strategy)
      whole.run()
      var sliced = Workshop(strategy)
      for slice in 1...400 as ClosedRange<Int64> { sliced.run(until: Instant(nanoseconds: slice * 33_333)) }
      sliced.run()
      #expect(sliced.done == whole.done)
    }
  }

  @Test("A copy goes on as the original does", arguments: 0..<20 as Range<UInt64>)
  func forks(seed: UInt64) {
    for strategy in Self.strategies(seed) {
      var original = Workshop(strategy)
      original.run(until: Instant(nanoseconds: 2_000_000))
      var fork = original
      fork.run()
      let before = original.done
      original.run()
      #expect(original.done == fork.done && before.count < original.done.count)
    }
  }

  @Test("Seeds go different ways, and the same seed the same one")
  func seeds() {
    func order(_ scheduler: Scheduler) -> [Int] {
      var workshop = Workshop(scheduler)
      workshop.run()
      return workshop.done.map(\.job.number)
    }
    for make in [{ Self.priorities($0) }, { Self.delays($0) }] as [(UInt64) -> Scheduler] {
      let orders = (0..<20).map { order(make(UInt64($0))) }
      #expect(Set(orders).count == 20)
      #expect(orders == (0..<20).map { order(make(UInt64($0))) })
    }
  }

  /// Two events of two lanes, a millisecond apart.
  private func overtakes(_ scheduler: Scheduler) -> Bool {
    var scheduler = scheduler
    var queue = EventQueue<Job>()
    queue.push(Job(number: 0, lane: Lane(from: 0, to: 2)), at: Instant(nanoseconds: 1_000_000))
    queue.push(Job(number: 1, lane: Lane(from: 1, to: 2)), at: Instant(nanoseconds: 1_300_000))
    return scheduler.next(from: &queue)?.payload.number == 1
  }

  @Test("Of two events within the window each goes first under about half of the seeds")
  func either() {
    let first = (0..<1_000).count { overtakes(Self.priorities(UInt64($0), depth: 1)) }
    // 500 are expected; six standard deviations are 95.
    #expect((405...595).contains(first))
    let shared = (0..<1_000).count { overtakes(Self.priorities(UInt64($0), depth: 1, byProcess: true)) }
    #expect(shared == 0)
  }

  @Test("A lane falls below the others at a change point, and at no other time")
  func changePoints() {
    /// How often the lane of the first event changes places with the other over the run.
    func changes(_ depth: Int, _ seed: UInt64) -> Int {
      var scheduler = Scheduler.priorities(
        PriorityScheduling(
          depth: depth, window: Self.window, byProcess: false, over: .milliseconds(500), Choices(seed: seed)))
      var queue = EventQueue<Job>()
      for number in 0..<1_000 {
        let time = Instant(nanoseconds: Int64(number / 2) * 1_000_000 + Int64(number % 2) * 1_000)
        queue.push(Job(number: number, lane: Lane(of: UInt32(number % 2))), at: time)
      }
      var firsts: [Int] = []
      var position = 0
      while let event = scheduler.next(from: &queue) {
        if position % 2 == 0 { firsts.append(event.payload.number % 2) }
        position += 1
      }
      return zip(firsts, firsts.dropFirst()).count { $0 != $1 }
    }
    // One that falls for the second time, or behind another that has fallen, may change nothing.
    #expect((0..<50).allSatisfy { changes(1, $0) == 0 })
    #expect((0..<50).allSatisfy { changes(9, $0) <= 8 })
    #expect((0..<50).count { changes(9, $0) >= 1 } > 40)
    #expect((0..<50).count { changes(2, $0) == 1 } > 10)
  }

  @Test("With other luck from a moment on, the rest goes another way, as well ordered as before")
  func otherLuck() {
    for strategy in [Self.priorities(1), Self.delays(1), .seededTies(Choices(seed: 1))] {
      var original = Workshop(strategy)
      original.run(until: Instant(nanoseconds: 1_000_000))
      var branch = original
      branch.scheduler.draw(from: Choices(seed: 2))
      let before = original.done.count
      original.run()
      branch.run()
      #expect(branch.everyoneWent && branch.done.allSatisfy { $0.at >= $0.due })
      #expect(branch.done.prefix(before) == original.done.prefix(before))
      if case .seededTies = strategy { continue }
      #expect(branch.done != original.done)
    }
  }

  @Test("What decides how a scheduler goes on is in its fold, and the time is not")
  func folded() {
    func digest(_ scheduler: Scheduler, _ now: Int64) -> Digest {
      var digest = Digest()
      scheduler.fold(into: &digest, at: Instant(nanoseconds: now))
      return digest
    }
    #expect(digest(.earliest, 1) == digest(.seededTies(Choices(seed: 1)), 2))
    for strategy in [Self.priorities(1), Self.delays(1)] {
      var workshop = Workshop(strategy)
      let before = digest(workshop.scheduler, 0)
      #expect(before != digest(.earliest, 0))
      workshop.run()
      // All points are behind, and what they have done is left.
      #expect(digest(workshop.scheduler, 1_000_000_000) != before)
    }
  }
}

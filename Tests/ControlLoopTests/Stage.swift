import ControlLoop
import Primitives

let me = NodeID(0)
func n(_ number: UInt32) -> NodeID { NodeID(number) }
func s(_ seconds: Int64) -> Nanoseconds { .seconds(seconds) }
func ms(_ milliseconds: Int64) -> Nanoseconds { .milliseconds(milliseconds) }
func t(_ seconds: Int64) -> Instant { .zero + .seconds(seconds) }

/// Numerical Recipes' linear congruential generator: luck for tests, the same for the same seed.
struct Luck {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func draw(below bound: UInt64) -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state >> 33) % bound
  }

  mutating func chance(_ percent: UInt64) -> Bool { draw(below: 100) < percent }
}

struct Answer {
  let outcome: ActionOutcome
  let after: Nanoseconds

  static let done = Answer(outcome: .done, after: ms(10))
  static let failed = Answer(outcome: .failed, after: ms(10))
  static let refused = Answer(outcome: .refused, after: ms(10))
}

/// A host of one loop: measures its levels at each cycle, fires the timer, and answers as it was told to.
struct Stage<P: Planning> {
  struct Entry {
    let at: Instant
    let order: Order
  }

  var loop: ControlLoop<Monitor, Analyzer, P, Executor, Verifier>
  var now = Instant.zero
  var context = LoopContext()
  /// What is measured at each cycle.
  var levels: [Series: Int64] = [:]
  var log: [Entry] = []
  /// nil: never.
  var answer: (Remedy, NodeID, _ attempt: Int) -> Answer? = { _, _, _ in .done }
  /// What a remedy that is done does to the world.
  var effect: (inout Stage, Remedy, NodeID) -> Void = { _, _, _ in }
  private(set) var timer: Instant?
  private(set) var nextCycle = Instant.zero
  private var answers: [(at: Instant, ticket: Ticket, attempt: Int, outcome: ActionOutcome)] = []
  private var running: [(ticket: Ticket, remedy: Remedy, subject: NodeID)] = []
  private var orders = Outbox<Order>()

  init(_ settings: LoopSettings = .brisk, id: NodeID = me) {
    loop = ControlLoop(id: id, settings: settings)
    loop.start(at: .zero, &orders)
    carryOut()
  }

  // MARK: Time

  mutating func run(for time: Nanoseconds) {
    let end = now + time
    while let next = [timer, nextCycle, answers.map(\.at).min()].compactMap({ $0 }).min(), next <= end {
      now = max(now, next)
      if let place = answers.firstIndex(where: { $0.at <= now }) {
        let due = answers.remove(at: place)
        complete(due.ticket, due.attempt, due.outcome)
      } else if let due = timer, due <= now {
        timer = nil
        loop.wake(at: now, context, &orders)
        carryOut()
      } else {
        cycle()
      }
    }
    now = end
  }

  /// One cycle now; the next one follows when the loop wants it.
  mutating func cycle() {
    measure()
    loop.cycle(at: now, context, &orders)
    carryOut()
    nextCycle = now + loop.interval
  }

  mutating func measure() {
    for series in levels.keys.sorted() { loop.observe(Sample(series, levels[series]!, at: now)) }
  }

  mutating func complete(_ ticket: Ticket, _ attempt: Int, _ outcome: ActionOutcome) {
    loop.completed(ticket, attempt: attempt, outcome, at: now, &orders)
    if outcome == .done, let place = running.firstIndex(where: { $0.ticket == ticket }) {
      let action = running.remove(at: place)
      effect(&self, action.remedy, action.subject)
    }
    carryOut()
  }

  mutating func missed(_ metric: Metric) {
    loop.missed(metric, &orders)
    carryOut()
  }

  private mutating func carryOut() {
    while let order = orders.popFirst() {
      log.append(Entry(at: now, order: order))
      switch order {
      case .perform(let ticket, let remedy, let subject, let attempt):
        running.removeAll { $0.ticket == ticket }
        running.append((ticket, remedy, subject))
        if let answer = answer(remedy, subject, attempt) {
          answers.append((now + answer.after, ticket, attempt, answer.outcome))
        }
      case .setTimer(let after): timer = now + after
      case .report(.threshold(let metric, let share)): context.experience.thresholds[metric] = share
      case .revoke, .abandon, .report: break
      }
    }
  }

  // MARK: What was seen

  var reports: [Report] {
    log.compactMap { entry in
      guard case .report(let report) = entry.order else { return nil }
      return report
    }
  }

  var causes: [Cause] {
    reports.compactMap { report in
      guard case .diagnosed(_, let cause, _) = report else { return nil }
      return cause
    }
  }

  var closed: [Cause] {
    reports.compactMap { report in
      guard case .closed(_, let cause, _, _) = report else { return nil }
      return cause
    }
  }

  var modes: [Mode] {
    reports.compactMap { report in
      guard case .changedMode(let mode) = report else { return nil }
      return mode
    }
  }

  /// Every try, in order.
  var tries: [(at: Instant, remedy: Remedy, attempt: Int)] {
    log.compactMap { entry in
      guard case .perform(_, let remedy, _, let attempt) = entry.order else { return nil }
      return (entry.at, remedy, attempt)
    }
  }

  /// Every action's first try, in order.
  var actions: [Remedy] { tries.filter { $0.attempt == 1 }.map(\.remedy) }

  var revoked: [Remedy] {
    log.compactMap { entry in
      guard case .revoke(let remedy, _) = entry.order else { return nil }
      return remedy
    }
  }

  func count(_ matches: (Report) -> Bool) -> Int { reports.count(where: matches) }
}

typealias StandardStage = Stage<RulePlanner>

extension LoopSettings {
  /// A cycle each second in every mode.
  static let brisk = LoopSettings.with()

  static func with(
    interval: Nanoseconds = s(1), governance: LoopLimits = LoopLimits(), remedies: RemedySet = .all
  ) -> LoopSettings {
    do {
      return try LoopSettings(
        healthyInterval: interval, degradedInterval: interval, criticalInterval: interval,
        recoveringInterval: interval, governance: governance, remedies: remedies)
    } catch {
      preconditionFailure("\(error)")
    }
  }
}

let cpu = Series(.cpu, me)
let ownCPU = Series(.ownCPU, me)
let memory = Series(.memory, me)
let queue = Series(.queue, me)
let service = Series(.service, me)
func loss(_ peer: UInt32) -> Series { Series(.loss, n(peer)) }
func latency(_ peer: UInt32) -> Series { Series(.latency, n(peer)) }
func liveness(_ peer: UInt32) -> Series { Series(.liveness, n(peer)) }

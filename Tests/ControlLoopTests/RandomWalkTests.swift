import ControlLoop
import Primitives
import Testing

/// What must hold of the orders of a loop, whatever happens to it.
private struct Audit {
  struct Action: Hashable {
    let remedy: Remedy
    let subject: NodeID
  }

  var open: [Incident.ID: Cause] = [:]
  var running: [Ticket: Action] = [:]
  var ended: Set<Ticket> = []
  var inForce: Set<Action> = []
  var timer: Instant?
  var reports = 0

  mutating func take(_ order: Order, at now: Instant) {
    switch order {
    case .perform(let ticket, let remedy, let subject, let attempt):
      #expect(running[ticket] == Action(remedy: remedy, subject: subject) && (1...3).contains(attempt))
    case .abandon(let ticket): #expect(running[ticket] != nil)
    case .revoke(let remedy, let subject):
      #expect(inForce.remove(Action(remedy: remedy, subject: subject)) != nil, "\(remedy) was not in force")
    case .setTimer(let after):
      #expect(after >= .zero)
      timer = now + after
    case .report(let report): take(report)
    }
  }

  private mutating func take(_ report: Report) {
    reports += 1
    switch report {
    case .diagnosed(let id, let cause, _): #expect(open.updateValue(cause, forKey: id) == nil)
    case .closed(let id, let cause, _, let after): #expect(open.removeValue(forKey: id) == cause && after >= .zero)
    case .withdrawn(let id, let cause, _): #expect(open.removeValue(forKey: id) == cause)
    case .contained(let id, let cause, _, _): #expect(open[id] == cause)
    case .began(let ticket, let remedy, let subject, let id):
      let action = Action(remedy: remedy, subject: subject)
      #expect(open[id] != nil && !ended.contains(ticket))
      #expect(!running.values.contains(action), "\(action) runs twice")
      running[ticket] = action
    case .ended(let ticket, let remedy, let subject, let outcome, _):
      let action = Action(remedy: remedy, subject: subject)
      #expect(running.removeValue(forKey: ticket) == action && ended.insert(ticket).inserted)
      if outcome == .done, remedy.isRevocable { inForce.insert(action) }
    case .escalated(let id, _), .exhausted(let id): #expect(open[id] != nil)
    case .judged(_, _, _, let took): #expect(took >= .zero)
    case .observed(let id, let observations):
      #expect(open[id] != nil && !observations.isEmpty)
      for observation in observations { #expect(observation.value >= 0 && observation.limit >= 0) }
    case .changedMode: break
    case .threshold(_, let share): #expect(Thresholds.range.contains(share))
    }
  }

  func check(_ loop: StandardLoop, at now: Instant) {
    #expect(Set(loop.incidents.map(\.id)) == Set(open.keys))
    #expect((loop.mode == .healthy) == loop.incidents.isEmpty)
    #expect(running.isEmpty || loop.nextWake != nil, "an action runs without a limit")
    if let wake = loop.nextWake { #expect(wake == timer && wake >= now) }
    for incident in loop.incidents {
      switch incident.state {
      case .acting(let ticket): #expect(running[ticket] != nil || loop.nextWake != nil)
      case .open, .verifying, .contained, .exhausted: break
      }
    }
    // What is in force is somebody's.
    for action in inForce {
      #expect(loop.incidents.contains { $0.subject == action.subject && $0.inForce.contains(action.remedy) })
    }
  }
}

private struct Walk {
  var luck: Luck
  var loop = StandardLoop(id: me, settings: .brisk)
  var audit = Audit()
  var context = LoopContext()
  var now = Instant.zero
  var orders = Outbox<Order>()
  var ill: Set<Series> = []
  var asked: [(ticket: Ticket, attempt: Int)] = []
  var digest = Digest()
  let series: [Series]

  init(seed: UInt64) {
    luck = Luck(seed)
    var series = [cpu, ownCPU, memory, queue, service, Series(.latency, me)]
    for peer in UInt32(1)...4 { series += [loss(peer), latency(peer), liveness(peer)] }
    self.series = series
  }

  mutating func step() {
    now = now + ms(Int64(luck.draw(below: 1_500)) + 1)
    fireTimer()
    if luck.chance(8) {
      let one = series[Int(luck.draw(below: UInt64(series.count)))]
      if ill.remove(one) == nil { ill.insert(one) }
    }
    if luck.chance(1) { context.isDecider.toggle() }
    if luck.chance(1) { context.isOutOfService.toggle() }
    if luck.chance(1) { context.outOfService = luck.chance(50) ? [n(1), n(3)] : [] }
    if luck.chance(1) { loop.forget(series[Int(luck.draw(below: UInt64(series.count)))]) }
    if luck.chance(1) { loop.missed(Metric.allCases[Int(luck.draw(below: 8))], &orders) }
    answer()
    if luck.chance(80) {
      for one in series where luck.chance(85) { loop.observe(Sample(one, value(one), at: now)) }
      loop.cycle(at: now, context, &orders)
    }
    carryOut()
  }

  mutating func recover() {
    for _ in 0..<1_000 where !loop.incidents.isEmpty {
      ill = []
      context = LoopContext(experience: context.experience)
      step()
    }
  }

  private mutating func fireTimer() {
    while let due = audit.timer, due <= now {
      audit.timer = nil
      loop.wake(at: now, context, &orders)
      carryOut()
    }
  }

  private mutating func answer() {
    guard !asked.isEmpty, luck.chance(60) else { return }
    let place = Int(luck.draw(below: UInt64(asked.count)))
    let outcome = ActionOutcome.allCases[Int(luck.draw(below: 3))]
    // Now and then twice, or late.
    let one = luck.chance(20) ? asked[place] : asked.remove(at: place)
    loop.completed(one.ticket, attempt: one.attempt, outcome, at: now, &orders)
  }

  private mutating func value(_ series: Series) -> Int64 {
    let isIll = ill.contains(series)
    switch series.metric {
    case .latency: return (isIll ? 400_000_000 : 5_000_000) + Int64(luck.draw(below: 2_000_000))
    case .liveness: return isIll ? 0 : 1
    case .service: return isIll ? 500_000 : 990_000
    case .loss: return isIll ? 300_000 : Int64(luck.draw(below: 10_000))
    case .cpu, .ownCPU, .memory, .queue: return isIll ? 960_000 : Int64(luck.draw(below: 700_000))
    }
  }

  private mutating func carryOut() {
    while let order = orders.popFirst() {
      audit.take(order, at: now)
      if case .perform(let ticket, _, _, let attempt) = order { asked.append((ticket, attempt)) }
      if case .report(.threshold(let metric, let share)) = order { context.experience.thresholds[metric] = share }
    }
    audit.check(loop, at: now)
    loop.fold(into: &digest, at: now)
  }
}

@Suite("Random walks")
struct RandomWalkTests {
  @Test(
    "Whatever happens, nothing acts twice at once, all that began ends once, and what waits has a timer",
    arguments: 1...8)
  func walk(seed: Int) {
    var walk = Walk(seed: UInt64(seed))
    for _ in 0..<3_000 { walk.step() }
    #expect(walk.audit.ended.count > 50 && walk.audit.reports > 500, "the walk saw little")
    // All is well again, and the host answers: everything is over in the end.
    walk.recover()
    #expect(walk.audit.open.isEmpty && walk.audit.running.isEmpty && walk.audit.inForce.isEmpty)
  }

  @Test("The same seed is the same walk")
  func deterministic() {
    var (one, other, third) = (Walk(seed: 3), Walk(seed: 3), Walk(seed: 4))
    for _ in 0..<500 {
      one.step()
      other.step()
      third.step()
    }
    #expect(one.digest == other.digest && one.digest != third.digest)
  }
}

import ControlLoop
import Primitives
import Testing

@Suite("The loop")
struct LoopTests {
  @Test("A node looks every 60 s while healthy, 15 while degraded, 3 while critical and 5 while recovering")
  func intervals() {
    var stage = StandardStage(.standard)
    stage.levels = [loss(1): 0, loss(2): 0, loss(3): 0]
    stage.run(for: s(61))
    #expect(stage.loop.mode == .healthy && stage.loop.interval == s(60) && stage.nextCycle == t(120))
    stage.levels[loss(1)] = 200_000
    stage.answer = { _, _, _ in nil }
    stage.run(for: s(60))
    // One breach does not make an incident, but it is looked at again soon.
    #expect(stage.loop.mode == .healthy && stage.loop.interval == s(3))
    stage.run(for: s(3))
    #expect(stage.loop.mode == .degraded && stage.loop.interval == s(15))
    stage.levels[loss(1)] = 900_000
    stage.run(for: s(15))
    #expect(stage.loop.mode == .critical && stage.loop.interval == s(3))
    stage.complete(Ticket(0), 1, .done)
    #expect(stage.loop.mode == .recovering && stage.loop.interval == s(5))
    stage.levels[loss(1)] = 0
    stage.run(for: s(20))
    #expect(stage.loop.mode == .healthy && stage.loop.interval == s(60))
    #expect(stage.modes == [.healthy, .degraded, .critical, .recovering, .healthy])
  }

  @Test("A sample is stale after three intervals, and not before 5 s", arguments: Mode.allCases)
  func staleness(mode: Mode) {
    let settings = LoopSettings.standard
    #expect(settings.staleAfter(mode) == settings.interval(mode) * 3)
    #expect(LoopSettings.brisk.staleAfter(mode) == s(5))
  }

  @Test("X11: twenty faults that were healed do not make the node see the next one later")
  func successDoesNotDull() {
    var stage = StandardStage()
    stage.effect = { stage, _, _ in stage.levels = [cpu: 100_000] }
    stage.levels = [cpu: 100_000]
    var delays: [Nanoseconds] = []
    for _ in 0..<25 {
      stage.run(for: s(60))
      let start = stage.now
      stage.levels = [cpu: 901_000]
      stage.run(for: s(10))
      delays.append(
        stage.log.last { if case .report(.diagnosed) = $0.order { true } else { false } }!.at - start)
    }
    #expect(stage.closed.count == 25 && Set(delays).count == 1)
    #expect(stage.count { if case .threshold = $0 { true } else { false } } == 0)
  }

  @Test("A missed fault lowers its threshold by 5 %, to 90 % at the lowest; twenty quiet closings give back 2 %")
  func learning() {
    var stage = StandardStage()
    for metric in [.cpu, .cpu, .cpu, .cpu, .liveness] as [Metric] { stage.missed(metric) }
    let learned = [950_000, 902_500, 900_000].map { Report.threshold(.cpu, ppmOfDefault: $0) }
    #expect(Array(stage.reports.dropFirst()) == learned)
    #expect(stage.loop.thresholds[.cpu] == 900_000)
    // 81 % is now the limit.
    stage.effect = { stage, _, _ in stage.levels = [cpu: 100_000] }
    var shares: [Int64] = []
    for _ in 0..<120 {
      stage.levels = [cpu: 930_000]
      stage.run(for: s(60))
      shares.append(stage.loop.thresholds[.cpu])
    }
    #expect(stage.closed.count == 120)
    #expect(shares[18] == 900_000 && shares[19] == 920_000 && shares[99] == 1_000_000 && shares[119] == 1_000_000)
    #expect(stage.context.experience.thresholds[.cpu] == 1_000_000)
  }

  @Test("Only closings in a row count as quiet")
  func unquiet() {
    var stage = StandardStage()
    stage.missed(.memory)
    stage.effect = { stage, _, _ in stage.levels = [cpu: 100_000] }
    for closing in 0..<30 {
      if closing == 15 { stage.missed(.loss) }
      stage.levels = [cpu: 930_000]
      stage.run(for: s(60))
    }
    #expect(stage.closed.count == 30)
    #expect(stage.loop.thresholds[.memory] == 950_000 && stage.loop.thresholds[.loss] == 950_000)
  }

  @Test("What was learned makes a fault seen that the default lets pass")
  func learnedThreshold() {
    var stage = StandardStage(.with(remedies: []))
    stage.levels = [cpu: 870_000]
    stage.run(for: s(5))
    #expect(stage.causes.isEmpty)
    stage.missed(.cpu)
    stage.run(for: s(5))
    #expect(stage.causes == [.runaway])
  }

  @Test("Without faults nothing is asked for, and a timer that fires is harmless")
  func quiet() {
    var stage = StandardStage()
    stage.levels = [cpu: 500_000, ownCPU: 400_000, memory: 600_000, loss(1): 1_000, service: 1_000_000]
    stage.run(for: s(500))
    #expect(stage.log.count == 1 && stage.loop.nextWake == nil)
    var orders = Outbox<Order>()
    stage.loop.wake(at: stage.now, stage.context, &orders)
    #expect(orders.isEmpty)
  }

  @Test("A timer that fires too soon is set again")
  func early() {
    var stage = StandardStage()
    stage.levels = [memory: 990_000]
    stage.answer = { _, _, _ in nil }
    stage.run(for: s(2))
    var orders = Outbox<Order>()
    stage.loop.wake(at: stage.now, stage.context, &orders)
    #expect(Array(orders) == [.setTimer(after: s(29))])
  }

  @Test("A cycle or a wake without news changes nothing")
  func repeated() {
    var stage = StandardStage()
    stage.levels = [cpu: 950_000, ownCPU: 900_000, loss(1): 500_000, loss(2): 0, loss(3): 0]
    for _ in 0..<200 {
      stage.run(for: ms(333))
      var (loop, orders) = (stage.loop, Outbox<Order>())
      loop.cycle(at: stage.now, stage.context, &orders)
      orders.removeAll()
      let before = digest(loop, stage.now)
      loop.cycle(at: stage.now, stage.context, &orders)
      #expect(orders.isEmpty && digest(loop, stage.now) == before)
    }
  }

  private func digest(_ loop: StandardLoop, _ now: Instant) -> Digest {
    var digest = Digest()
    loop.fold(into: &digest, at: now)
    return digest
  }

  @Test("The digest tells states apart, and not by the time of day")
  func digests() {
    var digests: [Digest] = []
    for offset: Int64 in [0, 1_000_000] {
      var stage = StandardStage()
      stage.now = .zero + s(offset)
      var story: [Digest] = []
      for value: Int64 in [100_000, 950_000, 950_000, 960_000, 100_000] {
        stage.now = stage.now + s(1)
        stage.levels[cpu] = value
        stage.cycle()
        story.append(digest(stage.loop, stage.now))
      }
      #expect(Set(story).count == 5)
      digests += story
    }
    #expect(Array(digests[..<5]) == Array(digests[5...]))
  }

  @Test("Settings out of range are refused with field, value and bound")
  func settings() {
    #expect(throws: LoopSettingsError.self) { try LoopSettings(cooldown: s(-1)) }
    #expect(throws: LoopSettingsError.self) { try LoopSettings(tries: 0) }
    #expect(throws: LoopSettingsError.self) { try LoopSettings(staleIntervals: 101) }
    #expect(throws: LoopSettingsError.self) { try LoopSettings(serviceTarget: 1_000_001) }
    do {
      _ = try LoopSettings(governance: LoopLimits(cpu: 1_000_001))
      Issue.record("accepted")
    } catch {
      #expect("\(error)" == "governance.cpu is 1000001, which is not from 1 to 1000000 ppm")
    }
  }
}

/// Quarantines whatever happens, when asked a second time.
private struct Stern: Planning {
  var asked = 0
  var endings: [ActionOutcome] = []

  mutating func plan(
    _ incidents: [Incident], _ context: LoopContext, _ settings: LoopSettings, at now: Instant, _ plan: inout Plan
  ) {
    asked += 1
    if asked == 1 {
      plan.wait(until: now + ms(250))
      // Nobody's.
      plan.act(Incident.ID(77), .restart)
    } else {
      for incident in incidents { plan.act(incident.id, .quarantine) }
    }
  }

  mutating func ended(
    _ remedy: Remedy, _ subject: NodeID, _ outcome: ActionOutcome, _ settings: LoopSettings, at now: Instant
  ) { endings.append(outcome) }

  func fold(into digest: inout Digest, at now: Instant) { digest.fold(UInt64(asked)) }
}

/// Asks to be asked at once, for ever.
private struct Impatient: Planning {
  mutating func plan(
    _ incidents: [Incident], _ context: LoopContext, _ settings: LoopSettings, at now: Instant, _ plan: inout Plan
  ) { plan.wait(until: .zero) }

  mutating func ended(
    _ remedy: Remedy, _ subject: NodeID, _ outcome: ActionOutcome, _ settings: LoopSettings, at now: Instant
  ) {}

  func fold(into digest: inout Digest, at now: Instant) {}
}

@Suite("Planners in the place of the rules")
struct PlannerTests {
  @Test("Another planner decides on remedies and on when it is asked, and hears how they ended")
  func replaced() {
    var stage = Stage<Stern>()
    stage.levels = [memory: 900_000]
    stage.run(for: s(2))
    #expect(stage.actions == [.quarantine] && stage.tries[0].at == t(1) + ms(250))
    #expect(stage.loop.planner.endings == [.done] && stage.loop.planner.asked == 2)
  }

  @Test("A planner that wants to be asked at once does not stop the clock")
  func impatient() {
    var stage = Stage<Impatient>()
    stage.levels = [memory: 900_000]
    stage.run(for: s(2))
    #expect(stage.loop.incidents.count == 1 && stage.now == t(2))
  }

  @Test("Remedies that are switched off are off for every planner")
  func switchedOff() {
    var stage = Stage<Stern>(.with(remedies: .restart))
    stage.levels = [memory: 900_000]
    stage.run(for: s(5))
    #expect(stage.actions.isEmpty)
  }
}

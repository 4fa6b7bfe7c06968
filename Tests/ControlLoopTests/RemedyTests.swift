import ControlLoop
import Primitives
import Testing

@Suite("Remedies")
struct RemedyTests {
  private func escalations(_ stage: StandardStage) -> [Int] {
    stage.reports.compactMap { report in
      guard case .escalated(_, let level) = report else { return nil }
      return level
    }
  }

  private func ill(_ settings: LoopSettings = .brisk) -> StandardStage {
    var stage = StandardStage(settings)
    stage.levels = [cpu: 990_000]
    return stage
  }

  @Test("What helps closes the incident, and is reported as it is worth")
  func heals() {
    var stage = ill()
    stage.effect = { stage, _, _ in stage.levels = [cpu: 100_000, service: 1_000_000] }
    stage.run(for: s(10))
    #expect(stage.actions == [.restart] && stage.closed == [.runaway] && stage.loop.mode == .healthy)
    let judged = stage.reports.filter { if case .judged = $0 { true } else { false } }
    // Begun with the second breach; two samples below the limit end it.
    #expect(judged == [.judged(.runaway, .restart, success: true, took: s(2))])
    #expect(stage.count { if case .changedMode = $0 { true } else { false } } == 4)
  }

  @Test("An action that is done is not a service that is back")
  func serviceBack() {
    var stage = ill()
    stage.levels[service] = 600_000
    stage.effect = { stage, remedy, _ in
      stage.levels[cpu] = 100_000
      if remedy == .failover { stage.levels[service] = 950_000 }
    }
    stage.run(for: s(15))
    #expect(stage.actions == [.restart] && stage.closed.isEmpty && stage.loop.mode == .recovering)
    stage.run(for: s(10))
    #expect(stage.actions == [.restart, .failover] && stage.closed == [.runaway])
    #expect(escalations(stage) == [1])
  }

  @Test("Another incident's bad service is not held against one whose symptom is gone")
  func sharedService() {
    var stage = ill()
    stage.levels = [cpu: 990_000, memory: 990_000, service: 300_000]
    stage.answer = { remedy, _, _ in remedy == .restart ? .done : .failed }
    stage.effect = { stage, _, _ in stage.levels[cpu] = 100_000 }
    stage.run(for: s(25))
    #expect(!stage.actions.contains(.failover) && stage.loop.incidents.count == 2)
    stage.levels[memory] = 100_000
    stage.levels[service] = 990_000
    stage.run(for: s(5))
    #expect(stage.loop.incidents.isEmpty && stage.closed.count == 2)
  }

  @Test("A symptom that goes away by itself closes its incident, and nothing is done")
  func byItself() {
    var stage = ill(.with(remedies: []))
    stage.run(for: s(3))
    #expect(stage.count { if case .exhausted = $0 { true } else { false } } == 1)
    stage.levels[cpu] = 100_000
    stage.run(for: s(3))
    #expect(stage.closed == [.runaway] && stage.actions.isEmpty)
  }

  @Test("Where nothing was done, a bad service does not keep an incident open whose symptom is gone")
  func byItselfWithoutService() {
    // Its one remedy failed, and cools down.
    var stage = ill(.with(remedies: .restart))
    stage.levels[service] = 100_000
    stage.answer = { _, _, _ in .failed }
    stage.run(for: s(8))
    stage.levels[cpu] = 100_000
    stage.run(for: s(3))
    #expect(stage.closed == [.runaway])
  }

  @Test("A verdict on an action rests on samples that were taken after it")
  func samplesAfter() {
    var stage = ill()
    stage.answer = { _, _, _ in Answer(outcome: .done, after: ms(3_500)) }
    stage.run(for: ms(1_500))
    stage.levels = [cpu: 100_000]
    stage.run(for: s(2))
    stage.levels = [:]
    stage.run(for: s(3))
    #expect(stage.actions == [.restart] && !stage.loop.analyzer.stands(cpu) && stage.closed.isEmpty)
    stage.levels = [cpu: 100_000]
    stage.run(for: s(1))
    #expect(stage.closed == [.runaway])
  }

  @Test("A service measured before the action is waited for, until it is missing")
  func serviceAfter() {
    var stage = ill()
    stage.levels[service] = 990_000
    stage.effect = { stage, _, _ in stage.levels = [cpu: 100_000] }
    stage.run(for: s(5))
    #expect(stage.actions == [.restart] && !stage.loop.analyzer.stands(cpu) && stage.closed.isEmpty)
    stage.run(for: s(2))
    #expect(stage.closed == [.runaway])
  }

  @Test("X12: after a first action that failed the next remedy is tried at once, well within the cool-down")
  func failedFirst() {
    var stage = ill()
    stage.answer = { remedy, _, _ in remedy == .restart ? .failed : .done }
    stage.run(for: s(10))
    #expect(stage.actions == [.restart, .failover])
    let (first, next) = (stage.tries[0].at, stage.tries.first { $0.remedy == .failover }!.at)
    #expect(next - first < s(4) && escalations(stage) == [1])
  }

  @Test("X12: a remedy without an alternative is tried again when its cool-down is over, without a cycle")
  func cooldown() {
    var stage = ill(.with(interval: s(300)))
    stage.levels = [memory: 990_000]
    stage.answer = { _, _, _ in .failed }
    stage.cycle()
    stage.now = t(1)
    stage.cycle()
    stage.run(for: s(10))
    #expect(stage.actions == [.restart] && stage.tries.count == 3)
    let ended = stage.log.last { if case .report(.ended) = $0.order { true } else { false } }!.at
    #expect(stage.loop.nextWake == ended + s(30) && stage.nextCycle == t(301))
    stage.run(for: s(60))
    #expect(stage.tries[3].at == ended + s(30) && stage.tries[3].attempt == 1)
  }

  @Test("A remedy that is over does not hold back the same remedy elsewhere")
  func cooldownElsewhere() {
    var stage = StandardStage()
    stage.levels = [loss(1): 300_000, loss(2): 0, loss(3): 0, loss(4): 0, loss(5): 0]
    stage.run(for: s(3))
    stage.levels[loss(2)] = 300_000
    stage.run(for: s(3))
    #expect(stage.actions == [.reroute, .reroute])
  }

  @Test("A remedy that is refused is followed by the next one at once, and not tried again")
  func refused() {
    var stage = ill()
    stage.answer = { remedy, _, _ in remedy == .restart ? .refused : .done }
    stage.run(for: s(100))
    #expect(stage.actions == [.restart, .failover, .failover])
    #expect(stage.tries[1].at - stage.tries[0].at == ms(10))
    let isRefusalJudged = stage.reports.contains { if case .judged(_, .restart, _, _) = $0 { true } else { false } }
    #expect(!isRefusalJudged)
  }

  @Test("A remedy that was refused does not have to cool down for another incident")
  func refusedElsewhere() {
    var stage = ill()
    stage.answer = { remedy, _, _ in remedy == .restart ? .refused : nil }
    stage.run(for: s(2))
    stage.levels[memory] = 990_000
    stage.run(for: s(2))
    #expect(stage.actions == [.restart, .failover, .restart])
  }

  @Test("Each remedy is tried twice; then it is for an operator, once, and is tried again after 120 s")
  func exhaustion() {
    var stage = ill()
    stage.run(for: s(75))
    #expect(stage.actions == [.restart, .failover, .restart, .failover])
    #expect(escalations(stage) == [1, 2, 3, 4])
    #expect(stage.count { if case .exhausted = $0 { true } else { false } } == 1)
    guard case .exhausted(let since) = stage.loop.incidents[0].state else {
      Issue.record("not exhausted: \(stage.loop.incidents)")
      return
    }
    stage.run(for: s(170))
    #expect(stage.actions.count == 6 && stage.tries[4].at == since + s(120))
    #expect(stage.count { if case .exhausted = $0 { true } else { false } } == 1)
    #expect(stage.loop.incidents.count == 1)
    stage.levels[cpu] = 100_000
    stage.run(for: s(20))
    #expect(stage.closed == [.runaway])
  }

  @Test("What was given up closes when its symptom is gone, whatever else ails the service")
  func exhaustedCloses() {
    var stage = ill(.with(remedies: .restart))
    stage.levels[service] = 100_000
    stage.run(for: s(100))
    #expect(stage.actions.count == 2)
    stage.levels[cpu] = 100_000
    stage.run(for: s(3))
    #expect(stage.closed == [.runaway])
  }

  @Test("A lossy link that is gone round is contained: it harms nobody, and the way round stays until it is well")
  func contained() {
    var stage = StandardStage()
    stage.levels = [loss(1): 300_000, loss(2): 0, loss(3): 0, service: 800_000]
    stage.effect = { stage, _, _ in stage.levels[service] = 990_000 }
    stage.run(for: s(300))
    #expect(stage.actions == [.reroute] && stage.closed.isEmpty && stage.revoked.isEmpty)
    #expect(stage.count { if case .contained(_, .linkLoss, n(1), _) = $0 { true } else { false } } == 1)
    #expect(stage.loop.mode == .degraded)
    stage.levels[loss(1)] = 0
    stage.run(for: s(3))
    #expect(stage.closed == [.linkLoss] && stage.revoked == [.reroute])
  }

  @Test("A way round that does not help is tried again, and given up")
  func notContained() {
    var stage = StandardStage()
    stage.levels = [loss(1): 300_000, loss(2): 0, loss(3): 0, service: 800_000]
    stage.run(for: s(100))
    #expect(stage.actions == [.reroute, .reroute] && escalations(stage) == [1, 2])
  }

  @Test("Two ways round that held are tried anew, one after the other, when the service goes bad all the same")
  func containedNoMore() {
    var stage = StandardStage()
    for peer in UInt32(1)...5 { stage.levels[loss(peer)] = peer < 3 ? 300_000 : 0 }
    stage.levels[service] = 990_000
    stage.run(for: s(60))
    #expect(stage.actions == [.reroute, .reroute] && stage.loop.mode == .degraded)
    stage.levels[service] = 500_000
    stage.run(for: s(3))
    #expect(stage.actions.count == 3)
    stage.run(for: s(200))
    // Neither waits for the other for ever.
    #expect(stage.count { if case .exhausted = $0 { true } else { false } } == 2)
  }

  @Test("A way round is not held to have failed while another incident may be why the service is bad")
  func innocentWay() {
    var stage = StandardStage()
    stage.levels = [loss(1): 300_000, loss(2): 0, loss(3): 0, memory: 990_000, service: 500_000]
    stage.answer = { remedy, _, _ in remedy == .reroute ? .done : .failed }
    stage.run(for: s(25))
    #expect(stage.actions.count { $0 == .reroute } == 1)
  }

  @Test("A throttle is taken back when its incident closes, once")
  func revoked() {
    var stage = StandardStage()
    stage.levels = [cpu: 990_000, ownCPU: 990_000]
    stage.effect = { stage, _, _ in stage.levels = [cpu: 500_000, ownCPU: 500_000] }
    stage.run(for: s(20))
    #expect(stage.actions == [.throttle] && stage.revoked == [.throttle])
  }

  @Test("A loss and a latency of one link share one way round, which stays until both are gone")
  func shared() {
    var stage = StandardStage()
    stage.levels = [loss(1): 0, latency(1): 1_000_000, loss(2): 0, loss(3): 0, service: 990_000]
    stage.run(for: s(10))
    stage.levels[loss(1)] = 300_000
    stage.levels[latency(1)] = 300_000_000
    stage.run(for: s(60))
    #expect(stage.causes.count == 2 && stage.actions == [.reroute])
    stage.levels[loss(1)] = 0
    stage.run(for: s(5))
    #expect(stage.closed == [.linkLoss] && stage.revoked.isEmpty)
    stage.levels[latency(1)] = 1_000_000
    stage.run(for: s(5))
    #expect(stage.closed == [.linkLoss, .linkLatency] && stage.revoked == [.reroute])
  }

  @Test("A node that has left service is no longer pressed, and comes back when it is well")
  func quarantine() {
    var stage = StandardStage()
    stage.levels = [loss(1): 300_000, loss(2): 300_000, cpu: 100_000, service: 500_000]
    stage.effect = { stage, remedy, _ in stage.context.isOutOfService = remedy == .quarantine }
    stage.run(for: s(120))
    #expect(stage.actions == [.quarantine] && stage.loop.mode == .degraded)
    stage.levels = [loss(1): 0, loss(2): 0, cpu: 100_000]
    stage.run(for: s(60))
    #expect(stage.actions == [.quarantine, .release] && stage.loop.mode == .healthy)
  }

  @Test("Remedies that are switched off are passed over")
  func switchedOff() {
    var stage = ill(.with(remedies: .failover))
    stage.run(for: s(10))
    #expect(stage.actions == [.failover])
  }

  @Test("With five tries of each, experience decides on the order; with four it does not", arguments: [4, 5])
  func experience(tries: Int64) {
    var stage = ill()
    stage.context.experience[.runaway, .restart] = .init(tries: 100, successes: 50, milliseconds: 500_000)
    stage.context.experience[.runaway, .failover] = .init(tries: tries, successes: tries, milliseconds: 15_000)
    stage.run(for: s(3))
    #expect(stage.actions == [tries == 5 ? .failover : .restart])
  }

  @Test("A score is success rate through mean time, and no time is below 0.1 s")
  func scores() {
    typealias Record = Experience.Record
    let slow = Record(tries: 10, successes: 10, milliseconds: 20_000)
    let fast = Record(tries: 10, successes: 6, milliseconds: 6_000)
    #expect(fast.isBetter(than: slow) && !slow.isBetter(than: fast))
    let instant = Record(tries: 10, successes: 9, milliseconds: 9)
    let brief = Record(tries: 10, successes: 10, milliseconds: 1_000)
    #expect(brief.isBetter(than: instant) && !instant.isBetter(than: instant))
    #expect(fast.isBetter(than: Record(tries: 10)) && !Record(tries: 10).isBetter(than: fast))
    let extreme = Record(tries: .max, successes: .max, milliseconds: .max)
    #expect(!extreme.isBetter(than: extreme))
  }
}

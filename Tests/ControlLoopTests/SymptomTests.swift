import ControlLoop
import Primitives
import Testing

@Suite("Symptoms")
struct SymptomTests {
  @Test("A symptom begins with the second breach in a row, and ends with the second sample below 90 % of the limit")
  func hysteresis() {
    var stage = StandardStage(.with(remedies: []))
    let story: [(value: Int64, isIncident: Bool)] = [
      (910_000, false), (890_000, false), (910_000, false), (910_000, true),
      // Between the two limits nothing ends, nor does a single low sample end anything.
      (850_000, true), (850_000, true), (800_000, true), (850_000, true), (800_000, true), (800_000, false),
      // And nothing begins.
      (890_000, false), (890_000, false),
    ]
    for (step, moment) in story.enumerated() {
      stage.now = t(Int64(step))
      stage.levels[cpu] = moment.value
      stage.cycle()
      #expect(stage.loop.incidents.isEmpty != moment.isIncident, "step \(step)")
    }
    #expect(stage.closed == [.runaway] && stage.actions.isEmpty)
  }

  @Test("A cycle without a fresh sample confirms nothing, nor does the same sample twice")
  func onceEach() {
    var stage = StandardStage()
    stage.levels[cpu] = 990_000
    stage.cycle()
    stage.levels = [:]
    for second in 1...3 {
      stage.now = t(Int64(second))
      stage.loop.observe(Sample(cpu, 990_000, at: .zero))
      stage.cycle()
    }
    #expect(stage.causes.isEmpty)
    stage.loop.observe(Sample(cpu, 990_000, at: stage.now))
    stage.cycle()
    #expect(stage.causes == [.runaway])
  }

  @Test("Breaches with a hole between them are not in a row")
  func hole() {
    var stage = StandardStage()
    for second in [0, 10, 20] {
      stage.now = t(Int64(second))
      stage.levels[cpu] = 990_000
      stage.cycle()
    }
    #expect(stage.causes.isEmpty)
  }

  @Test("Stale data neither heal nor alarm")
  func stale() {
    var stage = StandardStage()
    stage.answer = { _, _, _ in nil }
    stage.levels = [cpu: 990_000, memory: 700_000]
    stage.run(for: s(2))
    #expect(stage.causes == [.runaway])
    stage.levels = [:]
    stage.run(for: s(600))
    #expect(stage.closed.isEmpty && stage.loop.incidents.count == 1 && stage.causes.count == 1)
    stage.levels = [cpu: 100_000]
    stage.run(for: s(60))
    #expect(stage.closed == [.runaway])
  }

  @Test("An action is not held to have failed for want of data")
  func staleVerification() {
    var stage = StandardStage()
    stage.levels = [cpu: 990_000]
    stage.effect = { stage, _, _ in stage.levels = [:] }
    stage.run(for: s(300))
    #expect(stage.actions == [.restart] && stage.closed.isEmpty)
    stage.levels = [cpu: 990_000]
    stage.run(for: s(30))
    #expect(stage.actions == [.restart, .failover])
  }

  @Test("Latency is measured against its own past, which does not get used to a fault")
  func change() {
    var stage = StandardStage(.with(remedies: []))
    let link = latency(1)
    for step in 0..<50 {
      stage.now = stage.now + s(1)
      stage.levels[link] = 10_000_000 + Int64(step % 5) * 200_000
      stage.cycle()
    }
    let mean = stage.loop.monitor.reading(of: link)!.mean
    #expect((10_000_000...10_800_000).contains(mean))
    // Three times the mean, but not 20 ms more than it; then both.
    for value: Int64 in [29_000_000, 29_000_000, 29_000_000] {
      stage.now = stage.now + s(1)
      stage.levels[link] = value
      stage.cycle()
    }
    #expect(stage.causes.isEmpty)
    let former = stage.loop.monitor.reading(of: link)!.mean
    for _ in 0..<500 {
      stage.now = stage.now + s(1)
      stage.levels[link] = 500_000_000
      stage.cycle()
    }
    #expect(stage.causes == [.linkLatency] && stage.closed.isEmpty)
    #expect(stage.loop.monitor.reading(of: link)!.mean == former)
    stage.levels[link] = 10_000_000
    stage.run(for: s(3))
    #expect(stage.closed == [.linkLatency])
  }

  @Test("Governance goes before knowledge, and knowledge before the default")
  func precedence() throws {
    let reading = Reading(Sample(cpu, 0, at: .zero))
    var learned = Thresholds()
    learned[.cpu] = 900_000
    #expect(LoopSettings.standard.limit(of: reading, Thresholds()) == 900_000)
    #expect(LoopSettings.standard.limit(of: reading, learned) == 810_000)
    #expect(LoopSettings.with(governance: LoopLimits(cpu: 700_000)).limit(of: reading, learned) == 700_000)
    learned[.cpu] = 5_000_000
    #expect(learned[.cpu] == 1_000_000)
    learned[.service] = 900_000
    #expect(learned[.service] == 1_000_000)
  }

  @Test("A series that is forgotten takes its symptom along")
  func forgotten() {
    var stage = StandardStage(.with(remedies: []))
    stage.levels = [loss(1): 400_000]
    stage.run(for: s(3))
    #expect(stage.causes == [.linkLoss])
    stage.levels = [:]
    stage.loop.forget(loss(1))
    stage.run(for: s(2))
    #expect(stage.closed == [.linkLoss] && stage.loop.monitor.readings.isEmpty)
  }

  @Test("Values out of range are brought into it, and no series traps on them", arguments: Metric.allCases)
  func extremes(metric: Metric) {
    var stage = StandardStage()
    for subject in [me, n(1), n(.max)] {
      for value in [Int64.min, -1, 0, 1, .max, .max, .max, .max, .max, .max, 0, .max, .max] {
        stage.now = stage.now + s(1)
        stage.loop.observe(Sample(Series(metric, subject), value, at: stage.now))
        stage.cycle()
        let kept = stage.loop.monitor.reading(of: Series(metric, subject))?.value ?? 0
        #expect((0...metric.ceiling).contains(kept))
      }
    }
  }

  @Test("What an alive peer says takes no memory")
  func alive() {
    var stage = StandardStage()
    for peer in 1...100 { stage.loop.observe(Sample(liveness(UInt32(peer)), 1, at: .zero)) }
    #expect(stage.loop.monitor.readings.isEmpty)
    stage.loop.observe(Sample(liveness(7), 0, at: t(1)))
    #expect(stage.loop.monitor.readings.count == 1)
    stage.loop.observe(Sample(liveness(7), 1, at: t(2)))
    #expect(stage.loop.monitor.readings.isEmpty && !stage.loop.analyzer.stands(liveness(7)))
  }
}

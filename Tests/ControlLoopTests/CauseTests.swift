import ControlLoop
import Primitives
import Testing

@Suite("Causes")
struct CauseTests {
  @Test("X10: CPU at 95 % and loss of 50 % at once are both named, and both are acted on")
  func twoAtOnce() {
    var stage = StandardStage()
    stage.levels = [cpu: 950_000, ownCPU: 900_000, loss(1): 500_000, loss(2): 0, loss(3): 0]
    stage.run(for: s(2))
    #expect(stage.causes == [.cpuSaturation, .linkLoss])
    #expect(stage.actions == [.throttle, .reroute])
    #expect(stage.loop.incidents.map(\.severity) == [500_000, 473_684])
  }

  @Test(
    "A busy processor is too much demand where own work explains 60 % of it, and a runaway elsewhere",
    arguments: zip(
      [950_000, 570_000, 569_999, 0], [.cpuSaturation, .cpuSaturation, .runaway, .runaway] as [Cause]))
  func load(own: Int64, cause: Cause) {
    var stage = StandardStage()
    stage.levels = [cpu: 950_000, ownCPU: own]
    stage.run(for: s(2))
    #expect(stage.causes == [cause])
  }

  @Test("A diagnosis of load does not flicker with the share of own work, and is taken back where that falls")
  func loadHysteresis() {
    var stage = StandardStage(.with(remedies: []))
    stage.levels = [cpu: 950_000, ownCPU: 600_000]
    stage.run(for: s(2))
    stage.levels[ownCPU] = 500_000
    stage.run(for: s(5))
    stage.levels[ownCPU] = nil
    stage.run(for: s(20))
    #expect(stage.causes == [.cpuSaturation])
    stage.levels[ownCPU] = 100_000
    stage.run(for: s(2))
    #expect(stage.causes == [.cpuSaturation, .runaway] && stage.closed.isEmpty)
    #expect(stage.loop.incidents.map(\.cause) == [.runaway])
  }

  @Test("Links that are ill each for itself are each a cause; half of them, and two, are the node")
  func links() {
    var stage = StandardStage(.with(remedies: []))
    for peer in UInt32(1)...4 { stage.levels[loss(peer)] = 0 }
    stage.levels[latency(1)] = 1_000_000
    stage.run(for: s(10))
    stage.levels[loss(1)] = 300_000
    stage.run(for: s(3))
    #expect(stage.causes == [.linkLoss] && stage.loop.incidents[0].subject == n(1))
    stage.levels[loss(2)] = 300_000
    stage.run(for: s(3))
    #expect(stage.causes == [.linkLoss, .nodeDegraded])
    #expect(stage.loop.incidents.map(\.cause) == [.nodeDegraded] && stage.loop.mode == .critical)
    #expect(stage.loop.incidents[0].symptoms == [loss(1), loss(2)])
    #expect(stage.count { if case .withdrawn(_, .linkLoss, n(1)) = $0 { true } else { false } } == 1)
    // One heals: it was not the node, and the other one is left.
    stage.levels[loss(1)] = 0
    stage.run(for: s(3))
    #expect(stage.loop.incidents.map(\.cause) == [.linkLoss] && stage.loop.incidents[0].subject == n(2))
  }

  @Test("A single link is never the node")
  func singleLink() {
    var stage = StandardStage()
    stage.levels[loss(1)] = 900_000
    stage.run(for: s(3))
    #expect(stage.causes == [.linkLoss])
  }

  @Test("A link is counted once, even where one of its figures is missing")
  func countedOnce() {
    var stage = StandardStage(.with(remedies: []))
    for peer in UInt32(1)...4 { stage.levels[latency(peer)] = 1_000_000 }
    stage.run(for: s(5))
    stage.levels = [loss(1): 300_000, loss(2): 0, loss(3): 0]
    stage.run(for: s(60))
    #expect(stage.causes == [.linkLoss])
  }

  @Test("Neighbours that are dead do not make this node ill")
  func deadNeighbours() {
    var stage = StandardStage()
    for peer in UInt32(1)...3 { stage.levels[loss(peer)] = peer == 3 ? 0 : 1_000_000 }
    for peer in UInt32(1)...2 { stage.loop.observe(Sample(liveness(peer), 0, at: .zero)) }
    stage.run(for: s(3))
    #expect(stage.causes == [.linkLoss, .linkLoss])
  }

  @Test("A full queue, or slow answers that nothing else accounts for, are too much demand")
  func demand() {
    var stage = StandardStage(.with(remedies: []))
    stage.levels[queue] = 810_000
    stage.run(for: s(3))
    #expect(stage.causes == [.cpuSaturation])
    var slow = StandardStage(.with(remedies: []))
    let served = Series(.latency, me)
    slow.levels = [served: 5_000_000, loss(1): 0]
    slow.run(for: s(10))
    slow.levels = [served: 300_000_000, loss(1): 0]
    slow.run(for: s(3))
    #expect(slow.causes == [.cpuSaturation])
    slow.levels[loss(1)] = 200_000
    slow.run(for: s(3))
    #expect(slow.loop.incidents.map(\.cause) == [.linkLoss])
  }

  @Test("Only a decider acts on a peer that is dead, and stops when it is none")
  func decider() {
    var stage = StandardStage()
    stage.loop.observe(Sample(liveness(5), 0, at: .zero))
    stage.run(for: s(3))
    #expect(stage.causes.isEmpty && stage.loop.mode == .healthy)
    stage.context.isDecider = true
    stage.run(for: s(2))
    #expect(stage.causes == [.nodeDown] && stage.actions == [.failover] && stage.loop.mode == .recovering)
    stage.context.isDecider = false
    stage.run(for: s(2))
    #expect(stage.loop.incidents.isEmpty && stage.closed.isEmpty)
    #expect(stage.count { if case .withdrawn(_, .nodeDown, n(5)) = $0 { true } else { false } } == 1)
  }

  @Test("A node does not take itself for dead")
  func ownLiveness() {
    var stage = StandardStage()
    stage.context.isDecider = true
    stage.loop.observe(Sample(Series(.liveness, me), 0, at: .zero))
    stage.run(for: s(3))
    #expect(stage.causes.isEmpty)
  }

  @Test("A dead peer's incident is closed when its failover is confirmed, and not because it was done")
  func failoverConfirmed() {
    var stage = StandardStage()
    stage.context.isDecider = true
    stage.loop.observe(Sample(liveness(5), 0, at: .zero))
    stage.run(for: s(5))
    #expect(stage.actions == [.failover] && stage.closed.isEmpty)
    stage.context.outOfService = [n(9), n(5)]
    stage.run(for: s(2))
    #expect(stage.closed == [.nodeDown] && stage.loop.incidents.isEmpty)
    // It is named no more while it is out of service.
    stage.run(for: s(60))
    #expect(stage.causes == [.nodeDown] && stage.actions == [.failover])
  }

  @Test("A failover that is never confirmed is followed by a restart; a peer that is back closes the incident")
  func failoverUnconfirmed() {
    var stage = StandardStage()
    stage.context.isDecider = true
    stage.loop.observe(Sample(liveness(5), 0, at: .zero))
    stage.run(for: s(17))
    #expect(stage.actions == [.failover, .restart])
    stage.loop.observe(Sample(liveness(5), 1, at: stage.now))
    stage.run(for: s(2))
    #expect(stage.closed == [.nodeDown] && stage.loop.mode == .healthy)
  }

  @Test("A node out of service that is well for 10 s is released; each relapse doubles that, up to eight times")
  func recovery() {
    var stage = StandardStage()
    stage.levels[cpu] = 100_000
    stage.effect = { stage, remedy, _ in if remedy == .release { stage.context.isOutOfService = false } }
    var waits: [Int64] = []
    for _ in 0..<6 {
      stage.context.isOutOfService = true
      let (start, released) = (stage.now, stage.actions.count)
      while stage.actions.count == released { stage.run(for: s(1)) }
      waits.append((stage.now - start).count / 1_000_000_000)
      // Longer than the cool-down of a release.
      stage.run(for: s(40))
      #expect(!stage.context.isOutOfService && stage.loop.incidents.isEmpty)
    }
    #expect(zip(waits, [10, 20, 40, 80, 80, 80]).allSatisfy { abs($0 - $1) <= 1 }, "\(waits)")
    #expect(Set(stage.causes) == [.recovered] && Set(stage.closed) == [.recovered])
  }

  @Test("A node out of service of which nothing is measured, or that is ill, is not released")
  func notRecovered() {
    var stage = StandardStage(.with(remedies: .release))
    stage.context.isOutOfService = true
    stage.run(for: s(60))
    #expect(stage.causes.isEmpty)
    stage.levels[memory] = 990_000
    stage.run(for: s(60))
    #expect(stage.actions.isEmpty)
  }
}

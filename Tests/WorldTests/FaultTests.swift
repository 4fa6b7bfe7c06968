import Node
import Primitives
import Testing
import World

@Suite("Faults")
struct FaultTests {
  static func ready(after time: Nanoseconds?) -> Probe {
    var probe = Probe()
    probe.readyAt = time
    return probe
  }

  @Test("A fault waits for its target, strikes when there is one, and stays with it")
  func waits() {
    let fault = PlannedFault.once(at: .milliseconds(10), for: .milliseconds(90), .crash(.tagged(bit: 0)))
    var stage = Rehearsal([Self.ready(after: nil), Self.ready(after: .milliseconds(50))], faults: [fault])
    stage.run(for: .milliseconds(60))
    #expect(stage.simulation.isUp(0))
    #expect(!stage.simulation.isUp(1))
    #expect(stage.record(0).occurrences.map(\.from) == [.zero + .milliseconds(50)])
    stage.run(for: .milliseconds(41))
    #expect(stage.simulation.isUp(1))
    #expect(stage.record(0).withoutTarget == 0)
  }

  @Test("A fault without a target until its window ends did not bite, and says so")
  func withoutTarget() {
    let fault = PlannedFault.once(at: .milliseconds(10), for: .milliseconds(30), .crash(.tagged(bit: 0)))
    var stage = Rehearsal([Self.ready(after: .milliseconds(50)), Probe()], faults: [fault])
    stage.run(for: .milliseconds(200))
    #expect(stage.simulation.isUp(0))
    #expect(stage.record(0).withoutTarget == 1)
    #expect(!stage.record(0).bit)
  }

  @Test("Majority and minority have their sizes", arguments: 1...7)
  func sizes(nodes: Int) {
    func struck(_ selector: Selector) -> Int {
      let fault = PlannedFault.once(at: .milliseconds(1), for: .milliseconds(10), .crash(selector))
      var stage = Rehearsal((0..<nodes).map { _ in Probe() }, seed: UInt64(nodes), faults: [fault])
      stage.run(for: .milliseconds(5))
      return (0..<nodes).count { !stage.simulation.isUp($0) }
    }
    #expect(struck(.majority) == nodes / 2 + 1)
    #expect(struck(.minority) == (nodes - 1) / 2)
    #expect(struck(.random) == 1)
    #expect(struck(.all) == nodes)
  }

  @Test("Clients are no nodes, and suffer where they are named")
  func clients() {
    let fault = PlannedFault.once(at: .milliseconds(1), for: .milliseconds(10), .crash(.clients))
    var stage = Rehearsal([Probe(), Probe(), Probe()], faults: [fault], clients: 1)
    stage.run(for: .milliseconds(5))
    #expect([0, 1, 2].map { stage.simulation.isUp($0) } == [true, true, false])
  }

  @Test("A repeating fault begins within its window, again and again, and ends each time")
  func repeating() {
    let fault = PlannedFault(
      id: 1, name: "again",
      schedule: .repeating(
        every: .uniform(.milliseconds(50), .milliseconds(150)), from: .zero + .seconds(1), to: .zero + .seconds(3),
        [
          .init(action: .crash(.random), duration: .milliseconds(20)),
          .init(action: .pause(.random), duration: .milliseconds(10)),
        ]))
    var stage = Rehearsal([Probe(), Probe(), Probe()], faults: [fault])
    stage.run(for: .seconds(5))
    let occurrences = stage.record(0).occurrences
    #expect((12...40).contains(occurrences.count))
    #expect(occurrences.allSatisfy { $0.from >= .zero + .seconds(1) && $0.from < .zero + .seconds(3) })
    #expect(
      occurrences.allSatisfy { $0.until! - $0.from == ($0.branch == 0 ? .milliseconds(20) : .milliseconds(10)) })
    #expect(Set(occurrences.map(\.branch)) == [0, 1])
    #expect((0..<3).allSatisfy { stage.simulation.isUp($0) })
  }

  @Test("An added fault moves no draw of another")
  func independence() {
    func occurrences(_ more: [PlannedFault]) -> [FaultRecord.Occurrence] {
      let fault = PlannedFault(
        id: 7, name: "again",
        schedule: .repeating(
          every: .uniform(.milliseconds(50), .milliseconds(150)), from: .zero, to: .zero + .seconds(2),
          [.init(action: .partition(.halves, hold: false), duration: .milliseconds(20))]))
      var stage = Rehearsal([Probe(), Probe(), Probe()], faults: more + [fault])
      stage.run(for: .seconds(3))
      return stage.record(more.count).occurrences
    }
    let crash = PlannedFault.once(1, at: .milliseconds(300), for: .milliseconds(10), .crash(.random))
    #expect(occurrences([]) == occurrences([crash]))
  }
}

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
        .init(
          every: .uniform(.milliseconds(50), .milliseconds(150)), from: .zero + .seconds(1),
          to: .zero + .seconds(3),
          branches: [
            .init(action: .crash(.random), duration: .milliseconds(20)),
            .init(action: .pause(.random), duration: .milliseconds(10)),
          ])))
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

  /// What a nemesis that strikes every millisecond for two seconds did.
  static func record(
    _ weights: [UInt64], seed: UInt64 = 1, swarms: Bool = false, oneAtATime: Bool = false,
    for time: Nanoseconds = Nanoseconds(1)
  ) -> FaultRecord {
    let branches = weights.map { PlannedFault.Branch(action: .pause(.random), duration: time, weight: $0) }
    let nemesis = PlannedFault.Nemesis(
      every: .constant(.milliseconds(1)), from: .zero, to: .zero + .seconds(2), branches: branches, swarms: swarms,
      oneAtATime: oneAtATime)
    var stage = Rehearsal(
      [Probe(), Probe(), Probe()], seed: seed,
      faults: [PlannedFault(id: 1, name: "nemesis", schedule: .repeating(nemesis))])
    stage.run(for: .seconds(3))
    return stage.record(0)
  }

  @Test("Branches come as often as they weigh")
  func weights() {
    let branches = Self.record([1, 3, 6]).occurrences.map(\.branch)
    #expect((120...280).contains(branches.count { $0 == 0 }))
    #expect((1_100...1_300).contains(branches.count { $0 == 2 }))
  }

  @Test("In a swarm each seed does without some branches and has one at least; all seeds together have all")
  func swarm() {
    let sets = (1...60).map { seed in
      Set(Self.record([1, 1, 1, 1], seed: UInt64(seed), swarms: true).occurrences.map(\.branch))
    }
    #expect(sets.allSatisfy { !$0.isEmpty })
    #expect(Set(sets.map(\.count)).isSuperset(of: [1, 2, 3, 4]))
    #expect(sets.reduce(into: Set()) { $0.formUnion($1) } == [0, 1, 2, 3])
  }

  @Test("One at a time: nothing begins while another one lasts")
  func oneAtATime() {
    let lasting = Nanoseconds.milliseconds(5) - Nanoseconds(1)
    let alone = Self.record([1], oneAtATime: true, for: lasting).occurrences
    #expect(zip(alone, alone.dropFirst()).allSatisfy { $0.until! <= $1.from } && alone.count == 400)
    #expect(Self.record([1], for: lasting).occurrences.count > 1_900)
  }

  @Test("Some nodes are any number that leaves a majority", arguments: [(2, [1]), (5, [1, 2]), (7, [1, 2, 3])])
  func some(_ nodes: Int, _ sizes: [Int]) {
    var found: Set<Int> = []
    for seed: UInt64 in 1...60 {
      let fault = PlannedFault.once(at: .milliseconds(1), for: .milliseconds(1), .pause(.some))
      var stage = Rehearsal(Array(repeating: Probe(), count: nodes), seed: seed, faults: [fault])
      stage.run(for: .milliseconds(3))
      found.insert(stage.record(0).occurrences[0].hosts.count)
    }
    #expect(found.sorted() == sizes)
  }

  @Test("An added fault moves no draw of another")
  func independence() {
    func occurrences(_ more: [PlannedFault]) -> [FaultRecord.Occurrence] {
      let fault = PlannedFault(
        id: 7, name: "again",
        schedule: .repeating(
          .init(
            every: .uniform(.milliseconds(50), .milliseconds(150)), from: .zero, to: .zero + .seconds(2),
            branches: [.init(action: .partition(.halves, hold: false), duration: .milliseconds(20))])))
      var stage = Rehearsal([Probe(), Probe(), Probe()], faults: more + [fault])
      stage.run(for: .seconds(3))
      return stage.record(more.count).occurrences
    }
    let crash = PlannedFault.once(1, at: .milliseconds(300), for: .milliseconds(10), .crash(.random))
    #expect(occurrences([]) == occurrences([crash]))
  }
}

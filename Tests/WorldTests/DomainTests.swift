import Node
import Primitives
import Testing
import World

@Suite("Zones, racks and power")
struct DomainTests {
  static let domains = FailureDomains(
    zones: [[NodeID(0), NodeID(1)], [NodeID(2), NodeID(3)], [NodeID(4)]], racks: [[NodeID(1)], [NodeID(3)]])

  static func struck(_ selector: Selector, seed: UInt64 = 1, ready: Int? = nil) -> [Int] {
    var probes = Array(repeating: Probe(), count: 5)
    if let ready { probes[ready].readyAt = .zero }
    let fault = PlannedFault.once(at: .milliseconds(1), for: .milliseconds(10), .power(selector))
    var stage = Rehearsal(probes, seed: seed, faults: [fault], domains: domains)
    stage.run(for: .milliseconds(5))
    return (0..<5).filter { !stage.simulation.isUp($0) }
  }

  @Test("A zone is its nodes, by name, at random, or the one of whoever bears a tag")
  func selectors() {
    #expect(Self.struck(.domain(.zone, .number(1))) == [2, 3])
    #expect(Self.struck(.domain(.rack, .number(1))) == [3])
    let drawn = (1...30).map { Self.struck(.domain(.zone, .random), seed: $0) }
    #expect(Set(drawn) == [[0, 1], [2, 3], [4]])
    #expect(Self.struck(.domain(.zone, .ofTagged(bit: 0)), ready: 3) == [2, 3])
    #expect(Self.struck(.domain(.rack, .ofTagged(bit: 0)), ready: 3) == [3])
  }

  @Test("Where nobody bears the tag, or who does is in no rack, the fault waits and finds no target")
  func nobody() {
    #expect(Self.struck(.domain(.zone, .ofTagged(bit: 0))) == [])
    #expect(Self.struck(.domain(.rack, .ofTagged(bit: 0)), ready: 4) == [])
  }

  @Test("A random zone has somebody live in it")
  func liveZone() {
    for seed: UInt64 in 1...20 {
      let crash = PlannedFault.once(1, at: .milliseconds(1), for: .milliseconds(20), .crash(hosts(0, 1, 4)))
      let power = PlannedFault.once(2, at: .milliseconds(5), for: .milliseconds(5), .power(.domain(.zone, .random)))
      var stage = Rehearsal(
        Array(repeating: Probe(), count: 5), seed: seed, faults: [crash, power], domains: Self.domains)
      stage.run(for: .milliseconds(7))
      #expect(stage.record(1).occurrences.map(\.hosts) == [[NodeID(2), NodeID(3)]])
    }
  }

  @Test("Zones are apart, and a node in none keeps its links")
  func partition() {
    func heard(_ shape: PartitionShape) -> Set<[Int]> {
      PartitionTests.hearing(shape, nodes: 6, domains: Self.domains)
    }
    #expect(
      heard(.domains(.zone)) == PartitionTests.all(6) { from, to in from == 5 || to == 5 || from / 2 == to / 2 })
    #expect(
      heard(.isolate(.domain(.zone, .number(0)))) == PartitionTests.all(6) { ($0 < 2) == ($1 < 2) })
    #expect(
      heard(.oneWay(from: .domain(.zone, .number(1)), to: .others))
        == PartitionTests.all(6) { from, to in ![2, 3].contains(from) || [2, 3].contains(to) })
  }

  // MARK: Power

  /// Three records that no sync covers when the power goes, and what is found of them when it is back.
  static func remains(_ action: FaultAction, seed: UInt64) -> (found: [UInt64], record: FaultRecord) {
    let script: [(at: Nanoseconds, act: Probe.Act)] =
      [(.zero, .append(1, size: 512)), (.zero, .sync(1))]
      + (2...4).map { (.milliseconds(12), .append($0, size: 512)) }
    let fault = PlannedFault.once(at: .milliseconds(13), for: .milliseconds(10), action)
    var stage = Rehearsal(
      [Probe(script), Probe(script), Probe()], seed: seed,
      disk: DiskProfile(write: .constant(.zero), sync: .constant(.milliseconds(10)), failure: .zero),
      faults: [fault])
    stage.run(for: .milliseconds(24))
    #expect(stage.simulation.isUp(0) && stage.simulation.isUp(1))
    let found = (0..<2).flatMap { host in
      (0..<stage[host].disk.count).compactMap { position in
        if case .intact(let record) = stage[host].disk[position] { record.number } else { nil }
      }
    }
    return (found, stage.record(0))
  }

  @Test("Power that fails leaves nothing of what no sync covers, on any host; a crash now and then does")
  func power() {
    var crashesSpare = false
    for seed: UInt64 in 1...60 {
      let (found, record) = Self.remains(.power(hosts(0, 1)), seed: seed)
      #expect(found == [1, 1])
      #expect(record.effects[FaultRecord.Effect.processesCrashed.rawValue] == 2)
      #expect(record.effects[FaultRecord.Effect.recordsLost.rawValue] == 6)
      #expect(record.effects[FaultRecord.Effect.recordsSurvived.rawValue] == 0)
      crashesSpare = crashesSpare || Self.remains(.crash(hosts(0, 1)), seed: seed).found != [1, 1]
    }
    #expect(crashesSpare)
  }

  @Test("What a lost sync left in a cache goes with the power only where a majority of the others has it")
  func budget() {
    // All write the same record; on the first two the disk lies.
    let script: [(at: Nanoseconds, act: Probe.Act)] = [(.zero, .append(1)), (.zero, .sync(1))]
    func found(liars: Int) -> [Int] {
      let lie = PlannedFault.once(
        1, at: .zero, for: .milliseconds(50),
        .disk(.hosts((0..<liars).map { NodeID(UInt32($0)) }), DiskChange(lost: .one)))
      let power = PlannedFault.once(2, at: .milliseconds(20), for: .milliseconds(5), .power(.all))
      // A moment later, so that the lie has begun.
      var stage = Rehearsal(
        Array(repeating: Probe(script.map { ($0.at + .milliseconds(1), $0.act) }), count: 5), faults: [lie, power])
      stage.run(for: .milliseconds(25))
      return (0..<5).map { stage[$0].disk.count }
    }
    #expect(found(liars: 1) == [0, 1, 1, 1, 1])
    #expect(found(liars: 2) == [0, 0, 1, 1, 1])
    // Three would leave it on two: the first to fall keeps it.
    #expect(found(liars: 3).reduce(0, +) >= 3)
  }
}

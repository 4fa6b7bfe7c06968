import Node
import Primitives
import Testing
import World

@Suite("Partitions")
struct PartitionTests {
  /// Who hears whom while the partition lasts, of `nodes` that each send to all others.
  static func hearing(
    _ shape: PartitionShape, nodes: Int, seed: UInt64 = 1, domains: FailureDomains = FailureDomains()
  ) -> Set<[Int]> {
    let probes = (0..<nodes).map { index in
      Probe((0..<nodes).filter { $0 != index }.map { (.milliseconds(20), .send(UInt64(index), to: UInt32($0))) })
    }
    let fault = PlannedFault.once(at: .milliseconds(10), for: .milliseconds(100), .partition(shape, hold: false))
    var stage = Rehearsal(probes, seed: seed, faults: [fault], domains: domains)
    stage.run(for: .milliseconds(100))
    var pairs: Set<[Int]> = []
    for index in 0..<nodes { for number in stage[index].numbers { pairs.insert([Int(number), index]) } }
    return pairs
  }

  static func all(_ nodes: Int, where hears: (Int, Int) -> Bool) -> Set<[Int]> {
    var pairs: Set<[Int]> = []
    for from in 0..<nodes { for to in 0..<nodes where from != to && hears(from, to) { pairs.insert([from, to]) } }
    return pairs
  }

  @Test("Isolated nodes hear each other and nobody else")
  func isolate() {
    let isolated = Self.hearing(.isolate(hosts(1, 3)), nodes: 5)
    #expect(isolated == Self.all(5) { [1, 3].contains($0) == [1, 3].contains($1) })
  }

  @Test("Clients that are isolated hear no node, and nodes hear each other")
  func clients() {
    let probes = (0..<4).map { index in
      Probe((0..<4).filter { $0 != index }.map { (.milliseconds(20), .send(UInt64(index), to: UInt32($0))) })
    }
    let fault = PlannedFault.once(
      at: .milliseconds(10), for: .milliseconds(100), .partition(.isolate(.clients), hold: false))
    var stage = Rehearsal(probes, faults: [fault], clients: 1)
    stage.run(for: .milliseconds(100))
    #expect((0..<4).map { stage[$0].numbers.sorted() } == [[1, 2], [0, 2], [0, 1], []])
  }

  @Test("Of two random ends of a link neither is the other")
  func randomLink() {
    for seed: UInt64 in 1...20 {
      let heard = Self.hearing(.oneWay(from: .random, to: .random), nodes: 3, seed: seed)
      #expect(heard.count == 5)
    }
  }

  @Test("One way, the other direction stays open")
  func oneWay() {
    let heard = Self.hearing(.oneWay(from: hosts(2), to: .others), nodes: 4)
    #expect(heard == Self.all(4) { from, _ in from != 2 })
  }

  @Test("Groups are apart, and a node in none keeps its links")
  func groups() {
    let heard = Self.hearing(
      .groups([[NodeID(0), NodeID(1)], [NodeID(2)]]), nodes: 4)
    #expect(heard == Self.all(4) { !($0 < 2 && $1 == 2) && !($0 == 2 && $1 < 2) })
  }

  @Test("Halves are ⌊n/2⌋ and the rest, and differ from seed to seed", arguments: [2, 4, 5])
  func halves(nodes: Int) {
    var splits: Set<Set<[Int]>> = []
    for seed in 1...30 as ClosedRange<UInt64> {
      let heard = Self.hearing(.halves, nodes: nodes, seed: seed)
      let small = nodes / 2
      let large = nodes - small
      #expect(heard.count == small * (small - 1) + large * (large - 1))
      splits.insert(heard)
    }
    #expect(nodes == 2 ? splits.count == 1 : splits.count >= 3)
  }

  @Test("Over a bridge one node hears all, and the halves hear only it besides themselves")
  func bridge() {
    let heard = Self.hearing(.bridge, nodes: 5)
    let reach = (0..<5).map { node in heard.count { $0[1] == node } }
    #expect(reach.sorted() == [2, 2, 2, 2, 4])
  }

  @Test("In a ring each node hears its two neighbours")
  func ring() {
    let heard = Self.hearing(.ring, nodes: 6)
    for node in 0..<6 {
      #expect(heard.count { $0[1] == node } == 2)
      #expect(heard.count { $0[0] == node } == 2)
    }
  }

  @Test("What is in flight when a link is cut is lost, even where it would arrive after healing")
  func inFlight() {
    let cut = PlannedFault.once(
      at: .milliseconds(10), for: .milliseconds(5), .partition(.isolate(hosts(0)), hold: false))
    var stage = Rehearsal(
      [Probe([(.milliseconds(9), .send(1, to: 1)), (.milliseconds(16), .send(2, to: 1))]), Probe()],
      network: .stream(.constant(.milliseconds(20))), faults: [cut])
    stage.run(for: .seconds(1))
    #expect(stage[1].numbers == [2])
    #expect(stage.dropped(.cut) == 1)
    #expect(stage.record(0).effects[FaultRecord.Effect.messagesCut.rawValue] == 1)
  }

  @Test("A holding partition delivers on healing what was sent and what was under way, in order")
  func hold() {
    let cut = PlannedFault.once(
      at: .milliseconds(10), for: .milliseconds(50), .partition(.isolate(hosts(0)), hold: true))
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 8, every: .milliseconds(10), first: .milliseconds(8))), Probe()],
      network: .stream(.constant(.milliseconds(5))), faults: [cut])
    stage.run(for: .seconds(1))
    #expect(stage[1].numbers == Array(0..<8))
    #expect(stage[1].messages[...5].allSatisfy { $0.at == .milliseconds(60) })
    #expect(stage[1].messages[6].at == .milliseconds(73))
    #expect(stage.record(0).effects[FaultRecord.Effect.messagesHeld.rawValue] == 6)
  }

  @Test("Overlapping partitions heal one by one: a link is open when nothing cuts it any more")
  func overlap() {
    let first = PlannedFault.once(
      1, at: .milliseconds(10), for: .milliseconds(40), .partition(.isolate(hosts(0)), hold: false))
    let second = PlannedFault.once(
      2, at: .milliseconds(30), for: .milliseconds(40),
      .partition(.oneWay(from: hosts(0), to: hosts(1)), hold: false))
    let sender = Probe(stream(to: 1, count: 10, every: .milliseconds(10), first: .milliseconds(5)))
    var stage = Rehearsal([sender, Probe(), Probe()], faults: [first, second])
    stage.run(for: .seconds(1))
    #expect(stage[1].numbers == [0, 7, 8, 9])
    #expect(stage.record(0).effects[FaultRecord.Effect.messagesCut.rawValue] == 4)
    #expect(stage.record(1).effects[FaultRecord.Effect.messagesCut.rawValue] == 4)
  }

  @Test("Links changed by a fault are themselves again afterwards")
  func change() {
    var slow = LinkChange()
    slow.latency = .constant(.milliseconds(30))
    let fault = PlannedFault.once(
      at: .milliseconds(10), for: .milliseconds(20), .link(from: hosts(0), to: .others, slow))
    var stage = Rehearsal(
      [
        Probe([
          (.milliseconds(5), .send(1, to: 1)), (.milliseconds(15), .send(2, to: 1)),
          (.milliseconds(60), .send(3, to: 1)),
        ]),
        Probe(),
      ], faults: [fault])
    stage.run(for: .seconds(1))
    #expect(stage[1].messages.map(\.at) == [.milliseconds(6), .milliseconds(45), .milliseconds(61)])
    #expect(stage.record(0).effects[FaultRecord.Effect.messagesAffected.rawValue] == 1)
  }

  @Test("What was under way when a hold began arrives before what was sent during it")
  func heldInOrder() {
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 30, every: .milliseconds(1))), Probe()],
      network: .stream(.constant(.milliseconds(10))),
      faults: [
        .once(
          at: .milliseconds(5), for: .milliseconds(20),
          .partition(.oneWay(from: hosts(0), to: hosts(1)), hold: true))
      ])
    stage.run(for: .seconds(1))
    #expect(stage[1].numbers == Array(0..<30))
    #expect(stage.record(0).effects[FaultRecord.Effect.messagesHeld.rawValue] == 25)
  }
}

import Node
import Primitives
import Testing
import World

@Suite("Links")
struct LinkTests {
  @Test("A message arrives after exactly its latency")
  func latency() {
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 3, every: .milliseconds(10))), Probe()],
      network: .stream(.constant(.milliseconds(4))))
    stage.run(for: .seconds(1))
    #expect(stage[1].messages.map(\.at) == [.milliseconds(4), .milliseconds(14), .milliseconds(24)])
  }

  @Test("A stream delivers in order, whatever the latencies", arguments: 1...5)
  func streamOrder(seed: Int) {
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 500, every: .milliseconds(1))), Probe()], seed: UInt64(seed),
      network: .stream(.uniform(.milliseconds(1), .milliseconds(50))))
    stage.run(for: .seconds(2))
    #expect(stage[1].numbers == Array(0..<500))
  }

  @Test("Datagrams overtake each other, and none is lost by it", arguments: 1...5)
  func datagramOrder(seed: Int) {
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 500, every: .milliseconds(1))), Probe()], seed: UInt64(seed),
      network: .datagram(.uniform(.milliseconds(1), .milliseconds(50))))
    stage.run(for: .seconds(2))
    #expect(stage[1].numbers != Array(0..<500))
    #expect(stage[1].numbers.sorted() == Array(0..<500))
  }

  @Test("What is dropped on a stream is missed by nobody, and what follows arrives")
  func dropped() {
    var profile = LinkProfile.stream(.constant(.milliseconds(1)))
    profile.drop = Ratio(1, 10)
    var stage = Rehearsal([Probe(stream(to: 1, count: 1000, every: .milliseconds(1))), Probe()], network: profile)
    stage.run(for: .seconds(2))
    #expect((850...950).contains(stage[1].numbers.count))
    #expect(stage[0].closings == 0 && stage.dropped(.filtered) == 1000 - UInt64(stage[1].numbers.count))
  }

  @Test("A damaged message is refused by its checksum, and ends a stream", arguments: Transport.allCases)
  func corrupted(_ transport: Transport) {
    var profile = LinkProfile.stream(.constant(.microseconds(100)))
    profile.transport = transport
    profile.corruption = Ratio(1, 10)
    var stage = Rehearsal([Probe(stream(to: 1, count: 1000, every: .milliseconds(1))), Probe()], network: profile)
    stage.run(for: .seconds(2))
    #expect((60...140).contains(stage.dropped(.corrupted)))
    #expect(stage[1].numbers.count == 1000 - Int(stage.dropped(.corrupted)))
    #expect((stage[0].closings > 0) == (transport == .stream))
  }

  @Test("A fault about one kind of messages leaves the others alone", arguments: [(UInt16(1), 0), (2, 100)])
  func kinds(_ mask: UInt16, _ arrivals: Int) {
    var change = LinkChange()
    change.drop = .one
    change.kinds = mask
    let fault = PlannedFault.once(at: .zero, for: .seconds(1), .link(from: hosts(0), to: hosts(1), change))
    var stage = Rehearsal([Probe(stream(to: 1, count: 100, every: .milliseconds(1))), Probe()], faults: [fault])
    stage.run(for: .seconds(1))
    // Probes' messages are of kind 0.
    #expect(stage[1].numbers.count == arrivals)
    #expect(stage.record(0).effects[FaultRecord.Effect.messagesFiltered.rawValue] == 100 - UInt64(arrivals))
  }

  @Test("Held-back datagrams are overtaken by later ones")
  func reordering() {
    var profile = LinkProfile.datagram(.constant(.milliseconds(1)))
    profile.reordering = Ratio(1, 10)
    profile.reorderDelay = .constant(.milliseconds(20))
    var stage = Rehearsal([Probe(stream(to: 1, count: 1000, every: .milliseconds(1))), Probe()], network: profile)
    stage.run(for: .seconds(3))
    let late = zip(stage[1].numbers, stage[1].numbers.dropFirst()).count { $0 > $1 }
    #expect((60...140).contains(late))
  }

  @Test("The share of lost and doubled datagrams is the one asked for")
  func shares() {
    var profile = LinkProfile.datagram(.constant(.milliseconds(1)), loss: Ratio(1, 10))
    profile.duplication = Ratio(1, 20)
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 10_000, every: .microseconds(100))), Probe()], network: profile)
    stage.run(for: .seconds(2))
    #expect((850...1150).contains(stage.dropped(.loss)))
    #expect((380...520).contains(stage.counts.duplicated))
    #expect(UInt64(stage[1].numbers.count) == 10_000 - stage.dropped(.loss) + stage.counts.duplicated)
  }

  @Test("A loss on a stream resets it: what is under way is gone, and the sender is told")
  func reset() {
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 200, every: .milliseconds(1))), Probe()], seed: 3,
      network: .stream(.constant(.milliseconds(5)), loss: Ratio(1, 20)))
    stage.run(for: .seconds(1))
    #expect(stage.dropped(.loss) > 0)
    #expect(stage.dropped(.reset) > 0)
    #expect(stage[0].closings == Int(stage.dropped(.loss)))
    #expect(stage[1].numbers == stage[1].numbers.sorted())
    #expect(UInt64(stage[1].numbers.count) == 200 - stage.dropped(.loss) - stage.dropped(.reset))
  }

  @Test("Bandwidth spaces messages out, and what does not fit into the queue is dropped")
  func bandwidth() {
    var profile = LinkProfile.datagram(.constant(.milliseconds(1)))
    profile.bandwidth = 10_000
    profile.queueLimit = 3_000
    // 1,000 bytes take 100 ms each; three fit into the queue.
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 5, every: .microseconds(1), size: 992)), Probe()], network: profile)
    stage.run(for: .seconds(2))
    #expect(stage[1].numbers == [0, 1, 2])
    #expect(stage[1].messages.map(\.at) == [.milliseconds(101), .milliseconds(201), .milliseconds(301)])
    #expect(stage.dropped(.queueFull) == 2)
  }

  @Test("A link may differ from the others in one direction")
  func exception() {
    var change = LinkChange()
    change.latency = .constant(.milliseconds(40))
    var probes = [Probe([(.zero, .send(1, to: 1))]), Probe([(.zero, .send(2, to: 0))])]
    probes.append(Probe())
    var stage = Rehearsal(
      probes, exceptions: [.init(from: [NodeID(0)], to: [NodeID(1), NodeID(2)], change: change)])
    stage.run(for: .seconds(1))
    #expect(stage[1].messages.first?.at == .milliseconds(40))
    #expect(stage[0].messages.first?.at == .milliseconds(1))
  }

  @Test("The wire form of messages changes nothing that happens")
  func codec() {
    func digest(encodes: Bool) -> (Digest, [UInt64]) {
      var stage = Rehearsal(
        [Probe(stream(to: 1, count: 50, every: .milliseconds(1))), Probe()],
        network: .datagram(.uniform(.milliseconds(1), .milliseconds(9)), loss: Ratio(1, 10)), encodes: encodes)
      stage.run(for: .seconds(1))
      return (stage.simulation.digest, stage[1].numbers)
    }
    let (typed, encoded) = (digest(encodes: false), digest(encodes: true))
    #expect(typed.0 == encoded.0)
    #expect(typed.1 == encoded.1)
  }

  @Test("Links cost what is used: ten thousand hosts with a message each have ten thousand links")
  func sparse() {
    let probes = (0..<10_000).map { index in
      Probe([(Nanoseconds.milliseconds(1), .send(1, to: UInt32((index + 1) % 10_000)))])
    }
    let halves = PlannedFault.once(at: .milliseconds(500), for: .seconds(1), .partition(.halves, hold: false))
    var stage = Rehearsal(probes, faults: [halves])
    stage.run(for: .seconds(2))
    #expect(stage.counts.delivered == 10_000)
    #expect(stage.simulation.linkCount == 10_000)
  }

  @Test("A connection to a process that is down is refused, and the sender is told once for each")
  func refused() {
    let down = PlannedFault.once(at: .milliseconds(5), for: .milliseconds(50), .crash(hosts(1)))
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 10, every: .milliseconds(10))), Probe()], faults: [down])
    stage.run(for: .seconds(1))
    // Sent at 0, 10, …, 90 ms; the process is down from 5 to 55 ms.
    #expect(stage[1].numbers == [6, 7, 8, 9])
    #expect(stage.dropped(.processDown) == 5)
    #expect(stage[0].closings == 6)
  }
}

import Node
import Primitives
import RPC
import Testing
import World

/// How streams come about.
@Suite("Connections")
struct ConnectionTests {
  static let backoff = Backoff(
    initial: .milliseconds(100), factorThousandths: 2_000, longest: .seconds(1), jitter: .zero)

  static func network(setup: Int64 = 0, failure: Ratio = .zero) -> LinkProfile {
    var profile = LinkProfile.stream(.constant(.milliseconds(1)))
    profile.setup = .constant(.milliseconds(setup))
    profile.setupFailure = failure
    profile.reconnect = backoff
    return profile
  }

  static func stage(
    _ profile: LinkProfile, count: Int = 3, every pause: Int64 = 10, faults: [PlannedFault] = []
  ) -> Rehearsal {
    Rehearsal(
      [Probe(stream(to: 1, count: count, every: .milliseconds(pause))), Probe()], network: profile, faults: faults)
  }

  static func undelivered(_ probe: Probe) -> [Probe.Line] {
    probe.lines.filter { if case .undelivered = $0.heard { true } else { false } }
  }

  static func line(_ milliseconds: Int64, _ number: UInt64) -> Probe.Line {
    Probe.Line(at: .milliseconds(milliseconds), heard: .undelivered(number, to: 1))
  }

  @Test("What is sent while the connection is set up waits for it; what comes later does not")
  func waits() {
    var stage = Self.stage(Self.network(setup: 15))
    stage.run(for: .seconds(1))
    #expect(stage[1].messages.map(\.at) == [16, 16, 21].map { .milliseconds($0) })
    #expect(stage.counts.connections.opened == 1 && stage.counts.connections.failed == 0)
  }

  @Test("Without a cost a connection is there at once, and is counted")
  func free() {
    var stage = Self.stage(Self.network())
    stage.run(for: .seconds(1))
    #expect(stage[1].messages.map(\.at) == [1, 11, 21].map { .milliseconds($0) })
    #expect(stage.counts.connections.opened == 1)
  }

  @Test("Bytes leave once the connection is there, one message after the other")
  func bandwidth() {
    var profile = Self.network(setup: 15)
    // 16 bytes each, which take a millisecond.
    profile.bandwidth = 16_000
    var stage = Self.stage(profile, count: 3, every: 5)
    stage.run(for: .seconds(1))
    #expect(stage[1].messages.map(\.at) == [17, 18, 19].map { .milliseconds($0) })
  }

  static func partition(from: Int64, to: Int64, _ shape: PartitionShape = .isolate(hosts(1)), hold: Bool = false)
    -> PlannedFault
  {
    PlannedFault.once(
      at: .milliseconds(from), for: .milliseconds(to - from), .partition(shape, hold: hold))
  }

  @Test("After a cut that nobody noticed it is set up again")
  func again() {
    var stage = Self.stage(Self.network(setup: 5), count: 4, faults: [Self.partition(from: 12, to: 15)])
    stage.run(for: .seconds(1))
    #expect(stage[1].messages.map(\.at) == [6, 11, 26, 31].map { .milliseconds($0) })
    #expect(stage.counts.connections.opened == 2)
    #expect(stage.counts.connections.closed[DropReason.cut.rawValue] == 1)
  }

  @Test("Behind a cut nobody answers, whichever way it goes: the dial is given up after its time, and then rests")
  func behindCut() {
    let ways: [PartitionShape] = [
      .isolate(hosts(1)), .oneWay(from: hosts(0), to: hosts(1)), .oneWay(from: hosts(1), to: hosts(0)),
    ]
    for way in ways {
      var profile = Self.network(setup: 5)
      profile.setupTimeout = .milliseconds(40)
      var stage = Rehearsal(
        [
          Probe(stream(to: 1, count: 4, every: .milliseconds(60), first: .milliseconds(10))),
          Probe([(at: .zero, act: .send(77, to: 0))]),
        ], network: profile, faults: [Self.partition(from: 8, to: 20, way)])
      stage.run(for: .seconds(1))
      // It dials at 10 and rests from 50 to 150; what comes at 70 and 130 fails at once.
      #expect(Self.undelivered(stage[0]) == [Self.line(50, 0), Self.line(70, 1), Self.line(130, 2)], "\(way)")
      #expect(stage[1].messages.map(\.at) == [.milliseconds(196)], "\(way)")
      #expect(stage.record(0).bit, "\(way)")
    }
  }

  @Test("Who is called answers over the caller's connection")
  func answers() {
    var echo = Probe()
    echo.echoes = true
    var change = LinkChange()
    change.setupFailure = .one
    let back = NetworkPlan.Exception(from: [NodeID(1)], to: [NodeID(0)], change: change)
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 2, every: .milliseconds(10))), echo], network: Self.network(setup: 5),
      exceptions: [back])
    stage.run(for: .seconds(1))
    #expect(stage[0].messages.map(\.at) == [7, 12].map { .milliseconds($0) })
    #expect(stage.counts.connections.failed == 0)
  }

  @Test("A cut of one direction ends the connection for both: the next send dials, and not over the other's half")
  func bothDirections() {
    var echo = Probe()
    echo.echoes = true
    let cut = Self.partition(from: 15, to: 16, .oneWay(from: hosts(0), to: hosts(1)))
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 3, every: .milliseconds(10))), echo], network: Self.network(setup: 5),
      faults: [cut])
    stage.run(for: .seconds(1))
    #expect(stage[1].messages.map(\.at) == [6, 11, 26].map { .milliseconds($0) })
  }

  @Test("A cut counts before the direction that it cuts was ever used")
  func firstDial() {
    var profile = Self.network(setup: 5)
    profile.setupTimeout = .milliseconds(40)
    let cut = Self.partition(from: 0, to: 30, .oneWay(from: hosts(1), to: hosts(0)))
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 1, every: .milliseconds(10), first: .milliseconds(10))), Probe()],
      network: profile, faults: [cut])
    stage.run(for: .seconds(1))
    #expect(Self.undelivered(stage[0]) == [Self.line(50, 0)])
  }

  @Test("A fault that lets no connection come about has bitten")
  func bites() {
    var change = LinkChange()
    change.setupFailure = .one
    let fault = PlannedFault.once(
      at: .zero, for: .seconds(1), .link(from: hosts(0), to: hosts(1), change))
    var stage = Self.stage(Self.network(setup: 1), count: 5, faults: [fault])
    stage.run(for: .seconds(1))
    #expect(Self.undelivered(stage[0]).count == 5 && stage.record(0).bit)
  }

  @Test("Whose message is held when it dies dials no more, and its next life hears nothing of that message")
  func heldByTheDead() {
    let faults = [
      Self.partition(from: 0, to: 25, hold: true),
      PlannedFault.once(2, at: .milliseconds(5), for: .milliseconds(45), .crash(hosts(0))),
    ]
    var stage = Self.stage(Self.network(setup: 10, failure: .one), count: 1, faults: faults)
    stage.run(for: .seconds(1))
    // The second life's own, which it sends as it begins.
    #expect(Self.undelivered(stage[0]) == [Self.line(60, 0)])
    #expect(stage.counts.connections.failed == 1)
  }

  @Test("What is held while a connection is set up stays behind what was sent before it")
  func held() {
    let hold = Self.partition(from: 5, to: 25, hold: true)
    var stage = Self.stage(Self.network(setup: 50), count: 4, faults: [hold])
    stage.run(for: .seconds(1))
    #expect(stage[1].numbers == [0, 1, 2, 3])
    #expect(stage[1].messages.allSatisfy { $0.at >= .milliseconds(50) })
  }

  @Test("What was held from the beginning needs a connection as its hold ends, and comes back where there is none")
  func heldFromTheBeginning() {
    let hold = Self.partition(from: 0, to: 25, hold: true)
    var stage = Self.stage(Self.network(setup: 10), count: 2, faults: [hold])
    stage.run(for: .seconds(1))
    #expect(stage[1].messages.map(\.at) == [35, 35].map { .milliseconds($0) })
    var failing = Self.stage(Self.network(setup: 10, failure: .one), count: 2, faults: [hold])
    failing.run(for: .seconds(1))
    #expect(Self.undelivered(failing[0]) == [Self.line(35, 0), Self.line(35, 1)])
  }

  @Test("Who dies while it dials sends nothing")
  func dies() {
    let crash = PlannedFault.once(at: .milliseconds(15), for: .milliseconds(500), .crash(hosts(0)))
    var stage = Self.stage(Self.network(setup: 100), count: 2, faults: [crash])
    stage.run(for: .milliseconds(400))
    #expect(stage[1].numbers.isEmpty)
    #expect(stage.dropped(.processDown) == 2)
  }

  @Test("A link that is one of datagrams for a while has no connection after it that a crash would have ended")
  func datagramsMeanwhile() {
    var change = LinkChange()
    change.transport = .datagram
    let faults = [
      PlannedFault.once(
        1, at: .milliseconds(5), for: .milliseconds(30), .link(from: hosts(0), to: hosts(1), change)),
      PlannedFault.once(2, at: .milliseconds(15), for: .milliseconds(1), .crash(hosts(1))),
    ]
    var stage = Self.stage(Self.network(setup: 3), count: 1, faults: faults)
    stage.run(for: .milliseconds(40))
    #expect(stage.counts.connections.opened == 1)
    #expect(stage.counts.connections.closed[DropReason.processDown.rawValue] == 1)
  }

  @Test("How often a host has dialled in vain is a part of the state")
  func stateHash() {
    let hashes = [Ratio.zero, .one].map { failure in
      var stage = Self.stage(Self.network(setup: 1, failure: failure), count: 1)
      // The pause is long over.
      stage.run(for: .seconds(3))
      return stage.simulation.stateHash()
    }
    #expect(hashes[0] != hashes[1])
  }

  @Test("Where nobody can be reached every message comes back: with the end of the dialling, and then at once")
  func failing() {
    var stage = Self.stage(Self.network(setup: 15, failure: .one), count: 20)
    stage.run(for: .seconds(1))
    #expect(stage[1].numbers.isEmpty)
    let expected = [
      // It dials at 0, and rests from 15 to 115.
      (15, 0), (15, 1), (20, 2), (30, 3), (40, 4), (50, 5), (60, 6), (70, 7), (80, 8), (90, 9), (100, 10),
      (110, 11),
      // It dials at 120, and rests from 135 to 335.
      (135, 12), (135, 13), (140, 14), (150, 15), (160, 16), (170, 17), (180, 18), (190, 19),
    ]
    #expect(Self.undelivered(stage[0]) == expected.map { Self.line(Int64($0.0), UInt64($0.1)) })
    #expect(stage.dropped(.unreachable) == 20)
    #expect(stage.counts.connections.failed == 2 && stage.counts.connections.opened == 0)
  }

  @Test("A connection that comes about ends the growth of the pauses")
  func forgives() {
    // In vain until 150 ms, then not, then in vain again once the connection was cut.
    func never(_ id: UInt32, from: Int64, to: Int64) -> PlannedFault {
      var change = LinkChange()
      change.setupFailure = .one
      return PlannedFault.once(
        id, at: .milliseconds(from), for: .milliseconds(to - from), .link(from: hosts(0), to: hosts(1), change))
    }
    let faults = [
      never(1, from: 0, to: 150), Self.partition(from: 595, to: 596), never(3, from: 590, to: 1_000),
    ]
    var stage = Self.stage(Self.network(setup: 1), count: 80, faults: faults)
    stage.run(for: .seconds(2))
    let back = Self.undelivered(stage[0])
    // Twice at first, and with the same pauses after the success between them: 100 ms, then 200.
    #expect(stage.counts.connections.failed == 4 && stage.counts.connections.opened == 1)
    #expect(back.first == Self.line(1, 0))
    #expect(stage[1].numbers == (32..<60).map { UInt64($0) })
  }

  @Test("A host whose process is down answers nobody, where connections have to be set up")
  func down() {
    let crash = PlannedFault.once(at: .zero, for: .milliseconds(500), .crash(hosts(1)))
    var profile = Self.network(setup: 1)
    profile.setupFailure = .zero
    var stage = Self.stage(profile, count: 100, faults: [crash])
    stage.run(for: .seconds(2))
    let back = Self.undelivered(stage[0])
    #expect(!back.isEmpty && back.count + stage[1].numbers.count == 100)
    #expect(stage[0].closings == 0, "nothing was under way that could be lost")
  }

  @Test("A process that begins another life dials anew, and remembers no failure")
  func crash() {
    let crash = PlannedFault.once(at: .milliseconds(35), for: .milliseconds(10), .crash(hosts(0)))
    var stage = Self.stage(Self.network(setup: 2), count: 3, faults: [crash])
    stage.run(for: .seconds(1))
    #expect(stage[1].messages.count == 6)
    #expect(stage.counts.connections.opened == 2)
    #expect(stage.counts.connections.closed[DropReason.processDown.rawValue] == 1)
    // It would rest until 102 ms.
    var failing = Self.stage(Self.network(setup: 2, failure: .one), count: 1, faults: [crash])
    failing.run(for: .seconds(1))
    #expect(Self.undelivered(failing[0]) == [Self.line(47, 0)])
  }

  @Test("A first message that is lost is the end of a connection too, and its sender is told")
  func firstLoss() {
    var profile = Self.network()
    profile.loss = .one
    var stage = Self.stage(profile, count: 1)
    stage.run(for: .seconds(1))
    #expect(stage[0].closings == 1)
  }

  @Test("Datagrams have none")
  func datagrams() {
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 3, every: .milliseconds(10))), Probe()],
      network: .datagram(.constant(.milliseconds(1))))
    stage.run(for: .seconds(1))
    #expect(stage.counts.connections == ConnectionCounts())
  }
}

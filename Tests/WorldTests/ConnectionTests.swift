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

  @Test("After a reset it is set up again")
  func again() {
    let fault = PlannedFault.once(
      at: .milliseconds(15), for: .milliseconds(10), .partition(.isolate(hosts(1)), hold: false))
    var stage = Self.stage(Self.network(setup: 5), count: 4, faults: [fault])
    stage.run(for: .seconds(1))
    #expect(stage[1].messages.map(\.at) == [6, 11, 36].map { .milliseconds($0) })
    #expect(stage.counts.connections.opened == 2)
    #expect(stage.counts.connections.closed[DropReason.cut.rawValue] == 1)
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
    // The chance is high enough for several failures in a row, and for a success between them.
    var stage = Self.stage(Self.network(setup: 1, failure: Ratio(1, 2)), count: 400)
    stage.run(for: .seconds(5))
    let counts = stage.counts.connections
    #expect(counts.opened == 1 && counts.failed > 0)
    #expect(Self.undelivered(stage[0]).count + stage[1].numbers.count == 400, "each one arrives or comes back")
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

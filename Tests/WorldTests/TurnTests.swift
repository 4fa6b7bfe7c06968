import Node
import Primitives
import Testing
import World

@Suite("Faults that go on in turns")
struct TurnTests {
  static func milliseconds(_ instant: Instant) -> Int64 { (instant - .zero).count / 1_000_000 }

  // MARK: Flapping

  static func flapping(
    _ flap: Flap, hold: Bool = false, for time: Int64 = 300, seed: UInt64 = 1, more: [PlannedFault] = []
  ) -> Rehearsal {
    let fault = PlannedFault.once(
      at: .milliseconds(100), for: .milliseconds(time),
      .partition(.oneWay(from: hosts(0), to: hosts(1)), hold: hold, flap: flap))
    // In the middle of each ten milliseconds, with a millisecond on the way.
    let sender = Probe(stream(to: 1, count: 60, every: .milliseconds(10), first: .milliseconds(5)))
    var stage = Rehearsal([sender, Probe()], seed: seed, faults: [fault] + more)
    stage.run(for: .seconds(1))
    return stage
  }

  static let regular = Flap(up: .constant(.milliseconds(60)), down: .constant(.milliseconds(40)))

  @Test("A flapping link is down first, then up and down again, and is open after the fault")
  func dutyCycle() {
    let stage = Self.flapping(Self.regular)
    // Down from 100 to 140, from 200 to 240 and from 300 to 340 ms.
    let lost = Set((10..<14).map(UInt64.init) + (20..<24).map(UInt64.init) + (30..<34).map(UInt64.init))
    #expect(stage[1].numbers == (0..<60).filter { !lost.contains($0) })
    #expect(stage.record(0).effects[FaultRecord.Effect.messagesCut.rawValue] == 12)
  }

  @Test("A fault that ends while its links are down brings them back", arguments: [220, 250] as [Int64])
  func endsDown(for time: Int64) {
    let stage = Self.flapping(Self.regular, for: time)
    #expect(stage[1].numbers.suffix(26) == Array(34..<60))
    #expect(stage.record(0).occurrences[0].until == .zero + .milliseconds(100 + time))
  }

  @Test("Where links hold, each turn delivers what the one before kept")
  func holds() {
    let stage = Self.flapping(Self.regular, hold: true)
    #expect(stage[1].numbers == Array(0..<60))
    #expect(stage[1].messages[10...13].allSatisfy { $0.at == .milliseconds(140) })
    #expect(stage.record(0).effects[FaultRecord.Effect.messagesHeld.rawValue] == 12)
  }

  @Test("What another partition cuts while the flapping one is up is the other's")
  func credit() {
    let cut = PlannedFault.once(
      2, at: .milliseconds(140), for: .milliseconds(60), .partition(.isolate(hosts(0)), hold: false))
    let stage = Self.flapping(Self.regular, more: [cut])
    #expect(stage.record(0).effects[FaultRecord.Effect.messagesCut.rawValue] == 12)
    #expect(stage.record(1).effects[FaultRecord.Effect.messagesCut.rawValue] == 6)
  }

  @Test("Turns that are drawn differ, and are the same for the same seed; a link first used while up is open")
  func drawn() {
    let flap = Flap(
      up: .uniform(.milliseconds(20), .milliseconds(80)), down: .uniform(.milliseconds(20), .milliseconds(80)))
    #expect(Self.flapping(flap)[1].numbers == Self.flapping(flap)[1].numbers)
    #expect(Set((1...20).map { Self.flapping(flap, seed: $0)[1].numbers }).count > 10)
    let fault = PlannedFault.once(
      at: .milliseconds(100), for: .milliseconds(300),
      .partition(.isolate(hosts(0)), hold: false, flap: Self.regular))
    var stage = Rehearsal(
      [Probe([(.milliseconds(150), .send(1, to: 1)), (.milliseconds(210), .send(2, to: 1))]), Probe()],
      faults: [fault])
    stage.run(for: .seconds(1))
    #expect(stage[1].numbers == [1])
  }

  // MARK: Rolling restarts

  /// When each of three probes began its lives, in milliseconds.
  static func lives(_ stage: Rehearsal) -> [[Int64]] {
    (0..<3).map { host in
      stage[host].lines.compactMap { if case .recovered = $0.heard { $0.at.count / 1_000_000 } else { nil } }
    }
  }

  static let round = PlannedFault.once(
    1, at: .milliseconds(100), for: .milliseconds(900),
    .roll(.all, each: .milliseconds(50), between: .milliseconds(100)))

  /// A probe's memory is lost with its life: only the last beginning is there.
  @Test("One after another goes down and comes back, and the fault is over with the last")
  func rolling() {
    var stage = Rehearsal([Probe(), Probe(), Probe()], faults: [Self.round])
    stage.run(for: .milliseconds(120))
    #expect((0..<3).map { stage.simulation.isUp($0) } == [false, true, true])
    stage.run(for: .milliseconds(60))
    #expect((0..<3).map { stage.simulation.isUp($0) } == [true, true, true])
    stage.run(for: .milliseconds(90))
    #expect((0..<3).map { stage.simulation.isUp($0) } == [true, false, true])
    stage.run(for: .seconds(1))
    #expect(Self.lives(stage) == [[150], [300], [450]])
    #expect(stage.record(0).occurrences.map { $0.until.map(Self.milliseconds) } == [550])
    #expect(stage.record(0).effects[FaultRecord.Effect.processesCrashed.rawValue] == 3)
  }

  @Test("The next one waits until the one before stands")
  func waits() {
    // The first is thrown down again as soon as it is up, for 200 ms.
    let crash = PlannedFault.once(2, at: .milliseconds(160), for: .milliseconds(200), .crash(hosts(0)))
    var stage = Rehearsal([Probe(), Probe(), Probe()], faults: [Self.round, crash])
    stage.run(for: .seconds(2))
    // Looked at each 100 ms from 150 on: fallen at 250 and 350, risen at 360, so watched from 450 to 550.
    #expect(Self.lives(stage) == [[360], [600], [750]])
  }

  @Test("A round that is cut short lets go of whom it holds down")
  func cutShort() {
    let round = PlannedFault.once(
      1, at: .milliseconds(100), for: .milliseconds(170),
      .roll(.all, each: .milliseconds(50), between: .milliseconds(100)))
    var stage = Rehearsal([Probe(), Probe(), Probe()], faults: [round])
    stage.run(for: .seconds(1))
    #expect(Self.lives(stage) == [[150], [270], [0]])
    #expect(stage.record(0).effects[FaultRecord.Effect.processesCrashed.rawValue] == 2)
  }

  @Test("A fork in the middle of a turn goes on as the original does")
  func fork() {
    let flap = PlannedFault.once(
      2, at: .milliseconds(100), for: .milliseconds(500), .partition(.halves, hold: false, flap: Self.regular))
    var stage = Rehearsal(
      (0..<3).map { Probe(stream(to: UInt32(($0 + 1) % 3), count: 90, every: .milliseconds(7))) },
      faults: [Self.round, flap])
    stage.run(for: .milliseconds(222))
    var other = stage
    #expect(stage.simulation.stateHash() == other.simulation.stateHash())
    stage.run(for: .seconds(1))
    other.run(for: .milliseconds(300))
    other.run(for: .milliseconds(700))
    #expect(stage.simulation.digest == other.simulation.digest)
  }
}

import Node
import Primitives
import Testing
import World

@Suite("Processes")
struct ProcessTests {
  @Test("A crash ends everything: memory, timers and messages that come while it is down")
  func crash() {
    let fault = PlannedFault.once(at: .milliseconds(25), for: .milliseconds(30), .crash(hosts(1)))
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 10, every: .milliseconds(10))), Probe([(.milliseconds(40), .send(1, to: 0))])],
      network: .datagram(.constant(.milliseconds(1))), faults: [fault])
    stage.run(for: .milliseconds(93))
    #expect(stage[1].numbers == [6, 7, 8, 9])
    #expect(stage[0].numbers.isEmpty)
    // The timer of the new life, 40 ms after its start at 55 ms.
    stage.run(for: .milliseconds(4))
    #expect(stage[0].messages.map(\.at) == [.milliseconds(96)])
  }

  @Test("A paused process hears everything afterwards, in order, and its timers late but never early")
  func pause() {
    let fault = PlannedFault.once(at: .milliseconds(15), for: .milliseconds(40), .pause(hosts(1)))
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 7, every: .milliseconds(10))), Probe([(.milliseconds(30), .send(9, to: 0))])],
      faults: [fault])
    stage.run(for: .seconds(1))
    #expect(stage[1].numbers == Array(0..<7))
    #expect(stage[1].messages[2...5].allSatisfy { $0.at == .milliseconds(55) })
    #expect(stage[0].messages.map(\.at) == [.milliseconds(56)])
    #expect(stage.record(0).effects[FaultRecord.Effect.inputsDelayed.rawValue] == 5)
  }

  /// The first host sends every ten milliseconds to the second, which is slow from 15 to 75 ms.
  static func slowed(_ each: Nanoseconds, _ more: [PlannedFault] = []) -> Rehearsal {
    let slow = PlannedFault.once(
      1, at: .milliseconds(15), for: .milliseconds(60), .slow(hosts(1), each: .constant(each)))
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 12, every: .milliseconds(10))), Probe()],
      network: .datagram(.constant(.milliseconds(1))), faults: [slow] + more)
    stage.run(for: .seconds(1))
    return stage
  }

  @Test("A slow process takes one input after another, and what waits when it is fast again at once")
  func slow() {
    let stage = Self.slowed(.milliseconds(25))
    #expect(stage[1].numbers == Array(0..<12))
    // At 21 it turns to the third, at 46 to the fourth, at 71 to the fifth; three wait until 75.
    #expect(stage[1].messages[2...8].map(\.at) == [21, 46, 71, 75, 75, 75, 81].map { .milliseconds($0) })
    #expect(stage.record(0).effects[FaultRecord.Effect.inputsDelayed.rawValue] == 5)
  }

  @Test("A process that is fast enough for what comes is delayed by nothing, and such a fault has not bitten")
  func slowEnough() {
    let stage = Self.slowed(.milliseconds(9))
    #expect(stage[1].messages.map(\.at) == (0..<12).map { .milliseconds($0 * 10 + 1) })
    #expect(!stage.record(0).bit)
  }

  @Test("A slow process that is paused too is slow again when it resumes, and forgets all when it crashes")
  func slowAndMore() {
    let pause = PlannedFault.once(2, at: .milliseconds(30), for: .milliseconds(20), .pause(hosts(1)))
    let paused = Self.slowed(.milliseconds(5), [pause])
    // Those of 31 and 41 ms follow one another from 50 on.
    #expect(paused[1].messages[3...6].map(\.at) == [50, 55, 60, 65].map { .milliseconds($0) })
    let crash = PlannedFault.once(2, at: .milliseconds(40), for: .milliseconds(10), .crash(hosts(1)))
    let crashed = Self.slowed(.milliseconds(25), [crash])
    #expect(crashed[1].messages.map(\.at) == [51, 75, 75, 81, 91, 101, 111].map { .milliseconds($0) })
  }

  @Test("A timer that waits for a slow process and is set anew fires once")
  func slowTimer() {
    let slow = PlannedFault.once(at: .zero, for: .seconds(1), .slow(hosts(0), each: .constant(.milliseconds(30))))
    var stage = Rehearsal(
      [Probe((1...5).map { (.milliseconds(10 * $0), .send(UInt64($0), to: 1)) }), Probe()], faults: [slow])
    stage.run(for: .milliseconds(500))
    #expect(stage[1].numbers == [1, 2, 3, 4, 5])
  }

  @Test("A paused process sends nothing, even what only waited for a write")
  func pausedWrite() {
    let slow = DiskProfile(
      write: .constant(.zero), sync: .constant(.milliseconds(10)), failure: .zero, unsynced: .lost)
    let fault = PlannedFault.once(at: .milliseconds(5), for: .milliseconds(40), .pause(hosts(0)))
    var stage = Rehearsal(
      [Probe([(.zero, .append(1)), (.zero, .sync(1)), (.zero, .sendAfter(1, to: 1, after: 1))]), Probe()],
      disk: slow,
      faults: [fault])
    stage.run(for: .seconds(1))
    #expect(stage[1].messages.map(\.at) == [.milliseconds(46)])
  }

  @Test("Who crashes while paused forgets what it would have heard")
  func crashWhilePaused() {
    let pause = PlannedFault.once(1, at: .milliseconds(5), for: .milliseconds(50), .pause(hosts(1)))
    let crash = PlannedFault.once(2, at: .milliseconds(30), for: .milliseconds(5), .crash(hosts(1)))
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 8, every: .milliseconds(10))), Probe()],
      network: .datagram(.constant(.milliseconds(1))), faults: [pause, crash])
    stage.run(for: .seconds(1))
    #expect(stage[1].numbers == [4, 5, 6, 7])
  }

  @Test("A process that two faults keep down starts when the second lets go")
  func overlap() {
    let first = PlannedFault.once(1, at: .milliseconds(10), for: .milliseconds(50), .crash(hosts(0)))
    let second = PlannedFault.once(2, at: .milliseconds(30), for: .milliseconds(90), .crash(.all))
    var stage = Rehearsal([Probe(), Probe()], faults: [first, second])
    stage.run(for: .milliseconds(119))
    #expect(!stage.simulation.isUp(0))
    stage.run(for: .milliseconds(1))
    #expect(stage.simulation.isUp(0))
    #expect(stage[0].lines.map(\.heard) == [.recovered([], restarts: 1)])
  }

  @Test("A process that ends itself comes back after its time")
  func exit() {
    var stage = Rehearsal([Probe([(.milliseconds(7), .exit), (.milliseconds(7), .send(1, to: 1))]), Probe()])
    stage.run(for: .milliseconds(100))
    #expect(!stage.simulation.isUp(0))
    #expect(stage[1].numbers.isEmpty)
    stage.run(for: .milliseconds(7))
    #expect(stage.simulation.isUp(0))
  }

  @Test("A restart is over at once, and acts on who is up")
  func restart() {
    let fault = PlannedFault.once(at: .milliseconds(10), for: .zero, .restart(hosts(0)))
    var stage = Rehearsal([Probe(), Probe()], faults: [fault])
    stage.run(for: .milliseconds(11))
    #expect(stage.simulation.isUp(0))
    #expect(stage[0].lines.map(\.heard) == [.recovered([], restarts: 1)])
    #expect(stage.record(0).bit)
  }
}

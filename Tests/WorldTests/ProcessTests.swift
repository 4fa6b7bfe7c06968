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

  @Test("A paused process sends nothing, even what only waited for a write")
  func pausedWrite() {
    let slow = DiskProfile(write: .constant(.zero), sync: .constant(.milliseconds(10)), failure: .zero, unsynced: .lost)
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

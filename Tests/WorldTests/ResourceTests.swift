import Node
import Primitives
import Testing
import World

@Suite("Processors and memory")
struct ResourceTests {
  typealias Script = [(at: Nanoseconds, act: Probe.Act)]

  static func stage(
    _ script: Script, _ faults: [PlannedFault] = [], resources: ResourceProfile = ResourceProfile(), for time: Int64
  ) -> Rehearsal {
    var stage = Rehearsal(
      [Probe(script)], network: .datagram(.constant(.milliseconds(1))), faults: faults, resources: resources)
    stage.run(for: .milliseconds(time))
    return stage
  }

  /// Something takes this share, in millionths, of the first host's processor.
  static func load(
    _ share: UInt64, _ id: UInt32 = 1, from start: Int64, to end: Int64, endsWithProcess: Bool = false
  ) -> PlannedFault {
    .once(
      id, at: .milliseconds(start), for: .milliseconds(end - start),
      .load(hosts(0), share: share, endsWithProcess: endsWithProcess))
  }

  /// The first host's process loses so many bytes a second.
  static func leak(_ rate: UInt64, _ id: UInt32 = 1, from start: Int64, to end: Int64) -> PlannedFault {
    .once(id, at: .milliseconds(start), for: .milliseconds(end - start), .leak(hosts(0), bytesPerSecond: rate))
  }

  static func effect(_ effect: FaultRecord.Effect, _ stage: Rehearsal, of fault: Int = 0) -> UInt64 {
    stage.record(fault).effects[effect.rawValue]
  }

  // MARK: Work

  @Test("Work is served in the order in which it was given, one piece after another, each for as long as it takes")
  func order() {
    let stage = Self.stage(
      [
        (.milliseconds(10), .work(1, .milliseconds(30))), (.milliseconds(10), .work(2, .milliseconds(5))),
        (.milliseconds(20), .work(3, .milliseconds(7))), (.milliseconds(70), .work(4, .zero)),
      ], for: 200)
    #expect(stage[0].finished.map(\.number) == [1, 2, 3, 4])
    #expect(stage[0].finished.map(\.at) == [40, 45, 52, 70].map { .milliseconds($0) })
  }

  @Test("Load that begins and ends in the middle of work delays it by just what it takes")
  func retiming() {
    let script: Script = [
      (.milliseconds(10), .work(1, .milliseconds(50))), (.milliseconds(10), .work(2, .milliseconds(10))),
    ]
    // Ten are done at 20, twenty more at 60, and the rest at 80.
    let stage = Self.stage(script, [Self.load(500_000, from: 20, to: 60)], for: 200)
    #expect(stage[0].finished.map(\.at) == [80, 90].map { .milliseconds($0) })
    #expect(Self.effect(.workDelayed, stage) == 1 && stage.record(0).bit)
  }

  @Test("Work under a load ends to the nanosecond when it is done, and never before")
  func exact() {
    let stage = Self.stage(
      [(.milliseconds(10), .work(1, .milliseconds(10)))], [Self.load(333_333, from: 0, to: 100)], for: 200)
    // 10¹³ ÷ 666,667, rounded up.
    #expect(stage[0].finished.map(\.at) == [.milliseconds(10) + Nanoseconds(14_999_993)])
    #expect(Self.effect(.workDelayed, stage) == 1)
  }

  @Test("Loads add up, and leave the process a hundredth of the processor at least")
  func twoLoads() {
    let script: Script = [(.milliseconds(10), .work(1, .milliseconds(1)))]
    let loads = [Self.load(600_000, 1, from: 0, to: 900), Self.load(600_000, 2, from: 0, to: 900)]
    let stage = Self.stage(script, loads, for: 200)
    #expect(stage[0].finished.map(\.at) == [.milliseconds(110)])
    #expect((0...1).allSatisfy { Self.effect(.workDelayed, stage, of: $0) == 1 })
  }

  @Test("A load on a processor that has nothing to do has not bitten")
  func idleLoad() {
    let stage = Self.stage(
      [(.milliseconds(10), .work(1, .milliseconds(10)))], [Self.load(500_000, from: 20, to: 60)], for: 200)
    #expect(stage[0].finished.map(\.at) == [.milliseconds(20)])
    #expect(!stage.record(0).bit)
  }

  @Test(
    "A load that belongs to the process ends with its life, and one of the host does not", arguments: [true, false])
  func loadOfProcess(endsWithProcess: Bool) {
    let load = Self.load(500_000, from: 0, to: 900, endsWithProcess: endsWithProcess)
    let restart = PlannedFault.once(2, at: .milliseconds(20), for: .zero, .restart(hosts(0)))
    let stage = Self.stage([(.milliseconds(10), .work(1, .milliseconds(10)))], [load, restart], for: 200)
    #expect(stage[0].finished.map(\.at) == [.milliseconds(endsWithProcess ? 40 : 50)])
    #expect(Self.effect(.workDelayed, stage) == (endsWithProcess ? 1 : 2))
  }

  @Test("Work stands still while its process is paused, and goes on where it was")
  func paused() {
    let pause = PlannedFault.once(at: .milliseconds(20), for: .milliseconds(40), .pause(hosts(0)))
    let stage = Self.stage(
      [(.milliseconds(10), .work(1, .milliseconds(30))), (.milliseconds(100), .read)], [pause], for: 200)
    #expect(stage[0].finished.map(\.at) == [.milliseconds(80)])
    #expect(stage[0].readings.map(\.own) == [300_000])
  }

  @Test("A load that comes while the process is paused counts from its return on")
  func loadedWhilePaused() {
    let pause = PlannedFault.once(2, at: .milliseconds(20), for: .milliseconds(40), .pause(hosts(0)))
    let stage = Self.stage(
      [(.milliseconds(10), .work(1, .milliseconds(30)))], [Self.load(500_000, from: 30, to: 900), pause], for: 200)
    #expect(stage[0].finished.map(\.at) == [.milliseconds(100)])
  }

  @Test("What a process has given to do is lost when it crashes")
  func crashed() {
    let crash = PlannedFault.once(at: .milliseconds(30), for: .milliseconds(20), .crash(hosts(0)))
    let script: Script = [
      (.milliseconds(10), .work(1, .milliseconds(50), memory: 70)),
      (.milliseconds(20), .work(2, .milliseconds(50))),
      (.milliseconds(30), .read),
    ]
    let stage = Self.stage(script, [crash], for: 500)
    // The life that begins at 50 gives it anew.
    #expect(stage[0].finished.map(\.at) == [110, 160].map { .milliseconds($0) })
    #expect(stage[0].readings.map(\.memory) == [70])
  }

  // MARK: Readings

  @Test("A reading tells what was busy since the last one, what of it was the process's own, and its memory")
  func readings() {
    let script: Script = [
      (.milliseconds(0), .work(1, .milliseconds(30), memory: 50)), (.milliseconds(20), .read),
      (.milliseconds(60), .read), (.milliseconds(60), .read), (.milliseconds(80), .read),
    ]
    let profile = ResourceProfile(limit: 1_000, idle: 100)
    let stage = Self.stage(script, resources: profile, for: 200)
    func reading(_ busy: UInt64, _ own: UInt64, _ memory: UInt64) -> ResourceReading {
      ResourceReading(busy: busy, own: own, memory: memory, limit: 1_000)
    }
    #expect(
      stage[0].readings == [
        reading(1_000_000, 1_000_000, 150), reading(250_000, 250_000, 100), reading(0, 0, 100), reading(0, 0, 100),
      ])
    let loaded = Self.stage(
      [(.milliseconds(0), .work(1, .milliseconds(30))), (.milliseconds(60), .read), (.milliseconds(80), .read)],
      [Self.load(250_000, from: 0, to: 100)], for: 200)
    #expect(loaded[0].readings.map(\.busy) == [750_000, 250_000])
    #expect(loaded[0].readings.map(\.own) == [500_000, 0])
    #expect(loaded[0].readings.map(\.limit) == [nil, nil])
  }

  @Test("A new life reads what was busy since it began")
  func readingOfALife() {
    let crash = PlannedFault.once(at: .milliseconds(30), for: .milliseconds(30), .crash(hosts(0)))
    let stage = Self.stage(
      [(.milliseconds(10), .work(1, .milliseconds(20))), (.milliseconds(40), .read)], [crash], for: 200)
    #expect(stage[0].readings.map(\.own) == [500_000])
  }

  // MARK: Memory

  @Test("A process whose memory reaches its limit ends, and starts again with all of it free", arguments: [44, 45])
  func limit(second: UInt64) {
    let script: Script = [
      (.milliseconds(10), .work(1, .milliseconds(50), memory: 45)),
      (.milliseconds(20), .work(2, .milliseconds(50), memory: second)),
    ]
    var stage = Self.stage(script, resources: ResourceProfile(limit: 100, idle: 10), for: 21)
    #expect(stage.simulation.isUp(0) == (second == 44))
    stage.run(for: .milliseconds(98))
    #expect(stage.simulation.isUp(0) == (second == 44))
    stage.run(for: .milliseconds(2))
    #expect(stage.simulation.isUp(0))
    #expect(stage[0].lines.first?.heard == .recovered([], restarts: second == 44 ? 0 : 1))
    #expect(stage.simulation.recording().incidents.crashes == (second == 44 ? 0 : 1))
  }

  @Test("Memory of work that is done is free again")
  func freed() {
    let script: Script = [
      (.milliseconds(10), .work(1, .milliseconds(10), memory: 80)),
      (.milliseconds(20), .work(2, .milliseconds(10), memory: 80)),
    ]
    let stage = Self.stage(script, resources: ResourceProfile(limit: 100), for: 100)
    #expect(stage[0].finished.map(\.number) == [1, 2])
  }

  @Test("A process that leaks ends when it has lost what was free, and the leak goes on in its next life")
  func leaks() {
    // A hundred bytes are free: they are gone at 150. The next life, from 250 on, loses fifty until the leak ends.
    var stage = Self.stage(
      [(.milliseconds(60), .read)], [Self.leak(1_000, from: 50, to: 300)],
      resources: ResourceProfile(limit: 110, idle: 10), for: 149)
    #expect(stage.simulation.isUp(0) && stage[0].readings.map(\.memory) == [20])
    stage.run(for: .milliseconds(1))
    #expect(!stage.simulation.isUp(0))
    stage.run(for: .milliseconds(850))
    #expect(stage.simulation.isUp(0))
    #expect(stage[0].readings.map(\.memory) == [60])
    #expect(Self.effect(.memoryLeaked, stage) == 150 && Self.effect(.processesKilled, stage) == 1)
  }

  @Test("A process that is paused is killed all the same")
  func leaksWhilePaused() {
    let pause = PlannedFault.once(2, at: .milliseconds(20), for: .milliseconds(500), .pause(hosts(0)))
    var stage = Self.stage(
      [], [Self.leak(1_000, from: 0, to: 105), pause], resources: ResourceProfile(limit: 100), for: 101)
    #expect(!stage.simulation.isUp(0))
    stage.run(for: .milliseconds(900))
    #expect(stage[0].lines.map(\.heard) == [.recovered([], restarts: 1)])
  }

  @Test("What is lost is counted though nobody reads it, of each leak its own, up to a crash and from a start on")
  func leakLedger() {
    let crash = PlannedFault.once(3, at: .milliseconds(60), for: .milliseconds(10), .crash(hosts(0)))
    let leaks = [Self.leak(1_000, 1, from: 0, to: 100), Self.leak(2_000, 2, from: 50, to: 100)]
    let stage = Self.stage([(.milliseconds(20), .read)], leaks + [crash], for: 200)
    #expect(Self.effect(.memoryLeaked, stage) == 90)
    #expect(Self.effect(.memoryLeaked, stage, of: 1) == 80)
    #expect(stage[0].readings.map(\.memory) == [60])
    #expect((0...1).allSatisfy { stage.record($0).bit && Self.effect(.processesKilled, stage, of: $0) == 0 })
  }

  @Test("A leak on a host whose process is down has not bitten")
  func leakOfNobody() {
    let crash = PlannedFault.once(2, at: .milliseconds(10), for: .milliseconds(100), .crash(hosts(0)))
    let stage = Self.stage([], [Self.leak(1_000, from: 20, to: 90), crash], for: 200)
    #expect(!stage.record(0).bit)
  }
}

@Suite("Orders to start anew, and copies of hosts at work")
struct OrderTests {
  static func stage(_ faults: [PlannedFault], for time: Int64 = 11) -> Rehearsal {
    var stage = Rehearsal(
      [Probe([(.milliseconds(10), .restart(1)), (.milliseconds(150), .send(1, to: 1))]), Probe()],
      network: .datagram(.constant(.milliseconds(1))), faults: faults)
    stage.run(for: .milliseconds(time))
    return stage
  }

  @Test("An order arrives after the link's latency; the process ends, and starts again after a while")
  func order() {
    var stage = Self.stage([], for: 10)
    #expect(stage.simulation.isUp(1))
    stage.run(for: .milliseconds(1))
    #expect(!stage.simulation.isUp(1))
    stage.run(for: .milliseconds(99))
    #expect(!stage.simulation.isUp(1))
    stage.run(for: .milliseconds(1))
    #expect(stage.simulation.isUp(1))
    #expect(stage[1].lines.map(\.heard) == [.recovered([], restarts: 1)])
    stage.run(for: .milliseconds(50))
    #expect(stage[1].numbers == [1])
  }

  @Test("An order over a link that is cut is lost; the way back does not matter", arguments: [true, false])
  func cut(there: Bool) {
    let shape = PartitionShape.oneWay(from: hosts(there ? 0 : 1), to: hosts(there ? 1 : 0))
    let fault = PlannedFault.once(at: .zero, for: .milliseconds(50), .partition(shape, hold: false))
    #expect(Self.stage([fault]).simulation.isUp(1) == there)
  }

  @Test("A process that hangs is started anew, and hangs no longer")
  func paused() {
    let pause = PlannedFault.once(at: .milliseconds(5), for: .seconds(5), .pause(hosts(1)))
    let stage = Self.stage([pause], for: 200)
    #expect(stage[1].messages.map(\.at) == [.milliseconds(151)])
    #expect(stage[1].lines.first?.heard == .recovered([], restarts: 1))
  }

  @Test("A process that is down hears no order, and starts no later for it")
  func down() {
    let crash = PlannedFault.once(at: .milliseconds(5), for: .milliseconds(50), .crash(hosts(1)))
    var stage = Self.stage([crash], for: 54)
    #expect(!stage.simulation.isUp(1))
    stage.run(for: .milliseconds(1))
    #expect(stage.simulation.isUp(1))
    stage.run(for: .milliseconds(900))
    #expect(stage[1].lines.first?.heard == .recovered([], restarts: 1))
  }

  @Test("A process that orders itself is gone at once")
  func itself() {
    var stage = Rehearsal([
      Probe([(.milliseconds(10), .restart(0)), (.milliseconds(10), .send(1, to: 1))]), Probe(),
    ])
    stage.run(for: .milliseconds(10))
    #expect(!stage.simulation.isUp(0))
    stage.run(for: .milliseconds(100))
    #expect(stage.simulation.isUp(0))
  }

  /// A host in the middle of work, under a load and with a leak.
  static func busy(work: Int64 = 40, memory: UInt64 = 5) -> Rehearsal {
    let script: ResourceTests.Script = [
      (.milliseconds(10), .work(1, .milliseconds(work), memory: memory)), (.milliseconds(15), .restart(1)),
      (.milliseconds(20), .work(2, .milliseconds(20))), (.milliseconds(200), .read), (.milliseconds(400), .read),
    ]
    return Rehearsal(
      [Probe(script), Probe()], network: .datagram(.uniform(.milliseconds(1), .milliseconds(9))),
      faults: [
        ResourceTests.load(400_000, 1, from: 15, to: 300), ResourceTests.leak(1_000, 2, from: 30, to: 900),
        .once(3, at: .milliseconds(40), for: .milliseconds(20), .pause(hosts(0))),
      ], resources: ResourceProfile(limit: 500))
  }

  @Test("A copy of a host at work goes on as the original does", arguments: [12, 25, 50, 70, 150, 450])
  func forks(at moment: Int64) {
    var original = Self.busy()
    original.run(for: .milliseconds(moment))
    var copy = original
    copy.simulation = original.simulation.fork()
    #expect(copy.simulation.stateHash() == original.simulation.stateHash())
    copy.run(for: .milliseconds(900 - moment))
    let state = original.simulation.stateHash()
    original.run(for: .milliseconds(900 - moment))
    #expect(original.simulation.stateHash() != state)
    #expect(copy.simulation.digest == original.simulation.digest)
    #expect(copy.simulation.stateHash() == original.simulation.stateHash())
    #expect(copy.simulation.recording() == original.simulation.recording())
    var straight = Self.busy()
    straight.run(for: .milliseconds(900))
    #expect(straight.simulation.digest == original.simulation.digest)
  }

  @Test("The state hash sees what is left of work, its memory, and what the next reading will tell")
  func stateHash() {
    func hash(_ script: ResourceTests.Script, at moment: Int64) -> Digest {
      ResourceTests.stage(script, for: moment).simulation.stateHash()
    }
    func one(_ time: Int64, _ memory: UInt64 = 0) -> ResourceTests.Script {
      [(.milliseconds(10), .work(1, .milliseconds(time), memory: memory))]
    }
    #expect(hash(one(50), at: 30) == hash(one(50), at: 30))
    #expect(hash(one(50), at: 30) != hash(one(51), at: 30))
    #expect(hash(one(50), at: 30) != hash(one(50, 1), at: 30))
    #expect(hash(one(50), at: 30) != hash(one(50), at: 31))
    #expect(hash(one(5), at: 30) != hash(one(6), at: 30), "done, and not yet read")
  }

  @Test("A core that heals is rid of loads and leaks, and the others are not")
  func core() throws {
    let script: ResourceTests.Script = [
      (.milliseconds(300), .work(1, .milliseconds(10))), (.milliseconds(400), .read),
    ]
    let until = Nanoseconds.milliseconds(200)
    var stage = Rehearsal(
      (0..<5).map { _ in Probe(script) },
      faults: [
        .once(1, at: .zero, for: until, .load(.all, share: 500_000, endsWithProcess: false)),
        .once(2, at: .zero, for: until, .load(hosts(0, 1, 2, 3, 4), share: 300_000, endsWithProcess: true)),
        .once(3, at: .zero, for: until, .leak(.all, bytesPerSecond: 1_000)),
      ], healing: .core(at: .zero + until))
    stage.run(for: .milliseconds(600))
    let core = try #require(stage.simulation.healedCore)
    for node in 0..<5 {
      #expect(stage[node].finished.map(\.at) == [.milliseconds(core.contains(node) ? 310 : 350)])
      #expect(stage[node].readings.map(\.memory) == [core.contains(node) ? 200 : 400])
    }
  }
}

import Node
import Primitives
import Testing
import World

@Suite("Clocks of hosts")
struct ClockTests {
  static func clock(_ drift: Int64) -> ClockProfile { ClockProfile(slowest: drift, fastest: drift) }

  /// When the exact host 1 hears what host 0 sends at 100 ms of its own clock.
  static func arrival(drift: Int64) -> Nanoseconds {
    let sender = Probe([(.milliseconds(100), .send(1, to: 1))])
    var stage = Rehearsal([sender, Probe()], clocks: [clock(drift), .exact])
    stage.run(for: .seconds(1))
    return stage[1].messages[0].at
  }

  @Test("A fast clock's timers fire early in true time, a slow one's late, an exact one's at once")
  func rates() {
    #expect(Self.arrival(drift: 0) == .milliseconds(101))
    // 100 ms ÷ 1.25 and ÷ 0.5, and a millisecond on the way.
    #expect(Self.arrival(drift: 250_000) == .milliseconds(81))
    #expect(Self.arrival(drift: -500_000) == .milliseconds(201))
  }

  @Test(
    "On its own clock no timer is early, and none is late by more than the clock's rounding",
    arguments: [-500_000, -333_333, -1, 0, 1, 777, 333_333, 500_000] as [Int64])
  func neverEarly(drift: Int64) {
    let times = (1...50).map { Nanoseconds($0 * 1_234_567 + $0 * $0) }
    let probe = Probe(times.map { ($0, .sync(UInt64($0.count))) })
    var stage = Rehearsal([probe], disk: .immediate, clocks: [Self.clock(drift)])
    stage.run(for: .seconds(1))
    let written = stage[0].lines.compactMap { line in
      if case .written(let time) = line.heard { (due: Nanoseconds(Int64(time)), at: line.at) } else { nil }
    }
    #expect(written.count == 50)
    for each in written { #expect(each.at >= each.due && each.at <= each.due + Nanoseconds(1)) }
  }

  @Test("Each host draws its own rate from its profile, the same for the same seed and within the bounds")
  func drawn() {
    func times(seed: UInt64) -> [Nanoseconds] {
      let probes = (0..<8).map { _ in Probe([(.milliseconds(100), .send(1, to: 8))]) } + [Probe()]
      let clocks = Array(repeating: ClockProfile(slowest: -100_000, fastest: 100_000), count: 8) + [.exact]
      var stage = Rehearsal(probes, seed: seed, clocks: clocks)
      stage.run(for: .seconds(1))
      return stage[8].messages.map(\.at)
    }
    let first = times(seed: 1)
    #expect(first == times(seed: 1))
    #expect(first != times(seed: 2))
    #expect(Set(first).count > 4)
    for time in first { #expect(time > .milliseconds(91) && time < .milliseconds(113)) }
  }

  @Test("Ten years of drift overflow nothing")
  func longRun() {
    let year = Nanoseconds.seconds(31_557_600)
    let probe = Probe([(year * 9, .send(1, to: 1))])
    var stage = Rehearsal([probe, Probe()], clocks: [Self.clock(499_999), .exact])
    stage.run(for: year * 10)
    #expect(stage[1].messages.count == 1)
  }

  // MARK: Faults

  /// A probe that writes every ten milliseconds, and so notes the time by both its clocks.
  static let diary = Probe((1...60).map { (.milliseconds(10 * Int64($0)), .sync(UInt64($0))) })

  /// What the diary says under a fault of its clock from 100 to 300 ms.
  static func diary(_ change: ClockChange, profile: ClockProfile = .exact) -> Probe {
    let fault = PlannedFault.once(
      at: .milliseconds(100) + Nanoseconds(1), for: .milliseconds(200), .clock(hosts(0), change))
    var stage = Rehearsal([diary], disk: .immediate, faults: [fault], clocks: [profile])
    stage.run(for: .milliseconds(500))
    #expect(stage.record(0).effects[FaultRecord.Effect.clocksChanged.rawValue] == 1)
    return stage[0]
  }

  @Test("A step moves the wall clock, for good, and no timer", arguments: [5, -5] as [Int64])
  func step(seconds: Int64) {
    let probe = Self.diary(.step(.seconds(seconds)))
    let ahead = zip(probe.walls, probe.lines).map { $0 - $1.at }
    #expect(ahead.prefix(11).allSatisfy { $0 == .zero })
    #expect(ahead.dropFirst(11).allSatisfy { $0 == .seconds(seconds) })
    #expect(probe.lines.count == 51)
  }

  @Test("A slew gains on the monotonic clock while it lasts, and what it has gained stays")
  func slew() {
    let probe = Self.diary(.slew(100_000))
    let ahead = zip(probe.walls, probe.lines).map { ($0 - $1.at).count / 1_000 }
    #expect(ahead[10] == 0)
    // A tenth of a hundred milliseconds, then of two hundred.
    #expect((9_999...10_000).contains(ahead[20]))
    #expect((19_999...20_000).contains(ahead[30]) && (19_999...20_000).contains(ahead[50]))
  }

  @Test("A drift under way moves timers that were set before it, and its end does again")
  func drift() {
    // 100 ms, then 200 ms at half the rate, then 200 ms.
    let slow = Self.diary(.drift(-500_000))
    #expect(slow.lines.count == 1 + 10 + 10 + 20)
    #expect(slow.lines.last?.at == .milliseconds(400))
    let fast = Self.diary(.drift(500_000))
    #expect(fast.lines.count == 1 + 10 + 30 + 20)
    // On its own clock everything comes when it should.
    for (number, line) in fast.lines.dropFirst().enumerated() {
      #expect((0...2).contains((line.at - .milliseconds(10 * Int64(number + 1))).count))
    }
  }

  @Test("A frozen clock fires no timer, and goes on from where it stood")
  func freeze() {
    let probe = Self.diary(.freeze)
    #expect(probe.lines.count == 1 + 10 + 20)
    #expect(zip(probe.walls, probe.lines).allSatisfy { $0 == $1.at })
    #expect(probe.lines.last?.at == .milliseconds(300))
  }

  @Test("A timer that is set while the clock stands still fires after it, one that is taken back does not")
  func frozenTimers() {
    // The second probe sends in the freeze; the first one's step then sets nothing new, and the crash takes all.
    let freeze = PlannedFault.once(1, at: .milliseconds(15), for: .milliseconds(100), .clock(hosts(0), .freeze))
    let crash = PlannedFault.once(2, at: .milliseconds(50), for: .milliseconds(10), .crash(hosts(0)))
    var stage = Rehearsal([Self.diary, Probe()], disk: .immediate, faults: [freeze, crash])
    stage.run(for: .milliseconds(200))
    // Its second life began at 60 ms on a clock that shows 15, and writes from 25 on.
    let times = stage[0].lines.map(\.at)
    #expect(times.first == .milliseconds(15) && times.dropFirst().first == .milliseconds(25))
    #expect(times.count == 1 + 8)
  }

  @Test("Wall clocks are off by what their profile allows, each its own")
  func offsets() {
    let profile = ClockProfile(slowest: 0, fastest: 0, offset: .seconds(10))
    var stage = Rehearsal(Array(repeating: Probe(), count: 8), clocks: Array(repeating: profile, count: 8))
    stage.run(for: .milliseconds(1))
    let offsets = (0..<8).map { stage[$0].walls[0] }
    #expect(Set(offsets).count > 4)
    #expect(offsets.allSatisfy { abs($0.count) <= 10_000_000_000 })
  }
}

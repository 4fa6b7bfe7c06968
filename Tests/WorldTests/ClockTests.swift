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
}

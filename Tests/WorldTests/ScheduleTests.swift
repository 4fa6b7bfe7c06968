import Node
import Primitives
import Testing
import World

/// Whatever the scheduler, the rules of links, timers and disks are kept.
@Suite("Schedules of a world")
struct WorldScheduleTests {
  static let plans: [SchedulePlan] = [
    .earliest, .priorities(depth: 20, window: .milliseconds(20), of: .links),
    .priorities(depth: 20, window: .milliseconds(20), of: .processes), .delays(bound: 60, by: .milliseconds(30)),
  ]

  private static func stage(
    _ probes: [Probe], _ plan: SchedulePlan, _ seed: UInt64, network: LinkProfile, faults: [PlannedFault] = [],
    shuffles: Bool = false
  ) -> Rehearsal {
    Rehearsal(
      probes, seed: seed, network: network, faults: faults, ties: shuffles, schedule: plan,
      duration: .seconds(1))
  }

  @Test("A stream delivers in order, through pauses and holds too", arguments: plans, [false, true])
  func streams(_ plan: SchedulePlan, _ shuffles: Bool) {
    let faults = [
      PlannedFault.once(1, at: .milliseconds(100), for: .milliseconds(50), .pause(hosts(2))),
      PlannedFault.once(
        2, at: .milliseconds(200), for: .milliseconds(50), .partition(.isolate(hosts(2)), hold: true)),
      PlannedFault.once(
        3, at: .milliseconds(300), for: .milliseconds(50), .slow(hosts(2), each: .constant(.milliseconds(2)))),
    ]
    for seed in 1...20 as ClosedRange<UInt64> {
      var stage = Self.stage(
        [
          Probe(stream(to: 2, count: 400, every: .milliseconds(1))),
          Probe((0..<400).map { (.milliseconds(Int64($0)), .send(1_000 + UInt64($0), to: 2)) }), Probe(),
        ], plan, seed, network: .stream(.uniform(.milliseconds(1), .milliseconds(9))), faults: faults,
        shuffles: shuffles)
      stage.run(for: .seconds(2))
      #expect(stage[2].numbers.filter { $0 < 1_000 } == Array(0..<400))
      #expect(stage[2].numbers.filter { $0 >= 1_000 } == Array(1_000..<1_400))
    }
  }

  @Test("No message is quicker than its latency, and none later than the window allows", arguments: plans)
  func latency(_ plan: SchedulePlan) {
    for seed in 1...20 as ClosedRange<UInt64> {
      let sent = (0..<200).map { (at: Nanoseconds.milliseconds(Int64($0)), number: UInt64($0)) }
      var stage = Self.stage(
        [Probe(sent.map { ($0.at, .send($0.number, to: 1)) }), Probe()], plan, seed,
        network: .stream(.constant(.milliseconds(4))))
      stage.run(for: .seconds(2))
      #expect(stage[1].messages.count == 200)
      // The sender's timer and the message may be late, each by the window or a delay.
      for message in stage[1].messages {
        let time = message.at - sent[Int(message.number)].at
        #expect(time >= .milliseconds(4))
        if case .priorities = plan { #expect(time <= .milliseconds(44)) }
        if plan == .earliest { #expect(time == .milliseconds(4)) }
      }
    }
  }

  @Test("A timer never fires early, also where its clock changes meanwhile", arguments: plans)
  func timers(_ plan: SchedulePlan) {
    var faults: [PlannedFault] = []
    for number in 0..<20 as Range<Int64> {
      let change: ClockChange = number % 2 == 0 ? .drift(-200_000) : .freeze
      let at = Nanoseconds.milliseconds(37 * number)
      faults.append(.once(UInt32(number + 1), at: at, for: .milliseconds(11), .clock(hosts(0), change)))
    }
    for seed in 1...20 as ClosedRange<UInt64> {
      var probe = Probe()
      probe.readyAt = .milliseconds(300)
      var stage = Self.stage(
        [probe, Probe(stream(to: 0, count: 900, every: .milliseconds(1)))], plan, seed,
        network: .stream(.constant(.milliseconds(1))), faults: faults)
      while !stage[0].isReady, stage.simulation.now < .zero + .seconds(1) { stage.run(for: .microseconds(100)) }
      let heard = stage[0].lines.count
      #expect(stage[0].isReady && (stage[0].lines.last?.at ?? .zero) <= .milliseconds(351))
      while stage[0].lines.count == heard { stage.run(for: .microseconds(100)) }
      // What is heard next shows the clock after the timer.
      #expect((stage[0].lines.last?.at ?? .zero) >= .milliseconds(300))
    }
  }

  @Test("What waits for a write leaves once it is durable", arguments: plans)
  func writes(_ plan: SchedulePlan) {
    for seed in 1...20 as ClosedRange<UInt64> {
      var script: [(at: Nanoseconds, act: Probe.Act)] = []
      for number in 1...60 as ClosedRange<UInt64> {
        let at = Nanoseconds.milliseconds(3 * Int64(number))
        script += [(at, .append(number)), (at, .sync(number)), (at, .sendAfter(number, to: 1, after: number))]
      }
      var stage = Self.stage(
        [Probe(script), Probe()], plan, seed, network: .stream(.constant(.milliseconds(1))))
      stage.run(for: .seconds(2))
      #expect(stage[1].numbers == Array(1...60))
      for message in stage[1].messages {
        let written = stage[0].lines.first { $0.heard == .written(message.number) }
        #expect(message.at >= (written?.at ?? .seconds(9)) + .milliseconds(1))
      }
    }
  }

  @Test("A fault begins and ends when the plan says", arguments: plans)
  func faults(_ plan: SchedulePlan) {
    let faults = (1...9).map {
      PlannedFault.once(
        UInt32($0), at: .milliseconds(Int64(50 * $0)), for: .milliseconds(7),
        .partition(.isolate(hosts(0)), hold: false))
    }
    var stage = Self.stage(
      [Probe(stream(to: 1, count: 500, every: .milliseconds(1))), Probe()], plan, 4,
      network: .datagram(.uniform(.milliseconds(1), .milliseconds(9))), faults: faults)
    stage.run(for: .seconds(2))
    for (number, record) in stage.simulation.recording().faults.enumerated() {
      let at = Instant.zero + .milliseconds(Int64(50 * (number + 1)))
      #expect(record.occurrences.map(\.from) == [at] && record.occurrences.map(\.until) == [at + .milliseconds(7)])
    }
  }

  @Test("A fork goes on as the original, and its state hash knows the scheduler", arguments: plans)
  func forks(_ plan: SchedulePlan) {
    let probes = [Probe(stream(to: 1, count: 500, every: .milliseconds(1))), Probe()]
    let network = LinkProfile.stream(.uniform(.milliseconds(1), .milliseconds(9)))
    var original = Self.stage(probes, plan, 9, network: network)
    original.run(for: .milliseconds(203))
    var fork = original
    #expect(fork.simulation.stateHash() == original.simulation.stateHash())
    fork.run(for: .seconds(1))
    original.run(for: .milliseconds(100))
    original.run(for: .milliseconds(900))
    #expect(fork.simulation.digest == original.simulation.digest)
    var whole = Self.stage(probes, plan, 9, network: network)
    whole.run(for: .milliseconds(1_203))
    #expect(whole.simulation.digest == original.simulation.digest)
    if plan != .earliest {
      let usual = Self.stage(probes, .earliest, 9, network: network)
      let other = Self.stage(probes, plan, 9, network: network)
      #expect(usual.simulation.stateHash() != other.simulation.stateHash())
    }
  }
}

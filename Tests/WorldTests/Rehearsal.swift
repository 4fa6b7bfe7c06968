import Node
import Primitives
import World

/// A small stage for probes.
struct Rehearsal {
  var simulation: Simulation<Probe, NoJudge<Probe>>

  init(
    _ probes: [Probe], seed: UInt64 = 1, network: LinkProfile = .standard, exceptions: [NetworkPlan.Exception] = [],
    disk: DiskProfile = .standard, faults: [PlannedFault] = [], encodes: Bool = false, clients: Int = 0,
    clocks: [ClockProfile]? = nil, budget: DiskBudget = .recoverable, choices: [NamedChoice] = [],
    domains: FailureDomains = FailureDomains(), variants: [[Probe]] = [], healing: Healing = .all,
    resources: ResourceProfile = ResourceProfile(), ties: Bool = false,
    schedule: SchedulePlan = .earliest, duration: Nanoseconds = .seconds(3600)
  ) {
    var plan = SimulationPlan<Probe>(
      seed: seed, programs: probes, nodes: probes.count - clients, names: probes.indices.map { "p\($0)" },
      network: NetworkPlan(base: network, exceptions: exceptions, encodesMessages: encodes),
      disks: Array(repeating: disk, count: probes.count), clocks: clocks, faults: faults,
      restartAfter: .milliseconds(100), duration: duration)
    plan.diskBudget = budget
    plan.choices = choices
    plan.domains = domains
    plan.variants = variants
    plan.healing = healing
    plan.resources = resources
    plan.shufflesTies = ties
    plan.schedule = schedule
    simulation = Simulation(plan, judge: NoJudge())
  }

  @discardableResult
  mutating func run(for time: Nanoseconds) -> StopReason { simulation.run(until: simulation.now + time) }

  subscript(index: Int) -> Probe { simulation.program(index) }

  var counts: MessageCounts { simulation.recording().messages }

  func dropped(_ reason: DropReason) -> UInt64 { counts.dropped[reason.rawValue] }

  func record(_ fault: Int) -> FaultRecord { simulation.recording().faults[fault] }
}

extension DiskProfile {
  static let immediate = DiskProfile(write: .constant(.zero), sync: .constant(.zero), failure: .zero)
}

extension LinkProfile {
  static func stream(_ latency: Distribution, loss: Ratio = .zero) -> LinkProfile {
    var profile = LinkProfile.standard
    profile.latency = latency
    profile.loss = loss
    return profile
  }

  static func datagram(_ latency: Distribution, loss: Ratio = .zero) -> LinkProfile {
    var profile = LinkProfile.stream(latency, loss: loss)
    profile.transport = .datagram
    return profile
  }
}

extension PlannedFault {
  static func once(_ id: UInt32 = 1, at: Nanoseconds, for length: Nanoseconds, _ action: FaultAction)
    -> PlannedFault
  {
    PlannedFault(id: id, name: "fault \(id)", schedule: .once(at: .zero + at, until: .zero + at + length, action))
  }
}

/// One message every `interval` from `first`, `count` in all.
func stream(
  to host: UInt32, count: Int, every interval: Nanoseconds, first: Nanoseconds = .zero, size: Int = 8
) -> [(at: Nanoseconds, act: Probe.Act)] {
  (0..<count).map { (first + interval * Int64($0), .send(UInt64($0), to: host, size: size)) }
}

func hosts(_ numbers: Int...) -> Selector { .hosts(numbers.map { NodeID(UInt32($0)) }) }

import Node
import Primitives

/// Everything that decides a run: two simulations of equal plans are the same run.
@usableFromInline package struct SimulationPlan<P: Program>: Sendable {
  @usableFromInline package var seed: UInt64
  /// Each process's program as it is before its first start, in order of endpoint.
  @usableFromInline package var programs: [P]
  /// Other programs that the same processes may be started with: variant 1 first, each with one for every process.
  @usableFromInline package var variants: [[P]] = []
  /// Hosts from 0 to this, exclusive, are nodes; the rest are clients. One process runs on each.
  @usableFromInline package var nodes: Int
  /// A name for each process.
  @usableFromInline package var names: [String]
  @usableFromInline package var network: NetworkPlan
  /// By host.
  @usableFromInline package var disks: [DiskProfile]
  /// By process: the files that are on its disk when the run begins; nothing for those that it does not reach.
  package var disksHold: [[(FileID, ContiguousArray<P.Record>)]] = []
  @usableFromInline package var diskBudget = DiskBudget.recoverable
  /// Who takes part changes, so that nobody knows in advance which disks may forget: within the budget none does.
  package var sparesDisks = false
  @usableFromInline package var domains = FailureDomains()
  @usableFromInline package var healing = Healing.all
  /// By host.
  @usableFromInline package var clocks: [ClockProfile]
  /// Of every host.
  @usableFromInline package var resources = ResourceProfile()
  @usableFromInline package var faults: [PlannedFault]
  /// Choices that chance does not make.
  @usableFromInline package var choices: [NamedChoice] = []
  @usableFromInline package var workload: Boxed<Workload<P.Requests>>?
  /// How long a process that ended itself stays down.
  @usableFromInline package var restartAfter: Nanoseconds
  /// Shuffles the events of one instant.
  @usableFromInline package var shufflesTies: Bool
  /// Which of the events that the network and the processes allow goes next.
  @usableFromInline package var schedule = SchedulePlan.earliest
  /// When the run ends.
  @usableFromInline package var duration: Nanoseconds
  @usableFromInline package var telemetry: TelemetryPlan
  /// Whether everything is noted in words.
  @usableFromInline package var notes = false
  /// Whether everything is filmed, for a picture.
  @usableFromInline package var films = false
  /// Without digests a run is a little faster and proves nothing: for measuring their cost.
  @usableFromInline package var digests: Bool = true

  /// - Precondition: a name and a disk for each program, at least one node, lengths of time as documented.
  @usableFromInline package init(
    seed: UInt64, programs: [P], nodes: Int, names: [String], network: NetworkPlan = NetworkPlan(),
    disks: [DiskProfile]? = nil, clocks: [ClockProfile]? = nil, faults: [PlannedFault] = [],
    workload: Workload<P.Requests>? = nil,
    restartAfter: Nanoseconds = .seconds(1), shufflesTies: Bool = false, duration: Nanoseconds,
    telemetry: TelemetryPlan = .off
  ) {
    precondition(nodes >= 1 && nodes <= programs.count && names.count == programs.count)
    precondition(disks.map { $0.count == programs.count } ?? true)
    precondition(duration > .zero && restartAfter >= .zero)
    self.seed = seed
    self.programs = programs
    self.nodes = nodes
    self.names = names
    self.network = network
    self.disks = disks ?? Array(repeating: .standard, count: programs.count)
    self.clocks = clocks ?? Array(repeating: .exact, count: programs.count)
    precondition(self.clocks.count == programs.count)
    self.faults = faults
    self.workload = workload.map(Boxed.init)
    self.restartAfter = restartAfter
    self.shufflesTies = shufflesTies
    self.duration = duration
    self.telemetry = telemetry
  }
}

extension SimulationPlan {
  /// A process's program before it starts; variant 0 is the one that it begins the run with.
  @usableFromInline func program(of index: Int, variant: Int) -> P {
    variant == 0 ? programs[index] : variants[variant - 1][index]
  }
}

/// What is written down about a run beside its history. No combination changes its digest.
@usableFromInline package struct TelemetryPlan: Hashable, Sendable {
  @usableFromInline package var spans: Bool
  /// Between two samples of every metric; nil for no metrics.
  @usableFromInline package var sampling: Nanoseconds?

  @usableFromInline package static let off = TelemetryPlan(spans: false, sampling: nil)

  @usableFromInline package init(spans: Bool, sampling: Nanoseconds?) {
    self.spans = spans
    self.sampling = sampling
  }
}

/// What is asked of the processes, and when.
@usableFromInline package struct Workload<Source: RequestSource>: Sendable {
  @usableFromInline package enum Pacing: Hashable, Sendable {
    /// A Poisson process over all targets, in thousandths of a request a second; each goes to a random live
    /// target.
    case rate(milliPerSecond: UInt64)
    /// Each target has so many requests under way, and waits so long after an outcome before it asks again.
    case think(Nanoseconds, inFlight: Int)
    /// So many in all, each at a random moment and to a random live target.
    case scattered(count: UInt64)
  }

  @usableFromInline package var source: Source
  @usableFromInline package var pacing: Pacing
  /// Requests arrive within start..<stop.
  @usableFromInline package var start: Instant
  @usableFromInline package var stop: Instant
  /// Indices of the processes that are asked.
  @usableFromInline package var targets: Range<Int>
  /// Of all requests those with these numbers, ascending; nil for every one. The others keep their time and their
  /// luck, and are not made.
  @usableFromInline package var only: [UInt64]?

  /// Whether request number `number` is made.
  @inlinable
  package func makes(_ number: UInt64) -> Bool { only.map { Self.contains(number, $0) } ?? true }

  /// Whether one from `number` on may still be made.
  @inlinable
  package func goesOn(from number: UInt64) -> Bool { only.map { ($0.last ?? 0) >= number && !$0.isEmpty } ?? true }

  @usableFromInline static func contains(_ number: UInt64, _ numbers: [UInt64]) -> Bool {
    var (low, high) = (0, numbers.count)
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < numbers.count && numbers[low] == number
  }

  /// - Precondition: `start < stop`, at least one target, a rate above zero.
  @usableFromInline package init(source: Source, pacing: Pacing, start: Instant, stop: Instant, targets: Range<Int>)
  {
    precondition(start < stop && !targets.isEmpty)
    if case .rate(let rate) = pacing { precondition(rate > 0) }
    self.source = source
    self.pacing = pacing
    self.start = start
    self.stop = stop
    self.targets = targets
  }
}

import Kernel
import Node
import Primitives
import Telemetry

/// A cluster in one value: programs, hosts, network, faults, workload and judge on one virtual clock.
///
/// It is a plain value, and its copy is a fork (`fork()`): nothing mutable is shared, and left alone both
/// come to the same digest.
@usableFromInline package struct Simulation<P: Program, J: Judge>: Sendable where J.Watched == P {
  @usableFromInline package let plan: SimulationPlan<P>
  /// Virtual time: that of the last event.
  @usableFromInline package internal(set) var now = Instant.zero
  /// Events so far.
  @usableFromInline package internal(set) var events: UInt64 = 0
  @usableFromInline package internal(set) var judge: J
  @usableFromInline var processes: ContiguousArray<Process<P>>
  /// By process and timer: those that are set. Beside the processes, as are the draws: reading an inline array
  /// out of an array's element copies the whole element.
  @usableFromInline var timers: ContiguousArray<EventHandle?>
  /// By process; kept through crashes.
  @usableFromInline var draws: ContiguousArray<DrawCounters>
  /// By host.
  @usableFromInline var clocks: ContiguousArray<HostClock>
  /// Timers of processes whose clocks stand still.
  @usableFromInline var frozenTimers: ContiguousArray<FrozenTimer> = []
  /// By host: what its process has under way on the processor, and what of its memory is taken.
  @usableFromInline var resources: ContiguousArray<HostResources>
  /// By host, as faults have it now.
  @usableFromInline var disks: ContiguousArray<DiskProfile>
  @usableFromInline var queue = EventQueue<Event<P>>()
  @usableFromInline var scheduler: Scheduler
  @usableFromInline var choices: Choices
  /// What is asked is drawn with the plan's own seed, whatever becomes of all other luck.
  @usableFromInline let requestChoices: Choices
  @usableFromInline var links = LinkTable()
  /// What waits on links that hold, in the order in which it was to arrive.
  @usableFromInline var heldOnLinks: ContiguousArray<HeldDelivery<P.Message>> = []
  /// What ended on disks that stall.
  @usableFromInline var stalledSyncs: ContiguousArray<StalledSync> = []
  @usableFromInline var counts = MessageCounts()
  @usableFromInline var incidents = IncidentCounts()
  @usableFromInline var faults: FaultBook
  /// By process: whether it was healed for good while others were left as they were; empty before, and where all heal.
  @usableFromInline var core: ContiguousArray<Bool> = []
  @usableFromInline var operations = OperationBook<P>()
  @usableFromInline var telemetry: TelemetryBook
  @usableFromInline var notes: NoteBook
  @usableFromInline var film: FilmBook
  /// Processes that a fault makes slow.
  @usableFromInline var slowProcesses = 0
  /// When metrics are sampled next.
  @usableFromInline var nextSample: Instant
  @usableFromInline var rolling = Digest()
  /// Events since time last moved.
  @usableFromInline var sinceTimeMoved: UInt64 = 0
  /// Lent to each step.
  @usableFromInline var effects = Effects<P>()

  @usableFromInline package init(_ plan: SimulationPlan<P>, judge: J) {
    self.plan = plan
    self.judge = judge
    let choices = Choices(seed: plan.seed, fixed: plan.choices.map(\.fixed))
    self.choices = choices
    requestChoices = choices
    disks = ContiguousArray(plan.disks)
    resources = ContiguousArray(repeating: HostResources(), count: plan.programs.count)
    clocks = Self.clocks(plan, choices)
    scheduler = plan.schedule.scheduler(shufflesTies: plan.shufflesTies, over: plan.duration, choices)
    processes = ContiguousArray(
      plan.programs.enumerated().map { Process(endpoint: Endpoint(NodeID(UInt32($0.offset))), program: $0.element) }
    )
    for (index, files) in plan.disksHold.enumerated() { processes[index].disk = ProcessDisk(holding: files) }
    timers = ContiguousArray(repeating: nil, count: processes.count * StepLimits.timers)
    draws = ContiguousArray(repeating: DrawCounters(), count: processes.count)
    faults = FaultBook(plan.faults)
    telemetry = TelemetryBook(plan.telemetry, processes: plan.programs.count)
    notes = NoteBook(isOn: plan.notes)
    film = FilmBook(isOn: plan.films, processes: plan.programs.count)
    nextSample = plan.telemetry.sampling.map { .zero + $0 } ?? .never
    rolling.fold(plan.seed, UInt64(plan.programs.count))
    for index in processes.indices { queue.push(.start(Int32(index), life: 0), at: .zero) }
    scheduleWorkload()
    scheduleFaults()
    scheduleHealing()
  }

  /// A simulation that goes on exactly as this one would, and shares nothing that changes.
  @inlinable
  package func fork() -> Simulation { self }

  /// From now on all luck is that of another seed, but for what the workload asks. What was drawn before stays.
  package mutating func reseed(_ seed: UInt64) {
    choices = Choices(seed: seed, fixed: plan.choices.map(\.fixed))
    scheduler.draw(from: choices)
  }

  /// What every event so far has come to.
  @usableFromInline package var digest: Digest {
    var digest = rolling
    // In place: a process is large, and would be copied.
    processes.withUnsafeBufferPointer { processes in
      for index in processes.indices { digest.fold(processes[index].digest) }
    }
    return digest
  }

  /// The digest of one process: of its inputs, clock readings, draws and effects.
  @usableFromInline package func digest(ofProcess index: Int) -> Digest { processes[index].digest }

  /// A process as it is now.
  @usableFromInline package func program(_ index: Int) -> P { processes[index].program }

  @usableFromInline package func isUp(_ index: Int) -> Bool { processes[index].state != .down }

  /// What the network has done so far.
  package var messageCounts: MessageCounts { counts }

  /// Directed links that were ever used: what the network costs in memory.
  package var linkCount: Int { links.links.count }
}

// MARK: - Running

/// Why a simulation stopped.
@usableFromInline package enum StopReason: Hashable, Sendable {
  /// Virtual time has reached the moment asked for.
  case reached
  /// The judge has found a violation.
  case violation
  /// The number of events that was allowed is used up.
  case budget
  /// So many events happened without time moving that it never will.
  case stall
}

extension Simulation {
  /// How many events may share one instant.
  @inlinable
  package var stallLimit: UInt64 { max(1_000_000, 10_000 * UInt64(processes.count)) }

  /// Runs until `time`, events at that moment included, or until something stops it earlier. At most
  /// `budget` events.
  @inlinable
  package mutating func run(until time: Instant, budget: UInt64 = .max) -> StopReason {
    var left = budget
    let stallLimit = stallLimit
    while left > 0 {
      guard case (let moment, let sequence, let event)? = scheduler.next(from: &queue, notAfter: time) else {
        if nextSample <= time { sample(upTo: time) }
        now = max(now, time)
        return .reached
      }
      left &-= 1
      if moment > now {
        if nextSample < moment { sample(upTo: moment - Nanoseconds(1)) }
        now = moment
        sinceTimeMoved = 0
      }
      sinceTimeMoved &+= 1
      if sinceTimeMoved > stallLimit { return .stall }
      events &+= 1
      if notes.isOn { note(event) }
      if film.isOn { filmBegins(event) }
      perform(consume event, sequence: sequence)
      if notes.isOn { closeNotes() }
      if film.isOn { filmEnds() }
      if judge.isViolated { return .violation }
    }
    return .budget
  }

  @inlinable
  mutating func perform(_ event: consuming Event<P>, sequence: UInt64) {
    switch event {
    case .delivery(let delivery):
      foldEvent(sequence, 0, UInt64(delivery.from) << 32 | UInt64(delivery.to), delivery.mark)
      deliver(delivery)
    case .timer(let process, let timer):
      foldEvent(sequence, 1, UInt64(process), UInt64(timer.rawValue))
      fire(timer, of: Int(process))
    case .sync(let process, let life, let token, let outcome):
      foldEvent(sequence, 2, UInt64(process) << 32 | UInt64(life), token.rawValue << 2 | UInt64(outcome.rawValue))
      endSync(token, of: Int(process), life: life, outcome)
    case .start(let process, let life):
      foldEvent(sequence, 3, UInt64(process), UInt64(life))
      if processes[Int(process)].life == life { start(Int(process)) }
    case .input(let process, let life, let input, let context):
      foldEvent(sequence, 4, UInt64(process), UInt64(life))
      guard processes[Int(process)].life == life else { return }
      give(input, to: Int(process), context, mark: plan.digests ? input.mark : 0)
    case .arrival(let number):
      foldEvent(sequence, 5, number, 0)
      arrive(number)
    case .turn(let process, let life):
      foldEvent(sequence, 6, UInt64(process), UInt64(life))
      if processes[Int(process)].life == life { takeTurn(Int(process)) }
    case .ready(let process, let life):
      foldEvent(sequence, 9, UInt64(process), UInt64(life))
      if processes[Int(process)].life == life { becomeReady(Int(process)) }
    case .faultBegins(let fault, let occurrence):
      foldEvent(sequence, 7, UInt64(fault), UInt64(occurrence))
      beginFault(Int(fault), occurrence: occurrence)
    case .faultEnds(let occurrence):
      foldEvent(sequence, 8, UInt64(occurrence), 0)
      endFault(occurrence)
    case .faultTurns(let occurrence):
      foldEvent(sequence, 10, UInt64(occurrence), 0)
      turnFault(occurrence)
    case .heal:
      foldEvent(sequence, 11, 0, 0)
      healCore()
    case .work(let process):
      foldEvent(sequence, 12, UInt64(process), 0)
      finishWork(of: Int(process))
    case .memoryFull(let process):
      foldEvent(sequence, 13, UInt64(process), 0)
      fillMemory(of: Int(process))
    case .restart(let process):
      foldEvent(sequence, 14, UInt64(process), 0)
      obeyRestart(Int(process))
    }
  }

  @inlinable
  @inline(__always)
  mutating func foldEvent(_ sequence: UInt64, _ kind: UInt64, _ ends: UInt64, _ detail: UInt64) {
    guard plan.digests else { return }
    rolling.fold(UInt64(bitPattern: now.nanoseconds), sequence << 8 | kind)
    rolling.fold(ends, detail)
  }
}

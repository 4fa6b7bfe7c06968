import Node
import Primitives
import Telemetry

/// Lives of processes: start, crash, pause and resume.
extension Simulation {
  @usableFromInline mutating func start(_ index: Int) {
    guard processes[index].state == .down, processes[index].crashes == 0 else { return }
    processes[index].state = processes[index].service == nil ? .up : .slow
    if processes[index].life > 0 { processes[index].restarts += 1 }
    let recovered = processes[index].disk.recovered(restarts: processes[index].restarts)
    if !processes[index].disk.scars.isEmpty {
      creditDamageFound(index, &faults)
      incidents.damageFound += UInt64(processes[index].disk.scars.count { $0.kind != .torn })
    }
    beginUse(of: index)
    step(.started(recovered), index, nil, mark: 1 | processes[index].restarts << 8)
    if case .think(_, let inFlight)? = plan.workload?.value.pacing, processes[index].life > 0 {
      for _ in 0..<inFlight { scheduleTurn(of: index, after: .zero) }
    }
  }

  /// Ends a process at once. What was not durable is gone, with its connections and all that was under way
  /// inside it. Returns what became of its unsynced records.
  ///
  /// - Parameter sparesSectors: whether any sector that no sync covers may be on the disk.
  @discardableResult
  @usableFromInline mutating func crash(
    _ index: Int, _ reason: StaticText, sparesSectors: Bool = true
  ) -> ProcessDisk<P.Record>.Remains {
    precondition(processes[index].state != .down, "who is down cannot crash")
    if notes.isOn { noteEffect(.process, index, "\(plan.names[index]) ends: \(reason)") }
    if film.isOn { film.end(index) }
    settleLeak(of: index)
    processes[index].state = .down
    processes[index].life += 1
    processes[index].pauses = 0
    processes[index].isBusy = false
    loseWork(of: index)
    processes[index].held.removeAll()
    processes[index].backlog.removeAll()
    processes[index].completed = WriteToken(0)
    for timer in 0..<StepLimits.timers { cancelTimer(TimerID(UInt8(timer)), of: index) }
    let remains = crashDisk(of: index, sparesSectors: sparesSectors)
    incidents.crashes += 1
    incidents.recordsTorn += UInt64(remains.torn)
    processes[index].program = plan.program(of: index, variant: processes[index].variant)
    processes[index].status = processes[index].program.status
    if plan.digests { processes[index].digest.fold(UInt64(bitPattern: now.nanoseconds), 10) }
    judge.observeCrash(process: index, at: now)
    telemetry.crash(of: index, reason, at: now)
    operations.lose(of: index, reason, at: now)
    endConnections(of: processes[index].endpoint.host)
    return remains
  }

  /// The process has ended itself, and is started again after a while.
  @usableFromInline mutating func exit(_ index: Int, _ reason: StaticText) {
    crash(index, reason)
    incidents.exits += 1
    queue.push(.start(Int32(index), life: processes[index].life), at: now + plan.restartAfter)
  }

  mutating func pause(_ index: Int) {
    processes[index].pauses += 1
    guard processes[index].state != .down else { return }
    settleWork(of: index)
    processes[index].state = .paused
    retimeWork(of: index)
  }

  mutating func resume(_ index: Int) {
    processes[index].pauses -= 1
    guard processes[index].pauses == 0, processes[index].state == .paused else { return }
    settleWork(of: index)
    if processes[index].service != nil {
      processes[index].state = .slow
      if !processes[index].isBusy { takeNext(index) }
    } else {
      catchUp(index)
    }
    retimeWork(of: index)
  }

  /// The process keeps pace again: all that waits reaches it now, in order.
  private mutating func catchUp(_ index: Int) {
    processes[index].state = .up
    let late = late { $0.to == UInt32(index) }
    let life = processes[index].life
    var backlog = ContiguousArray<Process<P>.Waiting>()
    swap(&backlog, &processes[index].backlog)
    for waiting in backlog {
      switch waiting {
      case .input(let input, let context):
        queue.push(.input(Int32(index), life: life, input, context), at: now)
      case .timer(let timer):
        // As a timer that is pending, so that an earlier input of the backlog can still set it anew.
        setTimer(timer, of: index, at: now)
      }
    }
    putBehind(late)
  }

  // MARK: Slow processes

  /// From now on each input takes so long; nil for no time.
  mutating func serve(_ index: Int, _ service: Distribution?) {
    slowProcesses += (service == nil ? 0 : 1) - (processes[index].service == nil ? 0 : 1)
    processes[index].service = service
    switch processes[index].state {
    case .up where service != nil: processes[index].state = .slow
    case .slow where service == nil: catchUp(index)
    default: break
    }
  }

  @usableFromInline mutating func enqueue(_ waiting: Process<P>.Waiting, by index: Int) {
    processes[index].backlog.append(waiting)
    if processes[index].isBusy {
      faults.credit(.inputsDelayed, pausing: processes[index].endpoint.host)
    } else {
      takeNext(index)
    }
  }

  /// The process turns to the first that waits, and is busy with it for a while. What comes of it leaves at once.
  private mutating func takeNext(_ index: Int) {
    guard let service = processes[index].service, !processes[index].backlog.isEmpty else { return }
    let waiting = processes[index].backlog.removeFirst()
    let life = processes[index].life
    let key = Entities(processes[index].endpoint.word)
    let time = choices.choose(.serviceTime, key, processes[index].served, from: service)
    processes[index].served &+= 1
    processes[index].isBusy = true
    queue.push(.ready(Int32(index), life: life), at: now + time)
    switch waiting {
    case .input(let input, let context): take(input, by: index, context, mark: plan.digests ? input.mark : 0)
    case .timer(let timer): step(.timerFired(timer), index, nil, mark: 3 | UInt64(timer.rawValue) << 8)
    }
  }

  @usableFromInline mutating func becomeReady(_ index: Int) {
    processes[index].isBusy = false
    if processes[index].state == .slow { takeNext(index) }
  }

  /// A timer that has fired and waits is set anew, or taken back.
  @usableFromInline mutating func forgetWaiting(_ timer: TimerID, of index: Int) {
    guard processes[index].state == .slow else { return }
    processes[index].backlog.removeAll { if case .timer(timer) = $0 { true } else { false } }
  }
}

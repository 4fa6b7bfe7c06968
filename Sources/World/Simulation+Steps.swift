import Kernel
import Node
import Primitives
import Telemetry

/// One input into one process, and what comes of it.
extension Simulation {
  /// Hands an input to a process, or keeps it for one that stands still.
  ///
  /// - Parameter mark: stands for the input in the process's digest.
  @inlinable
  mutating func give(_ input: Input<P>, to index: Int, _ context: TraceContext?, mark: UInt64) {
    switch processes[index].state {
    case .down: break
    case .up: take(input, by: index, context, mark: mark)
    case .paused:
      processes[index].backlog.append(.input(input, context))
      faults.credit(.inputsDelayed, pausing: processes[index].endpoint.host)
    case .slow: enqueue(.input(input, context), by: index)
    }
  }

  @inlinable
  mutating func take(_ input: Input<P>, by index: Int, _ context: TraceContext?, mark: UInt64) {
    switch input {
    case .writeCompleted(let token): settle(token, of: index, succeeded: true)
    case .writeFailed(let token): settle(token, of: index, succeeded: false)
    default: break
    }
    step(input, index, context, mark: mark)
  }

  @inlinable
  mutating func step(_ input: Input<P>, _ index: Int, _ incoming: TraceContext?, mark: UInt64) {
    let reading = clocks[index].reading(at: now)
    var context = StepContext(
      monotonic: reading, wall: clocks[index].wall(reading), telemetry: telemetry.isOn, choices: choices,
      process: Entities(processes[index].endpoint.word), draws: draws[index])
    let showsChange = processes[index].step(
      input, context: &context, effects: &effects, judge: &judge, index: index, at: now)
    draws[index] = context.draws
    if plan.digests {
      processes[index].digest.fold(UInt64(bitPattern: reading.nanoseconds), mark)
      processes[index].digest.fold(UInt64(bitPattern: context.wall.nanoseconds), context.drawn)
    }
    if telemetry.isOn { telemetry.take(effects.telemetry, of: index, incoming, at: now, choices) }
    if film.isOn { film.touch(index) }
    if !effects.items.isEmpty { carryOutEffects(of: index) }
    if telemetry.isOn {
      telemetry.endStep(of: index)
      effects.telemetry.removeAll(keepingCapacity: true)
    }
    if showsChange, faults.someWait { resolveWaitingFaults() }
  }

  @inlinable
  mutating func carryOutEffects(of index: Int) {
    let life = processes[index].life
    while let effect = effects.items.popFirst() {
      carryOut(consume effect, of: index)
      // A process that has ended itself does nothing more.
      if processes[index].life != life { effects.items.removeAll() }
    }
  }

  @inlinable
  mutating func carryOut(_ effect: consuming Effect<P>, of index: Int) {
    if notes.isOn { note(effect, of: index) }
    if film.isOn { filmEffect(effect, of: index) }
    switch effect {
    case .send(let message, let to, let after, let span):
      let mark = plan.digests ? message.mark : 0
      note(index, 1 | to.word << 8, mark)
      let context = telemetry.isOn ? telemetry.context(of: span, in: index) : nil
      send(message, from: index, to: to, after: after, mark: mark, context)
    case .setTimer(let timer, let after):
      note(index, 2 | UInt64(timer.rawValue) << 8, UInt64(bitPattern: after.count))
      precondition(after >= .zero, "a timer is set for later")
      setTimer(timer, of: index, after: after)
    case .cancelTimer(let timer):
      note(index, 3, UInt64(timer.rawValue))
      cancelTimer(timer, of: index)
    case .append(let record, let file):
      note(index, 4 | UInt64(file.rawValue) << 8, plan.digests ? record.mark : 0)
      processes[index].disk.issue(.append(consume record, file))
      occupyDisk(of: index)
    case .truncate(let file, let keeping):
      note(index, 5 | UInt64(file.rawValue) << 8, UInt64(keeping))
      processes[index].disk.issue(.truncate(file, keeping: keeping))
      occupyDisk(of: index)
    case .discard(let file, let position):
      note(index, 13 | UInt64(file.rawValue) << 8, UInt64(position))
      processes[index].disk.issue(.discard(file, before: position))
      occupyDisk(of: index)
    case .replace(let file, let record):
      note(index, 6 | UInt64(file.rawValue) << 8, plan.digests ? record.mark : 0)
      processes[index].disk.issue(.replace(file, record))
      occupyDisk(of: index)
    case .sync(let token, let directory):
      note(index, directory ? 7 | 1 << 8 : 7, token.rawValue)
      beginSync(token, directory: directory, of: index)
    case .reply(let request, let response):
      note(index, 8, request.rawValue)
      finish(request, response, of: index)
    case .exit(let reason):
      note(index, 9, 0)
      exit(index, reason)
    case .work(let work, let demand):
      note(index, 10, work.rawValue)
      begin(work, demand, of: index)
    case .readResources:
      note(index, 11, 0)
      readResources(of: index)
    case .restart(let endpoint):
      note(index, 12, endpoint.word)
      order(restartOf: endpoint, by: index)
    }
  }

  /// Folds one effect into the process's digest.
  @inlinable
  @inline(__always)
  mutating func note(_ index: Int, _ what: UInt64, _ detail: UInt64) {
    if plan.digests { processes[index].digest.fold(what, detail) }
  }

  // MARK: Timers

  @inlinable
  mutating func setTimer(_ timer: TimerID, of index: Int, at time: Instant) {
    let place = index &* StepLimits.timers &+ Int(timer.rawValue)
    if slowProcesses > 0 { forgetWaiting(timer, of: index) }
    if let handle = timers[place], queue.rearm(handle, at: time) != nil { return }
    timers[place] = queue.push(.timer(Int32(truncatingIfNeeded: index), timer), at: time)
  }

  @inlinable
  mutating func cancelTimer(_ timer: TimerID, of index: Int) {
    let place = index &* StepLimits.timers &+ Int(timer.rawValue)
    if let handle = timers[place] { queue.cancel(handle) }
    timers[place] = nil
    if !frozenTimers.isEmpty { cancelFrozenTimer(timer, of: index) }
    if slowProcesses > 0 { forgetWaiting(timer, of: index) }
  }

  @inlinable
  mutating func fire(_ timer: TimerID, of index: Int) {
    timers[index &* StepLimits.timers &+ Int(timer.rawValue)] = nil
    switch processes[index].state {
    case .paused:
      processes[index].backlog.append(.timer(timer))
      faults.credit(.inputsDelayed, pausing: processes[index].endpoint.host)
    case .slow: enqueue(.timer(timer), by: index)
    case .up, .down: step(.timerFired(timer), index, nil, mark: 3 | UInt64(timer.rawValue) << 8)
    }
  }
}

extension ProgramInput {
  /// Kind and content of this input as one number, for the process's digest. The hot paths, which know what
  /// they hand over, make the same number without looking into the input.
  @usableFromInline var mark: UInt64 {
    switch self {
    case .started(let recovered): return 1 | recovered.restarts << 8
    case .message(let message, let from): return 2 | from.word << 8 &+ message.mark
    case .timerFired(let timer): return 3 | UInt64(timer.rawValue) << 8
    case .writeCompleted(let token): return 4 | token.rawValue << 8
    case .writeFailed(let token): return 5 | token.rawValue << 8
    case .connectionClosed(let peer): return 6 | peer.word << 8
    case .undelivered(let message, let to): return 11 | to.word << 8 &+ message.mark
    case .request(let number, let request): return Self.mark(of: request, number.rawValue)
    case .workDone(let work): return 8 | work.rawValue << 8
    case .resources(let reading):
      var digest = Digest()
      digest.fold(reading.busy, reading.own)
      digest.fold(reading.memory, reading.limit ?? .max)
      return 9 | digest.words.low << 8
    case .admin(let command):
      var digest = Digest()
      command.fold(into: &digest)
      return 10 | digest.words.low << 8
    }
  }

  @inlinable
  static func mark(of request: Request, _ number: UInt64) -> UInt64 {
    var digest = Digest()
    request.fold(into: &digest)
    return 7 | number << 8 &+ digest.words.low
  }
}

extension WireMessage {
  @inlinable
  var mark: UInt64 {
    var digest = Digest()
    digest.fold(UInt64(kind))
    fold(into: &digest)
    return digest.words.low
  }
}

extension StoredRecord {
  @inlinable
  var mark: UInt64 {
    var digest = Digest()
    fold(into: &digest)
    return digest.words.low
  }
}

import Kernel
import Node
import Primitives
import Telemetry

/// One input into one process, and what comes of it.
extension Simulation {
  /// Hands an input to a process, or keeps it for one that stands still.
  @inlinable
  package mutating func give(_ input: Input<P>, to index: Int, _ context: TraceContext?, mark: UInt64 = 0) {
    switch processes[index].state {
    case .down: break
    case .up: step(input, index, context, mark: mark)
    case .paused:
      processes[index].backlog.append(.input(input, context))
      faults.credit(.inputsDelayed, pausing: processes[index].endpoint.host)
    }
  }

  @inlinable
  package mutating func step(_ input: Input<P>, _ index: Int, _ incoming: TraceContext?, mark: UInt64 = 0) {
    var context = StepContext(
      monotonic: now, wall: HostClock.wall(at: now), telemetry: telemetry.isOn, choices: choices,
      process: Entities(processes[index].endpoint.word), draws: processes[index].draws)
    processes[index].step(
      input, context: &context, effects: &effects, judge: &judge, index: index, at: now)
    if plan.digests {
      processes[index].digest.fold(UInt64(bitPattern: now.nanoseconds), input.mark &+ mark)
      processes[index].digest.fold(UInt64(bitPattern: context.wall.nanoseconds), context.drawn)
    }
    if telemetry.isOn { telemetry.take(effects.telemetry, of: index, incoming, at: now, choices) }
    if !effects.items.isEmpty { carryOutEffects(of: index) }
    if telemetry.isOn {
      telemetry.endStep(of: index)
      effects.telemetry.removeAll(keepingCapacity: true)
    }
    let status = processes[index].program.status
    if status != processes[index].status {
      processes[index].status = status
      if faults.someWait { resolveWaitingFaults() }
    }
  }

  @inlinable
  package mutating func carryOutEffects(of index: Int) {
    // Out of the way while the rest of the simulation changes; its memory comes back below.
    var items = ContiguousArray<Effect<P>>()
    swap(&items, &effects.items)
    let life = processes[index].life
    for position in items.indices {
      carryOut(items[position], of: index)
      // A process that has ended itself does nothing more.
      if processes[index].life != life { break }
    }
    items.removeAll(keepingCapacity: true)
    swap(&items, &effects.items)
  }

  @inlinable
  package mutating func carryOut(_ effect: Effect<P>, of index: Int) {
    switch effect {
    case .send(let message, let to, let after, let span):
      let mark = plan.digests ? message.mark : 0
      note(index, 1 | to.word << 8, mark)
      let context = telemetry.isOn ? telemetry.context(of: span, in: index) : nil
      send(message, from: index, to: to, after: after, mark: mark, context)
    case .setTimer(let timer, let after):
      note(index, 2 | UInt64(timer.rawValue) << 8, UInt64(bitPattern: after.count))
      precondition(after >= .zero, "a timer is set for later")
      setTimer(timer, of: index, at: now + after)
    case .cancelTimer(let timer):
      note(index, 3, UInt64(timer.rawValue))
      if let handle = processes[index].timers[Int(timer.rawValue)] { queue.cancel(handle) }
      processes[index].timers[Int(timer.rawValue)] = nil
    case .append(let record, let file):
      note(index, 4 | UInt64(file.rawValue) << 8, plan.digests ? record.mark : 0)
      processes[index].disk.issue(.append(record, file))
      occupyDisk(of: index)
    case .truncate(let file, let keeping):
      note(index, 5 | UInt64(file.rawValue) << 8, UInt64(keeping))
      processes[index].disk.issue(.truncate(file, keeping: keeping))
      occupyDisk(of: index)
    case .replace(let file, let record):
      note(index, 6 | UInt64(file.rawValue) << 8, plan.digests ? record.mark : 0)
      processes[index].disk.issue(.replace(file, record))
      occupyDisk(of: index)
    case .sync(let token):
      note(index, 7, token.rawValue)
      beginSync(token, of: index)
    case .reply(let request, let response):
      note(index, 8, request.rawValue)
      finish(request, response, of: index)
    case .exit(let reason):
      note(index, 9, 0)
      exit(index, reason)
    }
  }

  /// Folds one effect into the process's digest.
  @inlinable
  @inline(__always)
  package mutating func note(_ index: Int, _ what: UInt64, _ detail: UInt64) {
    if plan.digests { processes[index].digest.fold(what, detail) }
  }

  // MARK: Timers

  @inlinable
  package mutating func setTimer(_ timer: TimerID, of index: Int, at time: Instant) {
    if let handle = processes[index].timers[Int(timer.rawValue)], queue.rearm(handle, at: time) != nil { return }
    processes[index].timers[Int(timer.rawValue)] = queue.push(.timer(Int32(index), timer), at: time)
  }

  @inlinable
  package mutating func fire(_ timer: TimerID, of index: Int) {
    processes[index].timers[Int(timer.rawValue)] = nil
    if processes[index].state == .paused {
      processes[index].backlog.append(.timer(timer))
      faults.credit(.inputsDelayed, pausing: processes[index].endpoint.host)
    } else {
      step(.timerFired(timer), index, nil)
    }
  }
}

extension Input {
  /// What kind of input this is and which, for the process's digest; a message's content is folded beside.
  @inlinable
  package var mark: UInt64 {
    switch self {
    case .started(let recovered): 1 | recovered.restarts << 8
    case .message(_, let from): 2 | from.word << 8
    case .timerFired(let timer): 3 | UInt64(timer.rawValue) << 8
    case .writeCompleted(let token): 4 | token.rawValue << 8
    case .writeFailed(let token): 5 | token.rawValue << 8
    case .connectionClosed(let peer): 6 | peer.word << 8
    case .request(let request, _): 7 | request.rawValue << 8
    }
  }

  /// The digest of what a message or a request says.
  @inlinable
  package var contentMark: UInt64 {
    switch self {
    case .message(let message, _): return message.mark
    case .request(_, let request):
      var digest = Digest()
      request.fold(into: &digest)
      return digest.words.low
    default: return 0
    }
  }
}

extension WireMessage {
  @inlinable
  package var mark: UInt64 {
    var digest = Digest()
    digest.fold(UInt64(kind))
    fold(into: &digest)
    return digest.words.low
  }
}

extension StoredRecord {
  @inlinable
  package var mark: UInt64 {
    var digest = Digest()
    fold(into: &digest)
    return digest.words.low
  }
}

/// Every host's clocks: the monotonic one begins at zero with the run, the wall clock in the year 2000.
@usableFromInline package enum HostClock {
  /// 2000-01-01T00:00:00Z in nanoseconds since 1970.
  @usableFromInline package static var epoch: Nanoseconds { @inlinable get { Nanoseconds(946_684_800_000_000_000) } }

  @inlinable
  package static func wall(at time: Instant) -> Instant { time + epoch }
}

import Node
import Primitives

/// One number for everything that decides how the simulation goes on.
extension Simulation {
  /// Covers programs, disks, connections, messages in flight as a multiset, timers as remaining time,
  /// faults, workload and judge; not time itself, sequence numbers and counters, so that two ways into one
  /// state are seen to be one.
  @usableFromInline package func stateHash() -> Digest {
    var hash = Digest()
    for (process, clock) in zip(processes, clocks) { fold(process, clock, into: &hash) }
    for index in resources.indices { foldResources(of: index, into: &hash) }
    foldLinks(into: &hash)
    foldQueue(into: &hash)
    for each in frozenTimers {
      hash.fold(UInt64(each.process) << 8 | UInt64(each.timer.rawValue), UInt64(bitPattern: each.remaining.count))
    }
    for sync in stalledSyncs {
      hash.fold(UInt64(sync.process) << 2 | UInt64(sync.outcome.rawValue), sync.token.rawValue)
    }
    scheduler.fold(into: &hash, at: now)
    faults.fold(into: &hash)
    for isIn in core { hash.fold(isIn ? 1 : 0) }
    operations.fold(into: &hash)
    judge.fold(into: &hash)
    return hash
  }

  private func fold(_ process: Process<P>, _ clock: HostClock, into hash: inout Digest) {
    hash.fold(UInt64(process.state.rawValue), UInt64(process.crashes) << 32 | UInt64(process.pauses))
    process.program.fold(into: &hash, at: clock.reading(at: now))
    clock.fold(into: &hash, at: now)
    process.disk.fold(into: &hash)
    if process.isBusy { hash.fold(1) }
    if process.variant > 0 { hash.fold(UInt64(process.variant)) }
    hash.fold(process.completed.rawValue, UInt64(process.held.count))
    for send in process.held {
      hash.fold(send.to.word, send.after?.rawValue ?? 0)
      send.message.fold(into: &hash)
    }
    for waiting in process.backlog {
      switch waiting {
      case .timer(let timer): hash.fold(1, UInt64(timer.rawValue))
      case .input(let input, _): hash.fold(input.mark)
      }
    }
  }

  private func foldLinks(into hash: inout Digest) {
    // By ends: the order of first use is history, not state.
    let order = links.links.indices.sorted {
      (links.links[$0].from, links.links[$0].to) < (links.links[$1].from, links.links[$1].to)
    }
    for number in order {
      let link = links.links[number]
      let isUnusual = link.dialling.isUnusual(at: now)
      guard link.isOpen || isUnusual || link.cuts | link.holds | link.changes != 0 || link.freeAt > now else {
        continue
      }
      hash.fold(UInt64(link.from.rawValue), UInt64(link.to.rawValue))
      hash.fold(link.isOpen ? link.isStale ? 2 : 1 : 0, UInt64(link.cuts) << 32 | UInt64(link.holds))
      hash.fold(UInt64(bitPattern: max(.zero, link.freeAt - now).count))
      if isUnusual { link.dialling.fold(into: &hash, at: now) }
    }
    for held in heldOnLinks {
      let isPresent = held.delivery.connection == links.links[Int(held.delivery.link)].connection
      hash.fold(UInt64(held.delivery.from) << 32 | UInt64(held.delivery.to), held.delivery.message.mark)
      hash.fold(held.wasUnderWay ? 1 : 0, isPresent ? 1 : 0)
    }
  }

  private func foldQueue(into hash: inout Digest) {
    var messages: UInt64 = 0
    var others: UInt64 = 0
    queue.forEachPending { time, _, event in
      var digest = Digest()
      let remaining = UInt64(bitPattern: (time - now).count)
      switch event {
      case .delivery(let delivery):
        // What belongs to a connection that is over will not arrive.
        guard delivery.connection == links.links[Int(delivery.link)].connection else { return }
        digest.fold(UInt64(delivery.from) << 32 | UInt64(delivery.to), delivery.message.mark)
        messages &+= digest.words.low
        return
      case .timer(let process, let timer): digest.fold(UInt64(process), UInt64(timer.rawValue))
      case .sync(let process, let life, let token, let outcome):
        guard processes[Int(process)].life == life else { return }
        digest.fold(UInt64(process) << 2 | UInt64(outcome.rawValue), token.rawValue)
      case .start(let process, let life):
        guard processes[Int(process)].life == life else { return }
        digest.fold(UInt64(process))
      case .input(let process, let life, let input, _):
        guard processes[Int(process)].life == life else { return }
        digest.fold(UInt64(process))
        digest.fold(input.mark)
      case .arrival, .heal: break
      case .turn(let process, let life):
        guard processes[Int(process)].life == life else { return }
        digest.fold(UInt64(process))
      case .ready(let process, let life):
        guard processes[Int(process)].life == life else { return }
        digest.fold(UInt64(process))
      case .work(let process), .memoryFull(let process), .restart(let process): digest.fold(UInt64(process))
      case .faultBegins(let fault, _): digest.fold(UInt64(fault))
      case .faultEnds(let number), .faultTurns(let number):
        guard let active = faults.active.first(where: { $0.number == number }) else { return }
        digest.fold(UInt64(active.fault))
      }
      digest.fold(remaining, event.kind)
      others &+= digest.words.low
    }
    hash.fold(messages, others)
  }
}

extension SimulationEvent {
  /// As in the rolling digest.
  fileprivate var kind: UInt64 {
    switch self {
    case .delivery: 0
    case .timer: 1
    case .sync: 2
    case .start: 3
    case .input: 4
    case .arrival: 5
    case .turn: 6
    case .faultBegins: 7
    case .faultEnds: 8
    case .ready: 9
    case .faultTurns: 10
    case .heal: 11
    case .work: 12
    case .memoryFull: 13
    case .restart: 14
    }
  }
}

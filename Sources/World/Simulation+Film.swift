import Kernel
import Node
import Primitives

/// Filming: what happens goes to the film book as it happens, where somebody wants a picture.
extension Simulation {
  /// Everything filmed so far.
  package func takeFilm() -> Film {
    film.take(
      processes: plan.names, nodes: plan.nodes, kinds: P.Message.kinds.map { "\($0)" }, end: now)
  }

  @usableFromInline mutating func filmBegins(_ event: Event<P>) {
    func begin(_ kind: Film.EventKind, _ process: Int32, _ detail: UInt32 = 0, because cause: UInt32 = 0) {
      film.begin(kind, of: process, detail, because: cause, at: now)
    }
    switch event {
    case .delivery(let delivery):
      begin(.message, delivery.to, delivery.filmed, because: film.sender(of: delivery.filmed))
      let state = processes.withUnsafeBufferPointer { $0[Int(delivery.to)].state }
      film.arrive(delivery.filmed, at: Int(delivery.to), stands: state == .paused || state == .slow)
    case .timer(let process, let timer):
      begin(.timer, process, UInt32(timer.rawValue), because: film.cause(ofTimer: timer, of: Int(process)))
    case .sync(let process, let life, let token, _):
      // A later life may have a sync of the same number, and one that the disk stalls has not ended.
      let isOver = processes[Int(process)].life == life && !disks[Int(process)].stalls
      let cause = isOver ? film.takeCause(ofSync: token, of: Int(process)) : 0
      begin(.sync, process, UInt32(truncatingIfNeeded: token.rawValue), because: cause)
    case .start(let process, _): begin(.start, process)
    case .input(let process, let life, let input, _): filmBegins(input, of: process, life: life)
    case .arrival(let number): begin(.other, -1, UInt32(truncatingIfNeeded: number &+ 1))
    case .turn(let process, _): begin(.other, process)
    case .ready(let process, let life):
      var message: UInt32 = 0
      if processes[Int(process)].life == life, processes[Int(process)].state == .slow,
        case .input(.message(_, let from), _)? = processes[Int(process)].backlog.first
      {
        message = film.takeWaiting(of: Int(process), from: from.host.index)
      }
      begin(message > 0 ? .request : .other, process, message, because: film.sender(of: message))
    case .faultBegins, .faultEnds, .faultTurns, .heal: begin(.fault, -1)
    case .work(let process), .memoryFull(let process), .restart(let process): begin(.resources, process)
    }
  }

  private mutating func filmBegins(_ input: Input<P>, of process: Int32, life: UInt32) {
    var (kind, message) = (Film.EventKind.other, UInt32(0))
    switch input {
    case .message(_, let from):
      if processes[Int(process)].life == life {
        message = film.takeWaiting(of: Int(process), from: from.host.index)
      }
      kind = .request
    case .request: kind = .request
    case .connectionClosed: kind = .closed
    case .undelivered: kind = .undelivered
    case .workDone, .resources: kind = .resources
    case .admin: break
    case .started, .timerFired, .writeCompleted, .writeFailed: break
    }
    film.begin(kind, of: process, message, because: film.sender(of: message), at: now)
  }

  /// A step, or a crash: what those show that had a part in the event may have changed.
  @usableFromInline mutating func filmEnds() {
    for index in film.takeTouched() {
      let reading = clocks[index].reading(at: now)
      let wall = clocks[index].wall(reading).nanoseconds - now.nanoseconds - HostClock.epoch.count
      // In place: a process is large, and would be copied.
      let (state, writes, details) = processes.withUnsafeBufferPointer {
        ($0[index].state, $0[index].disk.pending.count, $0[index].program.details)
      }
      film.show(
        index, Self.condition(of: state), clockErrors: (wall, (reading - now).count), unsynced: writes, details)
    }
  }

  @usableFromInline mutating func filmEffect(_ effect: Effect<P>, of index: Int) {
    switch effect {
    case .setTimer(let timer, _): film.set(timer, of: index)
    case .sync(let token, _): film.beginSync(token, of: index)
    case .reply(let request, _): film.answer(request.rawValue)
    case .send, .cancelTimer, .append, .truncate, .discard, .replace, .exit, .work, .readResources, .restart: break
    }
  }

  @usableFromInline mutating func filmSent(_ message: P.Message, from index: Int, to: Int) {
    film.send(message.kind, from: index, to: to, message.words)
    faults.struck = -1
  }
}

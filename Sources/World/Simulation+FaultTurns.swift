import Node
import Primitives

/// Faults that go on in turns: links that come and go, and restarts that go round.
extension Simulation {
  /// The present turn of a fault is over.
  @usableFromInline mutating func turnFault(_ number: UInt32) {
    guard let place = faults.active.firstIndex(where: { $0.number == number }) else { return }
    switch faults.active[place].work {
    case .cut(let pattern, let hold):
      faults.active[place].turns += 1
      faults.active[place].rests.toggle()
      let fault = faults.active[place]
      if fault.rests { uncut(pattern, hold: hold) } else { cut(pattern, hold: hold, by: fault.fault) }
      scheduleFlap(fault)
    case .roll(let round): roll(round, of: place)
    // A restart that went round when the core healed, and holds down one of the others for good.
    case .crash: break
    default: preconditionFailure("only what takes turns has one that ends")
    }
  }

  // MARK: Flapping

  /// When the links of a partition come back, or go again; nothing for one that simply lasts.
  mutating func scheduleFlap(_ fault: FaultBook.Active) {
    guard let flap = fault.flap else { return }
    let entities = Entities(UInt64(fault.luck.fault), UInt64(fault.luck.number))
    let time = choices.choose(.flap, entities, UInt64(fault.turns), from: fault.rests ? flap.up : flap.down)
    queue.push(.faultTurns(fault.number), at: now + time)
  }

  // MARK: Rolling restarts

  /// The first node goes down.
  mutating func beginRolling(_ number: UInt32) {
    guard let place = faults.active.firstIndex(where: { $0.number == number }),
      case .roll(let round) = faults.active[place].work
    else { return }
    takeDown(round, of: place)
  }

  /// Who is down starts; who has stood for long enough lets the next one go.
  private mutating func roll(_ round: FaultBook.Round, of place: Int) {
    var round = round
    let host = round.hosts[round.done]
    if round.isDown {
      round.isDown = false
      faults.active[place].work = .roll(round)
      release(host)
      watch(round, in: processes[host.index].life, of: place)
    } else if processes[host.index].state == .down {
      // It has fallen again, or never rose, for another reason: the next one waits until it has stood.
      watch(round, in: .max, of: place)
    } else if processes[host.index].life != round.life {
      watch(round, in: processes[host.index].life, of: place)
    } else {
      round.done += 1
      if round.done < round.hosts.count { takeDown(round, of: place) } else { finish(place) }
    }
  }

  private mutating func takeDown(_ round: FaultBook.Round, of place: Int) {
    var round = round
    let fault = faults.active[place]
    let host = round.hosts[round.done]
    round.isDown = true
    faults.active[place].work = .roll(round)
    if let variant = round.variant { reconfigure(host, as: variant, countingFor: fault.fault) }
    crash(host, countingFor: fault.fault, stays: true)
    queue.push(.faultTurns(fault.number), at: now + round.each)
  }

  private mutating func watch(_ round: FaultBook.Round, in life: UInt32, of place: Int) {
    var round = round
    round.life = life
    faults.active[place].work = .roll(round)
    queue.push(.faultTurns(faults.active[place].number), at: now + round.between)
  }

  /// All have had their turn.
  private mutating func finish(_ place: Int) {
    let ended = faults.active.remove(at: place)
    faults.records[ended.fault].occurrences[ended.occurrence].until = now
  }
}

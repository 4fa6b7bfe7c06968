import Node
import Primitives

/// How the world heals when the faults are over.
@usableFromInline package enum Healing: Hashable, Sendable {
  /// Each fault ends when it is due.
  case all
  /// At this moment a core, a majority of the nodes at least, is drawn, healed and started; what acts on the others
  /// then acts for good. Nothing begins afterwards.
  case core(at: Instant)
}

/// A core of the nodes heals, and the rest stays as it failed.
extension Simulation {
  mutating func scheduleHealing() {
    if case .core(let moment) = plan.healing { queue.push(.heal, at: moment) }
  }

  /// Whether it is for the core to heal, and no longer for each fault to end.
  var healsCore: Bool {
    if case .core(let moment) = plan.healing { now >= moment } else { false }
  }

  @usableFromInline mutating func healCore() {
    guard healsCore, core.isEmpty else { return }
    core = drawCore()
    for fault in faults.waiting { faults.records[fault.fault].withoutTarget += 1 }
    faults.waiting = []
    for place in faults.active.indices.reversed() { spareCore(of: place) }
    // Only now: a core host's disk or clock is what the faults that still act on it make of it, and none does.
    for index in processes.indices where core[index] {
      let host = processes[index].endpoint.host
      disks[index] = faults.disk(of: host, plan.disks[index])
      serve(index, faults.service(of: host))
      changeLoad(of: host)
      changeLeak(of: host)
      runClocks(of: host)
    }
    releaseStalledSyncs()
  }

  /// Clients belong to it, and of the nodes so many as are drawn; a majority that has lost nothing first, where
  /// there is one: without it nobody could be elected.
  private func drawCore() -> ContiguousArray<Bool> {
    let majority = plan.nodes / 2 + 1
    let most = max(majority, plan.nodes - 1)
    let size = majority + Int(choices.choose(.core, Entities(0), 0, below: UInt64(most - majority + 1)))
    var order = Array(0..<plan.nodes)
    for last in stride(from: plan.nodes - 1, to: 0, by: -1) {
      order.swapAt(last, Int(choices.choose(.core, Entities(UInt64(last)), 1, below: UInt64(last + 1))))
    }
    let whole = order.filter { !condition(of: $0).hasLost }.prefix(majority)
    let members = (whole + order.filter { !whole.contains($0) }).prefix(size)
    return ContiguousArray(processes.indices.map { $0 >= plan.nodes || members.contains($0) })
  }

  /// The fault lets go of the core, and ends where it holds nobody else.
  private mutating func spareCore(of place: Int) {
    let fault = faults.active[place]
    func rest(_ hosts: [NodeID]) -> [NodeID] { hosts.filter { !core[$0.index] } }
    func spared(_ hosts: [NodeID]) -> [NodeID] { hosts.filter { core[$0.index] } }
    var left: FaultBook.Active.Work?
    switch fault.work {
    case .crash(let hosts):
      for host in spared(hosts) { release(host) }
      left = rest(hosts).isEmpty ? nil : .crash(rest(hosts))
    case .roll(let round):
      let host = round.hosts[min(round.done, round.hosts.count - 1)]
      if round.isDown, core[host.index] { release(host) }
      left = round.isDown && !core[host.index] ? .crash([host]) : nil
    case .pause(let hosts, let lives):
      let kept = zip(hosts, lives).filter { !core[$0.0.index] }
      for (host, life) in zip(hosts, lives) where core[host.index] && processes[host.index].life == life {
        resume(host.index)
      }
      left = kept.isEmpty ? nil : .pause(kept.map(\.0), lives: kept.map(\.1))
    case .slow(let hosts, let each): left = rest(hosts).isEmpty ? nil : .slow(rest(hosts), each: each)
    case .disk(let hosts, let change): left = rest(hosts).isEmpty ? nil : .disk(rest(hosts), change)
    case .clock(let hosts, let change): left = rest(hosts).isEmpty ? nil : .clock(rest(hosts), change)
    case .load(let hosts, let share, let lives):
      let kept = hosts.indices.filter { !core[hosts[$0].index] }
      left =
        kept.isEmpty
        ? nil : .load(kept.map { hosts[$0] }, share: share, lives: lives.isEmpty ? [] : kept.map { lives[$0] })
    case .leak(let hosts, let rate):
      for host in hosts { settleLeak(of: host.index) }
      left = rest(hosts).isEmpty ? nil : .leak(rest(hosts), bytesPerSecond: rate)
    case .cut(let pattern, let hold):
      left = rest(pattern.hosts).isEmpty ? nil : .cut(pattern.sparing(core), hold: hold)
    case .change(let pattern, let change):
      left = rest(pattern.hosts).isEmpty ? nil : .change(pattern.sparing(core), change)
    }
    if let left {
      faults.active[place].work = left
    } else {
      faults.active.remove(at: place)
      faults.records[fault.fault].occurrences[fault.occurrence].until = now
    }
    spareLinks(of: fault)
  }

  /// The links between two of the core are rid of the fault.
  private mutating func spareLinks(of fault: FaultBook.Active) {
    switch fault.work {
    case .cut(let pattern, let hold):
      if !fault.rests { uncut(pattern.within(core), hold: hold) }
    case .change(let pattern, let change): unchange(pattern.within(core), change)
    default: break
    }
  }
}

extension LinkPattern {
  /// The same, but for links between two of these.
  func sparing(_ hosts: ContiguousArray<Bool>) -> LinkPattern {
    var pattern = self
    pattern.scope = Scope(hosts: hosts, isInside: false)
    return pattern
  }

  /// The same, but only for links between two of these.
  func within(_ hosts: ContiguousArray<Bool>) -> LinkPattern {
    var pattern = self
    pattern.scope = Scope(hosts: hosts, isInside: true)
    return pattern
  }
}

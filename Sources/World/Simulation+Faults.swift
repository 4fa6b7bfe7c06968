import Node
import Primitives

/// Faults: when they begin, whom they strike, and how the world heals after them.
extension Simulation {
  /// A restart is over as soon as it has struck; this long it looks for whom to strike.
  static var restartWindow: Nanoseconds { .seconds(1) }

  mutating func scheduleFaults() {
    for (index, fault) in plan.faults.enumerated() {
      switch fault.schedule {
      case .once(let at, _, _): queue.push(.faultBegins(Int32(index), occurrence: 0), at: at)
      case .repeating(let nemesis): scheduleNext(of: index, nemesis, occurrence: 0, after: nemesis.from)
      }
    }
  }

  private mutating func scheduleNext(
    of index: Int, _ nemesis: PlannedFault.Nemesis, occurrence: UInt32, after time: Instant
  ) {
    let interval = choices.choose(
      .faultInterval, Entities(UInt64(plan.faults[index].id)), UInt64(occurrence), from: nemesis.every)
    if time + interval < nemesis.to {
      queue.push(.faultBegins(Int32(index), occurrence: occurrence), at: time + interval)
    }
  }

  @usableFromInline mutating func beginFault(_ index: Int, occurrence: UInt32) {
    guard !healsCore else { return }
    let fault = plan.faults[index]
    faults.begun[index] = UInt64(occurrence) + 1
    let action: FaultAction
    var until: Instant
    var branch = 0
    switch fault.schedule {
    case .once(_, let end, let planned):
      action = planned
      until = end
    case .repeating(let nemesis):
      scheduleNext(of: index, nemesis, occurrence: occurrence + 1, after: now)
      if nemesis.oneAtATime, faults.isBusy(index) { return }
      branch = self.branch(of: nemesis, fault.id, occurrence)
      action = nemesis.branches[branch].action
      until = now + nemesis.branches[branch].duration
    }
    if action.isInstant { until = now + Self.restartWindow }
    let number = faults.nextNumber
    faults.nextNumber += 1
    let waiting = FaultBook.Waiting(
      number: number, fault: index, branch: branch,
      luck: fault.luck ?? PlannedFault.Luck(fault: fault.id, number: occurrence), action: action, until: until)
    if !strike(waiting) { faults.waiting.append(waiting) }
    queue.push(.faultEnds(number), at: until)
  }

  /// Drawn by weight among the branches that this seed has.
  private func branch(of nemesis: PlannedFault.Nemesis, _ fault: UInt32, _ occurrence: UInt32) -> Int {
    let weights = nemesis.branches.indices.map {
      swarmHas(branch: $0, of: nemesis, fault) ? nemesis.branches[$0].weight : 0
    }
    var place = choices.choose(
      .faultBranch, Entities(UInt64(fault)), UInt64(occurrence), below: weights.reduce(0, +))
    for (branch, weight) in weights.enumerated() {
      if place < weight { return branch }
      place -= weight
    }
    preconditionFailure("a draw lies below the sum of the weights")
  }

  /// Half of the branches, by a coin for each, and one that every seed has.
  private func swarmHas(branch: Int, of nemesis: PlannedFault.Nemesis, _ fault: UInt32) -> Bool {
    guard nemesis.swarms else { return true }
    let certain = choices.choose(.swarm, Entities(UInt64(fault)), 0, below: UInt64(nemesis.branches.count))
    return branch == Int(certain)
      || choices.choose(.swarm, Entities(UInt64(fault), UInt64(branch + 1)), 0, below: 2) == 1
  }

  /// Somebody's tags have changed: a fault that found nobody may find its target now.
  @usableFromInline mutating func resolveWaitingFaults() {
    // A strike changes tags too; those who wait are looked at once for each change.
    let waiting = faults.waiting
    faults.waiting = []
    for fault in waiting where !strike(fault) { faults.waiting.append(fault) }
  }

  @usableFromInline mutating func endFault(_ number: UInt32) {
    // Of the events of one instant any may come first.
    guard !healsCore else { return healCore() }
    if let place = faults.waiting.firstIndex(where: { $0.number == number }) {
      let fault = faults.waiting.remove(at: place)
      faults.records[fault.fault].withoutTarget += 1
      return
    }
    guard let place = faults.active.firstIndex(where: { $0.number == number }) else { return }
    if case .leak(let hosts, _) = faults.active[place].work { for host in hosts { settleLeak(of: host.index) } }
    let ended = faults.active.remove(at: place)
    faults.records[ended.fault].occurrences[ended.occurrence].until = now
    heal(ended)
  }

  // MARK: Striking

  /// Begins a fault; false where its selector finds nobody.
  private mutating func strike(_ fault: FaultBook.Waiting) -> Bool {
    let targets = TargetChoice(
      processes: processes, nodes: plan.nodes, domains: plan.domains, choices: choices, fault: fault.luck.fault,
      occurrence: fault.luck.number)
    switch fault.action {
    case .crash(let selector):
      guard let hosts = targets.hosts(selector) else { return false }
      begin(fault, .crash(hosts), hosts)
      for host in hosts { crash(host, countingFor: fault.fault, stays: true) }
    case .power(let selector):
      guard let hosts = targets.hosts(selector) else { return false }
      begin(fault, .crash(hosts), hosts)
      for host in hosts { crash(host, countingFor: fault.fault, stays: true, losesPower: true) }
    case .restart(let selector):
      guard let hosts = targets.hosts(selector) else { return false }
      record(fault, hosts, until: now)
      for host in hosts { crash(host, countingFor: fault.fault, stays: false) }
    case .reconfigure(let selector, let variant):
      guard let hosts = targets.hosts(selector) else { return false }
      record(fault, hosts, until: now)
      for host in hosts {
        reconfigure(host, as: variant, countingFor: fault.fault)
        crash(host, countingFor: fault.fault, stays: false)
      }
    case .roll(let selector, let each, let between, let variant):
      guard let hosts = targets.hosts(selector) else { return false }
      begin(fault, .roll(FaultBook.Round(hosts: hosts, each: each, between: between, variant: variant)), hosts)
      beginRolling(fault.number)
    case .pause(let selector):
      guard let hosts = targets.hosts(selector) else { return false }
      let up = hosts.filter { processes[$0.index].state != .down }
      begin(fault, .pause(up, lives: up.map { processes[$0.index].life }), hosts)
      for host in up {
        pause(host.index)
        faults.credit(.processesPaused, fault: Int32(fault.fault))
      }
    case .slow(let selector, let time):
      guard let hosts = targets.hosts(selector) else { return false }
      begin(fault, .slow(hosts, each: time), hosts)
      for host in hosts { serve(host.index, time) }
      faults.credit(.processesSlowed, fault: Int32(fault.fault), count: UInt64(hosts.count))
    case .disk(let selector, let change):
      guard let hosts = targets.hosts(selector) else { return false }
      begin(fault, .disk(hosts, change), hosts)
      for host in hosts { disks[host.index] = faults.disk(of: host, plan.disks[host.index]) }
    case .clock(let selector, let change):
      guard let hosts = targets.hosts(selector) else { return false }
      if case .step(let distance) = change {
        record(fault, hosts, until: now)
        for host in hosts { clocks[host.index].step(distance) }
      } else {
        begin(fault, .clock(hosts, change), hosts)
        for host in hosts { runClocks(of: host) }
      }
      faults.credit(.clocksChanged, fault: Int32(fault.fault), count: UInt64(hosts.count))
    case .damage(let selector, let count):
      guard let hosts = targets.hosts(selector) else { return false }
      record(fault, hosts, until: now)
      for host in hosts {
        let damaged = damage(host.index, count: count, by: fault.fault, fault.luck)
        faults.credit(.recordsDamaged, fault: Int32(fault.fault), count: UInt64(damaged))
      }
    case .wipe(let selector):
      guard let hosts = targets.hosts(selector) else { return false }
      begin(fault, .crash(hosts), hosts)
      for host in hosts { wipe(host, countingFor: fault.fault) }
    case .load(let selector, let share, let endsWithProcess):
      guard let hosts = targets.hosts(selector) else { return false }
      let lives = endsWithProcess ? hosts.map { processes[$0.index].life } : []
      begin(fault, .load(hosts, share: share, lives: lives), hosts)
      for host in hosts { changeLoad(of: host) }
    case .leak(let selector, let rate):
      guard let hosts = targets.hosts(selector) else { return false }
      for host in hosts { settleLeak(of: host.index) }
      begin(fault, .leak(hosts, bytesPerSecond: rate), hosts)
      for host in hosts { changeLeak(of: host) }
    case .membership(let parts): return command(parts, fault, targets)
    case .handover(let selector):
      guard let leader = targets.hosts(.tagged(bit: 0)), let hosts = targets.hosts(selector) else { return false }
      give(.handover(to: hosts), to: leader[0], hosts, fault, .handover(.hosts(hosts)))
    case .partition, .link: return strikeLinks(fault, targets)
    }
    return true
  }

  private mutating func strikeLinks(_ fault: FaultBook.Waiting, _ targets: TargetChoice<P>) -> Bool {
    switch fault.action {
    case .partition(let shape, let hold, let flap):
      guard let pattern = targets.pattern(shape) else { return false }
      let begun = begin(fault, .cut(pattern, hold: hold), pattern.hosts, flap: flap)
      cut(pattern, hold: hold, by: fault.fault)
      scheduleFlap(begun)
    case .link(let from, let to, let change):
      guard let sides = targets.sides(from, to) else { return false }
      let pattern = targets.directed(sides.from, sides.to)
      begin(fault, .change(pattern, change), pattern.hosts)
      for number in links.links.indices where pattern.matches(links.links[number]) {
        links.links[number].changes += 1
        if change.kinds != .max { links.links[number].filters += 1 }
        links.links[number].profile = faults.profile(of: links.links[number], plan.network)
      }
    default: preconditionFailure("this fault is not about links")
    }
    return true
  }

  @discardableResult
  private mutating func begin(
    _ fault: FaultBook.Waiting, _ work: FaultBook.Active.Work, _ hosts: [NodeID], flap: Flap? = nil
  ) -> FaultBook.Active {
    record(fault, hosts, until: nil, work.pattern)
    let active = FaultBook.Active(
      number: fault.number, fault: fault.fault, occurrence: faults.records[fault.fault].occurrences.count - 1,
      luck: fault.luck, work: work, flap: flap)
    faults.active.append(active)
    return active
  }

  mutating func record(
    _ fault: FaultBook.Waiting, _ hosts: [NodeID], until: Instant?, _ pattern: LinkPattern? = nil
  ) {
    faults.records[fault.fault].occurrences.append(
      FaultRecord.Occurrence(
        from: now, until: until, hosts: hosts, branch: fault.branch,
        action: fault.action.resolved(to: hosts, pattern),
        due: until == nil ? fault.until : nil, luck: fault.luck))
  }

  mutating func crash(_ host: NodeID, countingFor fault: Int, stays: Bool, losesPower: Bool = false) {
    let index = host.index
    if stays { processes[index].crashes += 1 }
    guard processes[index].state != .down else { return }
    let remains = crash(index, losesPower ? "lost power" : "crashed", sparesSectors: !losesPower)
    faults.credit(.processesCrashed, fault: Int32(fault))
    faults.credit(.recordsLost, fault: Int32(fault), count: UInt64(remains.lost))
    faults.credit(.recordsTorn, fault: Int32(fault), count: UInt64(remains.torn))
    faults.credit(.recordsSurvived, fault: Int32(fault), count: UInt64(remains.survived))
    if !stays { queue.push(.start(Int32(index), life: processes[index].life), at: now) }
  }

  /// From its next start on the process is another variant of its program.
  mutating func reconfigure(_ host: NodeID, as variant: Int, countingFor fault: Int) {
    guard processes[host.index].variant != variant else { return }
    processes[host.index].variant = variant
    faults.credit(.processesReconfigured, fault: Int32(fault))
    // Who is down has its next program in place already.
    guard processes[host.index].state == .down else { return }
    processes[host.index].program = plan.program(of: host.index, variant: variant)
    processes[host.index].status = processes[host.index].program.status
  }

  /// A crash that costs the disk too, where the budget allows it.
  private mutating func wipe(_ host: NodeID, countingFor fault: Int) {
    let wipes = mayImpair(host.index)
    crash(host, countingFor: fault, stays: true)
    guard wipes else { return }
    judge.observeForgetting(process: host.index)
    processes[host.index].disk.wipe()
    faults.credit(.disksWiped, fault: Int32(fault))
  }

  mutating func cut(_ pattern: LinkPattern, hold: Bool, by fault: Int) {
    for number in links.links.indices where pattern.matches(links.links[number]) {
      if hold {
        links.links[number].holds += 1
      } else {
        links.links[number].cuts += 1
        // What is under way is lost; who sends during the cut learns of it, where word can come back.
        links.links[number].end(.cut, by: Int32(fault))
        expire(number, .cut)
        expireBack(of: number, .cut)
      }
    }
  }

  // MARK: Healing

  private mutating func heal(_ fault: FaultBook.Active) {
    switch fault.work {
    case .crash(let hosts): for host in hosts { release(host) }
    case .roll(let round): if round.isDown { release(round.hosts[round.done]) }
    case .pause(let hosts, let lives):
      for (host, life) in zip(hosts, lives) where processes[host.index].life == life { resume(host.index) }
    case .disk(let hosts, _):
      for host in hosts { disks[host.index] = faults.disk(of: host, plan.disks[host.index]) }
      releaseStalledSyncs()
    case .clock(let hosts, _): for host in hosts { runClocks(of: host) }
    case .slow(let hosts, _): for host in hosts { serve(host.index, faults.service(of: host)) }
    case .load(let hosts, _, _): for host in hosts { changeLoad(of: host) }
    case .leak(let hosts, _): for host in hosts { changeLeak(of: host) }
    case .cut(let pattern, let hold): if !fault.rests { uncut(pattern, hold: hold) }
    case .change(let pattern, let change): unchange(pattern, change)
    }
  }

  /// One fault less keeps the process down.
  mutating func release(_ host: NodeID) {
    processes[host.index].crashes -= 1
    guard processes[host.index].crashes == 0, processes[host.index].state == .down else { return }
    queue.push(.start(Int32(host.index), life: processes[host.index].life), at: now)
  }

  mutating func uncut(_ pattern: LinkPattern, hold: Bool) {
    for number in links.links.indices where pattern.matches(links.links[number]) {
      if hold { links.links[number].holds -= 1 } else { links.links[number].cuts -= 1 }
    }
    if hold { releaseHeldOnLinks() }
  }

  mutating func unchange(_ pattern: LinkPattern, _ change: LinkChange) {
    for number in links.links.indices where pattern.matches(links.links[number]) {
      links.links[number].changes -= 1
      if change.kinds != .max { links.links[number].filters -= 1 }
      links.links[number].profile = faults.profile(of: links.links[number], plan.network)
    }
  }

  // MARK: Messages under faults

  /// Whether a message that is sent now goes on its way: a cut loses it, a hold keeps it for later.
  @usableFromInline mutating func passesFaults(_ delivery: Delivery<P.Message>, kind: UInt8) -> Bool {
    let number = Int(delivery.link)
    let link = links.links[number]
    if link.changes > 0 { faults.credit(.messagesAffected, from: link.from, to: link.to, kind: kind) }
    if link.cuts > 0 {
      drop(.cut)
      faults.credit(.messagesCut, from: link.from, to: link.to)
      if link.profile.transport == .stream { reset(number, .cut) }
      return false
    }
    if link.holds > 0 {
      hold(delivery, wasUnderWay: false)
      return false
    }
    return true
  }

  @usableFromInline mutating func hold(_ delivery: Delivery<P.Message>, wasUnderWay: Bool) {
    let link = links.links[Int(delivery.link)]
    faults.credit(.messagesHeld, from: link.from, to: link.to)
    if film.isOn {
      film.hold()
      film.blame(on: faults.struck)
    }
    let life = processes[Int(delivery.from)].life
    heldOnLinks.append(HeldDelivery(delivery, wasUnderWay: wasUnderWay, life: life))
  }

  /// Lets go what no link holds any longer, in the order in which it came.
  private mutating func releaseHeldOnLinks() {
    var held = ContiguousArray<HeldDelivery<P.Message>>()
    swap(&held, &heldOnLinks)
    let late = late { lane in
      held.contains { UInt32($0.delivery.from) == lane.from && UInt32($0.delivery.to) == lane.to }
    }
    // What had left before the hold, and has arrived or would have; then what was sent during it.
    for each in held where each.wasUnderWay { release(each) }
    putBehind(late)
    for each in held where !each.wasUnderWay { release(each) }
  }

  private mutating func release(_ held: HeldDelivery<P.Message>) {
    let number = Int(held.delivery.link)
    guard links.links[number].holds == 0 else {
      heldOnLinks.append(held)
      return
    }
    var arrives = now
    // Who has died meanwhile dials no more, and what belongs to a connection that is over is lost as it arrives.
    let isAlive = processes[Int(held.delivery.from)].life == held.life
    let isPresent = held.delivery.connection == links.links[number].connection
    if links.links[number].profile.transport == .stream, !held.wasUnderWay, isAlive, isPresent {
      guard prepare(held.delivery, number) else { return }
      // Behind what was sent before it, and what is sent from now on behind it.
      arrives = max(now, links.links[number].dialling.readyAt, links.links[number].lastArrival)
    }
    links.links[number].lastArrival = max(links.links[number].lastArrival, arrives)
    queue.push(.delivery(held.delivery), at: arrives)
  }
}

extension LinkPattern {
  fileprivate func matches(_ link: Link) -> Bool { matches(from: link.from, to: link.to) }
}

import Kernel
import Node
import Primitives
import Telemetry

/// Work on processors, memory and its limit, and orders to start anew.
extension Simulation {
  // MARK: Processors

  /// Work is served in the order in which it was given.
  @inlinable
  mutating func begin(_ work: WorkID, _ demand: Demand, of index: Int) {
    settleWork(of: index)
    resources[index].jobs.append(HostResources.Job(id: work, remaining: demand.time, memory: demand.memory))
    if resources[index].load > 0, demand.time > .zero { creditLoad(of: index) }
    if resources[index].jobs.count == 1 { retimeWork(of: index) }
    guard demand.memory > 0 else { return }
    resources[index].held &+= demand.memory
    watchMemory(of: index)
  }

  @inlinable
  mutating func finishWork(of index: Int) {
    resources[index].completion = nil
    settleWork(of: index)
    let job = resources[index].jobs.removeFirst()
    resources[index].held &-= job.memory
    retimeWork(of: index)
    if job.memory > 0 { watchMemory(of: index) }
    give(.workDone(job.id), to: index, nil, mark: plan.digests ? Input<P>.workDone(job.id).mark : 0)
  }

  /// Brings the account of what the processor has done up to this moment.
  @inlinable
  mutating func settleWork(of index: Int) {
    let elapsed = now - resources[index].since
    guard elapsed > .zero else { return }
    resources[index].since = now
    resources[index].loaded = resources[index].loaded + elapsed.share(resources[index].load)
    guard !resources[index].jobs.isEmpty, processes[index].state != .paused else { return }
    let done = elapsed.share(HostResources.whole - resources[index].load)
    resources[index].worked = resources[index].worked + done
    resources[index].jobs[0].remaining = max(.zero, resources[index].jobs[0].remaining - done)
  }

  /// The first piece of work ends later or sooner than it was to, or there is none.
  @inlinable
  mutating func retimeWork(of index: Int) {
    settleWork(of: index)
    let isAtWork = !resources[index].jobs.isEmpty && processes[index].state != .paused
    guard isAtWork else {
      if let handle = resources[index].completion { queue.cancel(handle) }
      resources[index].completion = nil
      return
    }
    let time = resources[index].jobs[0].remaining.stretched(over: HostResources.whole - resources[index].load)
    if let handle = resources[index].completion, queue.rearm(handle, at: now + time) != nil { return }
    resources[index].completion = queue.push(.work(Int32(truncatingIfNeeded: index)), at: now + time)
  }

  /// Something else takes another share of the host's processor.
  mutating func changeLoad(of host: NodeID) {
    let index = host.index
    settleWork(of: index)
    let load = faults.load(of: host, life: processes[index].life)
    guard load != resources[index].load else { return }
    resources[index].load = load
    if load > 0, resources[index].jobs.contains(where: { $0.remaining > .zero }) { creditLoad(of: index) }
    retimeWork(of: index)
  }

  @usableFromInline mutating func creditLoad(of index: Int) {
    faults.credit(.workDelayed, loading: processes[index].endpoint.host, life: processes[index].life)
  }

  // MARK: Memory

  mutating func changeLeak(of host: NodeID) {
    settleLeak(of: host.index)
    resources[host.index].leakSince = now
    resources[host.index].leakRate = faults.leak(of: host)
    watchMemory(of: host.index)
  }

  /// Brings the account of what is lost up to this moment.
  @inlinable
  mutating func settleLeak(of index: Int) {
    let elapsed = now - resources[index].leakSince
    let rate = resources[index].leakRate
    guard rate > 0, elapsed > .zero, processes[index].state != .down else {
      resources[index].leakSince = now
      return
    }
    let lost = elapsed.amount(perSecond: rate)
    guard lost > 0 else { return }
    resources[index].leaked &+= lost
    // What is less than a byte is settled another time: however often that is, the same is lost.
    let settled = min(elapsed, Nanoseconds.until(lost, perSecond: rate))
    resources[index].leakSince = resources[index].leakSince + settled
    faults.creditLeaks(of: processes[index].endpoint.host, over: settled)
  }

  @inlinable
  func memory(of index: Int) -> UInt64 {
    plan.resources.idle &+ resources[index].held &+ resources[index].leaked
  }

  /// Sees to it that the process ends when its memory has grown to the limit.
  @inlinable
  mutating func watchMemory(of index: Int) {
    guard let limit = plan.resources.limit, processes[index].state != .down else { return }
    settleLeak(of: index)
    let used = memory(of: index)
    var moment: Instant?
    if used >= limit {
      moment = now
    } else if resources[index].leakRate > 0 {
      moment = now + Nanoseconds.until((limit - used), perSecond: resources[index].leakRate)
    }
    guard let moment else {
      if let handle = resources[index].full { queue.cancel(handle) }
      resources[index].full = nil
      return
    }
    if let handle = resources[index].full, queue.rearm(handle, at: moment) != nil { return }
    resources[index].full = queue.push(.memoryFull(Int32(truncatingIfNeeded: index)), at: moment)
  }

  @usableFromInline mutating func fillMemory(of index: Int) {
    resources[index].full = nil
    settleLeak(of: index)
    guard processes[index].state != .down, let limit = plan.resources.limit else { return }
    guard memory(of: index) >= limit else { return watchMemory(of: index) }
    faults.creditKill(of: processes[index].endpoint.host)
    crash(index, "out of memory")
    queue.push(.start(Int32(index), life: processes[index].life), at: now + plan.restartAfter)
  }

  // MARK: Lives

  /// A life begins with nothing under way and all of its memory free.
  mutating func beginUse(of index: Int) {
    settleWork(of: index)
    (resources[index].worked, resources[index].loaded, resources[index].readAt) = (.zero, .zero, now)
    (resources[index].leaked, resources[index].leakSince) = (0, now)
    if resources[index].leakRate > 0 { watchMemory(of: index) }
  }

  /// What the process has given to do is lost with it, and its memory is free again.
  mutating func loseWork(of index: Int) {
    resources[index].jobs.removeAll()
    (resources[index].held, resources[index].leaked) = (0, 0)
    retimeWork(of: index)
    if let handle = resources[index].full { queue.cancel(handle) }
    resources[index].full = nil
    // What belonged to the life that is over ends with it.
    if resources[index].load > 0 { changeLoad(of: processes[index].endpoint.host) }
  }

  // MARK: Readings

  @inlinable
  mutating func readResources(of index: Int) {
    settleWork(of: index)
    settleLeak(of: index)
    let elapsed = now - resources[index].readAt
    let (own, load) = (resources[index].worked, resources[index].loaded)
    let reading = ResourceReading(
      busy: min(HostResources.whole, (own + load).millionths(of: elapsed)), own: own.millionths(of: elapsed),
      memory: memory(of: index), limit: plan.resources.limit)
    (resources[index].worked, resources[index].loaded, resources[index].readAt) = (.zero, .zero, now)
    queue.push(.input(Int32(index), life: processes[index].life, .resources(reading), nil), at: now)
  }

  // MARK: Orders

  @usableFromInline mutating func order(restartOf endpoint: Endpoint, by index: Int) {
    let target = self.index(of: endpoint)
    processes[index].orders &+= 1
    guard target != index else {
      queue.push(.restart(Int32(target)), at: now)
      return
    }
    guard carries(from: index, to: target) else { return }
    let profile = plan.network.profile(from: processes[index].endpoint.host, to: endpoint.host)
    let way = Entities(processes[index].endpoint.word, endpoint.word)
    let latency = choices.choose(.orderLatency, way, processes[index].orders, from: profile.latency)
    queue.push(.restart(Int32(target)), at: now + latency)
  }

  /// A machine that is down hears no order.
  @usableFromInline mutating func obeyRestart(_ index: Int) {
    guard processes[index].state != .down else { return }
    crash(index, "restarted")
    queue.push(.start(Int32(index), life: processes[index].life), at: now + plan.restartAfter)
  }

  func foldResources(of index: Int, into hash: inout Digest) {
    let state = resources[index]
    guard
      !state.jobs.isEmpty || state.load | state.leakRate | state.leaked != 0 || state.worked + state.loaded > .zero
    else { return }
    hash.fold(UInt64(index), state.load)
    hash.fold(state.leakRate, state.leaked)
    hash.fold(UInt64(bitPattern: (now - state.leakSince).count), UInt64(bitPattern: (now - state.since).count))
    hash.fold(UInt64(bitPattern: state.worked.count), UInt64(bitPattern: state.loaded.count))
    hash.fold(UInt64(bitPattern: (now - state.readAt).count), state.held)
    for job in state.jobs {
      hash.fold(job.id.rawValue, UInt64(bitPattern: job.remaining.count))
      hash.fold(job.memory)
    }
  }
}

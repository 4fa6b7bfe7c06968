import ControlLoop
import Membership
import Node
import Primitives
import Routing

/// The node as its loop's host: what it lets it see, and when.
extension Mesh {
  /// Between two tries to have something decided.
  private static let proposalInterval = Nanoseconds.seconds(1)
  /// What the council has not decided by then, it has not: three such tries, and the waits between them, fit into the time
  /// that a loop gives an action.
  private static let decisionLimit = Nanoseconds.seconds(8)

  // MARK: Lives

  mutating func beginHealing(
    _ recovered: Recovered<MeshRecord>, _ context: inout StepContext, _ effects: inout Effects<Mesh>
  ) {
    let now = context.monotonic
    healing!.learning = Learning(id: id, life: UInt32(truncatingIfNeeded: recovered.restarts))
    let file = recovered[MeshRecord.restartFile]
    if file.count > 0, case .intact(.restart(let restart)) = file[0] { healing!.lastRestart = restart }
    healing!.council?.start(recovered, at: now)
    if recovered.restarts > 0 {
      serving.throttle()
      healing!.easesInUntil = now + healing!.settings.loop.value.patience
    }
    healing!.start(at: now)
    // Loops of different nodes do not turn together.
    let phase = context.choose(
      .meshPhase, slot: 1, from: .uniform(Nanoseconds(1), healing!.loop.interval + Nanoseconds(1)))
    effects.append(.setTimer(Self.cycleTimer, after: phase))
  }

  mutating func healingTimerFired(
    _ timer: TimerID, _ context: inout StepContext, _ effects: inout Effects<Mesh>
  ) {
    let now = context.monotonic
    switch timer {
    case Self.cycleTimer:
      // Also where requests take nothing: who knows nothing of itself cannot know that it is well.
      effects.append(.readResources)
    case Self.loopTimer: healing!.wake(at: now, loopContext(at: now))
    case Self.proposalTimer: pursue(at: now, &effects)
    default: healing!.council?.timerFired(timer, at: now, &effects)
    }
  }

  mutating func writeCompleted(
    _ token: WriteToken, _ context: inout StepContext, _ effects: inout Effects<Mesh>
  ) {
    guard healing != nil else { return }
    let isOwn = healing!.council?.writeCompleted(token, at: context.monotonic) ?? true
    if isOwn, healing!.restart?.write == token { effects.append(.exit("restarts to heal")) }
  }

  /// What the step has left to be done.
  mutating func endStep(_ context: inout StepContext, _ effects: inout Effects<Mesh>) {
    let now = context.monotonic
    carryOutCouncil(&context, &effects)
    healing!.noteLeadership(at: now)
    if healing!.membersHaveChanged {
      healing!.membersHaveChanged = false
      if decides(at: now) {
        let wasCalling = healing!.calls
        turn(at: now)
        // Whoever has died now is called in time; where others are called already, the next cycle is soon enough.
        if healing!.calls, !wasCalling { effects.append(.setTimer(Self.cycleTimer, after: cycleInterval)) }
      }
    }
    if healing!.registryHasChanged {
      healing!.registryHasChanged = false
      settleWanted(at: now)
      turn(at: now)
    }
    while let order = healing!.orders.popFirst() { carryOut(order, &context, &effects) }
    if healing!.council?.owesActions == true { carryOutCouncil(&context, &effects) }
    prepareRestart(context, &effects)
  }

  private mutating func carryOutCouncil(_ context: inout StepContext, _ effects: inout Effects<Mesh>) {
    guard let letters = healing!.council?.carryOut(&context, &effects) else { return }
    for letter in letters { send(.council(letter.message), to: letter.to, &effects) }
    if let decided = healing!.council?.registry, decided.version > registry.version {
      adopt(decided, from: nil, at: context.monotonic, &effects)
    }
  }

  // MARK: Cycles

  mutating func cycle(
    _ reading: ResourceReading, _ context: inout StepContext, _ effects: inout Effects<Mesh>
  ) {
    guard healing != nil else { return }
    let now = context.monotonic
    observe(reading, at: now)
    observeLinks(at: now)
    turn(at: now)
    effects.append(.setTimer(Self.cycleTimer, after: cycleInterval))
    for death in healing!.dead where !death.isTold { send(.call(isAnswer: false), to: death.node, &effects) }
    guard settings.value.hello != nil else { return }
    let neighbours = settings.value.topology.neighbours(of: id)
    for (link, neighbour) in neighbours.enumerated() where watch.isUp(link) {
      if let parcel = healing!.learning.parcel(for: neighbour) {
        effects.send(.lessons(parcel), to: Endpoint(neighbour))
      }
    }
  }

  private mutating func turn(at now: Instant) {
    if let end = healing!.easesInUntil, now >= end,
      !healing!.loop.incidents.contains(where: { $0.inForce.contains(.throttle) })
    {
      healing!.easesInUntil = nil
      serving.release()
    }
    if decides(at: now) { observeMembers(at: now) } else { forgetMembers(at: now) }
    healing!.turn(at: now, loopContext(at: now))
  }

  private func decides(at now: Instant) -> Bool {
    let membership = settings.value.membership
    // A member that is never called again has no respite, and none lasts longer than a day.
    let (respite, isLong) = membership.period.count.multipliedReportingOverflow(
      by: Int64(membership.deadContactInterval) * 2)
    return healing!.decides(
      at: now, respite: isLong ? .seconds(86_400) : min(Nanoseconds(respite), .seconds(86_400)))
  }

  private func loopContext(at now: Instant) -> LoopContext {
    LoopContext(
      experience: healing!.learning.experience, isDecider: decides(at: now),
      isOutOfService: registry[id] != .serving,
      outOfService: registry.deviations.isEmpty ? [] : registry.deviations.map(\.node))
  }

  private mutating func observe(_ reading: ResourceReading, at now: Instant) {
    func observe(_ metric: Metric, _ value: UInt64) {
      healing!.loop.observe(Sample(Series(metric, id), Int64(clamping: value), at: now))
    }
    observe(.cpu, reading.busy)
    observe(.ownCPU, reading.own)
    if let limit = reading.limit {
      let product = reading.memory.multipliedFullWidth(by: 1_000_000)
      observe(.memory, product.high < limit ? limit.dividingFullWidth(product).quotient : 1_000_000)
    }
    observe(.queue, UInt64(serving.jobs.count) * 1_000_000 / UInt64(settings.value.queue))
    let figures = serving.takeFigures()
    if let latency = figures.latency { observe(.latency, UInt64(clamping: latency.count)) }
    if let service = figures.service { observe(.service, service) }
    if figures.service == nil, serving.jobs.isEmpty, registry[id] != .serving {
      // Who serves nobody is not slow, and could never show that it is not.
      healing!.loop.forget(Series(.latency, id))
      healing!.loop.forget(Series(.service, id))
    }
  }

  private mutating func observeLinks(at now: Instant) {
    guard settings.value.hello != nil else { return }
    let neighbours = settings.value.topology.neighbours(of: id)
    for (link, neighbour) in neighbours.enumerated() {
      let latency = watch.takeLatency(over: link)
      // A link that is down is the business of those who find ways.
      guard watch.isUp(link) else { continue }
      healing!.loop.observe(Sample(Series(.loss, neighbour), Int64(watch.loss(over: link)), at: now))
      guard let latency else { continue }
      healing!.loop.observe(Sample(Series(.latency, neighbour), latency.count, at: now))
    }
  }

  /// The loop is told of those that have died, and of those that are alive again. Who is cut off holds all others dead, and
  /// says so when it is not any longer: a death counts once calls have gone unanswered for a while.
  private mutating func observeMembers(at now: Instant) {
    let before = healing!.dead
    let nodes = members.deviations.lazy.filter { $0.status == .dead }.map(\.node)
    guard !before.isEmpty || !nodes.isEmpty else { return }
    var dead: ContiguousArray<Healing.Death> = []
    for node in nodes {
      var death = before.first { $0.node == node } ?? Healing.Death(node: node, since: now)
      if !death.isTold, now - death.since >= refutation {
        death.isTold = true
        healing!.loop.observe(Sample(Series(.liveness, node), 0, at: now))
      }
      dead.append(death)
    }
    for death in before where death.isTold && !dead.contains(where: { $0.node == death.node }) {
      healing!.loop.observe(Sample(Series(.liveness, death.node), 1, at: now))
    }
    healing!.dead = dead
  }

  /// Others deal with the dead now.
  private mutating func forgetMembers(at now: Instant) {
    guard !healing!.dead.isEmpty else { return }
    for death in healing!.dead where death.isTold {
      healing!.loop.observe(Sample(Series(.liveness, death.node), 1, at: now))
    }
    healing!.dead.removeAll()
  }

  private var refutation: Nanoseconds { settings.value.membership.period * 4 }

  /// Who is taken for dead is called in each period.
  private var cycleInterval: Nanoseconds {
    let interval = healing!.loop.interval
    return healing!.calls ? min(interval, settings.value.membership.period) : interval
  }

  // MARK: Lessons

  mutating func learn(_ parcel: LessonsParcel, from sender: NodeID, _ effects: inout Effects<Mesh>) {
    guard healing != nil, let (number, life) = healing!.learning.take(parcel.content, from: sender) else { return }
    effects.send(.learned(number: number, of: parcel.content.life, in: life), to: Endpoint(sender))
  }

  // MARK: The registry

  /// Takes a later registry for its own, and tells its other neighbours.
  mutating func adopt(
    _ other: Registry, from teller: NodeID?, at now: Instant, _ effects: inout Effects<Mesh>
  ) {
    guard other.version > registry.version else { return }
    registry = other
    healing?.registryHasChanged = true
    for neighbour in settings.value.topology.neighbours(of: id) where neighbour != teller {
      effects.send(.registry(registry), to: Endpoint(neighbour))
    }
    if healing != nil { weighLinks(&effects) }
  }

  /// Ways lead through neighbours that are avoided, or quarantined, only where there is no other.
  mutating func weighLinks(_ effects: inout Effects<Mesh>) {
    let topology = settings.value.topology
    let isQuarantined = registry[id] == .quarantined
    var changes: [LinkChange] = []
    for neighbour in topology.neighbours(of: id) {
      guard let planned = topology.cost(of: id, neighbour) else { continue }
      let isAvoided =
        isQuarantined || registry[neighbour] == .quarantined || healing!.avoided.contains(neighbour)
      changes.append(.cost(neighbour, isAvoided ? min(Topology.highestCost, planned * 32) : planned))
    }
    steer(&effects) { $0.linksChanged(changes, &$1) }
  }

  // MARK: Decisions

  /// Has it decided, as long as something waits for it.
  mutating func want(
    _ decision: Registry.Decision, _ ticket: Ticket?, _ attempt: Int, _ now: Instant, _ effects: inout Effects<Mesh>
  ) {
    if let ticket {
      healing!.wanted.append(
        Healing.Wanted(ticket: ticket, attempt: attempt, decision: decision, due: now + Self.decisionLimit))
    }
    pursue(decision, &effects)
    effects.append(.setTimer(Self.proposalTimer, after: Self.proposalInterval))
  }

  private mutating func pursue(at now: Instant, _ effects: inout Effects<Mesh>) {
    for each in healing!.wanted where each.due <= now {
      healing!.complete(each.ticket, each.attempt, .failed, at: now)
    }
    healing!.wanted.removeAll { $0.due <= now }
    for each in healing!.wanted { pursue(each.decision, &effects) }
    if healing!.restart != nil { pursue(Registry.Decision(id, .quarantined), &effects) }
    guard !healing!.wanted.isEmpty || healing!.restart != nil else { return }
    effects.append(.setTimer(Self.proposalTimer, after: Self.proposalInterval))
  }

  private mutating func pursue(_ decision: Registry.Decision, _ effects: inout Effects<Mesh>) {
    guard !isSo(decision) else { return }
    healing!.asked += 1
    if healing!.council != nil {
      if let leader = healing!.council!.propose(decision) { send(.proposal(decision), to: leader, &effects) }
      return
    }
    // One member after the other, but not those that are dead.
    let members = settings.value.healing!.council.filter { self.members.status(of: $0) != .dead }
    guard !members.isEmpty else { return }
    send(.proposal(decision), to: members[Int(healing!.asked % UInt64(members.count))], &effects)
  }

  /// Another node would have something decided.
  mutating func propose(_ decision: Registry.Decision, from source: NodeID, _ effects: inout Effects<Mesh>) {
    guard let leader = healing?.council?.propose(decision), leader != id else { return }
    // What a member of the council has sent on already goes no further: two that take each other for the leader would send
    // it to and fro.
    if !settings.value.healing!.council.contains(source) { send(.proposal(decision), to: leader, &effects) }
  }

  func isSo(_ decision: Registry.Decision) -> Bool {
    switch decision.standing {
    case .serving, .quarantined: registry[decision.node] == decision.standing
    case .drained: registry[decision.node] != .serving
    }
  }

  private mutating func settleWanted(at now: Instant) {
    for each in healing!.wanted where isSo(each.decision) {
      healing!.complete(each.ticket, each.attempt, .done, at: now)
    }
    healing!.wanted = healing!.wanted.filter { !isSo($0.decision) }
  }
}

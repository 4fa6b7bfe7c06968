import Primitives

extension ControlLoop {
  /// Analyze, verify, plan and execute, on what is known now. Without news it changes nothing.
  mutating func turn(at now: Instant, _ context: LoopContext, _ orders: inout Outbox<Order>) {
    advance(at: now, &orders)
    track(analyzer.analyze(monitor, context, shared.value, outlook(at: now)), at: now, &orders)
    let pressing = verify(at: now, context, &orders)
    plan(pressing, at: now, context, &orders)
    advance(at: now, &orders)
    updateMode(&orders)
    setTimer(at: now, &orders)
  }

  /// Lets the executor do what is due.
  mutating func advance(at now: Instant, _ orders: inout Outbox<Order>) {
    guard !executor.isIdle else { return }
    var endings: [Ending] = []
    executor.advance(at: now, shared.value, &orders, &endings)
    settle(endings, at: now, &orders)
  }

  // MARK: Incidents

  /// Opens an incident for each cause that has none, and brings the others up to date.
  private mutating func track(_ diagnoses: [Diagnosis], at now: Instant, _ orders: inout Outbox<Order>) {
    for place in incidents.indices { incidents[place].isNamed = false }
    for diagnosis in diagnoses {
      let known = incidents.firstIndex { $0.cause == diagnosis.cause && $0.subject == diagnosis.subject }
      if let known {
        incidents[known].isNamed = true
        incidents[known].severity = diagnosis.severity
        incidents[known].symptoms = diagnosis.symptoms
      } else {
        incidents.append(Incident(nextIncident, diagnosis, at: now))
        orders.append(.report(.diagnosed(nextIncident, diagnosis.cause, diagnosis.subject)))
        observe(nextIncident, diagnosis.symptoms, &orders)
        nextIncident = Incident.ID(nextIncident.rawValue + 1)
      }
    }
  }

  /// - Parameter isOver: whether what is measured tells of an end.
  private func observe(
    _ id: Incident.ID, _ symptoms: [Series], isOver: Bool = false, _ orders: inout Outbox<Order>
  ) {
    let observations = symptoms.compactMap { series -> Observation? in
      guard let reading = monitor.reading(of: series), let limit = shared.value.limit(of: reading, thresholds)
      else {
        return nil
      }
      // A symptom ends below a part of its limit; what was measured since may lie between the two.
      let end = limit * shared.value.endShare / 1_000_000
      return Observation(series, reading.value, limit: isOver && reading.value < end ? end : limit)
    }
    if !observations.isEmpty { orders.append(.report(.observed(id, observations))) }
  }

  /// What the ends of actions mean for their incidents.
  mutating func settle(_ endings: [Ending], at now: Instant, _ orders: inout Outbox<Order>) {
    for ending in endings {
      planner.ended(ending.remedy, ending.subject, ending.outcome, shared.value, at: now)
      for place in incidents.indices where incidents[place].state == .acting(ending.ticket) {
        incidents[place].began = ending.began
        switch ending.outcome {
        case .done: verify(place, ending.remedy, at: now)
        case .failed: escalate(place, at: now, &orders)
        case .refused:
          incidents[place].began = nil
          incidents[place].refused.insert(RemedySet(ending.remedy))
          incidents[place].state = .open
          incidents[place].due = now
        }
      }
    }
  }

  private mutating func verify(_ place: Int, _ remedy: Remedy, at now: Instant) {
    if remedy.isRevocable { incidents[place].inForce.insert(RemedySet(remedy)) }
    incidents[place].hasActed = true
    incidents[place].state = .verifying(since: now)
    incidents[place].due = now + shared.value.patience
  }

  private mutating func escalate(_ place: Int, at now: Instant, _ orders: inout Outbox<Order>) {
    judge(place, success: false, at: now, &orders)
    incidents[place].level += 1
    incidents[place].state = .open
    incidents[place].due = now
    orders.append(.report(.escalated(incidents[place].id, level: incidents[place].level)))
  }

  /// Reports what the latest action was worth, once.
  private mutating func judge(_ place: Int, success: Bool, at now: Instant, _ orders: inout Outbox<Order>) {
    guard let began = incidents[place].began, let remedy = incidents[place].remedy else { return }
    incidents[place].began = nil
    orders.append(.report(.judged(incidents[place].cause, remedy, success: success, took: now - began)))
  }

  // MARK: Verify

  /// Returns the incidents that want a remedy, the gravest first.
  private mutating func verify(
    at now: Instant, _ context: LoopContext, _ orders: inout Outbox<Order>
  ) -> [Incident] {
    var pressing: [Incident] = []
    var place = 0
    while place < incidents.count {
      if case .acting(let ticket) = incidents[place].state, !callOff(ticket, &orders) {
        place += 1
        continue
      }
      if let due = incidents[place].due, due <= now { incidents[place].due = nil }
      let evidence = evidence(on: incidents[place], context, at: now)
      switch verifier.verdict(on: incidents[place], evidence, shared.value, at: now) {
      case .wait: break
      case .act:
        reopen(place)
        pressing.append(incidents[place])
      case .escalate:
        escalate(place, at: now, &orders)
        incidents[place].due = nil
        pressing.append(incidents[place])
      case .contain: contain(place, at: now, &orders)
      case .close:
        end(place, isHealed: true, at: now, &orders)
        continue
      case .withdraw:
        end(place, isHealed: false, at: now, &orders)
        continue
      }
      place += 1
    }
    if pressing.count > 1 {
      pressing.sort { $0.severity != $1.severity ? $0.severity > $1.severity : $0.id < $1.id }
    }
    return pressing
  }

  /// Whether the action was given up: none of its incidents is named any more, and no try of it is under way.
  private mutating func callOff(_ ticket: Ticket, _ orders: inout Outbox<Order>) -> Bool {
    guard !incidents.contains(where: { $0.state == .acting(ticket) && $0.isNamed }),
      executor.cancel(ticket, &orders)
    else { return false }
    for place in incidents.indices where incidents[place].state == .acting(ticket) {
      incidents[place].state = .open
    }
    return true
  }

  /// An incident that was given up gets one more pass.
  private mutating func reopen(_ place: Int) {
    guard case .exhausted = incidents[place].state else { return }
    incidents[place].state = .open
    incidents[place].tried = []
    incidents[place].refused = []
    incidents[place].round = max(shared.value.rounds - 1, 0)
  }

  private mutating func contain(_ place: Int, at now: Instant, _ orders: inout Outbox<Order>) {
    judge(place, success: true, at: now, &orders)
    incidents[place].state = .contained(since: now)
    incidents[place].due = nil
    let incident = incidents[place]
    orders.append(
      .report(
        .contained(incident.id, incident.cause, incident.subject, after: now - incident.openedAt)))
  }

  private mutating func end(_ place: Int, isHealed: Bool, at now: Instant, _ orders: inout Outbox<Order>) {
    if isHealed { judge(place, success: true, at: now, &orders) }
    let incident = incidents.remove(at: place)
    for remedy in Remedy.allCases where incident.inForce.contains(remedy) {
      let isShared = incidents.contains { $0.subject == incident.subject && $0.inForce.contains(remedy) }
      if !isShared { orders.append(.revoke(remedy, incident.subject)) }
    }
    if isHealed {
      observe(incident.id, incident.symptoms, isOver: true, &orders)
      orders.append(
        .report(.closed(incident.id, incident.cause, incident.subject, after: now - incident.openedAt)))
      countQuietClosing(&orders)
    } else {
      orders.append(.report(.withdrawn(incident.id, incident.cause, incident.subject)))
    }
  }

  private func evidence(on incident: Incident, _ context: LoopContext, at now: Instant) -> Evidence {
    let outlook = outlook(at: now)
    var since = Instant(nanoseconds: .min)
    switch incident.state {
    case .verifying(let moment), .contained(let moment): since = moment
    case .open, .acting, .exhausted: break
    }
    var evidence = Evidence()
    evidence.isNamed = incident.isNamed
    evidence.isClear = true
    for series in incident.symptoms {
      let stands = analyzer.stands(series)
      // A series that was forgotten tells nothing against the node.
      let reading = monitor.reading(of: series)
      let isTold = reading.map { outlook.isFresh($0) && $0.at >= since } ?? true
      if stands { evidence.stands = true }
      if stands, isTold || series.metric == .liveness { evidence.isBreaching = true }
      if stands || !isTold { evidence.isClear = false }
    }
    if let service = monitor.reading(of: Series(.service, id)), outlook.isFresh(service) {
      let isPending = service.at < since
      evidence.service = isPending ? .pending : service.value >= shared.value.serviceTarget ? .good : .bad
    }
    evidence.othersStand = incidents.contains {
      $0.id != incident.id && $0.isNamed && $0.isInHand(at: now) && $0.cause != .recovered && $0.cause != .nodeDown
    }
    evidence.isOutOfService = context.isOutOfService
    evidence.isSubjectOut = context.outOfService.contains(incident.subject)
    evidence.isDecider = context.isDecider
    return evidence
  }

  // MARK: Plan

  private mutating func plan(
    _ pressing: [Incident], at now: Instant, _ context: LoopContext, _ orders: inout Outbox<Order>
  ) {
    planAt = nil
    guard !pressing.isEmpty else { return }
    var plan = Plan()
    planner.plan(pressing, context, shared.value, at: now, &plan)
    // A planner that asks for now would be asked for ever.
    planAt = plan.askAgain.map { max($0, now + .milliseconds(1)) }
    for decision in plan.decisions {
      switch decision {
      case .act(let id, let remedy): act(id, remedy, at: now)
      case .giveUp(let id): giveUp(id, at: now, &orders)
      }
    }
  }

  private mutating func act(_ id: Incident.ID, _ remedy: Remedy, at now: Instant) {
    guard shared.value.remedies.contains(remedy), let place = openIncident(id) else { return }
    let subject = incidents[place].subject
    if incidents[place].tried.contains(remedy) {
      incidents[place].round += 1
      incidents[place].tried = []
    }
    incidents[place].tried.insert(RemedySet(remedy))
    incidents[place].remedy = remedy
    if let running = executor.ticket(remedy, subject) {
      incidents[place].state = .acting(running)
    } else if incidents.contains(where: { $0.id != id && $0.subject == subject && $0.inForce.contains(remedy) }) {
      // Another incident had it done, and it is still in force.
      verify(place, remedy, at: now)
    } else {
      executor.take(nextTicket, remedy, subject, for: id)
      incidents[place].state = .acting(nextTicket)
      nextTicket = Ticket(nextTicket.rawValue + 1)
    }
  }

  private mutating func giveUp(_ id: Incident.ID, at now: Instant, _ orders: inout Outbox<Order>) {
    guard let place = openIncident(id) else { return }
    incidents[place].state = .exhausted(since: now)
    incidents[place].due = now + shared.value.retryExhausted
    guard !incidents[place].isReported else { return }
    incidents[place].isReported = true
    orders.append(.report(.exhausted(id)))
  }

  /// Where it is; nil where it is not open: decisions on other incidents are none.
  private func openIncident(_ id: Incident.ID) -> Int? {
    incidents.firstIndex { $0.id == id && $0.state == .open }
  }

  // MARK: Mode and timer

  mutating func updateMode(_ orders: inout Outbox<Order>) {
    let next = currentMode
    guard next != mode else { return }
    mode = next
    orders.append(.report(.changedMode(mode)))
  }

  private var currentMode: Mode {
    if incidents.isEmpty { return .healthy }
    if incidents.allSatisfy({ $0.isRecovering }) { return .recovering }
    return incidents.contains { $0.isCritical } ? .critical : .degraded
  }

  /// Sets the timer where it is not set for the right moment.
  mutating func setTimer(at now: Instant, _ orders: inout Outbox<Order>) {
    var next = executor.nextWake
    for moment in [planAt, analyzer.nextLook] { next = earlier(next, moment) }
    for incident in incidents { next = earlier(next, incident.due) }
    guard next != nextWake else { return }
    nextWake = next
    // A timer that is left over fires for nothing.
    if let next { orders.append(.setTimer(after: max(next - now, .zero))) }
  }

  private func earlier(_ left: Instant?, _ right: Instant?) -> Instant? {
    guard let left else { return right }
    return right.map { min(left, $0) } ?? left
  }
}

extension Incident {
  var isRecovering: Bool {
    if case .verifying = state { return true }
    return cause == .recovered
  }

  /// Whether something is going to be done, or is still given time to help. Of two incidents that wait for each
  /// other one stops being so first.
  func isInHand(at now: Instant) -> Bool {
    switch state {
    case .open, .acting: true
    case .verifying: due.map { $0 > now } ?? false
    case .contained, .exhausted: false
    }
  }

  var isContained: Bool {
    if case .contained = state { return true }
    return false
  }

  var isCritical: Bool {
    guard !isContained else { return false }
    return severity >= 500_000 || cause == .nodeDown || cause == .nodeDegraded || cause == .memoryPressure
  }
}

import Primitives

/// The control loop of one node of a mesh that heals itself: Monitor, Analyze, Plan and Execute over Knowledge
/// (Kephart and Chess, "The Vision of Autonomic Computing", IEEE Computer 36(1), 2003), and Verify, since an action
/// that is done is not yet a service that is back.
///
/// A pure state machine: each method takes one event, with the node's monotonic clock, and appends orders. The host
/// carries them out in order, fires the one timer, and calls `cycle` when `interval` has passed and its readings
/// are in.
public struct ControlLoop<M: Monitoring, A: Analyzing, P: Planning, X: Executing, V: Verifying>: Sendable {
  public let id: NodeID
  let shared: Boxed<LoopSettings>
  public internal(set) var mode = Mode.healthy
  /// What is open, in ascending order of ids.
  public internal(set) var incidents: [Incident] = []
  public internal(set) var monitor = M()
  public internal(set) var analyzer = A()
  public internal(set) var planner = P()
  public internal(set) var executor = X()
  let verifier = V()
  /// As last told by the host, and as learned since.
  public internal(set) var thresholds = Thresholds()

  var nextIncident = Incident.ID(0)
  var nextTicket = Ticket(0)
  /// Incidents closed in a row without a fault that was missed.
  var quietClosings = 0
  /// When the planner wants to be asked.
  var planAt: Instant?
  /// When the timer is set to fire.
  public internal(set) var nextWake: Instant?

  /// - Parameter settings: shared by all loops that are given the same box.
  public init(id: NodeID, settings: Boxed<LoopSettings>) {
    self.id = id
    shared = settings
  }

  public init(id: NodeID, settings: LoopSettings = .standard) { self.init(id: id, settings: Boxed(settings)) }

  public var settings: LoopSettings { shared.value }

  /// Time until the next cycle. What may be a fault is looked at again as soon as in a critical mode.
  public var interval: Nanoseconds {
    let usual = shared.value.interval(mode)
    return analyzer.isSuspicious ? min(usual, shared.value.criticalInterval) : usual
  }

  // MARK: Events

  /// The node begins a life.
  public mutating func start(at now: Instant, _ orders: inout Outbox<Order>) {
    orders.append(.report(.changedMode(mode)))
  }

  /// A sample has been taken. At any time, in the order of time within each series.
  public mutating func observe(_ sample: Sample) {
    guard let reading = monitor.observe(sample) else { return }
    let outlook = outlook(at: sample.at)
    if analyzer.judge(reading, shared.value, outlook) { monitor.learn(sample.series) }
  }

  /// The series is no longer measured: its link or peer is gone.
  public mutating func forget(_ series: Series) {
    monitor.forget(series)
    analyzer.forget(series)
  }

  /// The readings of this cycle are in.
  public mutating func cycle(at now: Instant, _ context: LoopContext, _ orders: inout Outbox<Order>) {
    thresholds = context.experience.thresholds
    if isQuiet, !context.isOutOfService { return }
    turn(at: now, context, &orders)
  }

  /// The timer has fired. Harmless at any other time.
  public mutating func wake(at now: Instant, _ context: LoopContext, _ orders: inout Outbox<Order>) {
    nextWake = nil
    cycle(at: now, context, &orders)
  }

  /// The host's answer to `perform`. Late and double answers are ignored.
  public mutating func completed(
    _ ticket: Ticket, attempt: Int, _ outcome: ActionOutcome, at now: Instant, _ orders: inout Outbox<Order>
  ) {
    var endings: [Ending] = []
    executor.completed(ticket, attempt: attempt, outcome, at: now, shared.value, &orders, &endings)
    settle(endings, at: now, &orders)
    advance(at: now, &orders)
    updateMode(&orders)
    setTimer(at: now, &orders)
  }

  /// A fault that this metric should have told of was seen only by the damage it did: its threshold is lowered, by
  /// 5 % and to 90 % of its default at the lowest.
  public mutating func missed(_ metric: Metric, _ orders: inout Outbox<Order>) {
    quietClosings = 0
    guard metric.hasThreshold else { return }
    learn(metric, thresholds[metric] * 95 / 100, &orders)
  }

  // MARK: Knowledge

  /// Success gives back what failure took, a little at a time, and never more: twenty quiet closings are worth 2 %.
  mutating func countQuietClosing(_ orders: inout Outbox<Order>) {
    quietClosings += 1
    guard quietClosings >= 20 else { return }
    quietClosings = 0
    for metric in Metric.allCases where metric.hasThreshold {
      learn(metric, thresholds[metric] + 20_000, &orders)
    }
  }

  private mutating func learn(_ metric: Metric, _ share: Int64, _ orders: inout Outbox<Order>) {
    let former = thresholds[metric]
    thresholds[metric] = share
    let new = thresholds[metric]
    if new != former { orders.append(.report(.threshold(metric, ppmOfDefault: new))) }
  }

  // MARK: State

  /// Whether a cycle has nothing to do.
  var isQuiet: Bool { incidents.isEmpty && analyzer.isQuiet && executor.isIdle && nextWake == nil }

  func outlook(at now: Instant) -> Outlook {
    Outlook(id: id, at: now, staleAfter: shared.value.staleAfter(mode), thresholds: thresholds)
  }

  /// Everything that decides how the loop goes on, but for its settings. Moments count as they lie to `now`, and
  /// numbers without what they have counted.
  public func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(UInt64(id.rawValue), UInt64(mode.rawValue))
    monitor.fold(into: &digest, at: now)
    analyzer.fold(into: &digest, at: now)
    planner.fold(into: &digest, at: now)
    executor.fold(into: &digest, at: now, next: nextTicket, nextIncident)
    digest.fold(UInt64(incidents.count), UInt64(quietClosings))
    for incident in incidents { incident.fold(into: &digest, at: now, next: nextIncident, nextTicket) }
    for metric in Metric.allCases where metric.hasThreshold { digest.fold(UInt64(thresholds[metric])) }
    digest.fold(planAt.folded(at: now), nextWake.folded(at: now))
  }
}

/// The loop with the parts of this module.
public typealias StandardLoop = ControlLoop<Monitor, Analyzer, RulePlanner, Executor, Verifier>

extension Incident {
  func fold(into digest: inout Digest, at now: Instant, next: ID, _ ticket: Ticket) {
    digest.fold(UInt64(next.rawValue - id.rawValue), UInt64(cause.rawValue) << 32 | UInt64(subject.rawValue))
    digest.fold((now - openedAt).folded, UInt64(severity))
    digest.fold(UInt64(level), UInt64(round))
    digest.fold(
      UInt64(tried.rawValue) << 24 | UInt64(refused.rawValue) << 16 | UInt64(inForce.rawValue) << 8
        | (remedy.map { UInt64($0.rawValue) + 1 } ?? 0),
      (hasActed ? 1 : 0) | (isNamed ? 2 : 0) | (isReported ? 4 : 0))
    switch state {
    case .open: digest.fold(0)
    case .acting(let own): digest.fold(1, UInt64(ticket.rawValue - own.rawValue))
    case .verifying(let since): digest.fold(2, (now - since).folded)
    case .contained(let since): digest.fold(3, (now - since).folded)
    case .exhausted(let since): digest.fold(4, (now - since).folded)
    }
    digest.fold(began.folded(at: now), due.folded(at: now))
    digest.fold(UInt64(symptoms.count))
    for series in symptoms { digest.fold(series.order) }
  }
}

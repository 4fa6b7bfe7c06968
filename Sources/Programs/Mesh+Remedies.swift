import ControlLoop
import Node
import Primitives
import Routing

/// What the loop orders, done.
extension Mesh {
  /// The others have heard by then that a node takes its leave.
  private static let farewell = Nanoseconds.seconds(1)
  /// A node restarts after so long though it has not taken its leave.
  private static let farewellLimit = Nanoseconds.seconds(6)
  /// A node that has restarted of its own will tries something else when the same comes back so soon.
  private static let restartIsTried = Nanoseconds.seconds(300)

  mutating func carryOut(_ order: Order, _ context: inout StepContext, _ effects: inout Effects<Mesh>) {
    switch order {
    case .perform(let ticket, let remedy, let subject, let attempt):
      perform(remedy, on: subject, ticket, attempt, context, &effects)
    case .revoke(.throttle, _): serving.release()
    case .revoke(_, let neighbour):
      healing!.avoided.removeAll { $0 == neighbour }
      weighLinks(&effects)
    case .abandon(let ticket):
      healing!.wanted.removeAll { $0.ticket == ticket }
      // Once it is written the restart takes its course.
      if let restart = healing!.restart, restart.ticket == ticket, restart.write == nil { healing!.restart = nil }
    case .setTimer(let length): effects.append(.setTimer(Self.loopTimer, after: length))
    case .report(let report):
      healing!.reports.append(report)
      if context.telemetry { MeshTrace.tell(report, &effects) }
      healing!.learning.learn(report, at: context.wall)
    }
  }

  private mutating func perform(
    _ remedy: Remedy, on subject: NodeID, _ ticket: Ticket, _ attempt: Int, _ context: StepContext,
    _ effects: inout Effects<Mesh>
  ) {
    let now = context.monotonic
    func isDone(_ node: inout Mesh) { node.healing!.complete(ticket, attempt, .done, at: now) }
    switch remedy {
    case .throttle:
      serving.throttle()
      isDone(&self)
    case .reroute:
      if !healing!.avoided.contains(subject) { healing!.avoided.append(subject) }
      weighLinks(&effects)
      isDone(&self)
    case .failover where subject != id:
      // Fenced first: a node that only hangs would else serve on, and comes back sooner by this.
      effects.append(.restart(Endpoint(subject)))
      decide(Registry.Decision(subject, .drained), ticket, attempt, now, &effects)
    case .failover: decide(Registry.Decision(subject, .drained), ticket, attempt, now, &effects)
    case .quarantine: decide(Registry.Decision(subject, .quarantined), ticket, attempt, now, &effects)
    case .release: decide(Registry.Decision(subject, .serving), ticket, attempt, now, &effects)
    case .restart where subject != id:
      effects.append(.restart(Endpoint(subject)))
      isDone(&self)
    case .restart:
      let cause = healing!.loop.incidents.first { $0.state == .acting(ticket) }?.cause
      guard let cause, !hasJustRestarted(for: cause, context.wall) else {
        return healing!.complete(ticket, attempt, .refused, at: now)
      }
      healing!.restart = Healing.Restart(
        ticket: ticket, attempt: attempt, cause: cause, due: now + Self.farewellLimit)
      decide(Registry.Decision(id, .quarantined), nil, attempt, now, &effects)
    }
  }

  /// - Parameter ticket: nil where nothing but the restart waits for it.
  private mutating func decide(
    _ decision: Registry.Decision, _ ticket: Ticket?, _ attempt: Int, _ now: Instant, _ effects: inout Effects<Mesh>
  ) {
    guard isSo(decision) else { return want(decision, ticket, attempt, now, &effects) }
    if let ticket { healing!.complete(ticket, attempt, .done, at: now) }
  }

  /// Memory fills again and again, and a restart helps each time; other causes would be gone for good.
  private func hasJustRestarted(for cause: Cause, _ wall: Instant) -> Bool {
    guard let last = healing!.lastRestart, cause != .memoryPressure, last.cause == cause.rawValue else {
      return false
    }
    return wall - last.at < Self.restartIsTried && wall >= last.at
  }

  // MARK: A restart of its own will

  /// Once others own its keys and go around it, and what was begun is done, or after a while in any case, the node writes
  /// down why, and ends.
  mutating func prepareRestart(_ context: StepContext, _ effects: inout Effects<Mesh>) {
    guard let restart = healing!.restart, restart.write == nil else { return }
    let now = context.monotonic
    if registry[id] == .quarantined, restart.isLeftSince == nil { healing!.restart?.isLeftSince = now }
    let isLeft = restart.isLeftSince.map { now - $0 >= Self.farewell } ?? false
    guard isLeft && serving.jobs.isEmpty && open.isEmpty || now >= restart.due else { return }
    let token = healing!.council?.reserveWrite() ?? WriteToken(1)
    healing!.restart?.write = token
    let record = MeshRecord.Restart(at: context.wall, cause: restart.cause.rawValue)
    effects.append(.replace(MeshRecord.restartFile, with: .restart(record)))
    effects.append(.sync(token, directory: true))
  }
}

import Membership
import Node
import Primitives

/// Requests: asked here, served by the owners of their keys.
extension Mesh {
  mutating func ask(
    _ request: RequestID, _ operation: MeshOperation, at now: Instant, _ effects: inout Effects<Mesh>
  ) {
    let owner = owner(of: operation.key)
    guard owner != id else {
      guard settings.value.works else { return effects.append(.reply(request, .served(by: id))) }
      wait(for: request, at: now, &effects)
      return begin(request, operation, for: id, at: now, &effects)
    }
    guard members.status(of: owner) != .dead, send(.ask(request, operation), to: owner, &effects) else {
      return effects.append(.reply(request, .unreachable))
    }
    wait(for: request, at: now, &effects)
  }

  private mutating func wait(for request: RequestID, at now: Instant, _ effects: inout Effects<Mesh>) {
    open.append(Open(request: request, due: now + settings.value.timeout))
    if open.count == 1 { effects.append(.setTimer(Self.requestTimer, after: settings.value.timeout)) }
  }

  /// The request's outcome has come, or is there; nobody is told twice.
  mutating func settle(_ request: RequestID, _ outcome: MeshOutcome, _ effects: inout Effects<Mesh>) {
    guard let place = open.firstIndex(where: { $0.request == request }) else { return }
    open.remove(at: place)
    effects.append(.reply(request, outcome))
  }

  mutating func giveUp(at now: Instant, _ effects: inout Effects<Mesh>) {
    while let first = open.first, first.due <= now {
      effects.append(.reply(first.request, .silent))
      open.removeFirst()
    }
    if let first = open.first { effects.append(.setTimer(Self.requestTimer, after: first.due - now)) }
  }

  // MARK: Serving

  /// Somebody asks this node for what it owns, or did.
  mutating func serve(
    _ request: RequestID, _ operation: MeshOperation, _ packet: MeshPacket, at now: Instant,
    _ effects: inout Effects<Mesh>
  ) {
    let owner = owner(of: operation.key)
    if owner == id {
      // What this node asked another for comes back where it owns the key by now; it may have given up meanwhile.
      guard packet.source != id || open.contains(where: { $0.request == request }) else { return }
      return begin(request, operation, for: packet.source, at: now, &effects)
    }
    // Who has heard less of the registry asks the former owner, which hands the request on.
    var packet = packet
    packet.destination = owner
    handOn(packet, &effects)
  }

  /// - Parameter source: who waits for it, perhaps this node.
  private mutating func begin(
    _ request: RequestID, _ operation: MeshOperation, for source: NodeID, at now: Instant,
    _ effects: inout Effects<Mesh>
  ) {
    guard settings.value.works else { return tell(source, of: request, .served(by: id), &effects) }
    guard let work = serving.admit(Serving.Job(request: request, source: source, since: now)) else {
      return tell(source, of: request, .overloaded, &effects)
    }
    effects.append(.work(work, Demand(time: operation.work, memory: settings.value.memory)))
  }

  mutating func finish(_ work: WorkID, at now: Instant, _ effects: inout Effects<Mesh>) {
    guard let job = serving.finish(work, at: now, patience: settings.value.timeout) else { return }
    tell(job.source, of: job.request, .served(by: id), &effects)
  }

  private mutating func tell(
    _ source: NodeID, of request: RequestID, _ outcome: MeshOutcome, _ effects: inout Effects<Mesh>
  ) {
    if source == id { return settle(request, outcome, &effects) }
    send(outcome == .overloaded ? .refusal(request) : .answer(request), to: source, &effects)
  }
}

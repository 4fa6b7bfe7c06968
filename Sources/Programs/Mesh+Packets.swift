import Membership
import Node
import Primitives
import Routing

extension Mesh {
  // MARK: The ways of packets

  /// - Returns: whether there was a way.
  @discardableResult
  mutating func send(_ content: MeshPacket.Content, to destination: NodeID, _ effects: inout Effects<Mesh>) -> Bool
  {
    guard let hop = routes.nextHop(to: destination) else { return false }
    effects.send(.packet(MeshPacket(from: id, to: destination, content)), to: Endpoint(hop))
    return true
  }

  mutating func handOn(_ packet: MeshPacket, _ effects: inout Effects<Mesh>) {
    // No way is as long as there are nodes: a packet that has gone so far goes in circles.
    guard Int(packet.hops) < settings.value.topology.nodes, let hop = routes.nextHop(to: packet.destination) else {
      return
    }
    var packet = packet
    packet.hops += 1
    effects.send(.packet(packet), to: Endpoint(hop))
  }

  // MARK: Requests

  mutating func ask(
    _ request: RequestID, _ operation: MeshOperation, at now: Instant, _ effects: inout Effects<Mesh>
  ) {
    let owner = settings.value.owner(of: operation.key)
    guard owner != id else { return effects.append(.reply(request, .served(by: id))) }
    guard members.status(of: owner) != .dead, send(.ask(request, key: operation.key), to: owner, &effects) else {
      return effects.append(.reply(request, .unreachable))
    }
    open.append(Open(request: request, due: now + settings.value.timeout))
    if open.count == 1 { effects.append(.setTimer(Self.requestTimer, after: settings.value.timeout)) }
  }

  mutating func giveUp(at now: Instant, _ effects: inout Effects<Mesh>) {
    while let first = open.first, first.due <= now {
      effects.append(.reply(first.request, .silent))
      open.removeFirst()
    }
    if let first = open.first { effects.append(.setTimer(Self.requestTimer, after: first.due - now)) }
  }

  // MARK: Parts of the node, and what they ask for

  mutating func steer(
    _ effects: inout Effects<Mesh>, _ body: (inout LinkState, inout Outbox<Routing.Action>) -> Void
  ) {
    var actions = Outbox<Routing.Action>()
    body(&routes, &actions)
    while let action = actions.popFirst() {
      switch action {
      case .send(let message, let neighbour): effects.send(.routing(message), to: Endpoint(neighbour))
      case .setTimer(let length): effects.append(.setTimer(Self.routingTimer, after: length))
      case .routesChanged: break
      }
    }
  }

  mutating func probe(
    _ context: inout StepContext, _ effects: inout Effects<Mesh>,
    _ body: (inout Membership, inout Luck, inout Outbox<Membership.Action>) -> Void
  ) {
    var actions = Outbox<Membership.Action>()
    var luck = Luck(context: context)
    body(&members, &luck, &actions)
    context = luck.context
    while let action = actions.popFirst() {
      switch action {
      case .send(let message, let peer): send(.membership(message), to: peer, &effects)
      case .setTimer(let timer, let length): effects.append(.setTimer(Self.timer(timer), after: length))
      case .cancelTimer(let timer): effects.append(.cancelTimer(Self.timer(timer)))
      case .suspected, .confirmed, .alive, .refuted: break
      }
    }
  }

  private static func timer(_ timer: Membership.Timer) -> TimerID { TimerID(membershipTimers + timer.rawValue) }

  /// The host's door to chance, as the failure detector knows it.
  struct Luck: DrawSource {
    var context: StepContext

    mutating func draw(below bound: UInt64) -> UInt64 { context.choose(.meshProbe, slot: 0, below: bound) }
  }
}

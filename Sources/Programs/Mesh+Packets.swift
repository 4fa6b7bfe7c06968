import Membership
import Node
import Primitives
import Routing

extension Mesh {
  // MARK: The ways of packets

  /// - Returns: whether there was a way.
  @discardableResult
  mutating func send(
    _ content: MeshPacket.Content, to destination: NodeID, _ effects: inout Effects<Mesh>
  ) -> Bool {
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
      case .confirmed, .alive: healing?.membersHaveChanged = true
      case .suspected, .refuted: break
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

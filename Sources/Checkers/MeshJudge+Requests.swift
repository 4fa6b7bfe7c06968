import Node
import Primitives
import Programs

/// Who was asked and who has answered.
struct RequestsView: Sendable {
  // Both looked up and never walked. A request that arrives twice may be taken by two, one after the other.
  /// Who took a request that was its own to serve then.
  var taken: [UInt64: [NodeID]] = [:]
  /// Who has served a request.
  var served: [UInt64: [NodeID]] = [:]

  static func add(_ node: NodeID, to nodes: inout [NodeID]) {
    if !nodes.contains(node) { nodes.append(node) }
  }
}

extension MeshJudge {
  /// A node takes a request for its own as long as it owns the key, as it sees it then.
  mutating func take(_ input: Input<Mesh>, _ program: borrowing Mesh, _ process: Int) {
    let me = NodeID(UInt32(process))
    switch input {
    case .request(let request, let operation):
      if program.owner(of: operation.key) == me {
        RequestsView.add(me, to: &requests.taken[request.rawValue, default: []])
      }
    case .message(.packet(let packet), _):
      guard packet.destination == me, case .ask(let request, let operation) = packet.content,
        program.owner(of: operation.key) == me
      else { return }
      RequestsView.add(me, to: &requests.taken[request.rawValue, default: []])
    default: break
    }
  }

  mutating func survey(
    _ effects: borrowing Effects<Mesh>, _ program: borrowing Mesh, _ process: Int, _ now: Instant
  ) {
    let settings = program.settings.value
    let me = NodeID(UInt32(process))
    var strangers: [NodeID] = []
    var usurped: [RequestID] = []
    var answered: [(request: RequestID, owner: NodeID)] = []
    effects.items.lendEach { effect in
      switch effect {
      case .send(let message, let peer, _, _):
        if !settings.topology.contains(link: me, peer.host) { strangers.append(peer.host) }
        if message.isOfHealing { healing.count(message) }
        guard case .packet(let packet) = message, case .answer(let request) = packet.content, packet.source == me,
          // One that comes back over a link was answered before.
          packet.hops == 0
        else { return }
        if requests.taken[request.rawValue]?.contains(me) == true {
          RequestsView.add(me, to: &requests.served[request.rawValue, default: []])
        } else {
          usurped.append(request)
        }
      case .reply(let request, .served(let owner)): answered.append((request, owner))
      default: break
      }
    }
    for stranger in strangers {
      record(
        MeshInvariant.linksAreKept, process, now,
        "n\(process + 1) sent to n\(stranger.rawValue + 1), with which it has no link; it should send to neighbours."
      )
    }
    for request in usurped {
      record(
        MeshInvariant.ownerServes, process, now,
        """
        n\(process + 1) answered request \(request.rawValue), whose key is not its own; it should leave that to the owner.
        """)
    }
    for (request, owner) in answered {
      let served = owner == me ? requests.taken[request.rawValue] : requests.served[request.rawValue]
      if served?.contains(owner) != true {
        record(
          MeshInvariant.ownerServes, process, now,
          """
          n\(process + 1) took request \(request.rawValue) for served by n\(owner.index + 1), which has not served it; it \
          should wait for the owner.
          """)
      }
      requests.served[request.rawValue] = nil
    }
  }
}

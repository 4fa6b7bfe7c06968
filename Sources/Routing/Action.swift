import Primitives

/// What a node's routing asks of its surroundings, in order.
public enum Action: Hashable, Sendable {
  /// To a neighbour. It may be lost, come late or twice.
  case send(Message, to: NodeID)
  /// `timerFired` is owed once so long has passed; there is one timer.
  case setTimer(after: Nanoseconds)
  /// A link of the view has changed, and so may have any route; at most once in a step.
  case routesChanged
}

/// What a node has noticed of one of its own links.
public enum LinkChange: Hashable, Sendable {
  case down(NodeID)
  /// At the cost that it had.
  case up(NodeID)
  /// Of sending to that neighbour, from 1 to `Topology.highestCost`.
  case cost(NodeID, UInt32)
}

import Primitives

/// What somebody who runs a group tells the server that leads it.
public enum AdminCommand: Hashable, Sendable {
  /// Servers that are to vote, to learn, and to be no members any more. Of `turning`, who votes is to be none, and who does
  /// not is to vote.
  case membership(adding: [NodeID], learning: [NodeID], removing: [NodeID], turning: [NodeID])
  /// A change that waits for learners is given up.
  case abandon
  /// Another one is to lead: the one named, or whoever has most of the log where there are none or several.
  case handover(to: [NodeID])

  /// For people.
  package var words: String {
    func names(_ nodes: [NodeID]) -> String { nodes.map { "n\($0.index + 1)" }.joined(separator: ", ") }
    switch self {
    case .membership(let adding, let learning, let removing, let turning):
      let parts = [("add", adding), ("learn", learning), ("remove", removing), ("turn", turning)]
      return parts.filter { !$0.1.isEmpty }.map { "\($0.0) \(names($0.1))" }.joined(separator: ", ")
    case .abandon: return "abandon the change"
    case .handover(let to): return to.count == 1 ? "hand over to \(names(to))" : "hand over"
    }
  }

  /// As one number, for digests.
  package func fold(into digest: inout Digest) {
    func fold(_ nodes: [NodeID]) {
      digest.fold(UInt64(nodes.count))
      for node in nodes { digest.fold(UInt64(node.rawValue)) }
    }
    switch self {
    case .membership(let adding, let learning, let removing, let turning):
      digest.fold(1)
      for nodes in [adding, learning, removing, turning] { fold(nodes) }
    case .abandon: digest.fold(2)
    case .handover(let to):
      digest.fold(3)
      fold(to)
    }
  }
}

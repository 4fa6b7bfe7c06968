import Primitives
import World

/// What the server that leads is told.
extension FaultReader {
  /// `{add: n6, remove: n1}`, or the word `abandon`.
  func membership(_ field: Field) throws(Complaint) -> FaultAction {
    try refuseWithoutLog(field)
    guard case .map = field.value.content else {
      let expected = "a map with \(alternatives(Grammar.membership)), or the word abandon"
      guard try field.text(expected) == "abandon" else { throw field.complaint(expected: expected) }
      return .membership([])
    }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.membership)
    var parts: [MembershipPart] = []
    var named: Set<NodeID> = []
    for (wish, key) in zip(MembershipPart.Wish.allCases, Grammar.membership) {
      guard let who = fields.optional(key) else { continue }
      let part = MembershipPart(wish, try selector(who))
      if case .hosts(let nodes) = part.who {
        for node in nodes where node.index >= hosts.nodes.count {
          throw who.complaint(expected: "nodes: '\(hosts.name(of: node))' is a client")
        }
        for node in nodes where !named.insert(node).inserted {
          throw who.complaint(expected: "other nodes: '\(hosts.name(of: node))' is named twice")
        }
      } else if part.who == .clients {
        throw who.complaint(expected: "nodes: clients are no members")
      }
      parts.append(part)
    }
    guard !parts.isEmpty else {
      throw Complaint(
        at: field.value.place, "\(field.name): nobody is named; expected \(alternatives(Grammar.membership))")
    }
    return .membership(parts)
  }

  func refuseWithoutLog(_ field: Field) throws(Complaint) {
    if case .raftKV = hosts.program { return }
    throw Complaint(
      at: field.keyPlace,
      "\(field.name): nodes of '\(hosts.program.name)' have no leader to tell; expected program: raft-kv")
  }
}

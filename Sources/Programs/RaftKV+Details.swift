import Node
import Primitives
import Raft
import Telemetry

/// What people see when they look at a process.
extension RaftKV {
  public var details: [(name: StaticText, value: String)] {
    boxedServer?.value.details ?? boxedClient?.value.details ?? []
  }
}

extension KVServer {
  var details: [(name: StaticText, value: String)] {
    let name = { (node: NodeID?) in node.map { "n\($0.index + 1)" } ?? "nobody" }
    var details: [(name: StaticText, value: String)] = [
      ("role", raft.role.words), ("term", "\(raft.term)"), ("vote", name(raft.state.vote)),
      ("leader", name(raft.leader)),
      ("commit", "\(raft.commit)"), ("applied", "\(applied)"), ("last", "\(raft.log.lastIndex)"),
      ("log", raft.log.words), ("store", Digest.hexadecimal(store.fingerprint)),
    ]
    if let snapshot = raft.snapshot {
      details.append(("snapshot", "up to \(snapshot.lastIndex) of term \(snapshot.lastTerm)"))
    }
    if versions.own < .newest { details.append(("wire version", "\(versions.own.rawValue)")) }
    if raft.state.memory != .whole { details.append(("memory", "\(raft.state.memory)")) }
    if raft.configuration.members.count != settings.servers || !raft.configuration.isSettled {
      details.append(("members", raft.configuration.words))
    }
    guard raft.role == .leader else { return details }
    if let successor = raft.referral, successor != raft.id { details.append(("hands over to", name(successor))) }
    if let end = raft.leaseEnd {
      details.append(("lease", "until \(PeopleText.moment(end.nanoseconds)) on the clock that it is measured on"))
    }
    for (member, progress) in zip(raft.members, raft.progress) where member != raft.id {
      details.append(
        (
          "follower",
          "\(name(member)) has to \(progress.match), next \(progress.next), \(progress.mode == .probe ? "probing" : "replicating")"
        ))
    }
    return details
  }
}

extension KVClient {
  var details: [(name: StaticText, value: String)] {
    [("leader", "n\(leader.index + 1)")]
      + open.map { ("open", "operation \($0.request.rawValue), try \($0.attempt) at n\($0.server.index + 1)") }
  }
}

extension Configuration {
  /// `n1, n2 vote, n4 learns`
  package var words: String {
    func names(_ nodes: [NodeID]) -> String { nodes.map { "n\($0.index + 1)" }.joined(separator: ", ") }
    let parts = [
      voters.isEmpty ? "nobody" : "\(names(voters)) vote", isJoint ? "and \(names(outgoing)) too" : "",
      learners.isEmpty ? "" : "\(names(learners)) learn", next.isEmpty ? "" : "\(names(next)) are to vote",
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "; ")
  }
}

extension Role {
  /// As the paper says it.
  package var words: String {
    switch self {
    case .follower: "follower"
    case .candidate: "candidate"
    case .leader: "leader"
    case .preCandidate: "pre-candidate"
    }
  }
}

extension Log {
  /// Its terms: `1–4 of term 1, 5–9 of term 3`; the last eight. What is forgotten has none.
  fileprivate var words: String {
    guard lastIndex > base else { return base > 0 ? "empty after \(base)" : "empty" }
    var runs: [String] = []
    var end = lastIndex
    while end > base, runs.count < 8 {
      let first = max(base + 1, firstIndexOfTerm(at: end))
      runs.append("\(first == end ? "\(end)" : "\(first)–\(end)") of term \(term(at: end))")
      end = first - 1
    }
    return (end > base ? "…, " : base > 0 ? "after \(base): " : "") + runs.reversed().joined(separator: ", ")
  }
}

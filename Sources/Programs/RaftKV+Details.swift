import Node
import Primitives
import Raft
import Telemetry

/// What people see when they look at a process.
extension RaftKV {
  public var details: [(name: StaticText, value: Detail)] {
    boxedServer?.value.details ?? boxedClient?.value.details ?? []
  }
}

extension KVServer {
  var details: [(name: StaticText, value: Detail)] {
    var details: [(name: StaticText, value: Detail)] = [
      ("role", .word(raft.role.words)), ("term", .number(raft.term)), ("vote", .node(raft.state.vote)),
      ("leader", .node(raft.leader)),
      ("commit", .number(raft.commit)), ("applied", .number(applied)), ("last", .number(raft.log.lastIndex)),
      ("log", raft.log.detail), ("store", .hash(store.fingerprint)),
    ]
    if let snapshot = raft.snapshot {
      details.append(("snapshot", .numbers("up to % of term %", snapshot.lastIndex, snapshot.lastTerm)))
    }
    if versions.own < .newest { details.append(("wire version", .number(UInt64(versions.own.rawValue)))) }
    if raft.state.memory != .whole { details.append(("memory", "\(raft.state.memory)")) }
    if raft.configuration.members.count != settings.servers || !raft.configuration.isSettled {
      details.append(("members", .text(raft.configuration.words)))
    }
    guard raft.role == .leader else { return details }
    if let successor = raft.referral, successor != raft.id { details.append(("hands over to", .node(successor))) }
    if let end = raft.leaseEnd {
      details.append(("lease", "until \(PeopleText.moment(end.nanoseconds)) on the clock that it is measured on"))
    }
    for (member, progress) in zip(raft.members, raft.progress) where member != raft.id {
      let words: StaticText =
        progress.mode == .probe ? "n% has to %, next %, probing" : "n% has to %, next %, replicating"
      details.append(("follower", .numbers(words, UInt64(member.rawValue) + 1, progress.match, progress.next)))
    }
    return details
  }
}

extension KVClient {
  var details: [(name: StaticText, value: Detail)] {
    [("leader", .node(leader))]
      + open.map { ("open", "operation \($0.request.rawValue), try \($0.call.attempt) at n\($0.server.index + 1)") }
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
  package var words: StaticText {
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
  fileprivate var detail: Detail {
    guard lastIndex > base else { return base > 0 ? .numbers("empty after %", base) : .word("empty") }
    if base == 0, firstIndexOfTerm(at: lastIndex) == 1, lastIndex > 1 {
      return .numbers("%–% of term %", 1, lastIndex, term(at: lastIndex))
    }
    var runs: [String] = []
    var end = lastIndex
    while end > base, runs.count < 8 {
      let first = max(base + 1, firstIndexOfTerm(at: end))
      runs.append("\(first == end ? "\(end)" : "\(first)–\(end)") of term \(term(at: end))")
      end = first - 1
    }
    return .text((end > base ? "…, " : base > 0 ? "after \(base): " : "") + runs.reversed().joined(separator: ", "))
  }
}

import Primitives
import Raft

/// A server as it stands after a command: of one that is down, what its disk holds.
package struct ServerState: Sendable {
  package let id: Int
  package let term: Term
  package let vote: Int?
  package let role: Role
  package let leader: Int?
  package let commit: LogIndex
  /// Index and term of each entry.
  package let log: [(LogIndex, Term)]
  package let voters: Int
  package let isUp: Bool

  init(_ server: ScriptedServer) {
    let raft = server.raft
    let state = server.isUp ? raft.state : server.durable.state
    let entries = server.isUp ? raft.log.entries : server.durable.entries
    id = raft.id.index
    term = state.term
    vote = state.vote?.index
    role = server.isUp ? raft.role : .follower
    leader = server.isUp ? raft.leader?.index : nil
    commit = server.isUp ? raft.commit : 0
    log = entries.enumerated().map { (LogIndex($0 + 1), $1.term) }
    voters = raft.members.count
    isUp = server.isUp
  }

  /// For people, on one line.
  var sentence: String {
    let name = Words.node(id)
    guard isUp else { return "\(name): down, term \(term), vote \(Words.name(vote)), log \(Words.log(log))" }
    return "\(name): \(Words.role(role)) in term \(term), vote \(Words.name(vote)), leader \(Words.name(leader)), "
      + "commit \(commit), log \(Words.log(log))"
  }

  /// For programs: one JSON object on one line.
  package var json: String {
    func name(_ node: Int?) -> String { node.map { "\"\(Words.node($0))\"" } ?? "null" }
    let entries = log.map { "[\($0.0),\($0.1)]" }.joined(separator: ",")
    let voters = (0..<voters).map { name($0) }.joined(separator: ",")
    // What is committed is applied in the same step.
    return "{\"id\":\(name(id)),\"term\":\(term),\"vote\":\(name(vote)),\"role\":\"\(Words.role(role))\","
      + "\"leader\":\(name(leader)),\"commit\":\(commit),\"applied\":\(commit),\"log\":[\(entries)],"
      + "\"configuration\":{\"voters\":[\(voters)],\"learners\":[]},\"up\":\(isUp)}"
  }
}

extension Words {
  static func name(_ node: Int?) -> String { node.map { self.node($0) } ?? "none" }

  /// A log by its terms: `1 1 2`.
  static func log(_ log: [(LogIndex, Term)]) -> String {
    log.isEmpty ? "empty" : log.map { "\($0.1)" }.joined(separator: " ")
  }
}

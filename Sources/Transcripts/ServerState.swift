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
  /// Index and term of the last entry that a snapshot stands for.
  package let snapshot: (LogIndex, Term)?
  /// Index and term of each entry.
  package let log: [(LogIndex, Term)]
  package let configuration: Configuration
  /// Whether it is the one with which the group began.
  private let isFirst: Bool
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
    let first = server.isUp ? raft.log.base + 1 : server.durable.first
    log = entries.enumerated().map { (first + LogIndex($0), $1.term) }
    snapshot = (server.isUp ? raft.snapshot : server.durable.snapshot).map { ($0.lastIndex, $0.lastTerm) }
    configuration = raft.configuration
    isFirst = configuration == Configuration(voters: server.voters)
    isUp = server.isUp
  }

  /// For people, on one line.
  var sentence: String {
    let name = Words.node(id)
    guard isUp else { return "\(name): down, term \(term), vote \(Words.name(vote)), log \(Words.log(self))" }
    return "\(name): \(Words.role(role)) in term \(term), vote \(Words.name(vote)), leader \(Words.name(leader)), "
      + "commit \(commit), log \(Words.log(self))" + (isFirst ? "" : ", of \(Words.configuration(configuration))")
  }

  /// For programs: one JSON object on one line.
  package var json: String {
    func name(_ node: Int?) -> String { node.map { "\"\(Words.node($0))\"" } ?? "null" }
    let entries = log.map { "[\($0.0),\($0.1)]" }.joined(separator: ",")
    let snapshot = snapshot.map { "\"snapshot\":[\($0.0),\($0.1)]," } ?? ""
    func names(_ nodes: [NodeID]) -> String { nodes.map { name($0.index) }.joined(separator: ",") }
    let (old, next) = (configuration.outgoing, configuration.next)
    let more =
      (old.isEmpty ? "" : ",\"outgoing\":[\(names(old))]") + (next.isEmpty ? "" : ",\"next\":[\(names(next))]")
    // What is committed is applied in the same step.
    return "{\"id\":\(name(id)),\"term\":\(term),\"vote\":\(name(vote)),\"role\":\"\(Words.role(role))\","
      + "\"leader\":\(name(leader)),\"commit\":\(commit),\"applied\":\(commit),\"log\":[\(entries)],\(snapshot)"
      + "\"configuration\":{\"voters\":[\(names(configuration.voters))],\"learners\":[\(names(configuration.learners))]"
      + "\(more)},\"up\":\(isUp)}"
  }
}

extension Words {
  static func name(_ node: Int?) -> String { node.map { self.node($0) } ?? "none" }

  /// A log by its terms: `1 1 2`; after a snapshot up to an entry, `[3:1] 1 2` with the entries that the log still has.
  static func log(_ state: ServerState) -> String {
    let snapshot = state.snapshot.map { ["[\(place($0.0, $0.1))]"] } ?? []
    let log = snapshot + state.log.map { "\($0.1)" }
    return log.isEmpty ? "empty" : log.joined(separator: " ")
  }
}

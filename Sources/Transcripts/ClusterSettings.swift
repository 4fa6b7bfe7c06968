import Primitives
import Raft

/// What `add nodes` says about the servers and their disks.
struct ClusterSettings: Hashable, Sendable {
  struct Disk: Hashable, Sendable {
    var log: [Term]?
    var term: Term?
    /// nil: not said; `.some(nil)`: nobody.
    var vote: Int??
  }

  var count: Int
  /// The first so many begin the group; the others wait to be told of it.
  var voters: Int
  var rules: Rules
  var common = Disk()
  var disks: [Disk]

  init(count: Int, rules: Rules) {
    self.count = count
    voters = count
    self.rules = rules
    disks = Array(repeating: Disk(), count: count)
  }

  func log(of node: Int) -> [Term] { disks[node].log ?? common.log ?? [] }

  func vote(of node: Int) -> Int? { disks[node].vote ?? common.vote ?? nil }

  /// A term that is not said is the highest of any log: whoever led it was elected by a majority.
  func term(of node: Int) -> Term {
    disks[node].term ?? common.term ?? (0..<count).compactMap { log(of: $0).last }.max() ?? 0
  }

  /// Why no Raft could have left these disks; nil where one could.
  var impossibility: String? {
    for node in 0..<count {
      let (log, name) = (log(of: node), Words.node(node))
      if log.contains(0) || zip(log, log.dropFirst()).contains(where: { $0 > $1 }) {
        return "\(name)'s log has terms that fall; from 1 on they only rise"
      }
      if let last = log.last, last > term(of: node) {
        return "\(name) is in term \(term(of: node)), behind its log's last term \(last)"
      }
      if term(of: node) == 0, vote(of: node) != nil { return "\(name) has voted in term 0, where nobody stands" }
    }
    return disagreement ?? secondElection
  }

  private var disagreement: String? {
    for left in 0..<count {
      for right in 0..<left {
        let (mine, other) = (log(of: left), log(of: right))
        guard let last = zip(mine, other).enumerated().filter({ $1.0 == $1.1 }).last?.offset else { continue }
        if mine[...last] != other[...last] {
          return "\(Words.node(right)) and \(Words.node(left)) agree at index \(last + 1) and not before it"
        }
      }
    }
    return nil
  }

  /// A term in some log has had its leader; the disks must not let another be elected.
  private var secondElection: String? {
    for term in Set((0..<count).flatMap { log(of: $0) }).sorted() {
      let behind = (0..<voters).count { self.term(of: $0) < term }
      let free = (0..<voters).count { self.term(of: $0) == term && vote(of: $0) == nil }
      if behind > 0, behind + free > voters / 2 {
        return "term \(term) is in a log, and a majority could still elect a leader of it"
      }
    }
    return nil
  }

  /// The entries of a disk: alike where index and term are.
  func entries(of node: Int) -> ContiguousArray<Entry> {
    ContiguousArray(
      log(of: node).enumerated().map { Entry(term: $1, command: Array("\($0 + 1):\($1)".utf8)) })
  }

  func servers() -> [ScriptedServer] {
    let members = (0..<voters).map { NodeID(UInt32($0)) }
    let timing = rules.timing
    let step = (timing.longest - timing.shortest) / Int64(count)
    return (0..<count).map { node in
      let state = HardState(term: term(of: node), vote: vote(of: node).map { NodeID(UInt32($0)) })
      let raft = Raft(
        id: NodeID(UInt32(node)), members: node < voters ? members : [], rules: rules, state: state,
        entries: entries(of: node))
      return ScriptedServer(raft, timeout: timing.shortest + step * Int64(node))
    }
  }
}

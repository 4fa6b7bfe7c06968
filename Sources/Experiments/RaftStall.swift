import Node
import Primitives
import Programs
import Raft
import Scenarios
import World

/// What a Raft cluster waits for, read from its nodes: who campaigns and who refuses, or what a leader lacks.
struct RaftStall {
  private let simulation: Simulation<RaftKV, RaftWatch>
  private let troubles: Troubles<RaftKV, RaftWatch>
  private let nodes: Range<Int>
  /// From whom progress is owed: what others do matters where it is in these ones' way.
  private let owing: [Int]

  init(_ simulation: Simulation<RaftKV, RaftWatch>, _ scenario: Scenario) {
    self.simulation = simulation
    troubles = Troubles(simulation: simulation, scenario: scenario)
    nodes = 0..<simulation.plan.nodes
    owing = simulation.healedCore ?? Array(nodes)
  }

  var stall: Stall {
    Stall(sentence: leader.map(waits) ?? nobodyLeads, isExcused: false)
  }

  private func raft(_ node: Int) -> Raft? { simulation.program(node).server?.raft }

  private func diskOf(_ node: Int) -> String {
    simulation.condition(of: node).waitsForDisk ? " and waits for its disk" : ""
  }

  private func isRunning(_ node: Int) -> Bool { simulation.condition(of: node).state != .down }

  private func name(_ node: Int) -> String { troubles.name(node) }

  /// The one at the highest term of those that run.
  private var leader: (node: Int, raft: Raft)? {
    owing.compactMap { node -> (node: Int, raft: Raft)? in
      guard isRunning(node), let raft = raft(node), raft.role == .leader else { return nil }
      return (node, raft)
    }.max { $0.raft.term < $1.raft.term }
  }

  // MARK: A leader

  private func waits(_ leader: (node: Int, raft: Raft)) -> String {
    let who = "\(name(leader.node)) leads term \(leader.raft.term)"
    if let trouble = troubles.trouble(with: leader.node) { return "\(who) and \(trouble)" }
    let (commit, last) = (leader.raft.commit, leader.raft.log.lastIndex)
    guard commit < last else {
      return "\(who) and has committed all that it was asked, up to \(commit); \(silence(leader.node))"
    }
    let configuration = leader.raft.configuration
    let majority = Quorum.majority(of: configuration.voters.count)
    let change =
      configuration.isSettled
      ? "" : configuration.isJoint ? ", and a majority of the voters before too" : ", with a change under way"
    let lagging = nodes.filter { $0 != leader.node }.compactMap { node -> String? in
      guard let match = leader.raft.match(of: NodeID(UInt32(node))), match < last else { return nil }
      let trouble =
        troubles.trouble(with: node) ?? troubles.trouble(between: leader.node, and: node)
        ?? "has up to \(match)\(diskOf(node))"
      return "\(name(node)) \(trouble)"
    }
    let own = leader.raft.match(of: NodeID(UInt32(leader.node))) ?? last
    let disk = own < last ? ["its own disk has up to \(own)"] : []
    return
      "\(who) and has committed up to \(commit) of \(last), for which \(majority) nodes must have it\(change); "
      + (disk + lagging.prefix(6)).joined(separator: ", ")
  }

  /// Why nobody's operation ends at a leader that has nothing to do.
  private func silence(_ leader: Int) -> String {
    let clients = nodes.upperBound..<simulation.plan.programs.count
    let cut = clients.compactMap { client -> String? in
      let trouble = troubles.trouble(with: client) ?? troubles.trouble(between: leader, and: client)
      return trouble.map { "\(name(client)) \($0)" }
    }
    return cut.isEmpty ? "what clients ask has not reached it" : cut.prefix(4).joined(separator: ", ")
  }

  // MARK: No leader

  private var nobodyLeads: String {
    let candidates = owing.compactMap { node -> (node: Int, raft: Raft)? in
      guard isRunning(node), let raft = raft(node), raft.role == .candidate || raft.role == .preCandidate else {
        return nil
      }
      return (node, raft)
    }.sorted { ($0.raft.term, $1.node) > ($1.raft.term, $0.node) }
    guard !candidates.isEmpty else {
      let each = owing.prefix(8).map { node in
        "\(name(node)) \(troubles.trouble(with: node) ?? waiting(node))"
      }
      return "nobody leads and nobody campaigns: " + each.joined(separator: ", ")
    }
    let campaigns = candidates.prefix(2).map { candidate in
      let answers = nodes.filter { $0 != candidate.node }.prefix(8).map { refusal(of: $0, to: candidate) }
      return "\(campaign(candidate)): \(answers.joined(separator: ", "))"
    }
    return "nobody leads; " + campaigns.joined(separator: "; ")
  }

  private func campaign(_ candidate: (node: Int, raft: Raft)) -> String {
    let raft = candidate.raft
    let what = raft.role == .candidate ? "campaigns in term \(raft.term)" : "asks around for term \(raft.term + 1)"
    let trouble = troubles.trouble(with: candidate.node).map { ", which \($0)," } ?? ""
    return
      "\(name(candidate.node))\(trouble) \(what), its log up to \(raft.log.lastIndex) of term \(raft.log.lastTerm)"
  }

  private func waiting(_ node: Int) -> String {
    guard let raft = raft(node) else { return "waits" }
    return raft.leader.map { "follows \(name($0.index)) in term \(raft.term)" } ?? "waits in term \(raft.term)"
  }

  /// What a node would say, or why it says nothing.
  private func refusal(of voter: Int, to candidate: (node: Int, raft: Raft)) -> String {
    let who = name(voter)
    if let trouble = troubles.trouble(with: voter) ?? troubles.trouble(between: candidate.node, and: voter) {
      return "\(who) \(trouble)"
    }
    guard let raft = raft(voter) else { return "\(who) is no voter" }
    let asked = candidate.raft
    if !raft.log.isCovered(byLastIndex: asked.log.lastIndex, term: asked.log.lastTerm) {
      return "\(who) refuses, its log goes up to \(raft.log.lastIndex) of term \(raft.log.lastTerm)"
    }
    if raft.term > asked.term { return "\(who) refuses, it is in term \(raft.term)" }
    if raft.rules.leaderStickiness || asked.role == .preCandidate, let leader = raft.leader, leader.index != voter {
      return "\(who) refuses, it follows \(name(leader.index))"
    }
    if asked.role == .candidate, raft.term == asked.term, let vote = raft.state.vote, vote.index != candidate.node {
      return "\(who) has voted for \(vote.index == voter ? "itself" : name(vote.index))"
    }
    return "\(who) would not refuse\(diskOf(voter))"
  }
}

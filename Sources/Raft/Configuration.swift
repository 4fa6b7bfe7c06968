import Primitives

/// Who takes part in a group, and how (section 6; dissertation, chapter 4).
///
/// A change goes by up to three configurations, each an entry of the log: in the first the servers that are to join
/// get the log as learners and `next` tells what is to come; once they have caught up, the joint one, in which the old and the
/// new voters must both agree; then the new one alone. Whoever leads goes on with what is in its log, so that no
/// change depends on the server that was asked for it.
public struct Configuration: Hashable, Sendable {
  /// Whose majority decides, in ascending order.
  public let voters: [NodeID]
  /// The voters before, whose majority is needed too, while a configuration is joint; empty otherwise.
  public let outgoing: [NodeID]
  /// Who gets the log and decides nothing, in ascending order.
  public let learners: [NodeID]
  /// The voters that are to be, once the learners among them have caught up; empty where no change waits for any.
  public let next: [NodeID]

  /// - Parameters: in any order, without repeats; no learner is a voter.
  public init(voters: [NodeID], outgoing: [NodeID] = [], learners: [NodeID] = [], next: [NodeID] = []) {
    // An ascending list is shared by all who were given it.
    func ascending(_ nodes: [NodeID]) -> [NodeID] {
      zip(nodes, nodes.dropFirst()).allSatisfy { $0 < $1 } ? nodes : nodes.sorted()
    }
    self.voters = ascending(voters)
    self.outgoing = ascending(outgoing)
    self.learners = ascending(learners)
    self.next = ascending(next)
  }

  /// Of a server that waits to be told of a group.
  public static let none = Configuration(voters: [])

  public var isJoint: Bool { !outgoing.isEmpty }

  /// Whether nothing is under way.
  public var isSettled: Bool { outgoing.isEmpty && next.isEmpty }

  /// Everybody, in ascending order.
  public var members: [NodeID] {
    if isSettled, learners.isEmpty { return voters }
    return Set(voters + outgoing + learners).sorted()
  }

  public func isVoter(_ node: NodeID) -> Bool { voters.contains(node) || outgoing.contains(node) }

  // MARK: Changes

  /// The first step towards what is wanted: a configuration in which those who are to join learn, the joint one where nobody joins,
  /// or at once the last one, where the voters stay the same. nil where nothing would change.
  ///
  /// - Throws: why that cannot be.
  func beginning(_ change: MembershipChange) throws(MembershipRefusal) -> Configuration? {
    if case .abandon = change { return try abandoned() }
    guard case .become(let adding, let learning, let removing) = change else { return nil }
    if let twice = Self.repeated(adding + learning + removing) { throw .namedTwice(twice) }
    for node in removing where !members.contains(node) { throw .notAMember(node) }
    for node in learning where voters.contains(node) { throw .isAVoter(node) }
    guard isSettled else { throw .underWay }
    let leaving = Set(removing)
    let voters = Set(self.voters).union(adding).subtracting(leaving).sorted()
    guard !voters.isEmpty else { throw .noVoterLeft }
    let learners = Set(self.learners).union(learning).subtracting(leaving).subtracting(adding).sorted()
    guard voters.count + learners.count <= Self.mostServers else { throw .tooMany }
    if voters == self.voters {
      return learners == self.learners ? nil : Configuration(voters: voters, learners: learners)
    }
    // Who is to vote learns first; where nobody joins there is nothing to wait for.
    let joining = voters.filter { !self.voters.contains($0) }
    if joining.isEmpty { return Configuration(voters: voters, outgoing: self.voters, learners: learners) }
    return Configuration(voters: self.voters, learners: Set(learners).union(joining).sorted(), next: voters)
  }

  private func abandoned() throws(MembershipRefusal) -> Configuration? {
    guard !isJoint else { throw .underWay }
    guard !next.isEmpty else { return nil }
    // Those who had begun to learn go on.
    return settled
  }

  private static func repeated(_ nodes: [NodeID]) -> NodeID? {
    var seen = Set<NodeID>()
    return nodes.first { !seen.insert($0).inserted }
  }

  /// The learners that a change waits for.
  var joining: [NodeID] { next.filter { !voters.contains($0) } }

  /// In which old and new voters must agree. Nobody who leaves learns any more.
  var joint: Configuration {
    Configuration(voters: next, outgoing: voters, learners: learners.filter { !next.contains($0) })
  }

  /// What is left once a joint one is committed.
  var settled: Configuration { Configuration(voters: voters, learners: learners) }
}

/// What somebody wants of a group's membership.
public enum MembershipChange: Hashable, Sendable {
  /// Servers that are to vote, to learn, and to be no members any more.
  case become(adding: [NodeID] = [], learning: [NodeID] = [], removing: [NodeID] = [])
  /// A change that waits for learners is given up; they go on learning.
  case abandon
}

/// Why a change of the membership cannot begin.
public enum MembershipRefusal: Error, Hashable, Sendable {
  case notLeader
  /// The leader has committed no entry of its term yet, and does not know what earlier ones began (Ongaro, "bug in
  /// single-server membership changes", raft-dev, 2015).
  case tooEarly
  /// Another change is not over.
  case underWay
  case namedTwice(NodeID)
  case notAMember(NodeID)
  /// It votes, and cannot become a learner.
  case isAVoter(NodeID)
  case noVoterLeft
  /// More than 1,024 members.
  case tooMany

  public var words: String {
    func name(_ node: NodeID) -> String { "n\(node.index + 1)" }
    return switch self {
    case .notLeader: "the server does not lead"
    case .tooEarly: "the leader has not committed an entry of its own term yet"
    case .underWay: "another change is under way"
    case .namedTwice(let node): "\(name(node)) is named twice"
    case .notAMember(let node): "\(name(node)) is no member"
    case .isAVoter(let node): "\(name(node)) votes, and cannot become a learner"
    case .noVoterLeft: "no voter would be left"
    case .tooMany: "there would be more than 1,024 members"
    }
  }
}

import Node
import Primitives
import Programs
import Raft

/// A configuration that stands in some log.
struct SeenConfiguration: Sendable {
  let index: LogIndex
  /// What a log comes to that has it there.
  let hash: UInt64
  let configuration: Configuration
}

/// Who decides, as the logs have it: a configuration counts from when it is in a log (section 6).
extension RaftJudge {
  /// The last one in a server's log.
  func configuration(of process: Int) -> Configuration {
    lastSeen(in: views[process].log)?.configuration ?? initial
  }

  /// The one that is in force at an entry that is committed.
  func committedConfiguration(at index: LogIndex) -> Configuration {
    lastSeen(in: committed.chain, upTo: index)?.configuration ?? initial
  }

  private func lastSeen(in log: borrowing LogChain, upTo last: LogIndex = .max) -> SeenConfiguration? {
    let end = min(last, log.count)
    var last: SeenConfiguration?
    for seen in configurations
    where seen.index <= end && seen.index > (last?.index ?? 0) && log.hash(at: seen.index) == seen.hash {
      last = seen
    }
    return last
  }

  /// Whether a majority of the voters of that server's configuration is so, of both halves of a joint one. What it was before
  /// the step is as good: it may have decided by that.
  ///
  /// - Parameter isSo: does not refer to the judge, which would be copied for it: this is asked for each entry that is
  ///   committed.
  func isMajority(of process: Int, _ isSo: (ServerView) -> Bool) -> Bool {
    if configurations.isEmpty { return Self.agrees(initial, views, isSo) }
    return Self.agrees(configuration(of: process), views, isSo)
      || views[process].former.map { Self.agrees($0, views, isSo) } ?? false
  }

  private static func agrees(
    _ configuration: Configuration, _ views: ContiguousArray<ServerView>, _ isSo: (ServerView) -> Bool
  ) -> Bool {
    func isMajority(_ voters: [NodeID]) -> Bool {
      var count = 0
      for voter in voters where voter.index < views.count && isSo(views[voter.index]) { count += 1 }
      return count >= Quorum.majority(of: voters.count)
    }
    return isMajority(configuration.voters) && (!configuration.isJoint || isMajority(configuration.outgoing))
  }

  /// `2 of 3`, `2 of n1, n2, n3 and 2 of n2, n3, n4`
  func needed(by process: Int) -> String {
    func words(_ voters: [NodeID]) -> String {
      let names = voters.map { Self.name($0.index) }.joined(separator: ", ")
      return "\(Quorum.majority(of: voters.count)) of \(voters.count == servers ? "\(servers)" : names)"
    }
    let configuration = configuration(of: process)
    return configuration.isJoint
      ? "\(words(configuration.outgoing)) and \(words(configuration.voters))" : words(configuration.voters)
  }

  /// An entry that is about to be appended.
  mutating func note(_ entry: Entry, _ standing: RaftKV.Standing, _ step: Step) {
    guard let configuration = entry.configuration else { return }
    if views[step.process].former == nil { views[step.process].former = self.configuration(of: step.process) }
    if standing.role == .leader, entry.term == standing.term {
      judgeChange(standing, step)
      judgeTransition(to: configuration, step)
      // With whoever joins the leader begins to talk.
      let before = self.configuration(of: step.process).members
      for node in configuration.members
      where !before.contains(node) && node.index < views[step.process].followers.count {
        views[step.process].followers[node.index] = Correspondence(told: views[step.process].log.count)
      }
    }
  }

  /// The last entry of a server's log is one.
  mutating func see(_ entry: Entry, of process: Int) {
    guard let configuration = entry.configuration else { return }
    let index = views[process].log.count
    let hash = views[process].log.hash(at: index)
    guard !configurations.contains(where: { $0.index == index && $0.hash == hash }) else { return }
    configurations.append(SeenConfiguration(index: index, hash: hash, configuration: configuration))
  }

  /// Voters change in two steps: to a joint configuration of the old and the new ones, and from that to the new ones.
  private mutating func judgeTransition(to next: Configuration, _ step: Step) {
    let before = configuration(of: step.process)
    let isLegal =
      before.isJoint
      ? !next.isJoint && next.voters == before.voters
      : next.isJoint
        ? next.outgoing == before.voters && (before.next.isEmpty || next.voters == before.next)
        : next.voters == before.voters
    guard !isLegal else { return }
    func words(_ configuration: Configuration) -> String {
      func names(_ nodes: [NodeID]) -> String { nodes.map { Self.name($0.index) }.joined(separator: ", ") }
      return configuration.isJoint
        ? "\(names(configuration.outgoing)) and \(names(configuration.voters))" : names(configuration.voters)
    }
    record(
      RaftInvariant.changesAreJoint, step,
      """
      \(step.name) went from the voters \(words(before)) to \(words(next)); it should go by a joint configuration, and from that to \
      the new voters alone.
      """)
  }

  /// A leader changes nothing before it has committed an entry of its term, and the change before.
  private mutating func judgeChange(_ standing: RaftKV.Standing, _ step: Step) {
    let log = views[step.process].log
    let commit = min(standing.commit, log.count)
    let open = lastSeen(in: log).map(\.index) ?? 0
    guard open > commit || log.term(at: commit) != standing.term else { return }
    record(
      RaftInvariant.changesWait, step,
      """
      \(step.name), leader of term \(standing.term), appended another configuration with \(standing.commit) entries committed, \
      \(open > commit ? "and one before it at \(open)" : "none of them of its term"); it should wait for that.
      """)
  }

  /// A leader was voted for by a majority of those who decide.
  mutating func judgeElection(_ term: Term, _ step: Step) {
    let vote = VoteLedger.Vote(term: term, candidate: NodeID(UInt32(step.process)))
    // Who decides alone has nobody to tell of its own vote.
    let configuration = configuration(of: step.process)
    let isAlone = configuration.voters == [vote.candidate] && !configuration.isJoint
    guard !isAlone, !isMajority(of: step.process, { $0.votes.hasCast(vote) }) else { return }
    let voters = views.indices.filter { views[$0].votes.hasCast(vote) }
    let needed = needed(by: step.process)
    record(
      RaftInvariant.electedByMajority, step,
      """
      \(step.name) became leader of term \(term) with the votes of \(voters.map(Self.name).joined(separator: ", ")); it should \
      have those of \(needed).
      """)
  }

  mutating func countMemberships(from before: LogIndex, upTo index: LogIndex, _ step: Step) {
    guard !configurations.isEmpty, index > before else { return }
    let log = views[step.process].log
    for seen in configurations
    where seen.index > before && seen.index <= index && log.hash(at: seen.index) == seen.hash
      && seen.configuration.isSettled
    {
      membershipChanges += 1
    }
  }
}

import Node
import Primitives
import Programs
import Raft

/// A configuration that stands in some log. An index and a term name one entry (Log Matching).
struct SeenConfiguration: Sendable {
  let index: LogIndex
  let term: Term
  let configuration: Configuration
}

/// Who decides, as the logs have it: a configuration counts from when it is in a log (section 6).
extension RaftJudge {
  /// The last one in a server's log.
  func configuration(of process: Int) -> Configuration {
    lastSeen(in: views[process].log)?.configuration ?? initial
  }

  private func lastSeen(in log: borrowing LogChain) -> SeenConfiguration? {
    var last: SeenConfiguration?
    for seen in configurations
    where seen.index <= log.count && seen.index > (last?.index ?? 0) && log.term(at: seen.index) == seen.term {
      last = seen
    }
    return last
  }

  /// Whether a majority of the voters of that server's configuration is so, of both halves of a joint one. What it was before
  /// the step is as good: it may have decided by that.
  func isMajority(of process: Int, _ isSo: (Int) -> Bool) -> Bool {
    func isMajority(_ voters: [NodeID]) -> Bool {
      var count = 0
      for voter in voters where voter.index < servers && isSo(voter.index) { count += 1 }
      return count >= Quorum.majority(of: voters.count)
    }
    func agrees(_ configuration: Configuration) -> Bool {
      isMajority(configuration.voters) && (!configuration.isJoint || isMajority(configuration.outgoing))
    }
    return agrees(configuration(of: process)) || views[process].former.map(agrees) ?? false
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
      // With whoever joins the leader begins to talk.
      let before = self.configuration(of: step.process).members
      for node in configuration.members
      where !before.contains(node) && node.index < views[step.process].followers.count {
        views[step.process].followers[node.index] = Correspondence(told: views[step.process].log.count)
      }
    }
    see(configuration, in: entry.term, of: step.process)
  }

  /// The next entry of a server's log is one.
  mutating func see(_ configuration: Configuration, in term: Term, of process: Int) {
    let index = views[process].log.count + 1
    guard !configurations.contains(where: { $0.index == index && $0.term == term }) else { return }
    configurations.append(SeenConfiguration(index: index, term: term, configuration: configuration))
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
    // Who is alone has nobody to tell of its own vote.
    let isElected = isMajority(of: step.process) { $0 == step.process || views[$0].votes.hasCast(vote) }
    guard !isElected else { return }
    let voters = views.indices.filter { $0 == step.process || views[$0].votes.hasCast(vote) }
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
    where seen.index > before && seen.index <= index && log.term(at: seen.index) == seen.term
      && seen.configuration.isSettled
    {
      membershipChanges += 1
    }
  }
}

import Primitives

/// Changes of who takes part, by joint consensus (section 6; dissertation, chapter 4).
extension Raft {
  /// The one in force: the last in the log, whether or not it is committed.
  public var configuration: Configuration { configurations.latest }

  /// Whether it may ask for votes: it votes, or is to vote, in some configuration that may be in force. One that it has appended may be
  /// cut off again, and another may have one that it has not; the others may need it, for it may have more of the log than
  /// they (dissertation, 4.2.2).
  var mayStand: Bool { configurations.isVoter(id, sinceCommit: commit) }

  /// As a snapshot up to there has to tell: nil where it is the one with which the group began.
  ///
  /// - Precondition: `index` is not before the last snapshot's.
  public func configuration(at index: LogIndex) -> Configuration? { configurations.configuration(at: index) }

  /// Whether what is in force is committed, and nothing more will come of it by itself.
  public var isMembershipSettled: Bool { configuration.isSettled && configurations.latestIndex <= commit }

  /// Up to where a leader knows a member's log to be as its own; nil for who is none, and on other servers.
  public func match(of member: NodeID) -> LogIndex? {
    guard role == .leader else { return nil }
    return position(of: member).map { progress[$0].match }
  }

  /// Begins a change; this server and whoever leads after it go on with it by themselves. The caller owes a `replicate`.
  ///
  /// - Returns: the index of the change's first entry; nil where the membership is as it is wanted.
  /// - Throws: why it cannot begin; then nothing has changed.
  @discardableResult
  public mutating func change(
    _ change: MembershipChange, _ actions: inout Outbox<Action>
  ) throws(MembershipRefusal) -> LogIndex? {
    guard role == .leader else { throw .notLeader }
    guard let first = try configuration.beginning(change) else {
      guard isMembershipSettled else { throw .underWay }
      return nil
    }
    guard configurations.latestIndex <= commit else { throw .underWay }
    guard hasCommittedInTerm else { throw .tooEarly }
    append(first, &actions)
    return log.lastIndex
  }

  /// A leader goes on with a change: to the joint configuration once the learners have caught up, from that to the new one
  /// once it is committed; and leaves when it is no member of that (dissertation, 4.2.2).
  mutating func goOnWithChange(_ now: Instant, _ actions: inout Outbox<Action>) {
    guard isChanging, role == .leader, configurations.latestIndex <= commit, hasCommittedInTerm else { return }
    if configuration.isJoint {
      append(configuration.settled, &actions)
    } else if !configuration.next.isEmpty {
      if configuration.joining.allSatisfy({ hasCaughtUp($0, now) }) { append(configuration.joint, &actions) }
    } else {
      leave(now, &actions)
    }
  }

  private func hasCaughtUp(_ learner: NodeID, _ now: Instant) -> Bool {
    guard let place = position(of: learner) else { return false }
    return progress[place].mode == .replicate && progress[place].counted >= lastRoundEnd && isAtHand(place, now)
  }

  /// Whether much may be made to depend on a member: it answers, and has all that it promised.
  func isAtHand(_ place: Int, _ now: Instant) -> Bool {
    progress[place].memory == .whole && now - progress[place].heardAt < rules.timing.shortest
  }

  private mutating func append(_ configuration: Configuration, _ actions: inout Outbox<Action>) {
    appendToOwnLog(Entry(term: term, configuration: configuration), &actions)
    configurations.append(configuration, at: log.lastIndex)
    enter(configuration)
    owesReplication = true
  }

  /// What a log that was found on disk says.
  mutating func recoverConfiguration() {
    if let snapshot { configurations.reset(to: snapshot.lastIndex, snapshot.configuration) }
    var index = max(log.base, snapshot?.lastIndex ?? 0)
    while index < log.lastIndex {
      index += 1
      if let configuration = log[index].configuration { configurations.append(configuration, at: index) }
    }
    enter(configuration)
  }
}

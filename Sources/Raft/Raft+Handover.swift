import Primitives

/// A leader hands over (dissertation, 3.10): it takes no more proposals, brings the other's log up to its own, and asks it to
/// campaign at once. If nobody has taken over after the shortest election time-out, it goes on.
extension Raft {
  struct Handover: Hashable, Sendable {
    let to: NodeID
    let since: Instant
    var isAsked = false

    func fold(into digest: inout Digest, at now: Instant) {
      digest.fold(UInt64(to.rawValue), UInt64(bitPattern: (now - since).count) << 1 | (isAsked ? 1 : 0))
    }
  }

  /// To whom this server sends those who want a leader.
  public var referral: NodeID? { handover?.to ?? leader }

  /// - Parameter successor: a voter; the one whose log is longest, unless given.
  /// - Throws: why it cannot be; then nothing has changed.
  public mutating func handOver(
    to successor: NodeID? = nil, at now: Instant, _ actions: inout Outbox<Action>
  ) throws(HandoverRefusal) {
    guard role == .leader else { throw .notLeader }
    guard handover == nil else { throw .underWay }
    guard let successor = successor ?? bestSuccessor(now) else { throw .noOtherVoter }
    guard successor != id else { return }
    guard configuration.voters.contains(successor), let place = position(of: successor) else {
      throw .notAVoter(successor)
    }
    guard isAtHand(place, now) else { throw .notAtHand(successor) }
    handover = Handover(to: successor, since: now)
    goOnWithHandover(&actions)
    flush(&actions)
  }

  /// Of the voters that answer the one that has most of the log; of several the first.
  private func bestSuccessor(_ now: Instant) -> NodeID? {
    var best: (node: NodeID, match: LogIndex)?
    for peer in peers where configuration.voters.contains(members[peer]) && isAtHand(peer, now) {
      if best == nil || progress[peer].match > best!.match { best = (members[peer], progress[peer].match) }
    }
    return best?.node
  }

  mutating func goOnWithHandover(_ actions: inout Outbox<Action>) {
    guard let open = handover, !open.isAsked, let place = position(of: open.to),
      progress[place].match == log.lastIndex
    else { return }
    handover!.isAsked = true
    ask(open.to, &actions)
  }

  private mutating func ask(_ successor: NodeID, _ actions: inout Outbox<Action>) {
    // Its election breaks in on the promise that the lease rests on, and the message may be long on its way.
    hasGivenUpLease = true
    actions.append(.send(.timeoutNow(TimeoutNow(term: term)), to: successor, after: nil))
  }

  mutating func endLateHandover(_ now: Instant) {
    if let handover, now - handover.since >= rules.timing.shortest { self.handover = nil }
  }

  /// The configuration without this leader is committed.
  mutating func leave(_ now: Instant, _ actions: inout Outbox<Action>) {
    if let successor = bestSuccessor(now) { ask(successor, &actions) }
    follow(term: term, leader: nil, now, &actions)
  }

  mutating func takeOver(
    _ request: TimeoutNow, from sender: NodeID, _ now: Instant, _ actions: inout Outbox<Action>
  ) {
    guard request.term == term, leader == sender else { return }
    stand(at: now, &actions)
  }

  /// Stands for election at once, and is heard as one whom a leader has asked to.
  public mutating func stand(at now: Instant, _ actions: inout Outbox<Action>) {
    guard role == .follower, mayVote, mayStand else { return }
    campaign(isHandedOver: true, now, &actions)
    flush(&actions)
  }
}

/// Why a leader cannot hand over.
public enum HandoverRefusal: Error, Hashable, Sendable {
  case notLeader
  case underWay
  case notAVoter(NodeID)
  /// It does not answer, or has lost something that it promised.
  case notAtHand(NodeID)
  case noOtherVoter

  public var words: String {
    switch self {
    case .notLeader: "the server does not lead"
    case .underWay: "it hands over already"
    case .notAVoter(let node): "n\(node.index + 1) is no voter"
    case .notAtHand(let node): "n\(node.index + 1) does not answer, or is not whole"
    case .noOtherVoter: "there is no other voter that answers"
    }
  }
}

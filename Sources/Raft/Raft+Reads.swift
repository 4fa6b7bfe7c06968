import Primitives

/// Reads that need no entry in the log (dissertation, 6.4): what a server has applied is current as of a moment
/// at which it was certain that nobody else led.
extension Raft {
  /// Asks to be told when what is committed now may be read here: by the leader itself, or by a follower that
  /// asks its leader. The caller owes a `replicate`.
  public mutating func read() -> ReadAnswer {
    guard role == .leader || (role == .follower && leader != nil) else { return .notLeader }
    guard reads.open < rules.limits.reads else { return .overloaded }
    let ticket = reads.issue()
    if role == .leader { reads.wait(ticket, origin: nil) }
    owesReplication = true
    return .waiting(ticket)
  }

  /// Whether this server is certain to be the only leader on the strength of its clock alone, so that it may
  /// answer at once: a majority answered a round that began less than `Rules.lease` ago, and will elect nobody
  /// before the lease is over. Needs `grantsLeases`, and an entry of the own term committed.
  public func holdsLease(at now: Instant) -> Bool {
    guard role == .leader, rules.grantsLeases, hasCommittedInTerm, !hasGivenUpLease else { return false }
    guard let begun = reads.beginning(of: confirmedRound) else { return false }
    return now - begun < rules.lease
  }

  /// When the lease is over, on the clock of its timers; nil where it has none. For people.
  public var leaseEnd: Instant? {
    guard role == .leader, rules.grantsLeases, hasCommittedInTerm, !hasGivenUpLease else { return nil }
    return reads.beginning(of: confirmedRound).map { $0 + rules.lease }
  }

  /// Until then a leader does not know what earlier ones committed.
  var hasCommittedInTerm: Bool { log.contains(index: commit, term: term) }

  /// The newest round that a majority has answered, the leader among them.
  private var confirmedRound: UInt64 {
    quorum.reached { $0 == position ? reads.round : progress[$0].round }
  }

  mutating func confirmReads(_ actions: inout Outbox<Action>) {
    guard !reads.waiting.isEmpty, hasCommittedInTerm else { return }
    let confirmed = confirmedRound
    var done = 0
    while done < reads.waiting.count, reads.waiting[done].round <= confirmed {
      let read = reads.waiting[done]
      done += 1
      if let origin = read.origin {
        reply(to: origin, read.ticket, index: commit, &actions)
      } else {
        reads.settled = read.ticket
        actions.append(.readable(upTo: read.ticket, at: commit))
      }
    }
    reads.waiting.removeFirst(done)
  }

  /// Own reads, and those of followers, can no more be confirmed here.
  mutating func giveUpReads(_ actions: inout Outbox<Action>) {
    for read in reads.waiting {
      if let origin = read.origin { reply(to: origin, read.ticket, index: nil, &actions) }
    }
    reads.begin()
    settle(upTo: reads.issued, at: nil, &actions)
  }

  // MARK: Followers

  /// One question for all reads since the last.
  mutating func forwardReads(_ actions: inout Outbox<Action>) {
    guard let leader, reads.forwarded < reads.issued, reads.settled < reads.issued else { return }
    reads.forwarded = reads.issued
    let question = ReadIndex(term: term, ticket: reads.issued)
    actions.append(.send(.readIndex(question), to: leader, after: nil))
  }

  mutating func answer(_ question: ReadIndex, from follower: NodeID, _ actions: inout Outbox<Action>) {
    // Who is no member may never hear of what it would wait for.
    guard role == .leader, position(of: follower) != nil, reads.waiting.count < rules.limits.reads else {
      reply(to: follower, question.ticket, index: nil, &actions)
      return
    }
    reads.wait(question.ticket, origin: follower)
    owesReplication = true
  }

  mutating func learn(_ reply: ReadIndexReply, _ actions: inout Outbox<Action>) {
    guard role != .leader, reply.ticket <= reads.forwarded else { return }
    settle(upTo: reply.ticket, at: reply.index, &actions)
  }

  private func reply(to follower: NodeID, _ ticket: ReadTicket, index: LogIndex?, _ actions: inout Outbox<Action>) {
    let reply = ReadIndexReply(term: term, ticket: ticket, index: index)
    actions.append(.send(.readIndexReply(reply), to: follower, after: nil))
  }

  private mutating func settle(upTo ticket: ReadTicket, at index: LogIndex?, _ actions: inout Outbox<Action>) {
    guard ticket > reads.settled else { return }
    reads.settled = ticket
    actions.append(index.map { .readable(upTo: ticket, at: $0) } ?? .unreadable(upTo: ticket))
  }
}

import Node
import Primitives
import Programs
import Raft

/// What a leader has heard from a follower and told it in this leadership, as anybody who listens knows it.
struct Correspondence: Sendable {
  /// The follower's lives that were heard of.
  private(set) var life: UInt64 = 0
  /// The last entry that it said to have.
  private(set) var acknowledged: LogIndex = 0
  /// The last entry that it can have: one that was there before this leadership, or that was sent in it.
  private(set) var told: LogIndex
  /// Where the last message to it ended; nil before the first, and where it has lost what it had.
  private(set) var lastTold: LogIndex?

  init(told: LogIndex) { self.told = told }

  /// Returns whether it is heard.
  @discardableResult
  mutating func hear(ofLife heard: UInt64, _ memory: Memory) -> Bool {
    guard heard >= life else { return false }
    if heard > life, memory != .whole {
      // What a life before it acknowledged is lost.
      acknowledged = 0
      lastTold = nil
    }
    life = heard
    return true
  }

  mutating func hear(_ reply: AppendReply) {
    guard hear(ofLife: reply.life, reply.memory) else { return }
    if case .matched(let index) = reply.result { acknowledged = max(acknowledged, index) }
  }

  mutating func tell(after previous: LogIndex, entries: Int) {
    let last = previous + LogIndex(entries)
    lastTold = last
    told = max(told, last)
  }
}

/// What servers say to one another, by the receivers' rules of the paper's figure 2 and its section 5.3.
extension RaftJudge {
  // MARK: Leaders

  /// To be called before the effects of the step are looked at.
  mutating func follow(_ input: Input<RaftKV>, _ standing: RaftKV.Standing, _ step: inout Step) {
    let before = views[step.process].standing
    guard standing.role == .leader else {
      if before.role == .leader { views[step.process].followers.removeAll() }
      return
    }
    if before.role != .leader || before.term != standing.term {
      let told = Correspondence(told: views[step.process].log.count)
      views[step.process].followers = ContiguousArray(repeating: told, count: servers)
    }
    switch input {
    case .message(.raft(.appendReply(let reply), _), let sender):
      guard reply.term == standing.term, sender.host.index < servers else { return }
      views[step.process].followers[sender.host.index].hear(reply)
      if case .rejected = reply.result { step.rejectedBy = sender.host.index }
    case .message(.raft(.snapshotReply(let reply), _), let sender):
      guard reply.term == standing.term, sender.host.index < servers else { return }
      views[step.process].followers[sender.host.index].hear(ofLife: reply.life, reply.memory)
    default: break
    }
  }

  mutating func judgeWord(to peer: Int, _ request: AppendEntries, in version: WireVersion, _ step: Step) {
    guard peer < views[step.process].followers.count else { return }
    let (previous, entries) = (request.previousIndex, request.entries.count)
    // Who is not known to understand what it is owed is told no more than that there is a leader.
    if entries == 0, request.commit == 0, version < .newest { return }
    let known = views[step.process].followers[peer]
    views[step.process].followers[peer].tell(after: previous, entries: entries)
    if previous < known.acknowledged {
      record(
        RaftInvariant.acknowledgedIsNotSentAgain, step,
        """
        \(step.name) sent \(Self.name(peer)) what follows entry \(previous) after that had acknowledged entry \
        \(known.acknowledged); it should go on from there.
        """)
    }
    if step.rejectedBy == peer, let last = known.lastTold, previous > max(last, known.acknowledged) {
      record(
        RaftInvariant.searchDescends, step,
        """
        \(step.name), refused by \(Self.name(peer)), went from entry \(last) up to entry \(previous) to find where \
        their logs agree; it should search downwards.
        """)
    }
    if previous > known.told {
      record(
        RaftInvariant.nothingIsSkipped, step,
        """
        \(step.name) sent \(Self.name(peer)) what follows entry \(previous), which is of its own leadership and was \
        not sent; it should begin with entry \(known.told + 1) at the latest.
        """)
    }
  }

  // MARK: Whoever is asked

  mutating func judgeReply(
    to input: Input<RaftKV>, _ effects: borrowing Effects<RaftKV>, _ program: borrowing RaftKV, _ step: Step
  ) {
    let standing = program.standing
    // Who has lost what it promised answers nobody until that is on its disk.
    guard !standing.isImpaired else { return }
    switch input {
    case .message(.raft(.requestVote(let request), _), let sender):
      if request.term < standing.term {
        judgeAnswered(.requestVote(request), sender, effects, standing, step)
      } else if !request.isPreVote, request.term == standing.term, standing.role != .leader,
        program.vote == sender.host, refuses(sender, effects)
      {
        judgeRefusal(of: request, sender, step)
      }
    case .message(.raft(.appendEntries(let request), _), let sender) where request.term < standing.term:
      judgeAnswered(.appendEntries(request), sender, effects, standing, step)
    case .message(.raft(.installSnapshot(let request), _), let sender) where request.term < standing.term:
      judgeAnswered(.installSnapshot(request), sender, effects, standing, step)
    default: break
    }
  }

  private mutating func judgeAnswered(
    _ request: Message, _ sender: Endpoint, _ effects: borrowing Effects<RaftKV>, _ standing: RaftKV.Standing,
    _ step: Step
  ) {
    let isTold = effects.items.withElements { items in
      items.contains { effect in
        guard case .send(.raft(let reply, _), let peer, _, _) = effect, peer.host == sender.host else {
          return false
        }
        return reply.term >= standing.term
      }
    }
    guard !isTold else { return }
    record(
      RaftInvariant.staleRequestsAreAnswered, step,
      """
      \(step.name) in term \(standing.term) did not answer \(Self.name(sender.host.index)), which asked in an earlier \
      term (\(request.words)); it should tell its own.
      """)
  }

  private func refuses(_ sender: Endpoint, _ effects: borrowing Effects<RaftKV>) -> Bool {
    effects.items.withElements { items in
      items.contains { effect in
        guard case .send(.raft(.voteReply(let reply), _), let peer, _, _) = effect, peer.host == sender.host else {
          return false
        }
        return !reply.granted
      }
    }
  }

  /// Of a request of whoever has this term's vote: only a log that has grown since may be a reason.
  private mutating func judgeRefusal(of request: RequestVote, _ sender: Endpoint, _ step: Step) {
    let log = views[step.process].log
    let last = (log.term(at: log.count), log.count)
    guard (request.lastTerm, request.lastIndex) >= last else { return }
    record(
      RaftInvariant.voteIsRepeated, step,
      """
      \(step.name) refused \(Self.name(sender.host.index)) the vote of term \(request.term) that it has given it; it \
      should give it again.
      """)
  }
}

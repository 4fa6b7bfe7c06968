import Primitives

/// One server of a Raft group, after "In Search of an Understandable Consensus Algorithm (Extended Version)",
/// Ongaro and Ousterhout, 2014; section numbers are that paper's. "Dissertation" is Ongaro's "Consensus: Bridging
/// Theory and Practice", 2014.
///
/// A pure state machine: each method takes one event, with the server's monotonic clock where time matters, and
/// appends actions. The caller carries them out in order, tells of completed writes, and fires the timers it was
/// asked to set. A server whose write fails must end: nothing here can be trusted after it.
public struct Raft: Hashable, Sendable {
  public let id: NodeID
  /// All who have a part in the configuration that is in force, in ascending order.
  public private(set) var members: [NodeID]
  public let rules: Rules
  private(set) var quorum: Quorum
  /// This server's place among the members; nil where it is none.
  private(set) var position: Int?
  /// Whether it decides alone.
  private(set) var isAlone = false
  /// Whether something is to come of the configuration that is in force: a change goes on, or this server does not vote.
  private(set) var isChanging = false
  var configurations: Configurations

  /// Lives so far, this one included.
  let life: UInt64
  public internal(set) var state: HardState
  public internal(set) var log: Log
  /// The last one that is durable here.
  public internal(set) var snapshot: Snapshot?
  public internal(set) var role = Role.follower
  /// Whom this server takes for the leader of its term.
  public internal(set) var leader: NodeID?
  public internal(set) var commit: LogIndex = 0
  /// Since when nothing has kept this server from campaigning: neither a leader's word, nor a vote it gave, nor
  /// a campaign of its own.
  public internal(set) var quietSince = Instant.zero
  /// When a leader was last heard; where leaders are stuck to, every life but the first counts as begun with a leader's word, since
  /// the life before may have given one its word.
  var leaderHeard: Instant?
  var tally: VoteTally
  /// Elections in a row that half of the others refused this server.
  var refusals: UInt8 = 0
  /// A leader's view of each member, by position; its own match is what is durable here.
  public internal(set) var progress: ContiguousArray<Progress> = []
  /// A leader's snapshots under way, one to each follower in that mode. Apart, for nearly always there is none.
  var transfers: ContiguousArray<Transfer> = []
  /// Bytes of commands in a leader's log that are not committed.
  var bytesUncommitted = 0
  var writes = Writes()
  /// Entries on the disk that are none of `log`.
  var remains: Remains
  /// The state is to be stored anew when the life begins.
  private var owesSave: Bool
  /// It is being stored that this server has lost something.
  var marksLoss = false
  /// A snapshot that is arriving from a leader.
  var incoming: Boxed<IncomingSnapshot>?
  /// With so many entries durable the server is whole again.
  var repairGoal: LogIndex?
  var reads: Reads
  /// A leader that hands over, and to whom.
  var handover: Handover?
  /// A leader has asked another server to take over: it may be elected at any time, whatever lease there was.
  var hasGivenUpLease = false
  /// Where a leader's log ended at most a shortest election time-out ago, and when: a learner that has so much has caught up
  /// (dissertation, 4.2.1).
  var lastRoundEnd: LogIndex = 0
  var lastRoundAt = Instant.zero
  /// Whether something waits for `replicate`.
  public internal(set) var owesReplication = false
  /// Entries as last sent: most followers are sent the same.
  var lastSlice = Slice()

  public var term: Term { state.term }

  /// - Parameters:
  ///   - members: the voters with which the group began, in any order, without repeats; nobody for a server that is to be
  ///     told of a group.
  ///   - state, snapshot, entries: what was recovered from disk; the entries follow the snapshot, or begin before its end
  ///     and agree with it.
  ///   - first: the index of the first of the entries, or of the next one where there are none.
  ///   - lacksCopy: whether the state was found in one place only.
  ///   - remains: whether more records are on disk, behind the entries.
  ///   - lost: what the recovery found missing that the server may have promised; `state` may know of more.
  ///   - lives: how often the server has begun a life before, with this disk or another.
  /// - Precondition: the above, and `lives` below 2²².
  public init(
    id: NodeID, members: [NodeID], rules: Rules = .standard, state: HardState = HardState(),
    lacksCopy: Bool = false, snapshot: Snapshot? = nil, from first: LogIndex = 1,
    entries: ContiguousArray<Entry> = [], remains: Bool = false, lost: Memory = .whole, lives: UInt64 = 0
  ) {
    let initial = Configuration(voters: members)
    precondition(zip(initial.voters, initial.voters.dropFirst()).allSatisfy { $0 < $1 }, "no member is named twice")
    self.id = id
    self.rules = rules
    configurations = Configurations(initial: initial)
    self.members = initial.members
    quorum = Quorum(initial, among: initial.members)
    tally = VoteTally(members: initial.members.count)
    let found = RecoveredLog(snapshot, entries, from: first, segment: rules.limits.segment)
    log = found.log
    self.snapshot = snapshot
    commit = snapshot?.lastIndex ?? 0
    reads = Reads(lives: lives)
    life = lives + 1
    self.remains = found.isUnfit ? .all : remains ? .behind : .none
    owesSave = lacksCopy
    let lost = found.hasHole && lost == .whole ? .partial : lost
    self.state = state
    // The log may have become durable where the term, saved in the same write, did not. The server then
    // answered nobody in that term, and may vote in it.
    if log.lastTerm > state.term { self.state = HardState(term: log.lastTerm, memory: state.memory) }
    if lost.rawValue > state.memory.rawValue {
      self.state.memory = lost
      marksLoss = true
      owesSave = true
    }
    writes.durable = log.lastIndex
    recoverConfiguration()
  }

  // MARK: Events

  /// The server begins a life.
  public mutating func start(at now: Instant, _ actions: inout Outbox<Action>) {
    leaderHeard = rules.leaderStickiness && life > 1 ? now : nil
    setElectionTimer(now, &actions)
    if owesSave { save(&actions) }
    owesSave = false
    if !marksLoss { removeRemains(&actions) }
    flush(&actions)
  }

  /// No word from a leader, no vote granted, no leader elected for a whole election time-out (section 5.2).
  public mutating func electionTimerFired(at now: Instant, _ actions: inout Outbox<Action>) {
    guard role != .leader else { return }
    guard mayVote, mayStand else {
      // It names nobody to others whom it does not hear itself.
      follow(term: term, leader: nil, now, &actions)
      setElectionTimer(now, &actions)
      return
    }
    if rules.backsOff { countRefusals() }
    if rules.preVote { askAround(now, &actions) } else { campaign(now, &actions) }
    flush(&actions)
  }

  public mutating func heartbeatTimerFired(at now: Instant, _ actions: inout Outbox<Action>) {
    guard role == .leader else { return }
    if rules.checkQuorum, !hearsQuorum(now) {
      follow(term: term, leader: nil, now, &actions)
      flush(&actions)
      return
    }
    for peer in peers { progress[peer].beginRound() }
    for place in transfers.indices { transfers[place].beginRound() }
    beginRound(now, &actions)
    actions.append(.setHeartbeatTimer)
    endLateHandover(now)
    goOnWithChange(now, &actions)
    if now - lastRoundAt >= rules.timing.shortest { (lastRoundEnd, lastRoundAt) = (log.lastIndex, now) }
    flush(&actions)
  }

  /// Appends a command to the leader's log. It is stored and sent with the next `replicate`, which the caller
  /// owes: what is proposed in one go travels together.
  public mutating func propose(_ command: [UInt8], _ actions: inout Outbox<Action>) -> Proposal {
    guard role == .leader, handover == nil else { return .notLeader }
    guard rules.replicates else { return .overloaded }
    let limits = rules.limits
    // A log that broken servers have cut short of its commit index is no reason to trap: judges will tell.
    guard log.lastIndex < commit + LogIndex(limits.entriesUncommitted), bytesUncommitted < limits.bytesUncommitted
    else { return .overloaded }
    appendToOwnLog(Entry(term: term, command: command), &actions)
    owesReplication = true
    return .accepted(log.lastIndex)
  }

  /// Sends what was proposed or asked since, and stores it.
  public mutating func replicate(at now: Instant, _ actions: inout Outbox<Action>) {
    owesReplication = false
    if role == .leader {
      if reads.wantsRound {
        beginRound(now, &actions)
      } else {
        for peer in peers { sendEntries(to: peer, evenIfEmpty: false, &actions) }
      }
    } else {
      forwardReads(&actions)
    }
    flush(&actions)
  }

  /// Everything up to this write is durable.
  public mutating func writeCompleted(_ number: WriteNumber, at now: Instant, _ actions: inout Outbox<Action>) {
    if let write = writes.complete(number) {
      if let snapshot = write.snapshot { settle(snapshot, now, &actions) }
      // Matching the term too: the completion of an overwritten entry says nothing about its replacement.
      if log.contains(index: write.lastIndex, term: write.lastTerm) {
        writes.durable = max(writes.durable, write.lastIndex)
      }
      if write.vote == id, write.term == term, role == .candidate, let position {
        // Its own vote counts like anybody's: once it is durable.
        count(voteOf: position, granted: true, now, &actions)
      }
    }
    if role == .leader, let position, progress[position].acknowledge(upTo: writes.durable) {
      advanceCommit(to: writes.durable, &actions)
      goOnWithChange(now, &actions)
    }
    if state.memory != .whole { rememberOrRepair(&actions) }
    flush(&actions)
  }

  /// The connection to `peer` was lost with what was under way on it. A leader asks with what is proposed next, once, where
  /// their logs part, and sends all else again with its next heartbeat: at once would be as often as a dead host refuses.
  public mutating func connectionLost(to peer: NodeID) {
    guard role == .leader, let peer = position(of: peer) else { return }
    progress[peer].lose()
    if let place = transfer(to: peer) { transfers[place].lose() }
  }

  /// `peer` could not read what it was sent, and is written to in another way from now on. It is there, and so is asked or sent
  /// it again at once.
  public mutating func misread(by peer: NodeID, _ actions: inout Outbox<Action>) {
    switch role {
    case .leader:
      guard let place = position(of: peer) else { return }
      progress[place].forgetUnderWay()
      if let transfer = transfer(to: place) { transfers[transfer].forgetUnderWay() }
      sendEntries(to: place, evenIfEmpty: false, &actions)
    case .candidate, .preCandidate: askAgain(peer, &actions)
    case .follower: break
    }
  }

  public mutating func receive(
    _ message: Message, from sender: NodeID, at now: Instant, _ actions: inout Outbox<Action>
  ) {
    guard sender != id, !marksLoss else { return }
    if message.term > term, !message.termIsHypothetical {
      if case .requestVote(let request) = message, !request.isHandedOver, keepsLeader(now) { return }
      follow(term: message.term, leader: nil, now, &actions)
    }
    switch message {
    case .requestVote(let request):
      if request.isPreVote {
        advise(request, candidate: sender, now, &actions)
      } else {
        answer(request, from: sender, now, &actions)
      }
    case .voteReply(let reply): learn(reply, from: sender, now, &actions)
    case .appendEntries(let request): answer(request, from: sender, now, &actions)
    case .appendReply(let reply):
      if role == .leader, reply.term == term, let peer = position(of: sender) {
        learn(reply, from: peer, now, &actions)
      }
    case .readIndex(let request): answer(request, from: sender, &actions)
    case .readIndexReply(let reply): learn(reply, &actions)
    case .installSnapshot(let request): answer(request, from: sender, now, &actions)
    case .snapshotReply(let reply):
      if role == .leader, reply.term == term, let peer = position(of: sender) {
        learn(reply, from: peer, now, &actions)
      }
    case .timeoutNow(let request): takeOver(request, from: sender, now, &actions)
    }
    flush(&actions)
  }

  // MARK: Shared steps

  /// Positions of the other members.
  var peers: some Sequence<Int> {
    let own = position ?? -1
    return members.indices.lazy.filter { $0 != own }
  }

  /// The configuration that is in force has changed: what is kept by members' places moves.
  mutating func enter(_ configuration: Configuration) {
    let before = members
    members = configuration.members
    position = position(of: id)
    quorum = Quorum(configuration, among: members)
    isAlone = position.map { own in quorum.isMet { $0 == own } } ?? false
    isChanging = !configuration.isSettled || !configuration.isVoter(id)
    tally.move(from: before, to: members)
    guard role == .leader else { return }
    progress = ContiguousArray(
      members.map { node in
        before.firstIndex(of: node).map { progress[$0] }
          // The entry that names it is the first that it is sent.
          ?? Progress(next: log.lastIndex)
      })
    transfers = ContiguousArray(
      transfers.compactMap { transfer in
        guard let place = position(of: before[transfer.peer]) else { return nil }
        var moved = transfer
        moved.peer = place
        return moved
      })
  }

  func position(of member: NodeID) -> Int? {
    // Groups are numbered from 0 as a rule.
    let guess = member.index
    if guess < members.count, members[guess] == member { return guess }
    return members.firstIndex(of: member)
  }

  mutating func setElectionTimer(_ now: Instant, _ actions: inout Outbox<Action>) {
    quietSince = now
    actions.append(.setElectionTimer)
  }

  /// Enters `term` as a follower (section 5.1), or stays in it and follows its leader.
  mutating func follow(
    term newTerm: Term, leader newLeader: NodeID?, _ now: Instant, _ actions: inout Outbox<Action>
  ) {
    if newTerm > term {
      state = HardState(term: newTerm, memory: state.memory)
      repairGoal = nil
      save(&actions)
    }
    if leader != newLeader { giveUpReads(&actions) }
    leader = newLeader
    guard role != .follower else { return }
    let former = role
    role = .follower
    if former == .leader {
      progress = []
      transfers = []
      handover = nil
      lastSlice = Slice()
      actions.append(.cancelHeartbeatTimer)
      setElectionTimer(now, &actions)
    }
    actions.append(.steppedDown(from: former))
  }

  mutating func save(_ actions: inout Outbox<Action>) {
    actions.append(.save(state))
    writes.isDirty = true
  }

  /// Ends a step: a sync covers all that was stored since the last one. While one is under way the next waits
  /// for it, so that a slow disk makes writes larger and not their queue longer.
  mutating func flush(_ actions: inout Outbox<Action>) {
    guard writes.isDirty, writes.underWay == nil else { return }
    actions.append(
      .sync(writes.issue(lastIndex: log.lastIndex, lastTerm: log.lastTerm, term: term, vote: state.vote)))
  }
}

import Primitives

/// Log replication, section 5.3, and the commit rule of section 5.4.2. Entries follow one another to a follower
/// without waiting for its answers, up to the limits (dissertation, 10.2).
extension Raft {
  /// Entries as they were last cut out of the log, for the next follower that lacks the same.
  struct Slice: Hashable, Sendable {
    var first: LogIndex = 0
    var limit = 0
    /// Where the log ended.
    var end: LogIndex = 0
    var entries: ContiguousArray<Entry> = []
    var bytes = 0
  }

  // MARK: Leader

  mutating func appendToOwnLog(_ entry: Entry, _ actions: inout Outbox<Action>) {
    log.append(entry)
    bytesUncommitted += entry.count
    actions.append(.append(first: log.lastIndex, count: 1))
    writes.isDirty = true
  }

  /// Begins a round: everybody is sent something, and who answers it confirms the leader as of now.
  mutating func beginRound(_ now: Instant, _ actions: inout Outbox<Action>) {
    reads.beginRound(at: now)
    for peer in peers { sendEntries(to: peer, evenIfEmpty: true, &actions) }
    // A group of one confirms itself.
    if isAlone { confirmReads(&actions) }
  }

  /// Sends what the peer lacks and may be sent now. `evenIfEmpty`: a heartbeat, where that is nothing.
  mutating func sendEntries(to peer: Int, evenIfEmpty: Bool, _ actions: inout Outbox<Action>) {
    if progress[peer].next <= log.base || progress[peer].mode == .snapshot {
      return sendSnapshot(to: peer, evenIfEmpty: evenIfEmpty, &actions)
    }
    var isSilent = evenIfEmpty
    while rules.replicates, progress[peer].next <= log.lastIndex, progress[peer].maySend(rules.limits) {
      let previous = progress[peer].next - 1
      let slice = slice(from: previous + 1, limit: progress[peer].room(rules.limits))
      progress[peer].sent(upTo: previous + LogIndex(slice.entries.count), bytes: slice.bytes)
      send(slice.entries, after: previous, to: peer, &actions)
      isSilent = false
    }
    if isSilent { send([], after: progress[peer].next - 1, to: peer, &actions) }
  }

  // Mutating, though nothing changes: a server is lent for writing in place, and for reading by a copy.
  private mutating func send(
    _ entries: ContiguousArray<Entry>, after previous: LogIndex, to peer: Int, _ actions: inout Outbox<Action>
  ) {
    let message = AppendEntries(
      term: term, previousIndex: previous, previousTerm: log.term(at: previous), commit: commit,
      round: reads.round, repairedLife: progress[peer].memory == .partial ? lifeToRepair(of: peer) : 0,
      entries: entries)
    actions.append(.send(.appendEntries(message), to: members[peer], after: nil))
  }

  /// What is committed is certain to a leader only with an entry of its own term.
  private func lifeToRepair(of peer: Int) -> UInt64 { hasCommittedInTerm ? progress[peer].life : 0 }

  private mutating func slice(from first: LogIndex, limit: Int) -> Slice {
    if lastSlice.first == first, lastSlice.limit == limit, lastSlice.end == log.lastIndex { return lastSlice }
    let entries = log.slice(from: first, limit: limit, bytes: rules.limits.bytesPerMessage)
    let bytes = entries.reduce(0) { $0 + $1.count }
    lastSlice = Slice(first: first, limit: limit, end: log.lastIndex, entries: entries, bytes: bytes)
    return lastSlice
  }

  mutating func learn(_ reply: AppendReply, from peer: Int, _ now: Instant, _ actions: inout Outbox<Action>) {
    guard hear(round: reply.round, life: reply.life, reply.memory, from: peer, now, &actions) else { return }
    switch reply.result {
    case .matched(let index):
      guard index <= log.lastIndex else { return }
      let bytes =
        progress[peer].bytesInFlight > 0 ? log.bytes(after: progress[peer].match, through: index) : 0
      let isNews = progress[peer].acknowledge(upTo: index, bytes: bytes, base: log.base)
      if !transfers.isEmpty { endTransfer(to: peer) }
      if isNews { advanceCommit(to: index, &actions) }
      if isChanging || handover != nil {
        let member = members[peer]
        goOnWithHandover(&actions)
        goOnWithChange(now, &actions)
        // Its place may be another one now.
        if role == .leader, let place = position(of: member) {
          sendEntries(to: place, evenIfEmpty: false, &actions)
        }
        return
      }
    case .rejected(let previous, let conflictTerm, let conflictIndex):
      // Skip the follower's whole conflicting term; where the leader has that term too, only what lies
      // behind its end can differ.
      guard previous <= log.lastIndex else { return }
      let shared = conflictTerm == 0 ? nil : log.lastIndex(ofTerm: conflictTerm, notAfter: previous)
      guard progress[peer].reject(previous: previous, retry: shared.map { $0 + 1 } ?? conflictIndex) else { return }
    case .stale:
      return
    }
    sendEntries(to: peer, evenIfEmpty: false, &actions)
  }

  /// A follower answers. False where its answer counts for nothing.
  mutating func hear(
    round: UInt64, life: UInt64, _ memory: Memory, from peer: Int, _ now: Instant, _ actions: inout Outbox<Action>
  ) -> Bool {
    // Nobody answers a round that was not begun, or holds more of this leader's log than there is: such a
    // message was damaged on its way.
    let known = progress[peer].life
    guard round <= reads.round, progress[peer].hears(life: life, memory) else { return false }
    if life > known, memory != .whole, let place = transfer(to: peer) { transfers[place].beginAgain() }
    guard memory != .none else { return true }
    progress[peer].heardAt = now
    if round > progress[peer].round {
      progress[peer].round = round
      confirmReads(&actions)
    }
    return true
  }

  /// Only an entry of the leader's own term is committed by counting; earlier ones follow from it.
  ///
  /// - Parameter index: what somebody has come to hold; what is committed already needs no counting.
  mutating func advanceCommit(to index: LogIndex, _ actions: inout Outbox<Action>) {
    guard index > commit else { return }
    let agreed = quorum.reached { progress[$0].counted }
    guard agreed > commit, log.term(at: agreed) == term else { return }
    bytesUncommitted = max(0, bytesUncommitted - log.bytes(after: commit, through: agreed))
    commit = agreed
    actions.append(.commit(upTo: agreed))
    confirmReads(&actions)
  }

  // MARK: Follower

  mutating func answer(
    _ request: AppendEntries, from sender: NodeID, _ now: Instant, _ actions: inout Outbox<Action>
  ) {
    guard request.term == term else {
      reply(.stale, to: request, from: sender, &actions)
      return
    }
    // Two leaders of one term cannot be; were they, obeying the other would hide it.
    guard role != .leader else { return }
    hear(leader: sender, now, &actions)
    // Not in one line: what the answer waits for is known only once the entries are stored.
    let result = store(request, &actions)
    noteRepair(request, result, &actions)
    reply(result, to: request, from: sender, &actions)
  }

  /// A word of the leader of this term.
  mutating func hear(leader sender: NodeID, _ now: Instant, _ actions: inout Outbox<Action>) {
    let isNew = leader != sender || role != .follower
    follow(term: term, leader: sender, now, &actions)
    leaderHeard = now
    // A time-out is drawn once for each leader; from then on its words only move the moment it counts from.
    if isNew { setElectionTimer(now, &actions) } else { quietSince = now }
  }

  private func reply(
    _ result: AppendReply.Result, to request: AppendEntries, from sender: NodeID, _ actions: inout Outbox<Action>
  ) {
    let reply = AppendReply(
      term: term, round: request.round, life: life, memory: state.memory, result: result)
    actions.append(.send(.appendReply(reply), to: sender, after: writes.latest))
  }

  private mutating func store(_ request: AppendEntries, _ actions: inout Outbox<Action>) -> AppendReply.Result {
    let previous = request.previousIndex
    // What a snapshot holds is committed, and the same there and here.
    if previous < log.base {
      let matched = previous + LogIndex(request.entries.count)
      guard matched > log.base else { return .matched(matched) }
      var rest = request
      rest.entries.removeFirst(Int(log.base - previous))
      (rest.previousIndex, rest.previousTerm) = (log.base, log.term(at: log.base))
      return store(rest, &actions)
    }
    guard previous <= log.lastIndex else {
      return .rejected(previous: previous, conflictTerm: 0, conflictIndex: log.lastIndex + 1)
    }
    guard log.term(at: previous) == request.previousTerm else {
      return .rejected(
        previous: previous, conflictTerm: log.term(at: previous), conflictIndex: log.firstIndexOfTerm(at: previous))
    }
    // Entries that are here already stay: a late message must not remove what came after it.
    var index = previous
    var known = 0
    while known < request.entries.count, index < log.lastIndex,
      log.term(at: index + 1) == request.entries[known].term
    {
      index += 1
      known += 1
    }
    if known < request.entries.count {
      var isOther = false
      if index < log.lastIndex {
        log.truncate(after: index)
        writes.durable = min(writes.durable, index)
        actions.append(.truncate(after: index))
        isOther = configurations.truncate(after: index)
      }
      for position in known..<request.entries.count {
        log.append(request.entries[position])
        if let configuration = request.entries[position].configuration {
          configurations.append(configuration, at: log.lastIndex)
          isOther = true
        }
      }
      if isOther { enter(configuration) }
      actions.append(.append(first: index + 1, count: request.entries.count - known))
      writes.isDirty = true
    }
    let matched = previous + LogIndex(request.entries.count)
    let committed = min(request.commit, matched)
    if committed > commit {
      commit = committed
      actions.append(.commit(upTo: committed))
    }
    return .matched(matched)
  }
}

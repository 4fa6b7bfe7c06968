import Primitives

/// Log compaction, section 7: a snapshot stands for a prefix of the log, and is sent where a follower lacks entries that are
/// in no log any more.
///
/// Nothing is forgotten before the snapshot that stands for it is durable, since a crash may keep the one write and lose
/// the other.
extension Raft {
  // MARK: Own snapshots

  /// The program's state as of `snapshot.lastIndex`, which it has applied. Stored with the next sync; the log is compacted
  /// when that is done.
  ///
  /// - Returns: false where there is no use for it: a later one is here, or another is being stored.
  @discardableResult
  public mutating func compact(with snapshot: Snapshot, _ actions: inout Outbox<Action>) -> Bool {
    guard mayCompact, snapshot.lastIndex > (self.snapshot?.lastIndex ?? 0), snapshot.lastIndex <= commit,
      log.contains(index: snapshot.lastIndex, term: snapshot.lastTerm),
      snapshot.configuration == configuration(at: snapshot.lastIndex)
    else { return false }
    store(snapshot, &actions)
    flush(&actions)
    return true
  }

  /// Whether no snapshot is being stored already.
  public var mayCompact: Bool { writes.snapshot == nil && writes.underWay?.snapshot == nil && !marksLoss }

  private mutating func store(_ snapshot: Snapshot, _ actions: inout Outbox<Action>) {
    actions.append(.saveSnapshot(snapshot))
    writes.snapshot = snapshot
    writes.isDirty = true
  }

  /// The snapshot is durable.
  mutating func settle(_ snapshot: Snapshot, _ now: Instant, _ actions: inout Outbox<Action>) {
    guard snapshot.lastIndex > (self.snapshot?.lastIndex ?? 0) else { return }
    self.snapshot = snapshot
    if let incoming, incoming.value.name.lastIndex <= snapshot.lastIndex { self.incoming = nil }
    // It stands for all entries up to its own, whatever became of their writes.
    if log.lastIndex >= snapshot.lastIndex { writes.durable = max(writes.durable, snapshot.lastIndex) }
    if snapshot.lastIndex > commit {
      install(snapshot, &actions)
    } else {
      forget(upTo: snapshot.lastIndex, now, &actions)
    }
  }

  /// Shortens the log, but for what trails and what follows a snapshot that comes forward to somebody who answers.
  private mutating func forget(upTo index: LogIndex, _ now: Instant, _ actions: inout Outbox<Action>) {
    var last = index - min(index, LogIndex(rules.limits.trailing))
    for transfer in transfers
    where transfer.isMoving && now - progress[transfer.peer].heardAt < rules.timing.longest {
      last = min(last, transfer.snapshot.lastIndex)
    }
    guard last > log.base else { return }
    log.compact(to: last)
    configurations.forget(before: index)
    lastSlice = Slice()
    actions.append(.discard(upTo: last))
    writes.isDirty = true
  }

  // MARK: Leader

  /// Sends what the peer may be sent of the snapshot that stands for what it lacks. `evenIfEmpty`: a heartbeat.
  mutating func sendSnapshot(to peer: Int, evenIfEmpty: Bool, _ actions: inout Outbox<Action>) {
    // One that does not come forward gives way to a newer one.
    if let place = transfer(to: peer), !transfers[place].isMoving,
      transfers[place].snapshot.lastIndex < snapshot?.lastIndex ?? 0
    {
      transfers.remove(at: place)
    }
    guard let place = transfer(to: peer) ?? beginTransfer(to: peer) else { return }
    var isSilent = evenIfEmpty
    while let piece = transfers[place].piece(rules.limits) {
      send(transfers[place], piece, &actions)
      isSilent = false
    }
    if isSilent { send(transfers[place], nil, &actions) }
  }

  /// Its place.
  func transfer(to peer: Int) -> Int? { transfers.firstIndex { $0.peer == peer } }

  private mutating func beginTransfer(to peer: Int) -> Int? {
    guard let snapshot else { return nil }
    progress[peer].awaitSnapshot(upTo: snapshot.lastIndex)
    transfers.append(Transfer(snapshot, to: peer))
    return transfers.count - 1
  }

  /// Where the follower has what was sent to it, and goes on with the log.
  mutating func endTransfer(to peer: Int) {
    if progress[peer].mode != .snapshot { transfers.removeAll { $0.peer == peer } }
  }

  private func send(_ transfer: Transfer, _ piece: Range<Int>?, _ actions: inout Outbox<Action>) {
    let message = InstallSnapshot(
      term: term, round: reads.round, name: transfer.snapshot.name,
      offset: piece.map { UInt64($0.lowerBound) } ?? transfer.held,
      piece: piece.map { Array(transfer.snapshot.content[$0]) } ?? [])
    actions.append(.send(.installSnapshot(message), to: members[transfer.peer], after: nil))
  }

  mutating func learn(_ reply: SnapshotReply, from peer: Int, _ now: Instant, _ actions: inout Outbox<Action>) {
    guard hear(round: reply.round, life: reply.life, reply.memory, from: peer, now, &actions) else { return }
    if let place = transfer(to: peer), transfers[place].snapshot.lastIndex == reply.lastIndex {
      transfers[place].learn(reply.result)
    }
    sendEntries(to: peer, evenIfEmpty: false, &actions)
  }

  // MARK: Follower

  mutating func answer(
    _ request: InstallSnapshot, from sender: NodeID, _ now: Instant, _ actions: inout Outbox<Action>
  ) {
    guard request.term == term else { return reply(.stale, to: request, from: sender, &actions) }
    guard role != .leader else { return }
    hear(leader: sender, now, &actions)
    let name = request.name
    // What is committed here is the same everywhere.
    if name.lastIndex <= commit {
      incoming = nil
      return acknowledge(name.lastIndex, request.round, to: sender, after: writes.latest, &actions)
    }
    guard name.size <= UInt64(rules.limits.snapshotBytes) else {
      return reply(.refused, to: request, from: sender, &actions)
    }
    // It is being stored: the answer is owed when that is done.
    if writes.snapshot?.name == name || writes.underWay?.snapshot?.name == name {
      return reply(.holds(name.size), to: request, from: sender, &actions)
    }
    if incoming?.value.name != name { incoming = Boxed(IncomingSnapshot(name)) }
    incoming!.value.take(request)
    guard incoming!.value.isComplete else {
      return reply(.holds(UInt64(incoming!.value.content.count)), to: request, from: sender, &actions)
    }
    // One write of a snapshot at a time; the leader asks again.
    guard mayCompact else { return reply(.holds(name.size), to: request, from: sender, &actions) }
    guard let snapshot = incoming!.value.snapshot() else {
      incoming = nil
      return reply(.refused, to: request, from: sender, &actions)
    }
    incoming!.value.examined = request
    actions.append(.examine(snapshot))
  }

  /// The program can go on from the snapshot that it was shown last.
  public mutating func accept(_ snapshot: Snapshot, _ actions: inout Outbox<Action>) {
    guard let request = incoming?.value.examined, request.name == snapshot.name else { return }
    incoming = nil
    store(snapshot, &actions)
    if let leader { reply(.holds(request.name.size), to: request, from: leader, &actions) }
    flush(&actions)
  }

  /// The program can make nothing of the snapshot that it was shown last.
  public mutating func refuse(_ actions: inout Outbox<Action>) {
    guard let request = incoming?.value.examined else { return }
    incoming = nil
    if let leader { reply(.refused, to: request, from: leader, &actions) }
    flush(&actions)
  }

  /// The log begins anew behind the snapshot, unless it goes on from it.
  private mutating func install(_ snapshot: Snapshot, _ actions: inout Outbox<Action>) {
    let index = snapshot.lastIndex
    // What it stands for is durable with it, whatever else is written now.
    let after = writes.latest
    if log.contains(index: index, term: snapshot.lastTerm) {
      log.compact(to: index)
      configurations.forget(before: index)
    } else {
      // Those behind the snapshot's end are other entries. What is committed here stays until it is discarded.
      if log.lastIndex > index { actions.append(.truncate(after: commit)) }
      log.reset(to: index, term: snapshot.lastTerm)
      configurations.reset(to: index, snapshot.configuration)
      enter(configuration)
      // What was durable beyond it is no entry of this log.
      writes.durable = index
    }
    actions.append(.discard(upTo: index))
    writes.isDirty = true
    commit = index
    bytesUncommitted = role == .leader ? log.bytes(after: commit, through: log.lastIndex) : 0
    actions.append(.install(snapshot))
    if let leader, leader != id { acknowledge(index, 0, to: leader, after: after, &actions) }
  }

  /// Everything up to there is as the leader has it.
  private func acknowledge(
    _ index: LogIndex, _ round: UInt64, to leader: NodeID, after write: WriteNumber?,
    _ actions: inout Outbox<Action>
  ) {
    let reply = AppendReply(term: term, round: round, life: life, memory: state.memory, result: .matched(index))
    actions.append(.send(.appendReply(reply), to: leader, after: write))
  }

  private func reply(
    _ result: SnapshotReply.Result, to request: InstallSnapshot, from sender: NodeID,
    _ actions: inout Outbox<Action>
  ) {
    let reply = SnapshotReply(
      term: term, round: request.round, life: life, memory: state.memory, lastIndex: request.name.lastIndex,
      result: result)
    // The term is as good as told.
    actions.append(.send(.snapshotReply(reply), to: sender, after: writes.latest))
  }
}

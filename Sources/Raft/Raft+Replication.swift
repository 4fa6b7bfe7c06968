import Primitives

/// Log replication, section 5.3, and the commit rule of section 5.4.2.
extension Raft {
  // MARK: Leader

  mutating func appendToOwnLog(_ entry: Entry, _ actions: inout [Action]) {
    log.append(entry)
    actions.append(.append(first: log.lastIndex, count: 1))
    writes.isDirty = true
    for peer in peers where progress[peer].maySend { sendEntries(to: peer, evenIfEmpty: false, &actions) }
  }

  /// Sends what the peer lacks, or a heartbeat. While entries are under way a heartbeat repeats nothing.
  mutating func sendEntries(to peer: Int, evenIfEmpty: Bool, _ actions: inout [Action]) {
    let previous = progress[peer].next - 1
    let entries = progress[peer].maySend ? log.slice(from: previous + 1, limit: batch) : []
    guard evenIfEmpty || !entries.isEmpty else { return }
    if !entries.isEmpty { progress[peer].sent(upTo: previous + LogIndex(entries.count)) }
    let message = AppendEntries(
      term: term, previousIndex: previous, previousTerm: log.term(at: previous), commit: commit, entries: entries)
    actions.append(.send(.appendEntries(message), to: members[peer], after: nil))
  }

  mutating func learn(_ result: AppendReply.Result, from peer: Int, _ actions: inout [Action]) {
    switch result {
    case .matched(let index):
      // Nobody holds more of this leader's log than there is: the message was damaged on its way.
      guard index <= log.lastIndex else { return }
      if progress[peer].acknowledge(upTo: index) { advanceCommit(&actions) }
    case .rejected(let previous, let conflictTerm, let conflictIndex):
      // Skip the follower's whole conflicting term; where the leader has that term too, only what lies
      // behind its end can differ.
      let shared = conflictTerm == 0 ? nil : log.lastIndex(ofTerm: conflictTerm, notAfter: previous)
      guard progress[peer].reject(previous: previous, retry: shared.map { $0 + 1 } ?? conflictIndex) else { return }
    case .stale:
      return
    }
    if progress[peer].maySend { sendEntries(to: peer, evenIfEmpty: false, &actions) }
  }

  /// Only an entry of the leader's own term is committed by counting; earlier ones follow from it.
  mutating func advanceCommit(_ actions: inout [Action]) {
    let agreed = quorum.committed(progress.lazy.map(\.match))
    guard agreed > commit, log.term(at: agreed) == term else { return }
    commit = agreed
    actions.append(.commit(upTo: agreed))
  }

  // MARK: Follower

  mutating func answer(_ request: AppendEntries, from sender: NodeID, _ actions: inout [Action]) {
    guard request.term == term else {
      actions.append(.send(.appendReply(AppendReply(term: term, result: .stale)), to: sender, after: writes.latest))
      return
    }
    // Two leaders of one term cannot be; were they, obeying the other would hide it.
    guard role != .leader else { return }
    follow(term: request.term, leader: sender, &actions)
    actions.append(.setElectionTimer)
    let result = store(request, &actions)
    actions.append(.send(.appendReply(AppendReply(term: term, result: result)), to: sender, after: writes.latest))
  }

  private mutating func store(_ request: AppendEntries, _ actions: inout [Action]) -> AppendReply.Result {
    let previous = request.previousIndex
    guard previous <= log.lastIndex else {
      return .rejected(previous: previous, conflictTerm: 0, conflictIndex: log.lastIndex + 1)
    }
    guard log.term(at: previous) == request.previousTerm else {
      return .rejected(
        previous: previous, conflictTerm: log.term(at: previous), conflictIndex: log.firstIndexOfTerm(at: previous))
    }
    // Entries that are here already stay: a late message must not remove what came after it.
    var index = previous
    var fresh = request.entries[...]
    while let entry = fresh.first, index < log.lastIndex, log.term(at: index + 1) == entry.term {
      index += 1
      fresh = fresh.dropFirst()
    }
    if !fresh.isEmpty {
      if index < log.lastIndex {
        log.truncate(after: index)
        writes.durable = min(writes.durable, index)
        actions.append(.truncate(after: index))
      }
      for entry in fresh { log.append(entry) }
      actions.append(.append(first: index + 1, count: fresh.count))
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

import Node
import Primitives
import Programs
import Raft

/// What is durable, what was promised, and what came back.
extension RaftJudge {
  // MARK: Promises

  mutating func complete(_ token: WriteToken, _ step: Step) {
    let before = views[step.process].disk.durable.snapshot
    views[step.process].disk.complete(token)
    let snapshot = views[step.process].disk.durable.snapshot
    if snapshot != before { cover(snapshot, step) }
    for vote in views[step.process].votes.complete(token) { leave(vote, step) }
  }

  mutating func judgePromises(
    _ effects: borrowing Effects<RaftKV>, _ program: borrowing RaftKV, _ step: Step
  ) {
    effects.items.lendEach { effect in
      switch effect {
      case .send(.raft(.voteReply(let reply), _), let peer, let token, _):
        guard reply.granted else { return }
        judgeGrant(reply, to: peer.host, program, step)
        guard !reply.isPreVote else { return }
        vote(VoteLedger.Vote(term: reply.term, candidate: peer.host), after: token, step)
      case .send(.raft(.requestVote(let request), _), _, let token, _):
        // Who asks for votes has given itself its own; who asks whether it would get them has promised nothing.
        guard !request.isPreVote else { return }
        vote(VoteLedger.Vote(term: request.term, candidate: NodeID(UInt32(step.process))), after: token, step)
      case .send(.raft(.appendReply(let reply), _), _, let token, _):
        guard case .matched(let index) = reply.result else { return }
        acknowledge(index, in: reply.term, after: token, step)
      default: break
      }
    }
  }

  private mutating func vote(_ vote: VoteLedger.Vote, after token: WriteToken?, _ step: Step) {
    guard let held = views[step.process].disk.held(after: token, count: views[step.process].log.count) else {
      return
    }
    if let debt = views[step.process].debt { judge(vote, under: debt, step) }
    let isHeld =
      held.state.term > vote.term || (held.state.term == vote.term && held.state.vote == vote.candidate)
    if !isHeld {
      record(
        RaftInvariant.promiseBeforeDurable, step,
        """
        \(step.name) let its vote for \(Self.name(vote.candidate.index)) in term \(vote.term) leave while its disk \
        held term \(held.state.term) with \(Self.vote(held.state)); it should wait for its own write.
        """)
    }
    if let token, !views[step.process].disk.isDurable(token) {
      views[step.process].votes.wait(vote, for: token)
    } else {
      leave(vote, step)
    }
  }

  /// A server that has lost entries may have acknowledged one that is committed; its vote could elect a leader
  /// without it.
  private mutating func judge(_ vote: VoteLedger.Vote, under debt: ServerView.Debt, _ step: Step) {
    if case .entries(let index, let hash) = debt, views[step.process].log.comes(to: hash, at: index) {
      views[step.process].debt = nil
      views[step.process].lost = LogChain()
      return
    }
    record(
      RaftInvariant.impairedAbstains, step,
      """
      \(step.name) gave \(Self.name(vote.candidate.index)) its vote in term \(vote.term) although its disk has lost \
      what it had stored; it should not vote before that is repaired.
      """)
  }

  private mutating func leave(_ vote: VoteLedger.Vote, _ step: Step) {
    guard let earlier = views[step.process].votes.leave(vote) else { return }
    record(
      RaftInvariant.oneVotePerTerm, step,
      """
      \(step.name) voted for \(Self.name(vote.candidate.index)) in term \(vote.term) after a vote for \
      \(Self.name(earlier.index)); it should vote once in a term.
      """)
  }

  private mutating func acknowledge(
    _ index: LogIndex, in term: Term, after token: WriteToken?, _ step: Step
  ) {
    guard let held = views[step.process].disk.held(after: token, count: views[step.process].log.count) else {
      return
    }
    // A server that finds an entry of a later term than its stored one enters that term.
    let heldTerm = max(held.state.term, views[step.process].log.term(at: held.count))
    guard held.count < index || heldTerm < term else { return }
    record(
      RaftInvariant.promiseBeforeDurable, step,
      """
      \(step.name) let its acknowledgement of entry \(index) in term \(term) leave while its disk held \
      \(held.count) entries and term \(heldTerm); it should wait for the write of both.
      """)
  }

  // MARK: Majorities

  /// Whether the log of `process` is certain to be on a majority of disks, or was before they were damaged, up to `index`.
  func isAgreed(_ index: LogIndex, on process: Int) -> Bool {
    guard views[process].log.count >= index else { return false }
    let hash = views[process].log.hash(at: index)
    return isMajority(of: process) { $0.holds(hash, at: index) }
  }

  /// `on n1 alone and not yet on itself; it should be on 2 of 3 servers`
  func whereDurable(_ index: LogIndex, on process: Int) -> String {
    let hash = views[process].log.count >= index ? views[process].log.hash(at: index) : 0
    let holders = views.indices.filter { views[process].log.count >= index && views[$0].holds(hash, at: index) }
    let names =
      holders.isEmpty ? "on no disk" : "on the disk of \(holders.map(Self.name).joined(separator: ", ")) alone"
    let own = holders.contains(process) || holders.isEmpty ? "" : ", and not yet on its own"
    return "\(names)\(own); it should be on \(needed(by: process))"
  }

  mutating func judgeAnswer(_ step: Step) {
    let applied = views[step.process].standing.applied
    guard applied > committed.judged else { return }
    committed.judged = applied
    guard !isAgreed(applied, on: step.process) else { return }
    let place = whereDurable(applied, on: step.process)
    record(
      RaftInvariant.acknowledgedIsDurable, step,
      """
      \(step.name) told a client of an outcome with entry \(applied) applied, which was durable \
      \(place).
      """)
  }

  // MARK: A new life

  mutating func begin(_ recovered: Recovered<KVRecord>, _ program: borrowing RaftKV, _ step: Step) {
    views[step.process].crash()
    views[step.process].life += 1
    let (durable, log) = (views[step.process].disk.durable, views[step.process].log)
    let disk = RecoveredRaft(recovered)
    let state = disk.state
    // What the world has taken away is not the server's fault; what it does without it is judged on.
    let read = Self.reading(disk)
    let end = disk.snapshot.map { DiskView.End($0) } ?? DiskView.End()
    let lost = read.hasHole && disk.lost == .whole ? .partial : disk.lost
    let isExcused = views[step.process].hasForgotten || lost != .whole
    views[step.process].hasForgotten = false
    if lost != .whole, log.count > views[step.process].lost.count { views[step.process].lost = log }
    if lost == .none {
      views[step.process].debt = .everything
    } else if lost == .partial {
      let (index, hash) = committed.shared(with: log)
      if views[step.process].debt == nil { views[step.process].debt = .entries(index, hash: hash) }
    }
    if !isExcused && state.term < durable.state.term
      || (!isExcused && state.term == durable.state.term && durable.state.vote != nil
        && state.vote != durable.state.vote)
    {
      record(
        RaftInvariant.recoveredState, step,
        """
        \(step.name) found term \(state.term) with \(Self.vote(state)) on its disk; term \(durable.state.term) \
        with \(Self.vote(durable.state)) was durable and should be there.
        """)
    }
    views[step.process].log = beginning(of: log, upTo: read.base, end, step)
    for entry in read.entries { append(entry, step) }
    let found = views[step.process].log
    // A snapshot that was being stored is there: it takes the place of whatever was not committed.
    let isReplaced = end.index > 0 && read.base == end.index && end != durable.snapshot
    if !isExcused, !isReplaced, !found.comes(to: log.hash(at: durable.count), at: durable.count) {
      record(
        RaftInvariant.recoveredState, step,
        """
        \(step.name) found \(found.count) entries on its disk that are not, or do not begin with, the \
        \(durable.count) that were durable and should be there.
        """)
    }
    views[step.process].disk.recover(
      DiskView.Content(state: state, count: found.count, snapshot: end))
    goesOn(from: state, program, step)
  }

  /// What a log is made of by what is on a disk, read without the help of those who are judged: the entries behind `base`. Records
  /// go on from a snapshot where they begin right behind it, or have its last entry; others are of no use, and where they begin
  /// later something is missing.
  private static func reading(_ disk: RecoveredRaft) -> (base: LogIndex, entries: ArraySlice<Entry>, hasHole: Bool)
  {
    let (base, records) = (disk.first - 1, disk.entries[...])
    guard let snapshot = disk.snapshot else { return base == 0 ? (0, records, false) : (0, [], true) }
    if base == snapshot.lastIndex { return (base, records, false) }
    guard base < snapshot.lastIndex else { return (snapshot.lastIndex, [], true) }
    let place = Int(snapshot.lastIndex - base) - 1
    guard place < records.count, records[place].term == snapshot.lastTerm else {
      return (snapshot.lastIndex, [], false)
    }
    return (base, records, false)
  }

  /// The program makes of its disk what is on it.
  private mutating func goesOn(from state: HardState, _ program: borrowing RaftKV, _ step: Step) {
    let (standing, vote) = (program.standing, program.vote)
    if standing.term < state.term {
      record(
        RaftInvariant.termMonotonicity, step,
        """
        \(step.name) began a life in term \(standing.term) with term \(state.term) on its disk; it should never \
        go back.
        """)
    } else if standing.term == state.term, vote != state.vote {
      record(
        RaftInvariant.recoveredState, step,
        """
        \(step.name) began a life in term \(state.term) with \(Self.vote(HardState(term: 0, vote: vote))) and \
        \(Self.vote(state)) on its disk; it should remember it.
        """)
    }
    compare(standing, program, step)
  }

  private static func vote(_ state: HardState) -> String {
    state.vote.map { "a vote for \(name($0.index))" } ?? "no vote"
  }
}

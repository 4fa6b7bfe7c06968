import Node
import Primitives
import Programs
import Raft

/// What a step wrote.
extension RaftJudge {
  /// What a look at the effects has found to be judged once all of them are known: a promise may wait for a
  /// sync that the same step issues after it.
  struct Findings {
    var promised = false
    var answered = false
    var responded = false
    var wroteLog = false
    var sentSnapshot = false
    var snapshot: Snapshot?
  }

  mutating func survey(
    _ effects: borrowing Effects<RaftKV>, _ standing: RaftKV.Standing, _ spoken: WireVersion, _ step: Step
  ) -> Findings {
    var found = Findings()
    effects.items.lendEach { look(at: $0, &found, standing, spoken, step) }
    return found
  }

  private mutating func look(
    at effect: Effect<RaftKV>, _ found: inout Findings, _ standing: RaftKV.Standing, _ spoken: WireVersion,
    _ step: Step
  ) {
    switch effect {
    case .send(.raft(let message, let header), let peer, _, _):
      judgeWriting(header, spoken, step)
      switch message {
      case .appendEntries(let request): judgeWord(to: peer.host.index, request, in: header.version, step)
      case .readIndex, .readIndexReply: break
      case .installSnapshot: found.sentSnapshot = true
      case .requestVote, .voteReply, .appendReply, .snapshotReply, .timeoutNow: found.promised = true
      }
    case .send(.sessionOpened(let answer), _, _, _): if answer.session > 0 { found.answered = true }
    case .send(.response(let response), _, _, _):
      found.responded = true
      switch response.answer {
      case .outcome: found.answered = true
      case .expired: expirations += 1
      case .refused: break
      }
    case .append(.entry(let entry), KVRecord.logFile):
      found.wroteLog = true
      if entry.isConfiguration { note(entry, standing, step) }
      append(entry, step)
    case .truncate(KVRecord.logFile, let keeping):
      found.wroteLog = true
      truncate(keeping: LogIndex(keeping), standing, step)
    case .discard(KVRecord.logFile, let position):
      found.wroteLog = true
      discard(before: LogIndex(position), step)
    case .replace(KVRecord.hardStateFile, .hardState(let state)): views[step.process].disk.replace(state)
    case .replace(KVRecord.snapshotFile, .snapshot(let snapshot)):
      found.snapshot = snapshot
      views[step.process].disk.replace(snapshot)
    case .sync(let token, _):
      let count = views[step.process].log.count
      views[step.process].disk.sync(token, count: count)
    default: break
    }
  }

  mutating func append(_ entry: Entry, _ step: Step) {
    let link = views[step.process].log.append(term: entry.term, fingerprint: entry.fingerprint)
    let index = views[step.process].log.count
    if entry.isConfiguration { see(entry, of: step.process) }
    if !seen.matches(link, at: index) {
      record(
        RaftInvariant.logMatching, step,
        """
        \(step.name) has an entry \(index) of term \(entry.term) that differs, itself or in what comes before, \
        from the entry of that index and term seen first; they should be the same.
        """)
    }
  }

  private mutating func truncate(keeping count: LogIndex, _ standing: RaftKV.Standing, _ step: Step) {
    let before = views[step.process].standing
    let last = views[step.process].log.count
    if count < last, before.role == .leader, standing.term == before.term {
      record(
        RaftInvariant.leaderAppendOnly, step,
        """
        \(step.name) led term \(before.term) with \(last) entries and kept the first \(count); a leader should \
        only append.
        """)
    }
    if count < min(before.commit, last) {
      record(
        RaftInvariant.stateMachineSafety, step,
        """
        \(step.name) had committed \(before.commit) entries and kept the first \(count) of its log; it should \
        never remove what is committed.
        """)
    }
    if count < last { truncations += 1 }
    views[step.process].log.truncate(keeping: count)
    views[step.process].disk.truncate(keeping: count)
  }
}

import Primitives
import Programs
import Raft

/// What a server shows of itself, against what it showed before and what the others did.
extension RaftJudge {
  mutating func compare(_ now: RaftKV.Standing, _ program: borrowing RaftKV, _ step: Step) {
    let before = views[step.process].standing
    views[step.process].standing = now
    compareIndices(before, now, step)
    compareLog(now, program, step)
    if now.role == .leader, before.role != .leader || before.term != now.term { judgeLeader(now, step) }
    if now.commit > before.commit { judgeCommit(now, step) }
    if now.applied > before.applied { judgeStore(program.fingerprint, now, step) }
  }

  private mutating func compareIndices(
    _ before: RaftKV.Standing, _ now: RaftKV.Standing, _ step: Step
  ) {
    if now.term < before.term {
      record(
        RaftInvariant.termMonotonicity, step,
        "\(step.name) went from term \(before.term) back to term \(now.term); it should never go back.")
    }
    if now.commit < before.commit {
      record(
        RaftInvariant.commitMonotonicity, step,
        "\(step.name)'s commit index fell from \(before.commit) to \(now.commit); it should never fall.")
    }
    if now.applied < before.applied {
      record(
        RaftInvariant.commitMonotonicity, step,
        "\(step.name)'s applied index fell from \(before.applied) to \(now.applied); it should never fall.")
    }
    if now.applied > now.commit || now.commit > now.lastIndex {
      record(
        RaftInvariant.commitMonotonicity, step,
        """
        \(step.name) has applied \(now.applied) and committed \(now.commit) of \(now.lastIndex) entries; it \
        should apply what is committed, and commit what it has.
        """)
    }
  }

  private mutating func compareLog(
    _ now: RaftKV.Standing, _ program: borrowing RaftKV, _ step: Step
  ) {
    let written = views[step.process].log.count
    guard !views[step.process].storedLogIsWrong, now.lastIndex != written || !endsAlike(step.process, program)
    else { return }
    views[step.process].storedLogIsWrong = true
    record(
      RaftInvariant.storedLog, step,
      """
      \(step.name) has \(now.lastIndex) entries in memory and \(written) written, or another one at the end; both \
      should be the same log.
      """)
  }

  /// Whether the last entry is the same in memory; where a snapshot stands for it, it is not there.
  private func endsAlike(_ process: Int, _ program: borrowing RaftKV) -> Bool {
    guard let last = program.lastEntry else { return views[process].log.count == 0 || program.standsForAll }
    return views[process].log.endsIn(fingerprint: last)
  }

  private mutating func judgeLeader(_ now: RaftKV.Standing, _ step: Step) {
    let claim = Leaderships.Leadership(term: now.term, process: step.process, life: views[step.process].life)
    if let earlier = leaderships.claim(claim) {
      record(
        RaftInvariant.electionSafety, step,
        """
        \(step.name) became leader of term \(now.term) after \(Self.name(earlier.process)) in its life \
        \(earlier.life); a term should have one leader.
        """)
    }
    judgeElection(now.term, step)
    if let missing = committed.missing(from: views[step.process].log, before: now.term) {
      record(
        RaftInvariant.leaderCompleteness, step,
        """
        \(step.name) became leader of term \(now.term) without entry \(missing) as it was committed in an \
        earlier term; a leader should have all of them.
        """)
    }
  }

  private mutating func judgeCommit(_ now: RaftKV.Standing, _ step: Step) {
    let index = min(now.commit, views[step.process].log.count)
    countMemberships(from: committed.count, upTo: index, step)
    let shared = min(index, committed.count)
    guard views[step.process].log.comes(to: committed.hash(at: shared), at: shared) else {
      let different = views[step.process].log.firstDifference(from: committed.chain, upTo: shared)
      record(
        RaftInvariant.stateMachineSafety, step,
        """
        \(step.name) committed up to entry \(index) with another entry \(different) than was committed before; \
        all servers should commit the same.
        """)
      return
    }
    while committed.count < index {
      committed.append(views[step.process].log.hash(at: committed.count + 1), in: now.term)
    }
    guard now.role == .leader, index > committed.judged else { return }
    committed.judged = index
    let entryTerm = views[step.process].log.term(at: index)
    if entryTerm != now.term {
      record(
        RaftInvariant.commitsOwnTerm, step,
        """
        \(step.name) committed entry \(index) of term \(entryTerm) as leader of term \(now.term); it should count \
        copies of its own term's entries alone.
        """)
    }
    guard !isAgreed(index, on: step.process) else { return }
    let place = whereDurable(index, on: step.process)
    record(
      RaftInvariant.committedIsDurable, step,
      """
      \(step.name) committed entry \(index) in term \(now.term) while it was durable \
      \(place).
      """)
  }

  private mutating func judgeStore(_ fingerprint: UInt64, _ now: RaftKV.Standing, _ step: Step) {
    guard now.applied <= committed.count else { return }
    guard !committed.agrees(fingerprint: fingerprint, at: now.applied) else { return }
    record(
      RaftInvariant.stateMachineSafety, step,
      """
      \(step.name)'s store has other content after entry \(now.applied) than another server's had there; they \
      should be equal.
      """)
  }
}

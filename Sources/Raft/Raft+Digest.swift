import Primitives

extension Raft {
  /// Everything that decides how the server goes on. Moments are told as they lie before `now`, on the server's
  /// monotonic clock, and counters without what they have counted.
  public func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(term, state.vote.map { UInt64($0.rawValue) + 1 } ?? 0)
    digest.fold(UInt64(state.memory.rawValue) << 1 | (marksLoss ? 1 : 0), repairGoal.map { $0 + 1 } ?? 0)
    digest.fold(remains == .none ? 0 : remains == .behind ? 1 : 2)
    digest.fold(UInt64(role.rawValue), leader.map { UInt64($0.rawValue) + 1 } ?? 0)
    digest.fold(commit, log.lastIndex)
    var index = log.base
    if index > 0 { digest.fold(index, log.term(at: index)) }
    if let snapshot { snapshot.name.fold(into: &digest) }
    if let incoming {
      incoming.value.name.fold(into: &digest)
      digest.fold(bytes: incoming.value.content)
    }
    while index < log.lastIndex {
      index += 1
      digest.fold(log[index].fingerprint)
    }
    digest.fold((now - quietSince).folded, leaderHeard.map { (now - $0).folded } ?? .max)
    for transfer in transfers { transfer.fold(into: &digest) }
    for follower in progress { follower.fold(into: &digest, round: reads.round, at: now) }
    tally.fold(into: &digest)
    if refusals > 0 { digest.fold(UInt64(refusals)) }
    configurations.fold(into: &digest)
    if let handover { handover.fold(into: &digest, at: now) }
    digest.fold(lastRoundEnd, hasGivenUpLease ? 1 : 0)
    if role == .leader { digest.fold((now - lastRoundAt).folded) }
    writes.fold(into: &digest)
    reads.fold(into: &digest, at: now)
    digest.fold(owesReplication ? 1 : 0)
  }
}

extension Progress {
  func fold(into digest: inout Digest, round current: UInt64, at now: Instant) {
    digest.fold(next, match)
    digest.fold(probed, UInt64(mode.rawValue) << 8 | UInt64(probeRounds))
    digest.fold(UInt64(bytesInFlight), current - round)
    digest.fold((now - heardAt).folded, life << 8 | UInt64(memory.rawValue))
  }
}

extension Reads {
  func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(issued - settled, issued - forwarded)
    digest.fold(wantsRound ? 1 : 0)
    for read in waiting {
      digest.fold(round + 1 - read.round, read.origin.map { UInt64($0.rawValue) + 1 } ?? 0)
    }
    for moment in begun { digest.fold((now - moment).folded) }
  }
}

extension VoteTally {
  func fold(into digest: inout Digest) {
    for answer in answers { digest.fold(answer.map { $0 ? 2 : 1 } ?? 0) }
  }
}

extension Writes {
  func fold(into digest: inout Digest) {
    digest.fold(durable, isDirty ? 1 : 0)
    digest.fold((snapshot == nil ? 0 : 1) | (underWay?.snapshot == nil ? 0 : 2))
    snapshot?.name.fold(into: &digest)
    underWay?.snapshot?.name.fold(into: &digest)
    guard let write = underWay else { return }
    digest.fold(write.lastIndex, write.lastTerm)
    digest.fold(write.term, write.vote.map { UInt64($0.rawValue) + 1 } ?? 0)
  }
}

extension Nanoseconds {
  fileprivate var folded: UInt64 { UInt64(bitPattern: count) }
}

import Primitives

extension Raft {
  /// Everything that decides how the server goes on.
  public func fold(into digest: inout Digest) {
    digest.fold(term, state.vote.map { UInt64($0.rawValue) + 1 } ?? 0)
    digest.fold(UInt64(role.rawValue), leader.map { UInt64($0.rawValue) + 1 } ?? 0)
    digest.fold(commit, log.lastIndex)
    for entry in log.entries { digest.fold(entry.fingerprint) }
    for follower in progress { follower.fold(into: &digest) }
    tally.fold(into: &digest)
    writes.fold(into: &digest)
  }
}

extension Progress {
  func fold(into digest: inout Digest) {
    digest.fold(next, match)
    digest.fold(underWay, UInt64(rounds) << 1 | (answered ? 1 : 0))
  }
}

extension VoteTally {
  func fold(into digest: inout Digest) {
    for answer in answers { digest.fold(answer.map { $0 ? 2 : 1 } ?? 0) }
  }
}

extension Writes {
  /// Without numbers: they count.
  func fold(into digest: inout Digest) {
    digest.fold(durable, isDirty ? 1 : 0)
    for write in pending {
      digest.fold(write.lastIndex, write.lastTerm)
      digest.fold(write.term, write.vote.map { UInt64($0.rawValue) + 1 } ?? 0)
    }
  }
}

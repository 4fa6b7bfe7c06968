import Primitives

extension Raft {
  /// Everything that decides how the server goes on.
  public func fold(into digest: inout Digest) {
    digest.fold(term, state.vote.map { UInt64($0.rawValue) + 1 } ?? 0)
    digest.fold(UInt64(role.rawValue), leader.map { UInt64($0.rawValue) + 1 } ?? 0)
    digest.fold(commit, log.lastIndex)
    for entry in log.entries { digest.fold(entry.fingerprint) }
    for follower in progress {
      digest.fold(follower.next, follower.match)
      digest.fold(follower.underWay)
    }
    digest.fold(UInt64(tally.granted), writes.durable)
    digest.fold(writes.latest == nil ? 0 : 1)
  }
}

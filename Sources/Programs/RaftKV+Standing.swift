import Primitives
import Raft

/// What a judge asks of a server after every step: read field by field, so that nothing is retained.
extension RaftKV {
  package struct Standing: Hashable, Sendable {
    package var role = Role.follower
    package var term: Term = 0
    package var commit: LogIndex = 0
    package var applied: LogIndex = 0
    package var lastIndex: LogIndex = 0

    package init() {}
  }

  /// All zero for a client.
  package var standing: Standing {
    var standing = Standing()
    guard server != nil else { return standing }
    standing.role = server!.raft.role
    standing.term = server!.raft.state.term
    standing.commit = server!.raft.commit
    standing.applied = server!.applied
    standing.lastIndex = server!.raft.log.lastIndex
    return standing
  }

  /// Whom the server has voted for in its term.
  package var vote: NodeID? { server?.raft.state.vote }

  /// The fingerprint of the last entry in memory.
  package var lastEntry: UInt64? { server?.raft.log.entries.last?.fingerprint }

  /// The store's content as one number.
  package var fingerprint: UInt64 { server?.fingerprint ?? 0 }
}

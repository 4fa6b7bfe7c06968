import Primitives
import Raft

extension RaftKV {
  /// What is asked of a server after every step; all zero for a client.
  package struct Standing: Hashable, Sendable {
    package var role = Role.follower
    package var term: Term = 0
    package var commit: LogIndex = 0
    package var applied: LogIndex = 0
    package var lastIndex: LogIndex = 0

    package init() {}
  }

  /// Whom the server has voted for in its term.
  package var vote: NodeID? { server?.raft.state.vote }

  /// The fingerprint of the last entry in memory.
  package var lastEntry: UInt64? { server?.raft.log.entries.last?.fingerprint }

  /// The store's content as one number.
  package var fingerprint: UInt64 { server?.fingerprint ?? 0 }
}

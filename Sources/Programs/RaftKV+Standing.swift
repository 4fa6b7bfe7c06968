import Node
import Primitives
import Raft

/// What a judge asks of a server.
extension RaftKV {
  /// All zero for a client.
  @usableFromInline
  package struct Standing: Sendable {
    @usableFromInline package var role = Role.follower
    @usableFromInline package var term: Term = 0
    @usableFromInline package var commit: LogIndex = 0
    @usableFromInline package var applied: LogIndex = 0
    @usableFromInline package var lastIndex: LogIndex = 0
    /// Whether the server has lost what it promised, and is not repaired.
    @usableFromInline package var isImpaired = false

    package init() {}
  }

  /// Whom the server has voted for in its term.
  package var vote: NodeID? { boxedServer?.value.raft.state.vote }

  /// The fingerprint of the last entry in memory.
  package var lastEntry: UInt64? { boxedServer?.value.raft.log.lastFingerprint }

  /// Whether a snapshot stands for all of its log.
  package var standsForAll: Bool {
    boxedServer.map { $0.value.raft.log.base == $0.value.raft.log.lastIndex } ?? false
  }

  /// Requests that came through the log again, over all of it.
  package var duplicateRequests: UInt64 { boxedServer?.value.store.duplicates ?? 0 }

  /// Lease reads that found it leading without a lease, in this life.
  package var lapsedLeases: UInt64 { boxedServer?.value.lapsedLeases ?? 0 }

  /// For how long a server leaves a leader alone that it has heard.
  package var shortestTimeout: Nanoseconds? { boxedServer?.value.raft.rules.timing.shortest }

  /// Whether a server that hears a leader takes part in no election but one that the leader has asked for.
  package var keepsLeaders: Bool { boxedServer?.value.raft.rules.leaderStickiness ?? false }

  /// The store's content as one number.
  package var fingerprint: UInt64 { boxedServer?.value.fingerprint ?? 0 }
}

extension RaftKV.Standing: Equatable {
  // Compared after every step, from another module: the derived operator would be called through a witness.
  @inlinable
  package static func == (left: RaftKV.Standing, right: RaftKV.Standing) -> Bool {
    left.role.rawValue == right.role.rawValue && left.term == right.term && left.commit == right.commit
      && left.applied == right.applied && left.lastIndex == right.lastIndex && left.isImpaired == right.isImpaired
  }
}

extension KVServer {
  /// As `step`, and what the server shows of itself after it.
  mutating func step(
    _ input: Input<RaftKV>, context: inout StepContext, effects: inout Effects<RaftKV>,
    showing standing: inout RaftKV.Standing
  ) {
    step(input, context: &context, effects: &effects)
    standing.role = raft.role
    standing.term = raft.state.term
    standing.commit = raft.commit
    standing.applied = applied
    standing.lastIndex = raft.log.lastIndex
    standing.isImpaired = raft.state.memory != .whole
  }
}

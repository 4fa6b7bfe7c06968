import Primitives

/// A server whose disk has lost what it promised. After "Protocol-Aware Recovery for Consensus-Based Storage",
/// Alagappan and others, 2018: what was torn while it was written is cut, what was damaged after it was durable
/// is never taken for that. The server has its log up to the damage, follows its leader, and gives no vote until
/// it is repaired.
///
/// Whoever votes must know all that it has acknowledged and that is committed. The leader may count on
/// acknowledgements of the server's last life until it hears from this one. A message that says it has, of a
/// leader that has committed in its own term, tells a commit index below which lies everything that was committed
/// on their strength.
extension Raft {
  var mayVote: Bool { state.memory == .whole }

  /// A message of the leader was stored, and is answered with `result`.
  mutating func noteRepair(_ request: AppendEntries, _ result: AppendReply.Result, _ actions: inout Outbox<Action>)
  {
    guard state.memory == .partial, request.repairedLife == life, case .matched(let index) = result,
      index >= request.commit
    else { return }
    repairGoal = request.commit
    rememberOrRepair(&actions)
  }

  /// After a write: the loss is on disk, so that what is left of the damage may be removed; or all that was lost
  /// is there again.
  mutating func rememberOrRepair(_ actions: inout Outbox<Action>) {
    if marksLoss, writes.isIdle {
      marksLoss = false
      removeRemains(&actions)
    }
    // Not in one write with the last of the entries: a crash could keep the one and lose the other.
    if let repairGoal, writes.durable >= repairGoal, state.memory == .partial {
      state.memory = .whole
      self.repairGoal = nil
      save(&actions)
    }
  }

  /// What a disk holds beside the log.
  enum Remains: Hashable, Sendable {
    case none
    /// Records behind its end: they were torn, or lie behind one that was lost.
    case behind
    /// All records: they do not go on from the snapshot.
    case all
  }

  mutating func removeRemains(_ actions: inout Outbox<Action>) {
    switch remains {
    case .none: return
    case .behind: actions.append(.truncate(after: log.lastIndex))
    case .all:
      actions.append(.truncate(after: log.base))
      if log.base > 0 { actions.append(.discard(upTo: log.base)) }
    }
    remains = .none
    writes.isDirty = true
  }
}

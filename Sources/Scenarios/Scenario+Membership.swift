import World

extension Scenario {
  /// Whether who takes part may differ from who is there: the group begins with some of the nodes, or is told to change.
  package var changesMembership: Bool {
    if case .raftKV(let raft) = cluster.program, raft.voters != nil { return true }
    return faults.contains { fault in
      switch fault.schedule {
      case .once(_, _, let action): action.changesMembership
      case .repeating(let nemesis): nemesis.branches.contains { $0.action.changesMembership }
      }
    }
  }
}

extension FaultAction {
  fileprivate var changesMembership: Bool { if case .membership = self { true } else { false } }
}

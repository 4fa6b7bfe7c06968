import Node
import Primitives
import Programs
import Raft

/// What is forgotten, and what stands for it. The judge forgets nothing: a log that begins with a snapshot begins, for it,
/// with the entries that the snapshot stands for.
extension RaftJudge {
  /// The server has stored it.
  mutating func judge(_ snapshot: Snapshot, _ step: Step) {
    snapshots.taken += 1
    snapshots.bytes += UInt64(snapshot.content.count)
    snapshots.bytesSaved += KVSnapshot.bytesSaved(in: snapshot)
    let (index, log) = (snapshot.lastIndex, views[step.process].log)
    // One that came from another server is of no log that this one has, and stands for more than it has committed.
    let isOwn = index <= views[step.process].standing.commit
    let fits = log.count >= index && log.term(at: index) == snapshot.lastTerm
    let known = committed.count
    if index <= known, (snapshot.configuration ?? initial) != committedConfiguration(at: index) {
      record(
        RaftInvariant.stateMachineSafety, step,
        """
        \(step.name) stored a snapshot up to entry \(index) that tells of another configuration than is in force there; it \
        should tell of that.
        """)
    }
    if index > known || (isOwn && !fits) || (fits && !log.comes(to: committed.hash(at: index), at: index)) {
      record(
        RaftInvariant.stateMachineSafety, step,
        """
        \(step.name) stored a snapshot up to entry \(index) of term \(snapshot.lastTerm), of which \
        \(known) were committed, or others; it should stand for what is committed.
        """)
    }
  }

  /// A leader has sent pieces of snapshots.
  mutating func noteSnapshots(_ effects: borrowing Effects<RaftKV>, _ step: Step) {
    effects.items.lendEach { effect in
      guard case .send(.raft(.installSnapshot(let request), _), let peer, _, _) = effect,
        peer.host.index < views[step.process].followers.count
      else { return }
      views[step.process].followers[peer.host.index].tell(after: request.name.lastIndex, entries: 0)
    }
  }

  /// The snapshot is durable, and stands for entries of the server's log.
  mutating func cover(_ snapshot: DiskView.End, _ step: Step) {
    let log = views[step.process].log
    guard log.count >= snapshot.index, log.term(at: snapshot.index) == snapshot.term else { return }
    views[step.process].disk.adopt(snapshot.index)
  }

  /// The server forgets the entries before that position of its log's file.
  mutating func discard(before position: LogIndex, _ step: Step) {
    let snapshot = views[step.process].disk.durable.snapshot
    guard snapshot.index >= position else {
      record(
        RaftInvariant.forgottenIsInASnapshot, step,
        """
        \(step.name) forgot its log up to entry \(position) while its disk held \
        \(snapshot.index > 0 ? "a snapshot up to entry \(snapshot.index)" : "no snapshot"); that should stand for it.
        """)
      return
    }
    let log = views[step.process].log
    let goesOn = log.count >= snapshot.index && log.term(at: snapshot.index) == snapshot.term
    guard !goesOn else { return }
    // It begins anew, behind the snapshot.
    views[step.process].log = beginning(of: LogChain(), upTo: position, snapshot, step)
    views[step.process].disk.adopt(position)
    snapshots.installed += 1
  }

  /// The first entries of a log that begins with a snapshot: of the log that the server had, where that goes so far and the
  /// snapshot is of it, or else of another that has them.
  func beginning(
    of log: LogChain, upTo last: LogIndex, _ snapshot: DiskView.End, _ step: Step
  ) -> LogChain {
    guard last <= snapshot.index else { return LogChain() }
    func has(_ log: LogChain) -> Bool {
      log.count >= snapshot.index && log.term(at: snapshot.index) == snapshot.term
    }
    if has(log) { return log.prefix(upTo: last) }
    let others = [views[step.process].lost] + views.map(\.log)
    let committed = committed
    let source = others.first {
      has($0)
        && (committed.count < snapshot.index
          || $0.comes(to: committed.hash(at: snapshot.index), at: snapshot.index))
    }
    return source.map { $0.prefix(upTo: last) } ?? LogChain()
  }
}

/// What servers' snapshots came to.
package struct SnapshotCounts: Sendable {
  /// Stored, whether own ones or a leader's.
  package internal(set) var taken: UInt64 = 0
  package internal(set) var installed: UInt64 = 0
  /// As they were stored, and by how much less that is than their content.
  package internal(set) var bytes: UInt64 = 0
  package internal(set) var bytesSaved: UInt64 = 0
}

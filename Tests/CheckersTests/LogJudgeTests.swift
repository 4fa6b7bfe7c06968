import Checkers
import Node
import Primitives
import Programs
import Raft
import Testing

@Suite("What the judge sees of logs")
struct LogJudgeTests {
  @Test("A leader that removes its own entries breaks leader-append-only", arguments: [0, 1])
  func leaderTruncates(_ process: Int) {
    var stage = Stage()
    stage.elect(0)
    stage.append([entry(1)], to: 1, from: 0, term: 1)
    stage.step(process, .connectionClosed(Endpoint(NodeID(2)))) { effects in
      effects = [.truncate(KVRecord.logFile, keeping: 0), .append(.entry(entry(1)), to: KVRecord.logFile)]
    }
    #expect(stage.fired == (process == 0 ? ["leader-append-only"] : []))
  }

  @Test("A leader that steps down for a higher term may truncate")
  func formerLeaderTruncates() {
    var stage = Stage()
    stage.elect(0)
    stage.append([entry(2)], to: 0, from: 1, term: 2)
    stage.complete(0)
    #expect(stage.servers[0].standing.lastIndex == 1)
    #expect(stage.fired == [])
  }

  @Test("Two entries of one index and term break log-matching when they differ", arguments: [1, 2])
  func differentEntries(_ number: Int) {
    var stage = Stage()
    stage.append([entry(1), entry(1, opening: 1)], to: 1, from: 0, term: 1)
    stage.append([entry(1), entry(1, opening: number)], to: 2, from: 0, term: 1)
    #expect(stage.fired == (number == 1 ? [] : ["log-matching"]))
  }

  @Test("Equal entries behind different ones break log-matching", arguments: [1, 2])
  func differentPrefix(_ number: Int) {
    var stage = Stage()
    stage.append([entry(1), entry(1, opening: 1), entry(2)], to: 1, from: 0, term: 2)
    stage.append([entry(1), entry(1, opening: number), entry(2)], to: 2, from: 0, term: 2)
    #expect(stage.fired == (number == 1 ? [] : ["log-matching", "log-matching"]))
  }

  @Test("Different entries of different terms at one index are nobody's fault")
  func differentTerms() {
    var stage = Stage()
    stage.append([entry(1), entry(1, opening: 1)], to: 1, from: 0, term: 1)
    stage.append([entry(1), entry(2, opening: 2)], to: 2, from: 0, term: 2)
    stage.append([entry(1), entry(2, opening: 2)], to: 1, from: 0, term: 2)
    #expect(stage.fired == [])
  }

  @Test("A new leader without a committed entry breaks leader-completeness", arguments: [false, true])
  func incompleteLeader(_ complete: Bool) {
    var stage = Stage()
    stage.elect(0)
    stage.complete(0)
    stage.append([entry(1)], to: 1, from: 0, term: 1)
    stage.complete(1)
    stage.acknowledge(1, to: 0, from: 1, term: 1)
    #expect(stage.servers[0].standing.commit == 1)
    if complete { stage.append([entry(1)], to: 2, from: 0, term: 1) }
    stage.campaign(2)
    stage.elect(2)
    #expect(stage.fired == (complete ? [] : ["leader-completeness"]))
  }

  @Test("A late leader of an earlier term need not have what was committed since")
  func lateLeader() {
    var stage = Stage()
    stage.campaign(2)
    stage.campaign(0)
    stage.elect(0)
    stage.complete(0)
    stage.append([entry(2)], to: 1, from: 0, term: 2)
    stage.complete(1)
    stage.acknowledge(1, to: 0, from: 1, term: 2)
    stage.hear(2, .voteReply(VoteReply(term: 1, granted: true)), from: 1)
    #expect(stage.servers[2].standing.role == .leader)
    #expect(stage.fired == [])
  }

  @Test("Two servers that commit different entries break state-machine-safety", arguments: [0, 1])
  func differentCommits(_ commit: LogIndex) {
    var stage = Stage()
    stage.append([entry(1)], to: 1, from: 0, term: 1, commit: 1)
    stage.append([entry(2)], to: 2, from: 0, term: 2, commit: commit)
    #expect(stage.fired == (commit == 0 ? [] : ["state-machine-safety"]))
  }

  @Test("Two stores that differ after the same entries break state-machine-safety", arguments: [1, 2])
  func differentStores(_ number: Int) {
    let log = { (number: Int) in [entry(1), entry(1, opening: number), entry(1, opening: 3)] }
    var other = Stage()
    other.append(log(number), to: 2, from: 0, term: 1, commit: 3)
    var stage = Stage()
    stage.append(log(1), to: 1, from: 0, term: 1, commit: 3)
    stage.append(log(1), to: 2, from: 0, term: 1)
    let message = AppendEntries(term: 1, previousIndex: 3, previousTerm: 1, commit: 3, entries: [])
    stage.step(
      2, .message(.raft(.appendEntries(message)), from: Endpoint(NodeID(0))), showing: other.servers[2])
    #expect(stage.fired == (number == 1 ? [] : ["state-machine-safety"]))
  }

  @Test("A commit index that falls breaks commit-monotonicity", arguments: [false, true])
  func fallingCommit(_ falls: Bool) {
    var stage = Stage()
    stage.append([entry(1)], to: 1, from: 0, term: 1)
    let early = stage.servers[1]
    stage.append([], to: 1, from: 0, term: 1, behind: (1, 1), commit: 1)
    stage.step(1, .connectionClosed(Endpoint(NodeID(0))), showing: falls ? early : nil)
    #expect(Set(stage.fired) == (falls ? ["commit-monotonicity"] : []))
  }

  @Test("A commit index beyond the log breaks commit-monotonicity", arguments: [false, true])
  func commitBeyondLog(_ beyond: Bool) {
    var stage = Stage()
    stage.append([entry(1), entry(1, opening: 1)], to: 1, from: 0, term: 1, commit: 2)
    // A false leader, whose entries take the place of committed ones.
    stage.append(beyond ? [entry(2)] : [entry(2), entry(2, opening: 2)], to: 1, from: 2, term: 2)
    #expect(stage.fired == ["state-machine-safety"] + (beyond ? ["commit-monotonicity"] : []))
  }

  @Test("Removing what is committed breaks state-machine-safety", arguments: [1, 2])
  func removesCommitted(_ commit: LogIndex) {
    var stage = Stage()
    stage.append([entry(1), entry(1, opening: 1)], to: 1, from: 0, term: 1, commit: commit)
    stage.append([entry(2)], to: 1, from: 2, term: 2, behind: (1, 1))
    #expect(stage.fired == (commit == 1 ? [] : ["state-machine-safety"]))
  }

  @Test("A new life may begin to apply from the first entry")
  func appliesAgain() {
    var stage = Stage()
    stage.append([entry(1)], to: 1, from: 0, term: 1, commit: 1)
    stage.complete(1)
    stage.crash(1)
    stage.restart(1, finding: HardState(term: 1), [entry(1)])
    #expect(stage.fired == [])
  }

  @Test("An entry in memory that was not written breaks stored-log", arguments: [false, true])
  func unwritten(_ written: Bool) {
    var stage = Stage()
    stage.elect(0) { effects in
      if !written { effects.removeAll { if case .append = $0 { true } else { false } } }
    }
    #expect(stage.fired == (written ? [] : ["stored-log"]))
  }
}

@Suite("What the judge sees of snapshots")
struct SnapshotJudgeTests {
  static func snapshot(_ index: LogIndex, _ term: Term) -> Snapshot {
    Snapshot(lastIndex: index, lastTerm: term, content: [1])
  }

  /// A cluster that has committed three entries of term 1, and n2 that stores a snapshot and then forgets.
  private func stage(_ snapshot: Snapshot?, forgetting position: Int, completes: Bool = true) -> Stage {
    var stage = Stage()
    stage.elect(0)
    stage.complete(0)
    stage.append([entry(1), entry(1, opening: 1), entry(1, opening: 2)], to: 1, from: 0, term: 1, commit: 0)
    stage.complete(1)
    stage.append([], to: 1, from: 0, term: 1, behind: (3, 1), commit: 1)
    if let snapshot {
      stage.step(1, .connectionClosed(Endpoint(NodeID(2)))) { effects in
        effects = [
          .replace(KVRecord.snapshotFile, with: .snapshot(snapshot)), .sync(WriteToken(40), directory: true),
        ]
      }
      if completes { stage.step(1, .writeCompleted(WriteToken(40))) { $0 = [] } }
    }
    stage.step(1, .connectionClosed(Endpoint(NodeID(2)))) { effects in
      effects = [.discard(KVRecord.logFile, before: position)]
    }
    return stage
  }

  @Test("Who forgets what no durable snapshot stands for breaks forgotten-is-in-a-snapshot")
  func forgotten() {
    #expect(stage(Self.snapshot(1, 1), forgetting: 1).fired == [])
    #expect(stage(Self.snapshot(1, 1), forgetting: 2).fired == ["forgotten-is-in-a-snapshot"])
    #expect(stage(Self.snapshot(1, 1), forgetting: 1, completes: false).fired == ["forgotten-is-in-a-snapshot"])
    #expect(stage(nil, forgetting: 1).fired == ["forgotten-is-in-a-snapshot"])
  }

  @Test("A snapshot of what is not committed breaks state-machine-safety")
  func uncommitted() {
    #expect(stage(Self.snapshot(3, 1), forgetting: 1).fired == ["state-machine-safety"])
  }
}

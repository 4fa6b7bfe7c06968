import Checkers
import Node
import Primitives
import Programs
import Scenarios
import Telemetry
import World

/// How often a run met one of the rare events.
package struct MarkCount: Hashable, Sendable {
  package let mark: Scenario.Mark
  package let count: UInt64

  /// As in scenarios and results.
  package var name: String { mark.rawValue }
}

/// The rare events of a finished run, read off what it left: nothing is counted for them while it goes on but what
/// is rare itself.
struct Marking {
  let scenario: Scenario
  let recording: Recording

  /// Of what any program has; the program's own are for its judge to tell.
  func counts(_ own: [Scenario.Mark: UInt64]) -> [MarkCount] {
    Scenario.Mark.allCases
      .filter { $0.isProduced(by: scenario.cluster.program, workload: scenario.operationWindow != nil) }
      .map { MarkCount(mark: $0, count: own[$0] ?? count($0)) }
  }

  private func count(_ mark: Scenario.Mark) -> UInt64 {
    let incidents = recording.incidents
    switch mark {
    case .processCrashed: return incidents.crashes - incidents.exits
    case .processExited: return incidents.exits
    case .processPaused: return effect(.processesPaused)
    case .inputDelayed: return effect(.inputsDelayed)
    case .messageLost: return dropped(.loss)
    case .messageCut: return dropped(.cut)
    case .messageHeld: return effect(.messagesHeld)
    case .messageDuplicated: return recording.messages.duplicated
    case .messageCorrupted: return dropped(.corrupted)
    case .messageFiltered: return dropped(.filtered)
    case .queueFull: return dropped(.queueFull)
    case .syncFailed: return incidents.syncsFailed
    case .syncLost: return incidents.syncsLost
    case .syncStalled: return effect(.syncsStalled)
    case .writeMisdirected: return incidents.writesMisdirected
    case .tornRecord: return incidents.recordsTorn
    case .damageFound: return incidents.damageFound
    case .diskWiped: return effect(.disksWiped)
    case .clockChanged: return effect(.clocksChanged)
    case .overloaded: return overloads
    case .electionWon, .leaderDeposed, .leaderCrashed, .splitVote, .logTruncated, .snapshotTaken,
      .snapshotInstalled, .repairFinished, .membershipChanged,
      .readDuringLeaderChange, .leaseExpired, .sessionExpired, .duplicateRequest, .versionRefused:
      return 0
    }
  }

  private func effect(_ effect: FaultRecord.Effect) -> UInt64 {
    recording.faults.reduce(0) { $0 + $1.effects[effect.rawValue] }
  }

  private func dropped(_ reason: DropReason) -> UInt64 { recording.messages.dropped[reason.rawValue] }

  private var overloads: UInt64 {
    let overloaded = HistoryValue.text("overloaded")
    return UInt64(
      recording.history.count { $0.kind == .outcome(.fail) && $0.fields.contains { $0.value == overloaded } })
  }
}

extension RaftWatch {
  package func marks(_ programs: [RaftKV], _ history: [HistoryEvent]) -> [Scenario.Mark: UInt64] {
    [
      .electionWon: leaderChanges, .leaderDeposed: depositions, .leaderCrashed: leaderCrashes,
      .splitVote: splitVotes, .logTruncated: judge.truncations, .repairFinished: repairs,
      .snapshotTaken: judge.snapshots.taken, .snapshotInstalled: judge.snapshots.installed,
      .membershipChanged: judge.membershipChanges,
      .readDuringLeaderChange: reads(in: history, during: electedAt), .leaseExpired: lapsedLeases(programs),
      .sessionExpired: judge.expirations, .versionRefused: judge.versionRefusals,
      // Every server applies the same log, those that restart all of it again.
      .duplicateRequest: programs.map(\.duplicateRequests).max() ?? 0,
    ]
  }

  /// Gets that were under way at one of these moments, which ascend, and succeeded.
  private func reads(in history: [HistoryEvent], during moments: [Instant]) -> UInt64 {
    guard !moments.isEmpty else { return 0 }
    let get: StaticText = "get"
    // Looked up and never iterated.
    var open: [UInt64: Instant] = [:]
    var next = 0
    var reads: UInt64 = 0
    // The history is in order of time: of the moments before an outcome the last is the one to ask about.
    for event in history {
      while next < moments.count, moments[next] <= event.at { next += 1 }
      switch event.kind {
      case .invoke: if event.name == get { open[event.operation] = event.at }
      case .outcome(let outcome):
        guard let invoked = open.removeValue(forKey: event.operation), outcome == .ok, next > 0 else { continue }
        if moments[next - 1] > invoked { reads += 1 }
      }
    }
    return reads
  }
}

extension MeshJudge {
  package func marks(_ programs: [Mesh], _ history: [HistoryEvent]) -> [Scenario.Mark: UInt64] { [:] }
}

extension ReplicaJudge {
  package func marks(_ programs: [Replica], _ history: [HistoryEvent]) -> [Scenario.Mark: UInt64] { [:] }
}

extension GossipJudge {
  package func marks(_ programs: [Gossip], _ history: [HistoryEvent]) -> [Scenario.Mark: UInt64] { [:] }
}

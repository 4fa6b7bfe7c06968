extension Scenario {
  /// What a run measures.
  package enum Measure: String, Sendable, CaseIterable {
    /// From invocation to success, over successful client operations (duration).
    case clientLatency = "client_latency"
    /// Operations that succeeded (count).
    case operationsOK = "operations_ok"
    /// Operations that certainly did not happen (count).
    case operationsFailed = "operations_failed"
    /// Operations whose outcome nobody knows (count).
    case operationsUnknown = "operations_unknown"
    /// Successful operations as a share of all invoked (share).
    case availability
    /// Longest stretches without a successful operation, each at least 100 ms (duration).
    case unavailability
    /// Times a node became leader, the first included (count).
    case leaderChanges = "leader_changes"
    /// Elections begun (count).
    case elections
    /// From a node's first candidacy after a leaderless moment to the next leader, or what else the scenario counts as an election
    /// (duration).
    case electionTime = "election_time"
    /// Terms that were stood for in an election, its leader's included (count).
    case electionTerms = "election_terms"
    /// Of each election 1 where the first term that was stood for elected nobody, and otherwise 0 (count).
    case splitVote = "split_vote"
    /// From the last heal to the first success of an operation invoked after it (duration).
    case recoveryTime = "recovery_time"
    /// Snapshots that servers have stored, their own and a leader's (count).
    case snapshotsTaken = "snapshots_taken"
    /// Snapshots of a leader from which a server went on (count).
    case snapshotsInstalled = "snapshots_installed"
    /// Bytes of the snapshots that were stored (count).
    case snapshotBytes = "snapshot_bytes"
    /// Bytes by which compression has made them smaller (count).
    case snapshotBytesSaved = "snapshot_bytes_saved"
    /// Times another membership was committed (count).
    case membershipChanges = "membership_changes"
    /// Messages handed to the network (count).
    case messagesSent = "messages_sent"
    /// From a rumour's start until the last live node knew it (duration).
    case spreadTime = "spread_time"
    /// From a node's crash until some live node first held it suspect or dead (duration).
    case detectionTime = "detection_time"
    /// Times a node began to hold another dead that was up (count).
    case falseDeaths = "false_deaths"
    /// From a fault's beginning to the first diagnosis that names it (duration).
    case diagnosisTime = "diagnosis_time"
    /// From a fault's beginning until what it hit was served again, where that was before its end (duration).
    case healTime = "heal_time"
    /// Faults of the kinds that `heals` declares that were healed before their end, as a share of all (share).
    case healRate = "heal_rate"
    /// Diagnoses that no fault explains (count).
    case falseAlarms = "false_alarms"
    /// Actions for which there was no cause (count).
    case wrongActions = "wrong_actions"
    /// Actions that were done again to the same node within a minute (count).
    case thrash
    /// Incidents that were open at the end, long after their cause was gone (count).
    case incidentsOpen = "incidents_open"
    /// Live nodes that did not know every lesson at the end (count).
    case lessonsMissing = "lessons_missing"
    /// Messages for the sake of healing (count).
    case healingMessages = "healing_messages"
    /// Their bytes (count).
    case healingBytes = "healing_bytes"

    package enum Unit: String, Sendable {
      case count = "1"
      case duration = "ns"
      case share = "%"
    }

    package var unit: Unit {
      switch self {
      case .clientLatency, .unavailability, .electionTime, .recoveryTime, .spreadTime, .detectionTime,
        .diagnosisTime, .healTime:
        .duration
      case .availability, .healRate: .share
      default: .count
      }
    }
  }
}

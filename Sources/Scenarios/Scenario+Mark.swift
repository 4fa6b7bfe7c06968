extension Scenario {
  /// Rare events that a run may meet, in the order in which they are told. A search that never meets one has not
  /// tested what happens then.
  package enum Mark: String, Sendable, CaseIterable {
    /// A node became leader.
    case electionWon = "election_won"
    /// A leader went back to being a follower.
    case leaderDeposed = "leader_deposed"
    case leaderCrashed = "leader_crashed"
    /// Two or more stood for a term that nobody won.
    case splitVote = "split_vote"
    /// A server removed entries that its leader does not have.
    case logTruncated = "log_truncated"
    /// A server stored a snapshot.
    case snapshotTaken = "snapshot_taken"
    /// A server went on from a leader's snapshot.
    case snapshotInstalled = "snapshot_installed"
    /// Another membership was committed.
    case membershipChanged = "membership_changed"
    /// A server whose disk had lost something has it again.
    case repairFinished = "repair_finished"
    /// A get was under way while another leader was elected, and succeeded.
    case readDuringLeaderChange = "read_during_leader_change"
    /// A leader was asked for a lease read and held no lease.
    case leaseExpired = "lease_expired"
    /// A client was told that its session is over.
    case sessionExpired = "session_expired"
    /// A request came through the log again, and was not applied a second time.
    case duplicateRequest = "duplicate_request"
    /// A server was written to in a version that it does not speak, and refused.
    case versionRefused = "version_refused"
    /// An operation was refused because there was too much to do.
    case overloaded
    case processCrashed = "process_crashed"
    /// A process ended itself, as one does whose write failed.
    case processExited = "process_exited"
    case processPaused = "process_paused"
    /// An input waited for a process that stood still or was busy.
    case inputDelayed = "input_delayed"
    case messageLost = "message_lost"
    case messageCut = "message_cut"
    case messageHeld = "message_held"
    case messageDuplicated = "message_duplicated"
    case messageCorrupted = "message_corrupted"
    /// A message vanished without anybody's notice.
    case messageFiltered = "message_filtered"
    case queueFull = "queue_full"
    case syncFailed = "sync_failed"
    /// A sync reported success for what was not written.
    case syncLost = "sync_lost"
    case syncStalled = "sync_stalled"
    case writeMisdirected = "write_misdirected"
    /// A crash left a part of a record.
    case tornRecord = "torn_record"
    /// A process started and read a damaged record, or one that belongs elsewhere.
    case damageFound = "damage_found"
    case diskWiped = "disk_wiped"
    case clockChanged = "clock_changed"

    /// Whether a run of the program may meet it.
    package func isProduced(by program: ProgramChoice, workload: Bool) -> Bool {
      switch self {
      case .readDuringLeaderChange, .leaseExpired, .sessionExpired, .duplicateRequest, .overloaded: workload
      case .electionWon, .leaderDeposed, .leaderCrashed, .splitVote, .logTruncated, .snapshotTaken,
        .snapshotInstalled, .membershipChanged, .repairFinished,
        .versionRefused:
        if case .raftKV = program { true } else { false }
      default: true
      }
    }
  }
}

import Primitives

/// How a server plays the game: time-outs, limits, and the rules beyond the paper's that it keeps. The same
/// for all servers of a group.
public struct Rules: Hashable, Sendable {
  public var timing: Timing
  /// Ask before campaigning, without a new term, whether an election could be won (dissertation, 9.6).
  public var preVote: Bool
  /// A leader that has not heard from a majority for the shortest election time-out steps down (dissertation, 6.2).
  public var checkQuorum: Bool
  /// Who has heard a leader within the shortest election time-out votes for nobody (dissertation, 4.2.3).
  public var leaderStickiness: Bool
  /// A candidate whom half of the others at least have refused waits twice as long before it stands again, and each time
  /// that happens twice as long as before (Howard et al., "Raft Refloated", 2015).
  public var backsOff: Bool
  /// Leaders append entries and send them. Without it they send heartbeats alone, and logs stay what they are: elections
  /// by themselves, as models of them have it.
  public var replicates: Bool
  /// By how much any server's clock may run fast or slow, in parts per million: what a lease allows for.
  public var clockError: Int64
  public var limits: Limits

  /// - Precondition: `clockError` in 0..<1,000,000.
  public init(
    timing: Timing = .standard, preVote: Bool = true, checkQuorum: Bool = true, leaderStickiness: Bool = true,
    backsOff: Bool = false, replicates: Bool = true, clockError: Int64 = 1_000, limits: Limits = .standard
  ) {
    precondition((0..<1_000_000).contains(clockError), "a clock error is from 0 to 999,999 parts per million")
    self.timing = timing
    self.preVote = preVote
    self.checkQuorum = checkQuorum
    self.leaderStickiness = leaderStickiness
    self.backsOff = backsOff
    self.replicates = replicates
    self.clockError = clockError
    self.limits = limits
  }

  public static let standard = Rules()

  /// The paper's own, and nothing more.
  public static let paper = Rules(preVote: false, checkQuorum: false, leaderStickiness: false)

  /// Whether leaders may answer reads alone: only where nobody else is elected while they do, and they know whether they are heard.
  public var grantsLeases: Bool { checkQuorum && leaderStickiness }

  /// How long a leader may answer reads alone, on its own clock, after it sent what a majority then answered.
  ///
  /// Who answered grants no vote for `timing.shortest` on its own clock, from later on. Of two clocks that err
  /// by ε, the leader's may run slow and the other fast: t (1 − ε) / (1 + ε) on the first has passed before t
  /// on the second.
  public var lease: Nanoseconds {
    let million: Int64 = 1_000_000
    let (high, low) = timing.shortest.count.multipliedFullWidth(by: million - clockError)
    return Nanoseconds((million + clockError).dividingFullWidth((high, low)).quotient)
  }
}

/// What may be under way, and how much at once.
public struct Limits: Hashable, Sendable {
  /// In one AppendEntries.
  public var entriesPerMessage: Int
  /// Of commands in one AppendEntries; one entry goes whatever its size.
  public var bytesPerMessage: Int
  /// Sent to one follower and not answered.
  public var entriesInFlight: Int
  public var bytesInFlight: Int
  /// In a leader's log and not committed: a proposal on top is refused.
  public var entriesUncommitted: Int
  public var bytesUncommitted: Int
  /// Reads that wait for a leader's confirmation: another is refused.
  public var reads: Int
  /// Entries in a segment of the log, 1 to 65,536.
  public var segment: Int
  /// Bytes of a snapshot in one InstallSnapshot, and sent to one follower and not answered.
  public var snapshotPiece: Int
  public var snapshotBytesInFlight: Int
  /// Bytes of a snapshot: a larger one is not taken in.
  public var snapshotBytes: Int
  /// Entries that stay in the log though a snapshot holds them, for followers that are a little behind.
  public var trailing: Int

  /// - Precondition: every limit at least 1; `segment` at most 65,536.
  public init(
    entriesPerMessage: Int = 100, bytesPerMessage: Int = 1 << 20, entriesInFlight: Int = 1_000,
    bytesInFlight: Int = 4 << 20, entriesUncommitted: Int = 10_000, bytesUncommitted: Int = 64 << 20,
    reads: Int = 10_000, segment: Int = 1_024, snapshotPiece: Int = 256 << 10, snapshotBytesInFlight: Int = 1 << 20,
    snapshotBytes: Int = 4 << 30, trailing: Int = 5_000
  ) {
    let least = min(
      entriesPerMessage, bytesPerMessage, entriesInFlight, bytesInFlight, entriesUncommitted, bytesUncommitted,
      reads, segment, snapshotPiece, snapshotBytesInFlight, snapshotBytes)
    precondition(least >= 1 && segment <= 65_536 && trailing >= 0, "limits are at least 1")
    self.entriesPerMessage = entriesPerMessage
    self.bytesPerMessage = bytesPerMessage
    self.entriesInFlight = entriesInFlight
    self.bytesInFlight = bytesInFlight
    self.entriesUncommitted = entriesUncommitted
    self.bytesUncommitted = bytesUncommitted
    self.reads = reads
    self.segment = segment
    self.snapshotPiece = snapshotPiece
    self.snapshotBytesInFlight = snapshotBytesInFlight
    self.snapshotBytes = snapshotBytes
    self.trailing = trailing
  }

  public static let standard = Limits()
}

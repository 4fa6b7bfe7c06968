import Primitives

/// What a leader knows about one follower's log (`nextIndex` and `matchIndex` of the paper's figure 2), what is
/// under way to it, and when it was last heard.
public struct Progress: Hashable, Sendable {
  public enum Mode: UInt8, Hashable, Sendable {
    /// Where the logs part is not known: one AppendEntries at a time.
    case probe
    /// The follower has the entry before `next`, or will: entries follow one another unanswered.
    case replicate
    /// The follower lacks entries that are no longer in the leader's log: a snapshot is under way, and nothing else.
    case snapshot
  }

  public private(set) var mode = Mode.probe
  /// The first entry to send.
  public private(set) var next: LogIndex
  /// The last entry known to be durable there.
  public private(set) var match: LogIndex
  /// Bytes of commands sent and not answered.
  public private(set) var bytesInFlight = 0
  /// The last entry of the probe under way, or of the snapshot; 0 for none.
  private(set) var probed: LogIndex = 0
  /// Whole rounds that a probe is waited for.
  private static let patience: UInt8 = 2
  /// Heartbeat rounds since the probe left.
  private(set) var probeRounds: UInt8 = 0
  /// The newest of the leader's rounds that the follower has answered.
  public internal(set) var round: UInt64 = 0
  /// When the follower last answered; before that, when the leader was elected.
  public internal(set) var heardAt: Instant
  /// The follower's lives that were heard of; 0 for none.
  public private(set) var life: UInt64 = 0
  /// As the follower told last.
  public private(set) var memory = Memory.whole

  public init(next: LogIndex, match: LogIndex = 0, heardAt: Instant = .zero) {
    self.next = next
    self.match = match
    self.heardAt = heardAt
  }

  /// Entries sent and not answered.
  public var entriesInFlight: LogIndex { next - 1 - match }

  public func maySend(_ limits: Limits) -> Bool {
    switch mode {
    case .probe: probed == 0
    case .replicate:
      entriesInFlight < LogIndex(limits.entriesInFlight) && bytesInFlight < limits.bytesInFlight
    case .snapshot: false
    }
  }

  /// How many entries may follow.
  public func room(_ limits: Limits) -> Int {
    guard mode == .replicate else { return limits.entriesPerMessage }
    return min(limits.entriesPerMessage, limits.entriesInFlight - Int(entriesInFlight))
  }

  public mutating func sent(upTo last: LogIndex, bytes: Int) {
    switch mode {
    case .probe:
      probed = last
      probeRounds = 0
    case .replicate:
      next = last + 1
      bytesInFlight += bytes
    case .snapshot: break
    }
  }

  /// Another heartbeat round begins. A probe that has not been answered for two whole rounds is taken for lost.
  public mutating func beginRound() {
    guard mode != .snapshot, probed > 0 else { return }
    probeRounds += 1
    if probeRounds > Self.patience { probed = 0 }
  }

  /// The follower holds everything up to `index`. Returns whether that is news.
  ///
  /// - Parameters:
  ///   - bytes: of the commands after the former match, up to `index`.
  ///   - base: the last entry that is in no log any more: who has that can go on with entries.
  public mutating func acknowledge(upTo index: LogIndex, bytes: Int = 0, base: LogIndex = .max) -> Bool {
    let isNews = index > match
    if isNews { match = index }
    switch mode {
    case .replicate:
      next = max(next, match + 1)
      // Of what was compacted away meanwhile nobody knows the size any more.
      bytesInFlight = next == match + 1 ? 0 : max(0, bytesInFlight - bytes)
    case .probe where index >= probed && index + 1 >= next:
      mode = .replicate
      next = max(next, match + 1)
      probed = 0
      bytesInFlight = 0
    case .probe: next = max(next, match + 1)
    case .snapshot where match >= min(probed, base):
      mode = .replicate
      next = match + 1
      probed = 0
      bytesInFlight = 0
    case .snapshot: break
    }
    return isNews
  }

  /// The follower lacks the entry `previous`; `retry` is the leader's better guess for `next`. A stale rejection
  /// (of another probe, or of what is known to match) changes nothing.
  ///
  /// Returns whether the guess was taken.
  public mutating func reject(previous: LogIndex, retry: LogIndex) -> Bool {
    if mode == .snapshot { return false }
    guard previous > match, previous < next, mode == .replicate || previous == next - 1 else { return false }
    probe(from: max(match + 1, min(retry, previous)))
    return true
  }

  /// What counts towards a majority: nothing that was acknowledged by a server that may have promised otherwise.
  var counted: LogIndex { memory == .none ? 0 : match }

  /// The follower answers. False where the answer is of a life that is over; of a new one that has lost
  /// entries, nothing that the life before acknowledged is true any more.
  mutating func hears(life heard: UInt64, _ memory: Memory) -> Bool {
    guard heard >= life else { return false }
    if heard > life, memory != .whole {
      match = 0
      // In the midst of a snapshot, it lacks what that holds all the more.
      if mode != .snapshot { probe(from: next) }
    }
    life = heard
    self.memory = memory
    return true
  }

  /// The connection is lost with what was under way on it. Whoever cannot be reached is not sent the same again with every
  /// proposal, but with the next round.
  public mutating func lose() {
    if mode == .probe, probed > 0 { probeRounds = Self.patience } else { forgetUnderWay() }
  }

  /// What was under way is lost, and may be sent again at once.
  mutating func forgetUnderWay() {
    switch mode {
    case .replicate: probe(from: match + 1)
    case .probe: probed = 0
    case .snapshot: break
    }
  }

  /// What the follower lacks is in a snapshot up to there, and in the log behind it.
  mutating func awaitSnapshot(upTo index: LogIndex) {
    mode = .snapshot
    next = index + 1
    probed = index
    probeRounds = 0
    bytesInFlight = 0
  }

  private mutating func probe(from index: LogIndex) {
    mode = .probe
    next = index
    probed = 0
    bytesInFlight = 0
  }
}

/// What a leader knows about one follower's log (`nextIndex` and `matchIndex` of the paper's figure 2), and
/// what is under way to it.
public struct Progress: Hashable, Sendable {
  /// The first entry to send.
  public private(set) var next: LogIndex
  /// The last entry known to be durable there.
  public private(set) var match: LogIndex
  /// The last entry under way, 0 for none. One AppendEntries with entries is under way at a time.
  public private(set) var underWay: LogIndex = 0
  /// Heartbeat rounds since it left.
  private(set) var rounds: UInt8 = 0
  /// Whether the follower answered since the last round.
  public private(set) var answered = false

  public init(next: LogIndex, match: LogIndex = 0) {
    self.next = next
    self.match = match
  }

  public var maySend: Bool { underWay == 0 }

  public mutating func sent(upTo last: LogIndex) {
    underWay = last
    rounds = 0
  }

  /// Another heartbeat round begins. What has not been answered for two whole rounds is taken for lost.
  public mutating func beginRound() {
    answered = false
    guard underWay > 0 else { return }
    rounds += 1
    if rounds > 2 { underWay = 0 }
  }

  /// The follower holds everything up to `index`. Returns whether that is news.
  public mutating func acknowledge(upTo index: LogIndex) -> Bool {
    answered = true
    if index >= underWay { underWay = 0 }
    guard index > match else { return false }
    match = index
    next = max(next, index + 1)
    return true
  }

  /// The follower lacks the entry before `next`; `retry` is the leader's better guess. A stale rejection
  /// (of another `next`, or below what is known to match) changes nothing.
  ///
  /// Returns whether the guess was taken.
  public mutating func reject(previous: LogIndex, retry: LogIndex) -> Bool {
    answered = true
    guard previous == next - 1, previous > match else { return false }
    next = max(match + 1, min(retry, previous))
    underWay = 0
    return true
  }
}

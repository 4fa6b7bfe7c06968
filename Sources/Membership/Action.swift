import Primitives

extension Membership {
  /// A member's timers. Setting one that runs sets it anew.
  public enum Timer: UInt8, Hashable, Sendable, CaseIterable {
    /// A protocol period is over and the next one begins.
    case period
    /// The ack of this period's probe is late.
    case probeTimeout
    /// The oldest suspicion has lasted long enough.
    case suspicion
  }

  /// How a member came to hold what it holds about another.
  public enum Evidence: UInt8, Hashable, Sendable {
    /// Its own probe failed, or a suspicion ran out on its own clock.
    case own
    /// It was told.
    case heard
  }

  /// What a member asks of its surroundings, and what it has to report, in order.
  public enum Action: Hashable, Sendable {
    case send(Message, to: NodeID)
    /// `fired` is owed once so long has passed, on a clock that never runs backwards and never early.
    case setTimer(Timer, after: Nanoseconds)
    case cancelTimer(Timer)
    case suspected(NodeID, Evidence)
    case confirmed(NodeID, Evidence)
    /// The member was held suspect or dead and is alive.
    case alive(NodeID, after: Status)
    /// This member was held suspect or dead by another and has taken a higher incarnation.
    case refuted(incarnation: UInt32)
  }
}

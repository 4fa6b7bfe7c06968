import Primitives

/// One member of a group that detects its own failures, after "SWIM: Scalable Weakly-consistent Infection-style Process
/// Group Membership Protocol", Das, Gupta and Motivala, DSN 2002; section numbers are that paper's.
///
/// A pure state machine: each method takes one event, with the member's monotonic clock, and appends actions. The
/// caller carries them out in order and fires the timers it was asked to set.
///
/// The group is fixed: `members` of them, numbered from 0, and all are alive in incarnation 0 to begin with. A member
/// keeps only what it holds otherwise, and what it still has to tell.
public struct Membership: Hashable, Sendable {
  public let id: NodeID
  /// Members of the group, this one included.
  public let members: Int
  public let settings: Settings

  /// This member's own incarnation, which only grows within a life. A new life has forgotten it and is told.
  public internal(set) var incarnation: UInt32 = 0
  /// Whether it has left: it says nothing any more, and hears nothing.
  public internal(set) var hasLeft = false
  var roster = Roster()
  var news = Dissemination()
  /// Suspicions that run, in ascending order of their ends: they all last equally long.
  var suspicions: ContiguousArray<Suspicion> = []
  /// When the suspicion timer is due.
  var suspicionDue: Instant?

  /// The number of the present period.
  var sequence: UInt32 = 0
  /// This period's probe, as long as it is not answered.
  var probe: Probe?
  /// The order of the present pass, in round-robin selection.
  var pass: Permutation?
  /// How many of the pass have had their turn.
  var turn: UInt32 = 0
  /// Lifeguard's local health: 0 is healthy.
  var health = 0
  /// Periods since a dead member was pinged.
  var sinceDeadContact = 0

  struct Probe: Hashable, Sendable {
    let target: NodeID
    /// Whether proxies were asked.
    var isIndirect = false
  }

  struct Suspicion: Hashable, Sendable {
    let node: NodeID
    let end: Instant
  }

  /// - Parameters:
  ///   - id: below `members`.
  ///   - members: from 1 to 2³² − 1.
  /// - Precondition: the above.
  public init(id: NodeID, members: Int, settings: Settings = .standard) {
    precondition((1...Int(UInt32.max)).contains(members), "a group has 1 to 2^32 - 1 members")
    precondition(id.index < members, "a member is one of the group")
    self.id = id
    self.members = members
    self.settings = settings
  }

  // MARK: Events

  /// The member begins a life. Its first period begins within one period's time, at a moment that it draws, so that
  /// members who start together do not probe together.
  public mutating func start(
    at now: Instant, _ draws: inout some DrawSource, _ actions: inout Outbox<Action>
  ) {
    // Not from 0: an ack to an earlier life must not pass for one to this.
    sequence = UInt32(truncatingIfNeeded: draws.draw(below: 1 << 32))
    let phase = draws.draw(below: UInt64(settings.period.count))
    if members > 1 { actions.append(.setTimer(.period, after: Nanoseconds(Int64(phase)))) }
  }

  public mutating func fired(
    _ timer: Timer, at now: Instant, _ draws: inout some DrawSource, _ actions: inout Outbox<Action>
  ) {
    guard !hasLeft else { return }
    switch timer {
    case .period: beginPeriod(at: now, &draws, &actions)
    case .probeTimeout: askProxies(&draws, &actions)
    case .suspicion:
      suspicionDue = nil
      endSuspicions(at: now, &actions)
    }
    watchSuspicions(at: now, &actions)
  }

  public mutating func receive(
    _ message: Message, from sender: NodeID, at now: Instant, _ actions: inout Outbox<Action>
  ) {
    // What names nobody of the group is a misconfiguration or damage, and nobody's.
    guard !hasLeft, sender != id, isMember(sender), isMember(message.initiator), isMember(message.target)
    else { return }
    for update in message.updates { learn(update, .heard, at: now, &actions) }
    switch message.form {
    case .ping where message.target == id: send(.ack, in: message, to: sender, &actions)
    case .ping: break
    case .pingRequest where message.target == id: send(.ack, in: message, to: sender, &actions)
    case .pingRequest: send(.ping, in: message, to: message.target, &actions)
    case .ack where message.initiator == id: acknowledge(message, &actions)
    // Only the target's own ack is relayed: none goes in circles.
    case .ack where sender == message.target: send(.ack, in: message, to: message.initiator, &actions)
    case .ack: break
    }
    watchSuspicions(at: now, &actions)
  }

  /// The member leaves of its own will. It tells as many others as it would ask to probe for it, and one more; to the
  /// group it is dead.
  public mutating func leave(
    at now: Instant, _ draws: inout some DrawSource, _ actions: inout Outbox<Action>
  ) {
    guard !hasLeft else { return }
    for other in drawMembers(settings.proxies + 1, besides: nil, &draws) {
      send(
        .ping, sequence: sequence, initiator: id, target: other, to: other,
        first: Update(id, .dead, incarnation: incarnation), &actions)
    }
    hasLeft = true
    probe = nil
    suspicions = []
    suspicionDue = nil
    for timer in Timer.allCases { actions.append(.cancelTimer(timer)) }
  }

  func isMember(_ node: NodeID) -> Bool { node.index < members }
}

import Primitives

/// An action that is over.
public struct Ending: Hashable, Sendable {
  public let ticket: Ticket
  public let remedy: Remedy
  public let subject: NodeID
  public let outcome: ActionOutcome
  /// When its first try began.
  public let began: Instant

  public init(ticket: Ticket, remedy: Remedy, subject: NodeID, outcome: ActionOutcome, began: Instant) {
    self.ticket = ticket
    self.remedy = remedy
    self.subject = subject
    self.outcome = outcome
    self.began = began
  }
}

/// Execute: sees each action through to its one ending.
public protocol Executing: Sendable {
  init()
  var isIdle: Bool { get }
  /// The next moment at which `advance` has something to do though nothing has happened.
  var nextWake: Instant? { get }
  /// The action that applies this remedy to this subject, whether it has begun or waits to.
  func ticket(_ remedy: Remedy, _ subject: NodeID) -> Ticket?
  /// Takes an action on; `advance` begins it.
  mutating func take(_ ticket: Ticket, _ remedy: Remedy, _ subject: NodeID, for incident: Incident.ID)
  /// Does what is due: time-outs, next tries, and actions that may begin now.
  mutating func advance(
    at now: Instant, _ settings: LoopSettings, _ orders: inout Outbox<Order>, _ endings: inout [Ending])
  /// The host's answer. Answers to what is not being tried are ignored.
  mutating func completed(
    _ ticket: Ticket, attempt: Int, _ outcome: ActionOutcome, at now: Instant, _ settings: LoopSettings,
    _ orders: inout Outbox<Order>, _ endings: inout [Ending])
  /// Gives up an action of which no try is under way. Returns whether it did.
  mutating func cancel(_ ticket: Ticket, _ orders: inout Outbox<Order>) -> Bool
  /// - Parameter next: the ticket that is given next; others are told as they lie before it.
  func fold(into digest: inout Digest, at now: Instant, next: Ticket, _ incident: Incident.ID)
}

public struct Executor: Executing, Hashable {
  struct Action: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
      /// The rate limit or a breaker holds it back.
      case held
      case trying(UInt8)
      case waiting(after: UInt8, until: Instant)
    }

    let ticket: Ticket
    let remedy: Remedy
    let subject: NodeID
    let incident: Incident.ID
    var phase: Phase = .held
    var began: Instant = .zero
    var deadline: Instant = .zero

    var isHeld: Bool { phase == .held }
  }

  /// In the order of their tickets.
  private var actions: ContiguousArray<Action> = []
  /// When the latest actions began, as many as may begin in one window at most.
  private var starts: ContiguousArray<Instant> = []
  /// Those that are not as good as new, in the order in which they ceased to be.
  private var breakers: ContiguousArray<Breaker> = []
  /// When one of the held may begin; nil where none is held, or what holds them is an action that runs.
  private var heldUntil: Instant?

  public init() {}

  public var isIdle: Bool { actions.isEmpty }

  public var nextWake: Instant? {
    var next = heldUntil
    for action in actions {
      switch action.phase {
      case .held: break
      case .trying: next = min(next ?? action.deadline, action.deadline)
      case .waiting(_, let until): next = min(next ?? until, until)
      }
    }
    return next
  }

  public func ticket(_ remedy: Remedy, _ subject: NodeID) -> Ticket? {
    actions.first { $0.remedy == remedy && $0.subject == subject }?.ticket
  }

  public mutating func take(_ ticket: Ticket, _ remedy: Remedy, _ subject: NodeID, for incident: Incident.ID) {
    guard self.ticket(remedy, subject) == nil else { return }
    actions.append(Action(ticket: ticket, remedy: remedy, subject: subject, incident: incident))
  }

  // MARK: Time

  public mutating func advance(
    at now: Instant, _ settings: LoopSettings, _ orders: inout Outbox<Order>, _ endings: inout [Ending]
  ) {
    guard !actions.isEmpty else { return }
    var place = 0
    while place < actions.count {
      switch actions[place].phase {
      case .trying where actions[place].deadline <= now:
        orders.append(.abandon(actions[place].ticket))
        end(place, .failed, at: now, settings, &orders, &endings)
        continue
      case .waiting(let attempt, let until) where until <= now:
        perform(place, attempt + 1, &orders)
      case .held, .trying, .waiting: break
      }
      place += 1
    }
    beginHeld(at: now, settings, &orders)
  }

  private mutating func beginHeld(at now: Instant, _ settings: LoopSettings, _ orders: inout Outbox<Order>) {
    heldUntil = nil
    starts.removeAll { $0 + settings.rateWindow <= now }
    for place in actions.indices where actions[place].isHeld {
      guard starts.count < settings.rateLimit else {
        wait(until: starts[0] + settings.rateWindow)
        return
      }
      guard admits(actions[place].remedy, at: now) else { continue }
      actions[place].began = now
      actions[place].deadline = now + settings.actionLimit
      starts.append(now)
      let action = actions[place]
      orders.append(.report(.began(action.ticket, action.remedy, action.subject, for: action.incident)))
      perform(place, 1, &orders)
    }
  }

  private mutating func admits(_ remedy: Remedy, at now: Instant) -> Bool {
    guard let place = breakers.firstIndex(where: { $0.remedy == remedy }) else { return true }
    let isRunning = actions.contains { $0.remedy == remedy && !$0.isHeld }
    if breakers[place].admits(isRunning: isRunning, at: now) { return true }
    if case .open(let until) = breakers[place].state { wait(until: until) }
    return false
  }

  private mutating func wait(until moment: Instant) { heldUntil = min(heldUntil ?? moment, moment) }

  private mutating func perform(_ place: Int, _ attempt: UInt8, _ orders: inout Outbox<Order>) {
    actions[place].phase = .trying(attempt)
    let action = actions[place]
    orders.append(.perform(action.ticket, action.remedy, action.subject, attempt: Int(attempt)))
  }

  // MARK: Answers

  public mutating func completed(
    _ ticket: Ticket, attempt: Int, _ outcome: ActionOutcome, at now: Instant, _ settings: LoopSettings,
    _ orders: inout Outbox<Order>, _ endings: inout [Ending]
  ) {
    guard let place = actions.firstIndex(where: { $0.ticket == ticket }),
      case .trying(let current) = actions[place].phase, Int(current) == attempt
    else { return }
    let next = now + settings.retryWait * Int64(attempt)
    if outcome == .failed, attempt < settings.tries, next < actions[place].deadline {
      actions[place].phase = .waiting(after: current, until: next)
    } else {
      end(place, outcome, at: now, settings, &orders, &endings)
    }
  }

  public mutating func cancel(_ ticket: Ticket, _ orders: inout Outbox<Order>) -> Bool {
    guard let place = actions.firstIndex(where: { $0.ticket == ticket }) else { return false }
    let action = actions[place]
    switch action.phase {
    case .trying: return false
    case .held: break
    case .waiting:
      orders.append(.report(.ended(ticket, action.remedy, action.subject, .failed, for: action.incident)))
    }
    actions.remove(at: place)
    if !actions.contains(where: \.isHeld) { heldUntil = nil }
    return true
  }

  private mutating func end(
    _ place: Int, _ outcome: ActionOutcome, at now: Instant, _ settings: LoopSettings,
    _ orders: inout Outbox<Order>, _ endings: inout [Ending]
  ) {
    let action = actions.remove(at: place)
    var breaker: Breaker
    if let old = breakers.firstIndex(where: { $0.remedy == action.remedy }) {
      breaker = breakers.remove(at: old)
    } else {
      breaker = Breaker(action.remedy)
    }
    breaker.ended(outcome, at: now, settings)
    if !breaker.isNew { breakers.append(breaker) }
    orders.append(.report(.ended(action.ticket, action.remedy, action.subject, outcome, for: action.incident)))
    endings.append(
      Ending(
        ticket: action.ticket, remedy: action.remedy, subject: action.subject, outcome: outcome,
        began: action.began))
  }

  public func fold(into digest: inout Digest, at now: Instant, next: Ticket, _ incident: Incident.ID) {
    digest.fold(UInt64(actions.count), heldUntil.folded(at: now))
    for action in actions {
      digest.fold(
        UInt64(next.rawValue - action.ticket.rawValue), UInt64(incident.rawValue - action.incident.rawValue))
      digest.fold(UInt64(action.remedy.rawValue), UInt64(action.subject.rawValue))
      switch action.phase {
      case .held: digest.fold(0)
      case .trying(let attempt): digest.fold(UInt64(attempt), (action.deadline - now).folded)
      case .waiting(let attempt, let until):
        digest.fold(UInt64(attempt) | 1 << 8, (action.deadline - now).folded)
        digest.fold((until - now).folded)
      }
    }
    digest.fold(UInt64(starts.count), UInt64(breakers.count))
    for start in starts { digest.fold((now - start).folded) }
    for breaker in breakers { breaker.fold(into: &digest, at: now) }
  }
}

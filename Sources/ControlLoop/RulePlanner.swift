import Primitives

/// What a planner wants done.
public struct Plan: Hashable, Sendable {
  public enum Decision: Hashable, Sendable {
    case act(Incident.ID, Remedy)
    /// Nothing is left to try.
    case giveUp(Incident.ID)
  }

  public private(set) var decisions: [Decision] = []
  /// When to be asked again though nothing has changed.
  public private(set) var askAgain: Instant?

  public init() {}

  public mutating func act(_ incident: Incident.ID, _ remedy: Remedy) { decisions.append(.act(incident, remedy)) }
  public mutating func giveUp(_ incident: Incident.ID) { decisions.append(.giveUp(incident)) }
  /// The earliest of the moments that are given.
  public mutating func wait(until moment: Instant) { askAgain = min(askAgain ?? moment, moment) }
}

/// Plan: which remedy next, and when. The seam for planners that learn or look ahead.
public protocol Planning: Sendable {
  init()
  /// - Parameter incidents: those that want something done, the gravest first.
  mutating func plan(
    _ incidents: [Incident], _ context: LoopContext, _ settings: LoopSettings, at now: Instant, _ plan: inout Plan)
  /// An action that was decided on is over.
  mutating func ended(
    _ remedy: Remedy, _ subject: NodeID, _ outcome: ActionOutcome, _ settings: LoopSettings, at now: Instant)
  func fold(into digest: inout Digest, at now: Instant)
}

/// Takes the remedies of a cause in order, the best known first, and lets each cool down.
public struct RulePlanner: Planning, Hashable {
  private struct Cooling: Hashable, Sendable {
    let remedy: Remedy
    let subject: NodeID
    let end: Instant
  }

  /// In the order in which they began.
  private var cooling: ContiguousArray<Cooling> = []

  public init() {}

  /// Remedies against a cause, the mildest first.
  public static func remedies(for cause: Cause) -> [Remedy] {
    switch cause {
    // Nothing more: to give a busy node's keys away takes capacity from a mesh that lacks it.
    case .cpuSaturation: [.throttle]
    case .runaway: [.restart, .failover]
    case .memoryPressure: [.restart]
    case .linkLoss, .linkLatency: [.reroute]
    case .nodeDegraded: [.quarantine]
    case .nodeDown: [.failover, .restart]
    case .recovered: [.release]
    }
  }

  public mutating func plan(
    _ incidents: [Incident], _ context: LoopContext, _ settings: LoopSettings, at now: Instant, _ plan: inout Plan
  ) {
    cooling.removeAll { $0.end <= now }
    for incident in incidents {
      guard let remedy = next(for: incident, context.experience, settings) else {
        plan.giveUp(incident.id)
        continue
      }
      // It waits for the remedy whose turn it is, and does not pass it over: a graver one is not due because a
      // milder one was used a moment ago.
      if let end = cooling.first(where: { $0.remedy == remedy && $0.subject == incident.subject })?.end {
        plan.wait(until: end)
      } else {
        plan.act(incident.id, remedy)
      }
    }
  }

  private func next(for incident: Incident, _ experience: Experience, _ settings: LoopSettings) -> Remedy? {
    var remedies = Self.remedies(for: incident.cause)
    remedies.removeAll { !settings.remedies.contains($0) || incident.refused.contains($0) }
    let isKnown = remedies.allSatisfy { experience[incident.cause, $0].tries >= Int64(settings.experienceTries) }
    if isKnown, remedies.count > 1 {
      remedies.sort { experience[incident.cause, $0].isBetter(than: experience[incident.cause, $1]) }
    }
    if let untried = remedies.first(where: { !incident.tried.contains($0) }) { return untried }
    return incident.round + 1 < settings.rounds ? remedies.first : nil
  }

  public mutating func ended(
    _ remedy: Remedy, _ subject: NodeID, _ outcome: ActionOutcome, _ settings: LoopSettings, at now: Instant
  ) {
    guard outcome != .refused, settings.cooldown > .zero else { return }
    cooling.removeAll { $0.end <= now || ($0.remedy == remedy && $0.subject == subject) }
    cooling.append(Cooling(remedy: remedy, subject: subject, end: now + settings.cooldown))
  }

  public func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(UInt64(cooling.count { $0.end > now }))
    for item in cooling where item.end > now {
      digest.fold(UInt64(item.remedy.rawValue) << 32 | UInt64(item.subject.rawValue), (item.end - now).folded)
    }
  }
}

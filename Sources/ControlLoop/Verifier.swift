import Primitives

/// What there is to judge an incident by.
public struct Evidence: Hashable, Sendable {
  public enum Service: UInt8, Hashable, Sendable {
    /// No fresh figure.
    case unmeasured
    /// Measured, but not since the action.
    case pending
    case good
    case bad
  }

  /// Whether the last analysis names the cause.
  public var isNamed = false
  /// Whether one of its series is a symptom.
  public var stands = false
  /// Whether a sample taken since the action shows one of its series to be a symptom.
  public var isBreaching = false
  /// Whether samples taken since the action show that none of its series is a symptom.
  public var isClear = false
  public var service: Service = .unmeasured
  /// Whether another incident of this node, which is in hand, may be why its service is bad.
  public var othersStand = false
  public var isOutOfService = false
  /// Whether the subject is a peer out of service.
  public var isSubjectOut = false
  public var isDecider = false

  public init() {}
}

public enum Verdict: UInt8, Hashable, Sendable, CaseIterable {
  /// There is nothing to decide yet.
  case wait
  /// It wants a remedy.
  case act
  /// What was done has not helped.
  case escalate
  /// The fault is still there and harms nobody.
  case contain
  /// The fault is gone.
  case close
  /// It is no longer this node's, or another incident's symptoms.
  case withdraw
}

/// Verify: whether an incident is over. A pure function of the incident and the evidence.
public protocol Verifying: Sendable {
  init()
  func verdict(on incident: Incident, _ evidence: Evidence, _ settings: LoopSettings, at now: Instant) -> Verdict
}

public struct Verifier: Verifying, Hashable {
  public init() {}

  public func verdict(
    on incident: Incident, _ evidence: Evidence, _ settings: LoopSettings, at now: Instant
  ) -> Verdict {
    if let ending = ending(of: incident, evidence) { return ending }
    switch incident.state {
    case .acting: return .wait
    case .open: return isPressing(incident, evidence) ? .act : .wait
    case .exhausted(let since):
      return now - since >= settings.retryExhausted && isPressing(incident, evidence) ? .act : .wait
    case .contained: return holds(incident, evidence) ? .wait : .escalate
    case .verifying(let since):
      let isOver = now - since >= settings.patience
      if isContained(incident, evidence, isOver: isOver) { return .contain }
      return isOver && hasFailed(incident, evidence) ? .escalate : .wait
    }
  }

  private func ending(of incident: Incident, _ evidence: Evidence) -> Verdict? {
    switch incident.cause {
    case .nodeDown:
      if evidence.isSubjectOut || !evidence.stands { return .close }
      return evidence.isDecider ? nil : .withdraw
    case .recovered:
      if !evidence.isOutOfService { return .close }
      return evidence.isNamed ? nil : .withdraw
    case .cpuSaturation, .runaway, .memoryPressure, .linkLoss, .linkLatency, .nodeDegraded:
      if evidence.isClear { return isServiceBack(incident, evidence) ? .close : nil }
      return evidence.stands && !evidence.isNamed ? .withdraw : nil
    }
  }

  /// Where nothing was done, the symptoms alone decide; out of service there is no service to be measured.
  private func isServiceBack(_ incident: Incident, _ evidence: Evidence) -> Bool {
    if !incident.hasActed || evidence.isOutOfService { return true }
    if case .exhausted = incident.state { return true }
    return evidence.service == .good || evidence.service == .unmeasured
  }

  private func isPressing(_ incident: Incident, _ evidence: Evidence) -> Bool {
    evidence.isNamed || (evidence.isClear && isServiceWanting(evidence))
  }

  private func isServiceWanting(_ evidence: Evidence) -> Bool { evidence.service == .bad && !evidence.othersStand }

  /// Missing figures are no failure.
  private func hasFailed(_ incident: Incident, _ evidence: Evidence) -> Bool {
    switch incident.cause {
    case .nodeDown, .recovered: true
    // What goes round a fault is judged by the service alone.
    default:
      evidence.isClear || incident.remedy == .reroute ? isServiceWanting(evidence) : evidence.isBreaching
    }
  }

  // MARK: Containment

  private func isContained(_ incident: Incident, _ evidence: Evidence, isOver: Bool) -> Bool {
    guard evidence.stands else { return false }
    switch incident.remedy {
    // A lossy link stays lossy: what counts is that requests no longer suffer from it.
    case .reroute: return evidence.service == .good || (isOver && evidence.service == .unmeasured)
    case .failover, .quarantine: return incident.cause != .nodeDown && evidence.isOutOfService
    case .restart, .throttle, .release, nil: return false
    }
  }

  private func holds(_ incident: Incident, _ evidence: Evidence) -> Bool {
    switch incident.remedy {
    case .reroute: !isServiceWanting(evidence)
    default: evidence.isOutOfService
    }
  }
}

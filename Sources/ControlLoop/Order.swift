import Primitives

/// The number of one action of a loop, counted from 0.
public struct Ticket: Hashable, Comparable, Sendable {
  public let rawValue: UInt32

  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  public static func < (left: Ticket, right: Ticket) -> Bool { left.rawValue < right.rawValue }
}

public enum ActionOutcome: UInt8, Hashable, Sendable, CaseIterable {
  case done
  case failed
  /// Not possible here: the next remedy is tried at once.
  case refused
}

/// What the loop asks of its host, and what it has to report, in order.
public enum Order: Hashable, Sendable {
  /// The host tries, and answers with `completed` for this ticket and attempt.
  ///
  /// - Parameter attempt: from 1.
  case perform(Ticket, Remedy, NodeID, attempt: Int)
  /// Takes back a remedy that was done. No answer is awaited.
  case revoke(Remedy, NodeID)
  /// The action has run out of time: the host stops trying.
  case abandon(Ticket)
  /// `wake` is owed once so long has passed. There is one timer: setting it anew replaces it.
  case setTimer(after: Nanoseconds)
  case report(Report)
}

public enum Report: Hashable, Sendable {
  case diagnosed(Incident.ID, Cause, NodeID)
  /// What was measured, right after a diagnosis and right before an incident is closed, and what it was held against. None
  /// where nothing is measured: of who is dead, and of who has recovered.
  case observed(Incident.ID, [Observation])
  /// The cause is gone: verified, where something was done.
  case closed(Incident.ID, Cause, NodeID, after: Nanoseconds)
  /// The fault is still there, and harms nobody any more.
  case contained(Incident.ID, Cause, NodeID, after: Nanoseconds)
  /// The incident ends without being healed: another one explains its symptoms, or it is no longer this node's.
  case withdrawn(Incident.ID, Cause, NodeID)
  case began(Ticket, Remedy, NodeID, for: Incident.ID)
  case ended(Ticket, Remedy, NodeID, ActionOutcome, for: Incident.ID)
  /// What a remedy was worth against a cause, from the first try to the verdict: one more try for `Experience`.
  case judged(Cause, Remedy, success: Bool, took: Nanoseconds)
  /// A remedy was found wanting.
  case escalated(Incident.ID, level: Int)
  /// Nothing is left to try: this is for an operator. The incident stays open. Reported once.
  case exhausted(Incident.ID)
  case changedMode(Mode)
  /// A threshold was learned: ppm of its default, from 900,000 to 1,000,000.
  case threshold(Metric, ppmOfDefault: Int64)
}

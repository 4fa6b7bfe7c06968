import Primitives

/// A cause at work, from the moment it was named until it is verified to be gone.
public struct Incident: Hashable, Sendable {
  /// Counted from 0 by each loop.
  public struct ID: Hashable, Comparable, Sendable {
    public let rawValue: UInt32

    public init(_ rawValue: UInt32) { self.rawValue = rawValue }

    public static func < (left: ID, right: ID) -> Bool { left.rawValue < right.rawValue }
  }

  public enum State: Hashable, Sendable {
    /// Nothing is being done: it was only now named, its next remedy has to cool down, or its data are missing.
    case open
    case acting(Ticket)
    /// An action is done, and it shows whether that has helped.
    case verifying(since: Instant)
    /// The fault is still there and harms nobody: what it hit goes round it, or this node is out of service.
    case contained(since: Instant)
    /// Nothing is left to try, for now.
    case exhausted(since: Instant)
  }

  public let id: ID
  public let cause: Cause
  public let subject: NodeID
  public let openedAt: Instant
  public internal(set) var severity: Int64
  /// As last named.
  public internal(set) var symptoms: [Series]
  public internal(set) var state: State = .open
  /// Whether the last analysis names it.
  public internal(set) var isNamed = true

  /// Remedies that have been found wanting.
  public internal(set) var level = 0
  /// Passes through the remedies before this one.
  public internal(set) var round = 0
  /// Remedies tried in this pass.
  public internal(set) var tried: RemedySet = []
  /// Remedies that are not possible here.
  public internal(set) var refused: RemedySet = []
  /// Remedies that are done and not taken back.
  public internal(set) var inForce: RemedySet = []
  /// The latest remedy that was decided on.
  public internal(set) var remedy: Remedy?
  /// Whether an action was done for it.
  public internal(set) var hasActed = false

  /// When the action that is to be judged began; nil where there is none.
  var began: Instant?
  /// When the incident wants to be looked at though nothing is measured.
  var due: Instant?
  /// Whether an operator was told that nothing is left to try.
  var isReported = false

  public init(_ id: ID, _ diagnosis: Diagnosis, at now: Instant) {
    self.id = id
    cause = diagnosis.cause
    subject = diagnosis.subject
    openedAt = now
    severity = diagnosis.severity
    symptoms = diagnosis.symptoms
  }
}

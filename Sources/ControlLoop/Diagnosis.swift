import Primitives

/// What is wrong, or in one case right again.
public enum Cause: UInt8, Hashable, Sendable, CaseIterable {
  /// This node's processor, or its queue, is full of its own work: there is more demand than it can serve.
  case cpuSaturation
  /// This node's processor is busy with what its own work does not explain.
  case runaway
  case memoryPressure
  /// A link loses what a neighbour sends; the subject is the neighbour.
  case linkLoss
  /// A link is slow; the subject is the neighbour.
  case linkLatency
  /// Most of this node's links are lossy or slow: it is this node, and not the links.
  case nodeDegraded
  /// A peer is dead, and it is for this node to deal with that.
  case nodeDown
  /// This node is out of service and has been well for long enough to come back.
  case recovered

  /// For people.
  public var words: String {
    switch self {
    case .cpuSaturation: "cpu saturation"
    case .runaway: "runaway"
    case .memoryPressure: "memory pressure"
    case .linkLoss: "link loss"
    case .linkLatency: "link latency"
    case .nodeDegraded: "degraded node"
    case .nodeDown: "node down"
    case .recovered: "recovery"
    }
  }
}

public enum Remedy: UInt8, Hashable, Sendable, CaseIterable {
  case restart
  case reroute
  case throttle
  case failover
  case quarantine
  case release

  /// Whether it is in force until it is taken back, which it is when its incident closes.
  public var isRevocable: Bool { self == .reroute || self == .throttle }
}

public struct RemedySet: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public init(_ remedy: Remedy) { rawValue = 1 << remedy.rawValue }

  public static let restart = RemedySet(.restart)
  public static let reroute = RemedySet(.reroute)
  public static let throttle = RemedySet(.throttle)
  public static let failover = RemedySet(.failover)
  public static let quarantine = RemedySet(.quarantine)
  public static let release = RemedySet(.release)
  public static let all: RemedySet = [.restart, .reroute, .throttle, .failover, .quarantine, .release]

  public func contains(_ remedy: Remedy) -> Bool { contains(RemedySet(remedy)) }
}

/// A cause that the symptoms name.
public struct Diagnosis: Hashable, Sendable {
  public let cause: Cause
  public let subject: NodeID
  /// From 1 to 1,000,000 ppm: how far the worst symptom is on its way from its limit to the worst there can be.
  public internal(set) var severity: Int64
  /// The series behind it, ascending; none where the cause is that there are none.
  public internal(set) var symptoms: [Series]

  public init(_ cause: Cause, _ subject: NodeID, severity: Int64, symptoms: [Series]) {
    self.cause = cause
    self.subject = subject
    self.severity = severity
    self.symptoms = symptoms
  }

  /// The graver first; of equals the earlier cause, then the lower subject.
  public static func ranks(_ left: Diagnosis, before right: Diagnosis) -> Bool {
    if left.severity != right.severity { return left.severity > right.severity }
    if left.cause != right.cause { return left.cause.rawValue < right.cause.rawValue }
    return left.subject < right.subject
  }
}

/// How a node fares, by its incidents.
public enum Mode: UInt8, Hashable, Sendable, CaseIterable {
  /// No incident.
  case healthy
  case degraded
  /// An incident of severity 500,000 ppm or more, or one of `nodeDown`, `nodeDegraded` or `memoryPressure`.
  case critical
  /// Nothing is left to do but to see whether what was done has helped.
  case recovering
}

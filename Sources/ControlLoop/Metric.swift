import Primitives

/// A thing that is measured.
public enum Metric: UInt8, Hashable, Sendable, CaseIterable {
  /// Capacity that is busy, whoever uses it; ppm, of this node.
  case cpu
  /// Capacity that the program's own work uses; ppm, of this node.
  case ownCPU
  /// Memory in use; ppm of its limit, of this node.
  case memory
  /// What waits to be admitted; ppm of the admission limit, of this node.
  case queue
  /// ns: of requests served here where the subject is the node itself, else of the round trip over a link.
  case latency
  /// ppm of what a neighbour sent over its link.
  case loss
  /// Of a peer: 1 alive, 0 dead. Told when it changes, and so never stale.
  case liveness
  /// ppm of the requests that this node asked for or served which succeeded in time.
  case service

  /// The largest value that is kept; what lies beyond is taken for it, and what is negative for 0.
  public var ceiling: Int64 {
    switch self {
    case .latency: 1_000_000_000_000
    case .liveness: 1
    default: 1_000_000
    }
  }

  /// Whether the metric has a threshold, fixed or its own.
  public var hasThreshold: Bool {
    switch self {
    case .cpu, .memory, .queue, .latency, .loss: true
    case .ownCPU, .liveness, .service: false
    }
  }
}

/// What is measured of whom.
public struct Series: Hashable, Comparable, Sendable {
  public let metric: Metric
  /// The node itself, the neighbour at the other end of a link, or a peer.
  public let subject: NodeID

  @inlinable
  public init(_ metric: Metric, _ subject: NodeID) {
    self.metric = metric
    self.subject = subject
  }

  @inlinable
  public static func < (left: Series, right: Series) -> Bool { left.order < right.order }

  /// By metric, then by subject.
  @usableFromInline var order: UInt64 { UInt64(metric.rawValue) << 32 | UInt64(subject.rawValue) }
}

public struct Sample: Hashable, Sendable {
  public let series: Series
  /// In the metric's unit.
  public let value: Int64
  /// When it was measured.
  public let at: Instant

  @inlinable
  public init(_ series: Series, _ value: Int64, at: Instant) {
    self.series = series
    self.value = value
    self.at = at
  }
}

/// What was measured, and what it was held against.
public struct Observation: Hashable, Sendable {
  public let series: Series
  /// In the metric's unit.
  public let value: Int64
  /// What lies above is a symptom; where an incident is closed, what lies below may be the end of one.
  public let limit: Int64

  public init(_ series: Series, _ value: Int64, limit: Int64) {
    self.series = series
    self.value = value
    self.limit = limit
  }
}

/// What is kept of a series: the latest sample, and what is usual.
public struct Reading: Hashable, Sendable {
  public let series: Series
  /// Of the latest sample, in the metric's unit.
  public internal(set) var value: Int64
  public internal(set) var at: Instant
  /// How long before this sample the last one was taken; zero for the first.
  public internal(set) var gap: Nanoseconds = .zero
  /// Moving average of ordinary samples, weight 1/8; of latency and loss.
  public internal(set) var mean: Int64 = 0
  /// Moving average of how far ordinary samples lay from the mean, weight 1/8; of latency and loss.
  public internal(set) var deviation: Int64 = 0
  /// Samples behind the mean, up to 255.
  public internal(set) var learned: UInt8 = 0

  public init(_ sample: Sample) {
    series = sample.series
    value = Self.bounded(sample)
    at = sample.at
  }

  mutating func take(_ sample: Sample) {
    gap = sample.at - at
    value = Self.bounded(sample)
    at = sample.at
  }

  /// As round-trip times are averaged in TCP: Jacobson, "Congestion Avoidance and Control", SIGCOMM 1988,
  /// appendix A.
  mutating func learn() {
    guard learned > 0 else {
      mean = value
      learned = 1
      return
    }
    deviation += (abs(value - mean) - deviation) / 8
    mean += (value - mean) / 8
    if learned < .max { learned += 1 }
  }

  private static func bounded(_ sample: Sample) -> Int64 { min(max(sample.value, 0), sample.series.metric.ceiling) }
}

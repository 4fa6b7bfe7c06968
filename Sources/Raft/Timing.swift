import Primitives

/// A Raft node's time-outs (Raft paper, section 5.6: broadcast time ≪ election time-out).
public struct Timing: Hashable, Sendable {
  /// A fresh draw, uniform over low..<high, each time the election timer is set anew.
  public let electionTimeout: Distribution
  /// The same of a candidate.
  public let candidateTimeout: Distribution
  /// Nobody campaigns sooner after it last heard from a leader.
  public let shortest: Nanoseconds
  /// Nobody draws as much.
  public let longest: Nanoseconds
  /// Between two rounds of AppendEntries to a follower that has everything.
  public let heartbeat: Nanoseconds

  /// - Parameter candidate: how long a candidate waits for its election, low..<high; as others wait for a leader, unless given.
  /// - Throws: where low ≥ high, or the heartbeat is not above 0 and below `low`.
  public init(
    electionTimeout low: Nanoseconds = .milliseconds(150), _ high: Nanoseconds = .milliseconds(300),
    candidate: Range<Nanoseconds>? = nil, heartbeat: Nanoseconds = .milliseconds(50)
  ) throws(InvalidTiming) {
    guard low < high else {
      throw InvalidTiming(detail: "the election time-out's range \(low.count)..\(high.count) ns is empty")
    }
    guard heartbeat > .zero, heartbeat < low else {
      throw InvalidTiming(
        detail: "a heartbeat of \(heartbeat.count) ns is not between 0 and the election time-out, \(low.count) ns")
    }
    if let candidate, candidate.isEmpty || candidate.lowerBound <= .zero {
      throw InvalidTiming(
        detail: "a candidate's time-out of \(candidate.lowerBound.count)..\(candidate.upperBound.count) ns is none")
    }
    electionTimeout = .uniform(low, high)
    candidateTimeout = .uniform(candidate?.lowerBound ?? low, candidate?.upperBound ?? high)
    shortest = low
    longest = high
    self.heartbeat = heartbeat
  }

  /// nil where a candidate waits as long as others.
  public var candidateRange: Range<Nanoseconds>? {
    guard candidateTimeout != electionTimeout, case .uniform(let low, let high) = candidateTimeout else {
      return nil
    }
    return low..<high
  }

  public static let standard = try! Timing()
}

public struct InvalidTiming: Error, Hashable, Sendable, CustomStringConvertible {
  public let detail: String
  public var description: String { detail }
}

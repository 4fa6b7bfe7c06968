import Primitives

/// How the sender of a connection comes by it: it dials, has it, or waits after it has dialled in vain. While it waits
/// what it sends fails at once, as a gRPC channel's calls do in TRANSIENT_FAILURE.
public struct Dialling: Hashable, Sendable {
  public enum State: UInt8, Hashable, Sendable {
    /// The next send may dial.
    case idle
    /// It dials, and nobody will answer.
    case failing
    case resting
  }

  /// When the connection was, or will be, ready for what is sent on it.
  public private(set) var readyAt = Instant.zero
  /// When it knows that nobody answers, where that was or will be so.
  public private(set) var failsAt = Instant.zero
  private var restsUntil = Instant.zero
  /// In a row.
  public private(set) var failures: UInt32 = 0

  public init() {}

  public func state(at now: Instant) -> State {
    now < failsAt ? .failing : now < restsUntil ? .resting : .idle
  }

  /// Whether what is sent now waits or fails, or it still counts its failures.
  public func isUnusual(at now: Instant) -> Bool { state(at: now) != .idle || readyAt > now || failures > 0 }

  /// It dials, and is answered at `time`; or the other one has dialled.
  public mutating func succeed(at time: Instant) {
    readyAt = time
    (failsAt, restsUntil, failures) = (.zero, .zero, 0)
  }

  /// It dials, knows at `time` that nobody answers, and then rests.
  public mutating func fail(at time: Instant, restingFor pause: Nanoseconds) {
    failsAt = time
    restsUntil = time + pause
    failures &+= 1
  }

  /// The connection is over, or will not come about.
  public mutating func hangUp() { readyAt = .zero }

  public func fold(into digest: inout Digest, at now: Instant) {
    for end in [readyAt, failsAt, restsUntil] { digest.fold(UInt64(bitPattern: max(.zero, end - now).count)) }
    digest.fold(UInt64(failures))
  }
}

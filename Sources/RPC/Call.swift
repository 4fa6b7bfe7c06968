import Primitives

/// One request and its tries, until one of them has an outcome or the call is given up. It decides and does not act: who
/// uses it sends, draws the pause and sets the timer.
public struct Call: Hashable, Sendable {
  /// What it comes to when a request is carried out more than once.
  public enum Nature: UInt8, Hashable, Sendable {
    /// Nothing: it changes nothing.
    case harmless
    /// Nothing: whoever carries it out knows it again.
    case once
    /// A change for each time.
    case risky
  }

  /// How a try ended without an outcome.
  public enum Failure: UInt8, Hashable, Sendable, CaseIterable {
    /// Its receiver would not have it.
    case refused
    /// There was no connection, and it never left.
    case unreachable
    /// The connection ended before the answer came.
    case closed
    /// The answer was too long in coming.
    case timedOut

    /// Whether the request may have been carried out, or may still be.
    public func isUncertain(_ policy: CallPolicy) -> Bool {
      switch self {
      case .refused: !policy.deliversOnce
      case .unreachable: false
      case .closed, .timedOut: true
      }
    }
  }

  public enum Phase: UInt8, Hashable, Sendable {
    /// For what must be there before the first try.
    case waiting
    case asked, resting
    /// No further try.
    case over
  }

  /// What follows a failure.
  public enum Next: UInt8, Hashable, Sendable {
    case tryAgain, rest, giveUp
  }

  /// `never` where nothing but an outcome ends it.
  public let deadline: Instant
  /// The number of the present try, from 1; 0 before the first.
  public private(set) var attempt: UInt32 = 0
  public private(set) var phase = Phase.waiting
  /// When to give up waiting for this try's answer, or to try again.
  public private(set) var due: Instant
  /// Some try may have been carried out.
  public private(set) var isUncertain = false
  /// In a row.
  private var refusals: UInt8 = 0
  private var rests: UInt32 = 0

  public init(deadline: Instant) {
    self.deadline = deadline
    due = deadline
  }

  /// Something must be there first.
  public mutating func wait() {
    phase = .waiting
    due = deadline
  }

  /// Begins the next try.
  public mutating func ask(at now: Instant, _ policy: CallPolicy) {
    attempt &+= 1
    phase = .asked
    due = now + policy.patience
  }

  /// Whether an answer to a try with this number is one to the present try.
  public func isPresent(_ attempt: UInt32) -> Bool { attempt == self.attempt && phase == .asked }

  /// The present try has ended so.
  ///
  /// - Parameter elsewhere: whether the refusal named somebody else who is worth asking at once.
  public mutating func fail(
    _ failure: Failure, _ nature: Nature, elsewhere: Bool = false, _ policy: CallPolicy
  ) -> Next {
    // What changes nothing has not been carried out, whatever became of it.
    if failure.isUncertain(policy), nature != .harmless { isUncertain = true }
    guard mayRepeat(nature, policy) else {
      end()
      return .giveUp
    }
    guard failure == .refused else { return .rest }
    refusals += 1
    return elsewhere && refusals < CallPolicy.redirects ? .tryAgain : .rest
  }

  private func mayRepeat(_ nature: Nature, _ policy: CallPolicy) -> Bool {
    if let attempts = policy.attempts, attempt >= attempts { return false }
    return switch policy.repeats {
    case .never: false
    case .safe: !isUncertain || nature != .risky
    case .always: true
    }
  }

  /// It has an outcome, or will have none.
  public mutating func end() {
    phase = .over
    due = deadline
  }

  /// What the pause before the next try is drawn from.
  public func pause(_ policy: CallPolicy) -> Distribution { policy.backoff.pause(after: rests) }

  public mutating func rest(until due: Instant) {
    phase = .resting
    refusals = 0
    rests &+= 1
    self.due = due
  }

  public func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(UInt64(attempt) << 32 | UInt64(rests), UInt64(phase.rawValue) << 8 | UInt64(refusals))
    digest.fold(UInt64(bitPattern: (due - now).count), isUncertain ? 1 : 0)
    // What has no deadline is the same at any time.
    digest.fold(deadline == .never ? 0 : UInt64(bitPattern: (deadline - now).count))
  }
}

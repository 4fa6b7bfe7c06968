import Primitives

/// Pauses that grow: capped exponential back-off with jitter. After k failures in a row the bound is
/// `initial` · `factor`ᵏ, at most `longest`, and the pause is drawn from the part of it that jitter leaves open.
///
/// With a jitter of 1 this is the "full jitter" of Brooker, "Exponential Backoff And Jitter" (2015), with one half its
/// "equal jitter"; without any, clients that failed together try again together.
public struct Backoff: Hashable, Sendable {
  /// The bound of the first pause.
  public let initial: Nanoseconds
  /// What the bound grows by with each failure, in thousandths.
  public let factorThousandths: UInt32
  /// No pause is longer.
  public let longest: Nanoseconds
  /// The share of the bound that chance may take away.
  public let jitter: Ratio

  /// - Precondition: `.zero < initial <= longest <= Distribution.longest`, the factor from 1 to 100.
  public init(initial: Nanoseconds, factorThousandths: UInt32, longest: Nanoseconds, jitter: Ratio) {
    precondition(initial > .zero && initial <= longest && longest <= Distribution.longest)
    precondition(factorThousandths >= 1_000 && factorThousandths <= 100_000)
    self.initial = initial
    self.factorThousandths = factorThousandths
    self.longest = longest
    self.jitter = jitter
  }

  /// What the pause after one more failure is drawn from.
  ///
  /// - Parameter failures: earlier ones in a row, each with its pause.
  public func pause(after failures: UInt32) -> Distribution {
    let bound = self.bound(after: failures)
    let (high, low) = UInt64(bound.count).multipliedFullWidth(by: jitter.numerator)
    // Not above the bound, since no ratio is above 1.
    let open = jitter.denominator.dividingFullWidth((high, low)).quotient
    return open == 0 ? .constant(bound) : .uniform(bound - Nanoseconds(Int64(open)), bound)
  }

  private func bound(after failures: UInt32) -> Nanoseconds {
    guard factorThousandths > 1_000 else { return initial }
    var bound = UInt64(initial.count)
    var left = failures
    while left > 0, bound < UInt64(longest.count) {
      let (high, low) = bound.multipliedFullWidth(by: UInt64(factorThousandths))
      // Where the quotient does not fit it is above `longest`.
      guard high < 1_000 else { return longest }
      let next = UInt64(1_000).dividingFullWidth((high, low)).quotient
      // A bound of a few nanoseconds is too short for a small factor to show.
      guard next > bound else { break }
      bound = min(next, UInt64(longest.count))
      left -= 1
    }
    return Nanoseconds(Int64(bound))
  }

  /// Of a client that asks again: 5 to 25 ms at first, twice as much with each failure, at most 250 ms.
  public static let ofCalls = Backoff(
    initial: .milliseconds(25), factorThousandths: 2_000, longest: .milliseconds(250), jitter: Ratio(4, 5))

  /// Of a connection that could not be made: a second at first, then 1.6 times as much each time and at most two minutes,
  /// with a fifth of it left to chance. The numbers are gRPC's (connection-backoff.md), which counts a pause from the
  /// beginning of the attempt before it and has jitter go both ways.
  public static let ofConnections = Backoff(
    initial: .seconds(1), factorThousandths: 1_600, longest: .seconds(120), jitter: Ratio(1, 5))
}

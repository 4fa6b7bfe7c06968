import Primitives

/// How a client goes about a call: how long it waits, how often and when it asks again, and what it dares to repeat.
public struct CallPolicy: Hashable, Sendable {
  /// What may be asked for again after a try that had no outcome.
  public enum Repeats: String, Hashable, Sendable, CaseIterable {
    /// Nothing: each call has one try.
    case never
    /// What is known not to have been carried out, and what does no harm twice.
    case safe
    /// Everything, which is how requests come to be carried out twice.
    case always
  }

  /// How long a try waits for its answer.
  public var patience: Nanoseconds
  public var backoff: Backoff
  /// A call has no more tries than this; nil where its deadline alone ends it.
  public var attempts: UInt32?
  public var repeats: Repeats
  /// Whether the network hands over no message twice, so that a server that refused a try will not take a copy of it later.
  public var deliversOnce: Bool
  /// So many refusals in a row that name somebody else are followed at once; then the client rests, since two servers may
  /// point at each other.
  public static let redirects = 3

  /// - Precondition: patience above zero; at least one attempt.
  public init(
    patience: Nanoseconds, backoff: Backoff = .ofCalls, attempts: UInt32? = nil, repeats: Repeats = .safe,
    deliversOnce: Bool = true
  ) {
    precondition(patience > .zero && attempts != 0)
    self.patience = patience
    self.backoff = backoff
    self.attempts = attempts
    self.repeats = repeats
    self.deliversOnce = deliversOnce
  }

  /// A quarter of the time that the whole call has, and no more than 250 ms.
  public static func patience(within timeout: Nanoseconds) -> Nanoseconds {
    max(min(timeout / 4, .milliseconds(250)), Nanoseconds(1))
  }
}

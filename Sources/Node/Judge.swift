import Primitives
import Telemetry

/// A broken promise, as a value.
public struct Violation: Hashable, Sendable {
  /// The invariant's name, in kebab case.
  public let invariant: StaticText
  public let at: Instant
  /// The process it was seen on.
  public let process: Int
  /// What was found and what should have been, in a sentence.
  public let detail: String

  public init(invariant: StaticText, at: Instant, process: Int, detail: String) {
    self.invariant = invariant
    self.at = at
    self.process = process
    self.detail = detail
  }
}

/// Watches and takes no part: sees each process's input, effects and state after the step, and builds
/// whatever else it needs. A judge belongs to the simulation it watches and is copied with it.
public protocol Judge<Watched>: Sendable {
  associatedtype Watched: Program

  /// Whether the global order of steps matters; a judge that needs one process's order alone can also
  /// judge a recorded live run.
  static var needsGlobalOrder: Bool { get }

  mutating func observe(
    _ input: Input<Watched>, effects: borrowing Effects<Watched>, program: borrowing Watched, process: Int,
    at now: Instant)

  /// The process lost its memory and whatever was not durable.
  mutating func observeCrash(process: Int, at now: Instant)

  /// The process's disk has lost, with nothing to show for it, what it had reported to be durable. Told before
  /// the crash that brings it to light.
  mutating func observeForgetting(process: Int)

  /// Whether anything was found; asked after every event. Inlinable in a judge that other modules ask, since a call from
  /// there would copy the judge each time.
  var isViolated: Bool { get }

  /// In the order in which they were found. The first one matters; a judge may stop after it.
  var violations: [Violation] { get }

  /// Everything that decides what it will find.
  func fold(into digest: inout Digest)
}

/// For runs that nobody judges.
public struct NoJudge<Watched: Program>: Judge {
  public static var needsGlobalOrder: Bool { false }
  @inlinable
  public init() {}
  @inlinable
  public mutating func observe(
    _ input: Input<Watched>, effects: borrowing Effects<Watched>, program: borrowing Watched, process: Int,
    at now: Instant
  ) {}
  @inlinable
  public mutating func observeCrash(process: Int, at now: Instant) {}
  @inlinable
  public mutating func observeForgetting(process: Int) {}
  @inlinable
  public var isViolated: Bool { false }
  public var violations: [Violation] { [] }
  public func fold(into digest: inout Digest) {}
}

import Primitives
import Telemetry

/// Where a workload's requests come from: operation number `number` is a function of the choices and that
/// number alone, so that two runs ask the same whatever else differs.
public protocol RequestSource: Sendable {
  associatedtype Request: RecordedOperation
  associatedtype Response: RecordedOutcome

  func request(number: UInt64, choices: Choices) -> Request
}

/// How an operation ended, in Jepsen's words: `ok`, it happened; `fail`, it certainly did not and never
/// will; `info`, nobody knows.
public enum OutcomeKind: String, Sendable, CaseIterable {
  case ok, fail, info
}

/// A field of a history line.
public enum HistoryValue: Hashable, Sendable {
  case text(String)
  case integer(Int64)
  case none
}

public protocol RecordedOperation: Sendable {
  /// The operation's name and its arguments, as a history shows them.
  var name: StaticText { get }
  var arguments: [(name: StaticText, value: HistoryValue)] { get }
  func fold(into digest: inout Digest)
}

public protocol RecordedOutcome: Sendable {
  var kind: OutcomeKind { get }
  /// What came back, as a history shows it.
  var results: [(name: StaticText, value: HistoryValue)] { get }
  func fold(into digest: inout Digest)
}

/// For programs that take no requests: neither value can exist.
public struct NoRequests: RequestSource {
  public enum Nothing: RecordedOperation, RecordedOutcome {
    public var name: StaticText { switch self {} }
    public var arguments: [(name: StaticText, value: HistoryValue)] { switch self {} }
    public var kind: OutcomeKind { switch self {} }
    public var results: [(name: StaticText, value: HistoryValue)] { switch self {} }
    public func fold(into digest: inout Digest) { switch self {} }
  }

  public typealias Request = Nothing
  public typealias Response = Nothing

  public init() {}

  public func request(number: UInt64, choices: Choices) -> Nothing {
    preconditionFailure("a program without requests has no workload")
  }
}

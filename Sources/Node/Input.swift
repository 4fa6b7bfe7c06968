import Primitives

/// A timer of one process, below `StepLimits.timers`.
public struct TimerID: Hashable, Sendable {
  public let rawValue: UInt8
  @inlinable
  public init(_ rawValue: UInt8) { self.rawValue = rawValue }
}

/// One of a process's files, below `StepLimits.files`: a sequence of records.
public struct FileID: Hashable, Sendable {
  public let rawValue: UInt8
  @inlinable
  public init(_ rawValue: UInt8) { self.rawValue = rawValue }
}

/// The name of one sync, chosen by the program, ascending within one life of the process. Completions are
/// matched by it and never by a log index, which an overwritten entry shares with its replacement.
public struct WriteToken: Hashable, Comparable, Sendable {
  public let rawValue: UInt64
  @inlinable
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }
  @inlinable
  public static func < (left: WriteToken, right: WriteToken) -> Bool { left.rawValue < right.rawValue }
}

/// The number of a client's request, unique in the run.
public struct RequestID: Hashable, Sendable {
  public let rawValue: UInt64
  @inlinable
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// One thing that happens to a process of this program.
public typealias Input<P: Program> = ProgramInput<P.Message, P.Record, P.Request>

/// One thing that happens to a process.
public enum ProgramInput<Message: WireMessage, Record: StoredRecord, Request: RecordedOperation>: Sendable {
  /// The process begins a life, with what survived the last one.
  case started(Recovered<Record>)
  case message(Message, from: Endpoint)
  case timerFired(TimerID)
  /// Everything that was appended, truncated or replaced before this sync is durable.
  case writeCompleted(WriteToken)
  /// Nothing of what this sync covered can be relied upon.
  case writeFailed(WriteToken)
  /// The stream to the peer was lost with what was under way on it; the next send opens another.
  case connectionClosed(Endpoint)
  case request(RequestID, Request)
}

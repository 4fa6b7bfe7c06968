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

/// The number of one piece of work, chosen by the program and unique in one life of the process.
public struct WorkID: Hashable, Sendable {
  public let rawValue: UInt64
  @inlinable
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// What a piece of work takes.
public struct Demand: Hashable, Sendable {
  /// Of a processor that does nothing else; not below zero.
  public let time: Nanoseconds
  /// Bytes that it holds from the moment when it is given until its end.
  public let memory: UInt64

  /// - Precondition: `time >= .zero`.
  @inlinable
  public init(time: Nanoseconds, memory: UInt64) {
    precondition(time >= .zero, "work takes time or none")
    self.time = time
    self.memory = memory
  }
}

/// What a host knows of itself when its process asks.
public struct ResourceReading: Hashable, Sendable {
  /// Since the process last asked, or began its life: what of the processor's time was in use, whoever used it, in
  /// millionths.
  public let busy: UInt64
  /// The part of it that went into the process's own work, in millionths of the processor's time.
  public let own: UInt64
  /// Bytes in use by the process, and how many end it; nil where there is no limit.
  public let memory: UInt64
  public let limit: UInt64?

  @inlinable
  public init(busy: UInt64, own: UInt64, memory: UInt64, limit: UInt64?) {
    self.busy = busy
    self.own = own
    self.memory = memory
    self.limit = limit
  }
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
  /// This message has not left, and will not: no connection to the peer could be made.
  case undelivered(Message, to: Endpoint)
  case request(RequestID, Request)
  /// A piece of work that this life gave is done.
  case workDone(WorkID)
  /// The answer to `readResources`.
  case resources(ResourceReading)
  /// Of whoever runs the group. Apart, so that all others are no larger for it.
  indirect case admin(AdminCommand)
}

import Primitives
import Telemetry

/// One thing a process of this program does to the world.
public typealias Effect<P: Program> = ProgramEffect<P.Message, P.Record, P.Response>

/// One thing a process does to the world. It knows its parts and not their program, since what is copied and
/// destroyed for every event must not have to ask the program's types for theirs.
public enum ProgramEffect<Message: Sendable, Record: Sendable, Response: Sendable>: Sendable {
  /// `after`: not before that write is durable; never, if it fails. `under`: the open span this message
  /// belongs to.
  case send(Message, to: Endpoint, after: WriteToken?, under: SpanKey?)
  /// Sets or re-arms the timer to fire once `after` has passed on the monotonic clock.
  case setTimer(TimerID, after: Nanoseconds)
  case cancelTimer(TimerID)
  case append(Record, to: FileID)
  /// Keeps the first `keeping` records of the file.
  case truncate(FileID, keeping: Int)
  /// Forgets the records before that position; the others keep theirs. Where the file ends before it, nothing is left and
  /// the next record has that position. Until a sync they may be there again after a crash.
  case discard(FileID, before: Int)
  /// Makes the record the file's only one, atomically: after a crash there is the old content or the new.
  case replace(FileID, with: Record)
  /// Makes all of the above durable. `directory`: the directory too, without which a file that is new, or that
  /// was replaced, may be gone or the old one after a crash.
  case sync(WriteToken, directory: Bool)
  /// The outcome of a client's request.
  case reply(RequestID, Response)
  /// The process ends its own life because it cannot keep its promises (a write failed), or because another life would do
  /// better. The host starts it again after a while.
  case exit(StaticText)
  /// The host's processor works on this, after what it was given before; `workDone` tells of the end.
  case work(WorkID, Demand)
  /// What of the host's resources is in use; `resources` tells.
  case readResources
  /// Another host is told to end its process and to start it again. The order goes beside the processes, so that one that
  /// stands still cannot stop it; nobody tells whether it arrives.
  case restart(Endpoint)
}

/// The buffer that a step fills and the host owns. Telemetry is kept apart: it is no part of what the
/// process did.
public struct Effects<P: Program>: Sendable {
  @usableFromInline package var items = Outbox<Effect<P>>()
  @usableFromInline package var telemetry = ContiguousArray<TelemetryEffect>()

  @inlinable
  public init() {}

  @inlinable
  public mutating func append(_ effect: consuming Effect<P>) { items.append(effect) }

  @inlinable
  public mutating func send(
    _ message: consuming P.Message, to endpoint: Endpoint, after: WriteToken? = nil, under: SpanKey? = nil
  ) {
    items.append(.send(message, to: endpoint, after: after, under: under))
  }
}

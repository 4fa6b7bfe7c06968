import Kernel
import Node
import Primitives
import Telemetry

@usableFromInline typealias Event<P: Program> = SimulationEvent<P.Message, P.Record, P.Request>

/// Something that is going to happen. Numbers are indices of processes, unless said otherwise.
@usableFromInline
enum SimulationEvent<Message: WireMessage, Record: StoredRecord, Request: RecordedOperation>: Sendable {
  case delivery(Delivery<Message>)
  case timer(Int32, TimerID)
  /// A sync ends in the life that began it.
  case sync(Int32, life: UInt32, WriteToken, SyncOutcome)
  case start(Int32, life: UInt32)
  /// Something that reaches one life of a process and no other.
  case input(Int32, life: UInt32, ProgramInput<Message, Record, Request>, TraceContext?)
  /// The next of a Poisson process, or one of those that were scattered: an operation's number.
  case arrival(UInt64)
  /// A client has finished thinking.
  case turn(Int32, life: UInt32)
  /// A slow process is done with an input.
  case ready(Int32, life: UInt32)
  /// A fault's index, and how often it has begun.
  case faultBegins(Int32, occurrence: UInt32)
  /// The number of a fault's occurrence.
  case faultEnds(UInt32)
  /// The number of the occurrence of a fault that goes on in turns: one is over.
  case faultTurns(UInt32)
  /// A core of the nodes heals.
  case heal
  /// The first piece of a process's work is done.
  case work(Int32)
  /// A process's memory has grown to its limit.
  case memoryFull(Int32)
  /// An order to start a process anew arrives at its host.
  case restart(Int32)
}

extension SimulationEvent: Schedulable {
  /// Starts, faults and the arrival of operations have a moment of their own: the plan's.
  @inlinable
  var lane: Lane? {
    switch self {
    case .delivery(let delivery):
      Lane(from: UInt32(truncatingIfNeeded: delivery.from), to: UInt32(truncatingIfNeeded: delivery.to))
    // A message that has waited for its process stays in its stream.
    case .input(let process, _, .message(_, let from), _):
      Lane(from: from.host.rawValue, to: UInt32(truncatingIfNeeded: process))
    case .timer(let process, _), .sync(let process, _, _, _), .input(let process, _, _, _), .turn(let process, _),
      .ready(let process, _), .work(let process), .memoryFull(let process), .restart(let process):
      Lane(of: UInt32(truncatingIfNeeded: process))
    case .start, .arrival, .faultBegins, .faultEnds, .faultTurns, .heal: nil
    }
  }
}

/// A message that waits on a link that holds.
@usableFromInline struct HeldDelivery<Message: Sendable>: Sendable {
  let delivery: Delivery<Message>
  /// Whether it had left before the hold began: it stays ahead of what was sent later.
  let wasUnderWay: Bool
  /// The sender's.
  let life: UInt32

  @usableFromInline init(_ delivery: Delivery<Message>, wasUnderWay: Bool, life: UInt32) {
    self.delivery = delivery
    self.wasUnderWay = wasUnderWay
    self.life = life
  }
}

/// A message on its way.
@usableFromInline struct Delivery<Message: Sendable>: Sendable {
  @usableFromInline var message: Message
  /// Indices of processes.
  @usableFromInline var from: Int32
  @usableFromInline var to: Int32
  @usableFromInline var link: Int32
  @usableFromInline var connection: UInt32
  /// The message's digest.
  @usableFromInline var mark: UInt64
  @usableFromInline var context: TraceContext?
  /// Its number in the film; 0 where nobody films.
  @usableFromInline var filmed: UInt32

  @inlinable
  init(
    message: Message, from: Int, to: Int, link: Int, connection: UInt32, mark: UInt64, context: TraceContext?,
    filmed: UInt32
  ) {
    self.message = message
    self.from = Int32(truncatingIfNeeded: from)
    self.to = Int32(truncatingIfNeeded: to)
    self.link = Int32(truncatingIfNeeded: link)
    self.connection = connection
    self.mark = mark
    self.context = context
    self.filmed = filmed
  }

  /// The message, and with it the end of the delivery.
  @inlinable
  consuming func takeMessage() -> Message { message }
}

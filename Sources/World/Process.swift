import Node
import Primitives
import Telemetry

/// One process on its host: the program, what the host keeps for it through its lives, and what it has
/// under way in this one.
@usableFromInline struct Process<P: Program>: Sendable {
  @usableFromInline enum State: UInt8, Sendable {
    case up, paused, down
    /// Takes a while for each input; others wait meanwhile.
    case slow
  }

  /// A send that waits for a write, or behind one that does.
  @usableFromInline struct Held: Sendable {
    @usableFromInline let message: P.Message
    @usableFromInline let to: Endpoint
    @usableFromInline let after: WriteToken?
    @usableFromInline let context: TraceContext?

    @inlinable
    init(message: P.Message, to: Endpoint, after: WriteToken?, context: TraceContext?) {
      self.message = message
      self.to = to
      self.after = after
      self.context = context
    }

    @inlinable
    consuming func takeMessage() -> P.Message { message }
  }

  /// What reached a process that stands still, or is busy.
  @usableFromInline enum Waiting: Sendable {
    case input(Input<P>, TraceContext?)
    case timer(TimerID)
  }

  @usableFromInline let endpoint: Endpoint
  @usableFromInline var program: P
  @usableFromInline var state = State.down
  /// Counts lives: what was meant for an earlier one is not given to this one.
  @usableFromInline var life: UInt32 = 0
  @usableFromInline var restarts: UInt64 = 0
  /// Which of the plan's programs it is started with.
  @usableFromInline var variant = 0
  /// How many faults keep the process down, or still.
  @usableFromInline var crashes = 0
  @usableFromInline var pauses = 0
  /// How long each input takes; nil for no time at all.
  @usableFromInline var service: Distribution?
  /// Of a slow process: an input is being worked on.
  @usableFromInline var isBusy = false
  /// Orders to other hosts, in all lives.
  @usableFromInline var orders: UInt64 = 0
  /// Inputs that took time, in all lives.
  @usableFromInline var served: UInt64 = 0
  @usableFromInline var disk = ProcessDisk<P.Record>()
  /// The last write that is durable in this life.
  @usableFromInline var completed = WriteToken(0)
  @usableFromInline var held = Outbox<Held>()
  @usableFromInline var backlog: ContiguousArray<Waiting> = []
  @usableFromInline var status: Status
  @usableFromInline var digest = Digest()

  @inlinable
  init(endpoint: Endpoint, program: P) {
    self.endpoint = endpoint
    self.program = program
    status = program.status
  }

  /// Whether one of the last `count` held messages is for `endpoint`.
  @inlinable
  func holds(_ endpoint: Endpoint, among count: Int) -> Bool {
    count > 0 && held.withElements { $0.suffix(count).contains { $0.to == endpoint } }
  }

  /// Gives the program one input, and what came of it to the judge; here, so that the program is never
  /// moved. Returns whether what the process shows of itself has changed.
  @inlinable
  mutating func step<J: Judge>(
    _ input: Input<P>, context: inout StepContext, effects: inout Effects<P>, judge: inout J, index: Int,
    at now: Instant
  ) -> Bool where J.Watched == P {
    program.step(input, context: &context, effects: &effects)
    judge.observe(input, effects: effects, program: program, process: index, at: now)
    let shown = program.status
    guard shown != status else { return false }
    status = shown
    return true
  }
}

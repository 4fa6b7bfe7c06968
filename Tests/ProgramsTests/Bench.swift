import Node
import Primitives
import Telemetry

/// One process on a bench: inputs go in by hand, effects come out.
struct Bench<P: Program> {
  var program: P
  var now = Instant.zero
  private var draws = DrawCounters()
  private var telemetry: [TelemetryEffect] = []

  init(_ program: P) { self.program = program }

  /// What a step says of its spans and measures.
  mutating func tell(_ input: Input<P>, after pause: Nanoseconds = .milliseconds(1)) -> [TelemetryEffect] {
    step(input, after: pause)
    return telemetry
  }

  @discardableResult
  mutating func step(_ input: Input<P>, after pause: Nanoseconds = .milliseconds(1)) -> [Effect<P>] {
    now = now + pause
    var context = StepContext(
      monotonic: now, wall: now, telemetry: true, choices: Choices(seed: 7), process: Entities(1), draws: draws)
    var effects = Effects<P>()
    program.step(input, context: &context, effects: &effects)
    draws = context.draws
    telemetry = Array(effects.telemetry)
    return Array(effects.items)
  }

  @discardableResult
  mutating func start(_ files: [ContiguousArray<P.Record>] = []) -> [Effect<P>] {
    step(.started(Recovered(files: files, restarts: 0)))
  }

  @discardableResult
  mutating func hear(_ message: P.Message, from sender: UInt32) -> [Effect<P>] {
    step(.message(message, from: Endpoint(NodeID(sender))))
  }
}

/// The messages among `effects`, with their receivers and what they wait for.
func sends<Message, Record, Response>(
  _ effects: [ProgramEffect<Message, Record, Response>]
) -> [(message: Message, to: UInt32, after: WriteToken?)] {
  effects.compactMap { effect in
    guard case .send(let message, let peer, let token, _) = effect else { return nil }
    return (message, peer.host.rawValue, token)
  }
}

func replies<Message, Record, Response>(
  _ effects: [ProgramEffect<Message, Record, Response>]
) -> [Response] {
  effects.compactMap { if case .reply(_, let response) = $0 { response } else { nil } }
}

/// SplitMix64: chance for tests.
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = avalanche(seed &+ 1) }

  mutating func word() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return avalanche(state)
  }

  mutating func below(_ bound: UInt64) -> UInt64 { word() % bound }

  mutating func bytes(upTo count: UInt64) -> [UInt8] {
    (0..<below(count + 1)).map { _ in UInt8(truncatingIfNeeded: word()) }
  }
}

import Node
import Primitives
import Telemetry

/// A client: follows leader hints, tries again, and tells how each operation ended. A try without an answer
/// may still be applied, once; trying again is safe because the store applies a request once.
package struct KVClient: Sendable {
  /// An operation without an outcome.
  struct Open: Hashable, Sendable {
    enum Phase: UInt8, Hashable, Sendable { case asked, resting }

    let request: RequestID
    let operation: KVOperation
    let since: Instant
    let deadline: Instant
    var attempt: UInt32 = 0
    var server: NodeID
    var phase = Phase.asked
    /// When to give up waiting for this try's answer, or to try again.
    var due: Instant
    /// Refusals in a row; after a few the client rests, for two servers may point at each other.
    var refusals: UInt8 = 0
    /// Some try had no answer, and may be applied.
    var uncertain = false
  }

  static let timer = TimerID(0)
  static let refusalsWithoutRest = 3

  private let settings: RaftKVSettings
  private let patience: Nanoseconds
  /// In order of their numbers, and so of their deadlines.
  private var open: [Open] = []
  private var leader: NodeID
  /// The server that left the last try without an answer: hints that point back to it are not followed, or a
  /// cut-off leader and its followers would keep the client going round among them.
  private var suspect: NodeID?
  private var timerAt: Instant?

  init(id: NodeID, settings: RaftKVSettings) {
    self.settings = settings
    patience = min(settings.timeout / 4, .milliseconds(250))
    leader = NodeID(id.rawValue % UInt32(settings.servers))
  }

  mutating func step(_ input: Input<RaftKV>, context: inout StepContext, effects: inout Effects<RaftKV>) {
    switch input {
    case .request(let request, let operation):
      invoke(request, operation, &context, &effects)
    case .message(.response(let response), let sender):
      learn(response, from: sender.host, &context, &effects)
    case .timerFired:
      timerAt = nil
      wake(&context, &effects)
    case .connectionClosed(let peer):
      for position in open.indices where open[position].phase == .asked && open[position].server == peer.host {
        lose(position, &context)
      }
    case .message, .started, .writeCompleted, .writeFailed: break
    }
    setTimer(context, &effects)
  }

  func fold(into digest: inout Digest) {
    digest.fold(UInt64(leader.rawValue), UInt64(open.count))
    digest.fold(suspect.map { UInt64($0.rawValue) + 1 } ?? 0)
    for each in open {
      digest.fold(each.request.rawValue, UInt64(each.attempt))
      digest.fold(UInt64(each.server.rawValue), UInt64(each.phase.rawValue))
      digest.fold(UInt64(each.refusals), each.uncertain ? 1 : 0)
    }
  }
}

// MARK: - The life of an operation

extension KVClient {
  private mutating func invoke(
    _ request: RequestID, _ operation: KVOperation, _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    let now = context.monotonic
    open.append(
      Open(
        request: request, operation: operation, since: now, deadline: now + settings.timeout, server: leader,
        due: now + patience))
    if context.telemetry {
      effects.telemetry.append(
        .start(
          .operation(request), operation.spanName, .client, parent: .root,
          [Attribute("operation.number", request.rawValue)]))
    }
    ask(open.count - 1, context, &effects)
  }

  /// Asks the supposed leader.
  private mutating func ask(_ position: Int, _ context: StepContext, _ effects: inout Effects<RaftKV>) {
    open[position].attempt += 1
    open[position].server = leader
    open[position].phase = .asked
    open[position].due = context.monotonic + patience
    let each = open[position]
    let request = KVRequest(
      request: each.request, attempt: each.attempt, oldestOpen: open[0].request, operation: each.operation)
    effects.send(.request(request), to: Endpoint(leader), under: .operation(each.request))
  }

  private mutating func learn(
    _ response: KVResponse, from server: NodeID, _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    guard let position = open.firstIndex(where: { $0.request == response.request }) else { return }
    switch response.answer {
    case .outcome(let outcome):
      leader = server
      if suspect == server { suspect = nil }
      finish(position, outcome, context, &effects)
    case .refused(let told):
      let hint = told.flatMap { $0.index < settings.servers && $0 != suspect ? $0 : nil }
      // An answer to an earlier try says nothing about this one.
      guard response.attempt == open[position].attempt, open[position].phase == .asked else { return }
      open[position].refusals += 1
      if leader == server { leader = hint ?? next(after: server) }
      if hint == nil || hint == server || open[position].refusals >= Self.refusalsWithoutRest {
        rest(position, &context)
      } else {
        ask(position, context, &effects)
      }
    }
  }

  /// This try's answer will not come, or too late.
  private mutating func lose(_ position: Int, _ context: inout StepContext) {
    open[position].uncertain = true
    suspect = open[position].server
    if leader == open[position].server { leader = next(after: leader) }
    rest(position, &context)
  }

  private mutating func rest(_ position: Int, _ context: inout StepContext) {
    open[position].phase = .resting
    open[position].refusals = 0
    open[position].due =
      context.monotonic
      + context.choose(.clientRest, slot: 1, from: .uniform(.milliseconds(5), .milliseconds(25)))
  }

  private mutating func wake(_ context: inout StepContext, _ effects: inout Effects<RaftKV>) {
    let now = context.monotonic
    while let first = open.first, first.deadline <= now {
      let isOver = settings.refusalsAreFinal && !first.uncertain && first.phase == .resting
      finish(0, isOver ? .refused : .unknown, context, &effects)
    }
    for position in open.indices where open[position].due <= now {
      switch open[position].phase {
      case .asked: lose(position, &context)
      case .resting: ask(position, context, &effects)
      }
    }
  }

  private mutating func finish(
    _ position: Int, _ outcome: KVOutcome, _ context: StepContext, _ effects: inout Effects<RaftKV>
  ) {
    let each = open.remove(at: position)
    effects.append(.reply(each.request, outcome))
    guard context.telemetry else { return }
    let span = SpanKey.operation(each.request)
    switch outcome.kind {
    case .ok:
      effects.telemetry.append(.end(span, .ok))
      effects.telemetry.append(.observe(.clientOperationDuration, context.monotonic - each.since))
    case .fail: effects.telemetry.append(.end(span, .error("failed")))
    case .info: effects.telemetry.append(.end(span, .error("outcome unknown")))
    }
  }

  private func next(after server: NodeID) -> NodeID {
    NodeID((server.rawValue + 1) % UInt32(settings.servers))
  }

  private mutating func setTimer(_ context: StepContext, _ effects: inout Effects<RaftKV>) {
    // Deadlines ascend, so the first operation's is the earliest.
    guard let deadline = open.first?.deadline else {
      if timerAt != nil { effects.append(.cancelTimer(Self.timer)) }
      timerAt = nil
      return
    }
    let at = open.reduce(deadline) { min($0, $1.due) }
    guard at != timerAt else { return }
    timerAt = at
    // What was due while the process was paused is due now.
    effects.append(.setTimer(Self.timer, after: max(at - context.monotonic, .zero)))
  }
}

extension KVOperation {
  fileprivate var spanName: StaticText {
    switch kind {
    case .get: "client.get"
    case .put: "client.put"
    case .delete: "client.delete"
    case .cas: "client.cas"
    }
  }
}

import Node
import Primitives
import RPC
import Telemetry

/// A client's spans and measures. The span of an operation runs from its invocation to its outcome; under it is one for each
/// try, from the request to its answer or to what came in its place, and one for each wish for a session. Nothing here
/// decides anything.
extension KVClient {
  /// A try begins.
  func begin(
    _ span: SpanKey, _ name: StaticText, _ attempt: UInt32, at server: NodeID, of request: RequestID,
    _ context: StepContext, _ effects: inout Effects<RaftKV>
  ) {
    guard context.telemetry else { return }
    effects.telemetry.append(
      .start(
        span, name, .client, parent: .key(.operation(request)),
        [Attribute("attempt.number", UInt64(attempt)), Attribute("attempt.server", UInt64(server.rawValue) + 1)]))
    if attempt > 1 { effects.telemetry.append(.add(.clientRetries, 1)) }
  }

  /// The present try of an operation ends; nil for a good end.
  func endTry(
    _ position: Int, _ failure: Call.Failure?, _ context: StepContext, _ effects: inout Effects<RaftKV>
  ) {
    guard open[position].call.phase == .asked else { return }
    end(.attempt(open[position].request, open[position].call.attempt), failure, context, &effects)
  }

  func end(_ span: SpanKey, _ failure: Call.Failure?, _ context: StepContext, _ effects: inout Effects<RaftKV>) {
    guard context.telemetry else { return }
    effects.telemetry.append(.end(span, failure.map { .error($0.words) } ?? .ok))
    effects.telemetry.append(.add(.clientAttempts, 1, label: failure?.label ?? "ok"))
  }

  /// Nobody needs a session any more.
  func abandon(_ wish: KVClientSession.Wish, _ context: StepContext, _ effects: inout Effects<RaftKV>) {
    guard context.telemetry, wish.call.phase == .asked else { return }
    effects.telemetry.append(.end(.wish(wish.request, wish.call.attempt), .error("nobody waits for it")))
    effects.telemetry.append(.add(.clientAttempts, 1, label: "abandoned"))
  }

  func tell(_ outcome: KVOutcome, of each: Open, at now: Instant, _ effects: inout Effects<RaftKV>) {
    let span = SpanKey.operation(each.request)
    switch outcome.kind {
    case .ok:
      effects.telemetry.append(.end(span, .ok))
      effects.telemetry.append(.observe(.clientOperationDuration, now - each.since))
    case .fail: effects.telemetry.append(.end(span, .error("failed")))
    case .info: effects.telemetry.append(.end(span, .error("outcome unknown")))
    }
  }
}

extension KVOperation {
  var spanName: StaticText {
    switch kind {
    case .get: "client.get"
    case .put: "client.put"
    case .delete: "client.delete"
    case .cas: "client.cas"
    }
  }
}

extension SpanKey {
  static func operation(_ request: RequestID) -> SpanKey { SpanKey(subject: 0, number: request.rawValue) }

  static func attempt(_ request: RequestID, _ attempt: UInt32) -> SpanKey {
    SpanKey(subject: 6, number: request.rawValue, detail: attempt)
  }

  static func wish(_ request: RequestID, _ attempt: UInt32) -> SpanKey {
    SpanKey(subject: 7, number: request.rawValue, detail: attempt)
  }
}

extension Call.Failure {
  var words: StaticText {
    switch self {
    case .refused: "refused"
    case .unreachable: "no connection"
    case .closed: "connection closed"
    case .timedOut: "timed out"
    }
  }

  var label: StaticText {
    switch self {
    case .refused: "refused"
    case .unreachable: "unreachable"
    case .closed: "closed"
    case .timedOut: "timed_out"
    }
  }
}

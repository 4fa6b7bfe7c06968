import Node
import Primitives
import Telemetry

/// Spans and metrics of a run. It listens and never speaks: nothing here reaches a program, a digest, the
/// queue or another part's draws.
@usableFromInline struct TelemetryBook: Sendable {
  @usableFromInline let isOn: Bool
  private let collectsSpans: Bool
  private var spans: SpanBook
  @usableFromInline var metrics: MetricBook

  init(_ plan: TelemetryPlan, processes: Int) {
    isOn = plan.spans || plan.sampling != nil
    collectsSpans = plan.spans
    spans = SpanBook(processes: plan.spans ? processes : 0)
    metrics = MetricBook(processes: plan.sampling == nil ? 0 : processes)
  }

  /// What a step said. Spans that end stay known until `endStep`, for the messages sent under them.
  @usableFromInline mutating func take(
    _ effects: ContiguousArray<TelemetryEffect>, of process: Int, _ incoming: TraceContext?, at now: Instant,
    _ choices: Choices
  ) {
    for effect in effects {
      switch effect {
      case .start(let key, let name, let kind, let parent, let attributes):
        guard collectsSpans else { continue }
        spans.start(
          key, name, kind, parent: parent, incoming, attributes, of: process, at: now, choices)
      case .annotate(let key, let attribute):
        if collectsSpans { spans.annotate(key, attribute, of: process) }
      case .end(let key, let status):
        if collectsSpans { spans.end(key, status, of: process, at: now) }
      case .add(let metric, let count, let label): metrics.add(metric, count, label: label, of: process)
      case .set(let metric, let value): metrics.set(metric, value, of: process)
      case .observe(let metric, let duration): metrics.observe(metric, duration, of: process)
      }
    }
  }

  @usableFromInline func context(of span: SpanKey?, in process: Int) -> TraceContext? {
    guard collectsSpans, let span else { return nil }
    return spans.context(of: span, in: process)
  }

  @usableFromInline mutating func endStep(of process: Int) {
    if collectsSpans { spans.endStep(of: process) }
  }

  /// A host has dialled another, for the message that the context belongs to.
  mutating func dialled(
    from process: Int, to peer: NodeID, _ context: TraceContext?, during time: Range<Instant>, fails: Bool,
    isAgain: Bool, _ choices: Choices
  ) {
    guard collectsSpans else { return }
    spans.record(
      "connection.open", .client, under: context,
      [Attribute("connection.peer", UInt64(peer.rawValue) + 1), Attribute("connection.again", .flag(isAgain))],
      fails ? .error("no connection") : .ok, of: process, during: time, choices)
  }

  mutating func crash(of process: Int, _ reason: StaticText, at now: Instant) {
    guard collectsSpans else { return }
    spans.cut(of: process, reason, at: now)
    spans.closeAll(of: process, reason, at: now)
  }

  /// All spans, with those that are still open closed with an error.
  func spans(endingAt end: Instant) -> [Span] {
    var book = spans
    for process in book.processes {
      book.cut(of: process, "run ended", at: end)
      book.closeAll(of: process, "run ended", at: end)
    }
    return book.finished
  }
}

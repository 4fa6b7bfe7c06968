import Node
import Primitives
import Telemetry

/// Open spans by process and key, and the finished ones in the order in which they ended.
struct SpanBook: Sendable {
  private struct Open: Sendable {
    let context: TraceContext
    let parent: UInt64?
    let name: StaticText
    let kind: SpanKind
    let start: Instant
    /// In order of beginning, over the process's lives.
    let number: UInt64
    var attributes: [Attribute]
    var hasEnded = false
  }

  // Looked up; where all of a process's are needed, they are put in order of their numbers.
  private var open: [[SpanKey: Open]]
  /// Spans begun, by process: what their identities are drawn by.
  private var begun: [UInt64]
  /// Keys that ended in this step.
  private var ended: [SpanKey] = []
  private(set) var finished: [Span] = []
  /// Places of finished spans whose end had not come when they were recorded.
  private var ahead: [Int] = []

  init(processes: Int) {
    open = Array(repeating: [:], count: processes)
    begun = Array(repeating: 0, count: processes)
  }

  var processes: Range<Int> { open.indices }

  /// A key that is open already stays as it is: the work it names goes on.
  mutating func start(
    _ key: SpanKey, _ name: StaticText, _ kind: SpanKind, parent: SpanParent, _ incoming: TraceContext?,
    _ attributes: [Attribute], of process: Int, at now: Instant, _ choices: Choices
  ) {
    if let known = open[process][key], !known.hasEnded { return }
    let number = begun[process]
    begun[process] += 1
    let above: TraceContext? =
      switch parent {
      case .root: nil
      case .incoming: incoming
      case .key(let key): open[process][key]?.context
      }
    open[process][key] = Open(
      context: identity(process, number, under: above, choices), parent: above?.span, name: name, kind: kind,
      start: now, number: number, attributes: attributes)
  }

  mutating func annotate(_ key: SpanKey, _ attribute: Attribute, of process: Int) {
    open[process][key]?.attributes.append(attribute)
  }

  mutating func end(_ key: SpanKey, _ status: SpanStatus, of process: Int, at now: Instant) {
    guard let span = open[process][key], !span.hasEnded else { return }
    open[process][key]?.hasEnded = true
    ended.append(key)
    finish(span, status, of: process, at: now)
  }

  /// A span of the host's own, of which the end is known.
  mutating func record(
    _ name: StaticText, _ kind: SpanKind, under parent: TraceContext?, _ attributes: [Attribute],
    _ status: SpanStatus, of process: Int, during time: Range<Instant>, _ choices: Choices
  ) {
    let number = begun[process]
    begun[process] += 1
    if time.upperBound > time.lowerBound { ahead.append(finished.count) }
    finished.append(
      Span(
        context: identity(process, number, under: parent, choices), parent: parent?.span, name: name, kind: kind,
        process: process, start: time.lowerBound, end: time.upperBound, attributes: attributes, status: status))
  }

  /// A process's spans whose end is known, and later, end with an error there.
  mutating func cut(of process: Int, _ reason: StaticText, at end: Instant) {
    ahead.removeAll { finished[$0].end <= end }
    for place in ahead where finished[place].process == process {
      let span = finished[place]
      finished[place] = Span(
        context: span.context, parent: span.parent, name: span.name, kind: span.kind, process: span.process,
        start: span.start, end: end, attributes: span.attributes, status: .error(reason))
    }
  }

  func context(of key: SpanKey, in process: Int) -> TraceContext? { open[process][key]?.context }

  mutating func endStep(of process: Int) {
    for key in ended where open[process][key]?.hasEnded == true { open[process][key] = nil }
    ended.removeAll(keepingCapacity: true)
  }

  mutating func closeAll(of process: Int, _ reason: StaticText, at now: Instant) {
    for span in open[process].values.filter({ !$0.hasEnded }).sorted(by: { $0.number < $1.number }) {
      finish(span, .error(reason), of: process, at: now)
    }
    open[process] = [:]
    ended.removeAll(keepingCapacity: true)
  }

  private mutating func finish(_ span: Open, _ status: SpanStatus, of process: Int, at now: Instant) {
    finished.append(
      Span(
        context: span.context, parent: span.parent, name: span.name, kind: span.kind, process: process,
        start: span.start, end: now, attributes: span.attributes, status: status))
  }

  /// From the seed, and never zero; a child is in its parent's trace.
  private func identity(
    _ process: Int, _ number: UInt64, under parent: TraceContext?, _ choices: Choices
  ) -> TraceContext {
    func word(_ word: UInt64) -> UInt64 {
      let drawn = choices.word(.traceIdentity, Entities(UInt64(process)), number, word: word)
      return drawn == 0 ? 1 : drawn
    }
    return TraceContext(
      traceHigh: parent?.traceHigh ?? word(0), traceLow: parent?.traceLow ?? word(1), span: word(2))
  }
}

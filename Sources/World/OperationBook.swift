import Node
import Primitives
import Telemetry

/// The clients' history as it happens, and which operations have no outcome yet.
@usableFromInline struct OperationBook<P: Program>: Sendable {
  @usableFromInline enum Fact: Sendable {
    case invoked(P.Request)
    case answered(P.Response)
    /// Nobody will ever know: the client is gone.
    case lost(StaticText)
  }

  @usableFromInline struct Line: Sendable {
    @usableFromInline var number: UInt64
    @usableFromInline var process: Int
    @usableFromInline var at: Instant
    @usableFromInline var fact: Fact
  }

  struct Open: Hashable, Sendable {
    var number: UInt64
    var process: Int
    var name: StaticText
  }

  @usableFromInline private(set) var lines: ContiguousArray<Line> = []
  /// In order of invocation.
  private(set) var open: ContiguousArray<Open> = []
  /// By `OutcomeKind`'s order: ok, fail, info.
  @usableFromInline private(set) var outcomes = (ok: UInt64(0), fail: UInt64(0), info: UInt64(0))
  /// Turns taken so far, by process less the first target.
  var turns: [UInt64] = []

  @usableFromInline init() {}

  mutating func invoke(_ number: UInt64, _ request: P.Request, by process: Int, at now: Instant) {
    lines.append(Line(number: number, process: process, at: now, fact: .invoked(request)))
    open.append(Open(number: number, process: process, name: request.name))
  }

  mutating func answer(_ number: UInt64, _ response: P.Response, at now: Instant) {
    guard let place = open.firstIndex(where: { $0.number == number }) else {
      preconditionFailure("an operation is answered once, after it was invoked")
    }
    let operation = open.remove(at: place)
    lines.append(Line(number: number, process: operation.process, at: now, fact: .answered(response)))
    switch response.kind {
    case .ok: outcomes.ok += 1
    case .fail: outcomes.fail += 1
    case .info: outcomes.info += 1
    }
  }

  /// The client's process is gone, and with it every answer it might have got.
  mutating func lose(of process: Int, _ reason: StaticText, at now: Instant) {
    for operation in open where operation.process == process {
      lines.append(Line(number: operation.number, process: process, at: now, fact: .lost(reason)))
      outcomes.info += 1
    }
    open.removeAll { $0.process == process }
  }

  /// What is under way, and who is to ask how often; not what is over.
  func fold(into digest: inout Digest) {
    for operation in open { digest.fold(operation.number, UInt64(operation.process)) }
    for turn in turns { digest.fold(turn) }
  }

  /// Everything, with what is still open at the end counted as unknown.
  func history(endingAt end: Instant) -> [HistoryEvent] {
    var names: [UInt64: StaticText] = [:]
    var events: [HistoryEvent] = []
    events.reserveCapacity(lines.count + open.count)
    for line in lines {
      switch line.fact {
      case .invoked(let request):
        names[line.number] = request.name
        events.append(
          HistoryEvent(
            operation: line.number, kind: .invoke, at: line.at, process: line.process, name: request.name,
            fields: request.arguments.map { .init(name: $0.name, value: $0.value) }))
      case .answered(let response):
        let name = names.removeValue(forKey: line.number)!
        events.append(
          HistoryEvent(
            operation: line.number, kind: .outcome(response.kind), at: line.at, process: line.process, name: name,
            fields: response.results.map { .init(name: $0.name, value: $0.value) }))
      case .lost(let reason):
        events.append(lost(line.number, names.removeValue(forKey: line.number)!, line.process, reason, at: line.at))
      }
    }
    for operation in open {
      events.append(lost(operation.number, operation.name, operation.process, "run ended", at: end))
    }
    return events
  }

  private func lost(
    _ number: UInt64, _ name: StaticText, _ process: Int, _ reason: StaticText, at time: Instant
  ) -> HistoryEvent {
    HistoryEvent(
      operation: number, kind: .outcome(.info), at: time, process: process, name: name,
      fields: [.init(name: "error", value: .text(reason.description))])
  }
}

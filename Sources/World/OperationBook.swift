import Node
import Primitives
import Telemetry

/// The clients' history as it happens, and which operations have no outcome yet. Of millions of operations it
/// keeps only what cannot be worked out again: a request is a function of its number.
@usableFromInline struct OperationBook<P: Program>: Sendable {
  @usableFromInline enum Fact: UInt8, Sendable { case invoked, answered, lost }

  @usableFromInline struct Line: Sendable {
    @usableFromInline var number: UInt64
    @usableFromInline var at: Instant
    @usableFromInline var process: Int32
    @usableFromInline var fact: Fact

    @inlinable
    init(number: UInt64, at: Instant, process: Int32, fact: Fact) {
      self.number = number
      self.at = at
      self.process = process
      self.fact = fact
    }
  }

  @usableFromInline struct Open: Hashable, Sendable {
    @usableFromInline var number: UInt64
    @usableFromInline var process: Int32

    @inlinable
    init(number: UInt64, process: Int32) {
      self.number = number
      self.process = process
    }
  }

  @usableFromInline var lines = Chunks<Line>()
  /// In the order of their lines.
  @usableFromInline var responses = Chunks<P.Response>()
  /// Why operations were lost, in the order of their lines.
  @usableFromInline var reasons: [StaticText] = []
  /// In order of invocation.
  @usableFromInline var open: ContiguousArray<Open> = []
  /// By `OutcomeKind`'s order: ok, fail, info.
  @usableFromInline var outcomes = (ok: UInt64(0), fail: UInt64(0), info: UInt64(0))
  /// Operations whose time has come, whether somebody was there to ask or not.
  @usableFromInline var arrivals: UInt64 = 0
  /// Turns taken so far, by process less the first target.
  @usableFromInline var turns: [UInt64] = []

  @usableFromInline init() {}

  @inlinable
  mutating func invoke(_ number: UInt64, by process: Int, at now: Instant) {
    let process = Int32(truncatingIfNeeded: process)
    lines.append(Line(number: number, at: now, process: process, fact: .invoked))
    open.append(Open(number: number, process: process))
  }

  @inlinable
  mutating func answer(_ number: UInt64, _ response: P.Response, at now: Instant) {
    var place = 0
    while place < open.count, open[place].number != number { place += 1 }
    precondition(place < open.count, "an operation is answered once, after it was invoked")
    lines.append(Line(number: number, at: now, process: open[place].process, fact: .answered))
    open.remove(at: place)
    responses.append(response)
    switch response.kind {
    case .ok: outcomes.ok &+= 1
    case .fail: outcomes.fail &+= 1
    case .info: outcomes.info &+= 1
    }
  }

  /// The client's process is gone, and with it every answer it might have got.
  mutating func lose(of process: Int, _ reason: StaticText, at now: Instant) {
    for operation in open where Int(operation.process) == process {
      lines.append(Line(number: operation.number, at: now, process: operation.process, fact: .lost))
      reasons.append(reason)
      outcomes.info += 1
    }
    open.removeAll { Int($0.process) == process }
  }

  /// What is under way, and who is to ask how often; not what is over.
  func fold(into digest: inout Digest) {
    for operation in open { digest.fold(operation.number, UInt64(operation.process)) }
    for turn in turns { digest.fold(turn) }
  }

  /// Everything, with what is still open at the end counted as unknown.
  func history(endingAt end: Instant, _ request: (UInt64) -> P.Request) -> [HistoryEvent] {
    var events: [HistoryEvent] = []
    events.reserveCapacity(lines.count + open.count)
    var (answered, lost) = (0, 0)
    for position in 0..<lines.count {
      let line = lines[position]
      let request = request(line.number)
      var kind = HistoryEvent.Kind.invoke
      var fields: [(name: StaticText, value: HistoryValue)]
      switch line.fact {
      case .invoked: fields = request.arguments
      case .answered:
        kind = .outcome(responses[answered].kind)
        fields = responses[answered].results
        answered += 1
      case .lost:
        kind = .outcome(.info)
        fields = [("error", .text(reasons[lost].description))]
        lost += 1
      }
      events.append(
        HistoryEvent(
          operation: line.number, kind: kind, at: line.at, process: Int(line.process), name: request.name,
          fields: fields.map { .init(name: $0.name, value: $0.value) }))
    }
    for operation in open {
      events.append(
        HistoryEvent(
          operation: operation.number, kind: .outcome(.info), at: end, process: Int(operation.process),
          name: request(operation.number).name, fields: [.init(name: "error", value: .text("run ended"))]))
    }
    return events
  }
}

/// A list that only grows, in pieces of one size: millions of elements are never moved to make room.
@usableFromInline struct Chunks<Element: Sendable>: Sendable {
  @usableFromInline var full: ContiguousArray<ContiguousArray<Element>> = []
  @usableFromInline var last: ContiguousArray<Element> = []
  @inlinable static var size: Int { 4_096 }

  @inlinable
  init() {}

  @inlinable
  var count: Int { full.count &* Self.size &+ last.count }

  @inlinable
  mutating func append(_ element: Element) {
    if last.count == Self.size {
      full.append(last)
      last = []
      last.reserveCapacity(Self.size)
    }
    last.append(element)
  }

  @inlinable
  subscript(position: Int) -> Element {
    let chunk = position / Self.size
    return chunk < full.count ? full[chunk][position % Self.size] : last[position % Self.size]
  }
}

import Primitives

/// What a program calls one of its spans while it is open: a subject and a number of the program's own
/// (a log index, an operation). Programs never see identifiers; the host keeps the book.
public struct SpanKey: Hashable, Sendable {
  public let subject: UInt8
  public let number: UInt64
  public let detail: UInt32

  @inlinable
  public init(subject: UInt8, number: UInt64, detail: UInt32 = 0) {
    self.subject = subject
    self.number = number
    self.detail = detail
  }
}

/// The relation of a span to its parent's work (OpenTelemetry's SpanKind; the numbers are OTLP's).
public enum SpanKind: UInt8, Sendable {
  case `internal` = 1
  case server = 2
  case client = 3
  case producer = 4
  case consumer = 5
}

/// How a span ended (the numbers are OTLP's Status.StatusCode).
public enum SpanStatus: Hashable, Sendable {
  case unset
  case ok
  case error(StaticText)

  public var code: Int {
    switch self {
    case .unset: 0
    case .ok: 1
    case .error: 2
    }
  }
}

/// A constant text: comparable, cheap to copy, and impossible to build from data.
public struct StaticText: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  public let text: StaticString

  public init(stringLiteral text: StaticString) { self.text = text }

  public var description: String { text.description }
  // Most are one and the same text: no string is made to find that out.
  public static func == (left: StaticText, right: StaticText) -> Bool {
    left.text.withUTF8Buffer { left in
      right.text.withUTF8Buffer { right in
        left.count == right.count && (left.baseAddress == right.baseAddress || left.elementsEqual(right))
      }
    }
  }
  public func hash(into hasher: inout Hasher) {
    text.withUTF8Buffer { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

/// The value of an attribute.
public enum AttributeValue: Hashable, Sendable {
  case integer(Int64)
  case text(String)
  case flag(Bool)
}

/// A name and a value that describe a span.
public struct Attribute: Hashable, Sendable {
  public let name: StaticText
  public let value: AttributeValue

  public init(_ name: StaticText, _ value: AttributeValue) {
    self.name = name
    self.value = value
  }

  public init(_ name: StaticText, _ value: UInt64) {
    self.init(name, .integer(Int64(clamping: value)))
  }
}

/// Which span a new one belongs under.
public enum SpanParent: Hashable, Sendable {
  /// None: a trace of its own.
  case root
  /// The one that came with the input of this step; a root where the input brought none.
  case incoming
  /// One of the program's own open spans; a root where it is no longer open.
  case key(SpanKey)
}

/// What a program says about its spans and measures: outside the digest, dropped where nobody listens.
public enum TelemetryEffect: Sendable {
  case start(SpanKey, StaticText, SpanKind, parent: SpanParent, [Attribute])
  case annotate(SpanKey, Attribute)
  case end(SpanKey, SpanStatus)
  /// `label`: of the series, where the metric has one.
  case add(Metric, UInt64, label: StaticText? = nil)
  case set(Metric, Int64)
  case observe(Metric, Nanoseconds)
}

/// A finished span. Times are virtual; `process` indexes the recording's processes.
public struct Span: Hashable, Sendable {
  public let context: TraceContext
  /// nil for the root of a trace.
  public let parent: UInt64?
  public let name: StaticText
  public let kind: SpanKind
  public let process: Int
  public let start: Instant
  public let end: Instant
  public let attributes: [Attribute]
  public let status: SpanStatus

  public init(
    context: TraceContext, parent: UInt64?, name: StaticText, kind: SpanKind, process: Int,
    start: Instant, end: Instant, attributes: [Attribute], status: SpanStatus
  ) {
    self.context = context
    self.parent = parent
    self.name = name
    self.kind = kind
    self.process = process
    self.start = start
    self.end = end
    self.attributes = attributes
    self.status = status
  }
}

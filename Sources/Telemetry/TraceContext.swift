import Primitives

/// The identity of a span as it travels beside a message: W3C Trace Context's trace-id and parent-id
/// (Trace Context, section 3.2.2). Neither part is ever all zero.
public struct TraceContext: Hashable, Sendable {
  public let traceHigh: UInt64
  public let traceLow: UInt64
  public let span: UInt64

  @inlinable
  public init(traceHigh: UInt64, traceLow: UInt64, span: UInt64) {
    self.traceHigh = traceHigh
    self.traceLow = traceLow
    self.span = span
  }

  /// 32 lowercase hexadecimal digits.
  public var traceID: String { Digest.hexadecimal(traceHigh) + Digest.hexadecimal(traceLow) }

  /// 16 lowercase hexadecimal digits.
  public var spanID: String { Digest.hexadecimal(span) }

  /// The `traceparent` header's value, always sampled.
  public var traceparent: String { "00-\(traceID)-\(spanID)-01" }
}

import Node
import Primitives
import Raft

/// What a leader puts into the log: the wish for a session, or a request within one. Read in place from an
/// entry's bytes, by every server once: nothing is copied.
package enum KVCommand {
  /// Bytes of an entry's command.
  package typealias Span = Range<Int>

  case openSession(client: UInt64, wish: RequestID)
  case operation(KVCommandHead, KVCommandBody)

  /// 17 bytes; never empty, as a no-op's are.
  package static func bytes(openingFor client: Endpoint, wish: RequestID) -> [UInt8] {
    var writer = WireWriter(capacity: 17)
    writer.write(UInt8(0))
    writer.write(client.word)
    writer.write(wish.rawValue)
    return writer.bytes
  }

  /// 25 bytes and the operation.
  package static func bytes(of request: KVRequest) -> [UInt8] {
    var writer = WireWriter(capacity: 25 + request.operation.wireSize)
    writer.write(UInt8(1))
    writer.write(request.session)
    writer.write(request.request.rawValue)
    writer.write(request.oldestOpen.rawValue)
    request.operation.encode(into: &writer)
    return writer.bytes
  }

  /// Nil for a no-op, and for an entry that was damaged on its way here.
  init?(_ bytes: UnsafeRawBufferPointer) {
    var reader = SpanReader(bytes)
    switch reader.byte() {
    case 0:
      guard let client = reader.word(), let wish = reader.word(), reader.isAtEnd else { return nil }
      self = .openSession(client: client, wish: RequestID(wish))
    case 1:
      guard let session = reader.word(), let request = reader.word(), let oldest = reader.word(),
        let body = KVCommandBody(&reader), reader.isAtEnd
      else { return nil }
      self = .operation(KVCommandHead(session: session, request: request, oldestOpen: oldest), body)
    default: return nil
    }
  }
}

package struct KVCommandHead {
  let session: LogIndex
  let request: UInt64
  let oldestOpen: UInt64
}

/// An operation, as places in the entry's bytes.
package struct KVCommandBody {
  let kind: KVOperation.Kind
  let key: KVCommand.Span
  /// What is written; empty where nothing is.
  let value: KVCommand.Span
  /// What a compare-and-set expects; nil for absence.
  let expected: KVCommand.Span?

  @inline(__always)
  fileprivate init?(_ reader: inout SpanReader) {
    guard let kind = reader.byte().flatMap(KVOperation.Kind.init), let key = reader.string() else { return nil }
    self.kind = kind
    self.key = key
    switch kind {
    case .get:
      guard reader.byte() != nil else { return nil }
      value = 0..<0
      expected = nil
    case .delete:
      value = 0..<0
      expected = nil
    case .put:
      guard let string = reader.string() else { return nil }
      value = string
      expected = nil
    case .cas:
      switch reader.byte() {
      case 0: expected = nil
      case 1:
        guard let string = reader.string() else { return nil }
        expected = string
      default: return nil
      }
      guard let string = reader.string() else { return nil }
      value = string
    }
  }
}

/// Reads the wire format in place. Inlined, as every server reads every entry.
private struct SpanReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  @inline(__always)
  mutating func byte() -> UInt8? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  @inline(__always)
  mutating func word() -> UInt64? {
    guard bytes.count - position >= 8 else { return nil }
    defer { position += 8 }
    return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  @inline(__always)
  mutating func string() -> KVCommand.Span? {
    guard bytes.count - position >= 4 else { return nil }
    let count = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
    guard count <= bytes.count - position - 4 else { return nil }
    let start = position + 4
    position = start + count
    return start..<position
  }
}

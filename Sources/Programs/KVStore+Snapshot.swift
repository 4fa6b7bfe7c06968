import Compression
import Primitives
import Raft

/// A store as bytes: its sessions with the results that they remember, then its values, each with the fingerprint of the entry
/// that wrote it. Equal stores give equal bytes, whatever the order in which they came to be equal.
extension KVStore {
  private static let name: StaticString = "FLKV"
  private static let format: UInt32 = 1

  /// - Parameter level: of compression by zlib, 1 to 9; 0 for none.
  package func snapshot(level: Int) -> [UInt8] {
    var writer = WireWriter(capacity: 64 + values.count * 56)
    writer.write(Self.format)
    writer.write(fingerprint)
    sessions.encode(into: &writer)
    writer.write(UInt64(values.count + others.count))
    for place in values.placesByHash { Self.write(values[place], &writer) }
    for (_, value) in others.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) { Self.write(value, &writer) }
    return Frame.wrap(writer.bytes, as: Self.name, level: level)
  }

  /// - Parameters:
  ///   - sessions: that may be open at once.
  ///   - limit: bytes of content.
  /// - Throws: for what no store has made, and for a frame that is not whole.
  package init(_ snapshot: [UInt8], sessions: Int, limit: Int) throws(KVSnapshotError) {
    self.init(sessions: sessions)
    do {
      try read(try Frame.unwrap(snapshot, as: Self.name, limit: limit))
    } catch let fault as Frame.Fault {
      throw .frame(fault)
    } catch let fault as WireError {
      throw .content(fault)
    } catch {
      preconditionFailure("nothing else is thrown")
    }
  }

  private mutating func read(_ content: [UInt8]) throws {
    var reader = WireReader(content)
    guard try reader.word32() == Self.format else {
      throw WireError(position: 0, expected: "a store's snapshot of format 1")
    }
    let sum = try reader.word64()
    for _ in 0..<(try reader.word32()) { try restore(KVSessions.Restored(from: &reader)) }
    for _ in 0..<(try reader.word64()) { restore(try Self.value(from: &reader)) }
    try reader.end()
    guard fingerprint == sum else {
      throw WireError(position: 4, expected: "the sum over what the snapshot holds")
    }
  }

  private static func write(_ value: Value, _ writer: inout WireWriter) {
    writer.write(value.entry.fingerprint)
    value.entry.withCommand { bytes in
      writer.write(UnsafeRawBufferPointer(rebasing: bytes[value.key]))
      writer.write(UnsafeRawBufferPointer(rebasing: bytes[value.value]))
    }
  }

  private static func value(from reader: inout WireReader) throws(WireError) -> Value {
    let fingerprint = try reader.word64()
    let key = try reader.string()
    let bytes = key + (try reader.string())
    let entry = bytes.withUnsafeBytes { Entry(standingFor: fingerprint, bytes: $0) }
    return Value(entry: entry, key: 0..<key.count, value: key.count..<bytes.count)
  }
}

/// What there is to know of a snapshot of a store without looking into it.
package enum KVSnapshot {
  /// Bytes that compression has saved.
  package static func bytesSaved(in snapshot: Snapshot) -> UInt64 {
    let stored = UInt64(max(0, snapshot.content.count - Frame.headerSize))
    let content = Frame.contentSize(of: snapshot.content) ?? 0
    return content - min(content, stored)
  }
}

/// Why bytes are no snapshot of a store.
package enum KVSnapshotError: Error, Hashable, CustomStringConvertible {
  case frame(Frame.Fault)
  case content(WireError)

  package var description: String {
    switch self {
    case .frame(let fault): "no snapshot of a store: \(fault)"
    case .content(let fault): "no snapshot of a store: at byte \(fault.position) there should be \(fault.expected)"
    }
  }
}

import Node
import Primitives

/// The wire forms of operations and outcomes: a kind byte, then fields. An absent byte string is one byte 0,
/// a present one is one byte 1 and the string.

extension KVOperation {
  public var wireSize: Int {
    let key = 1 + 4 + key.bytes.count
    switch self {
    case .get: return key + 1
    case .delete: return key
    case .put(_, let value): return key + 4 + value.count
    case .compareAndSet(_, let expected, let new): return key + Self.size(expected) + 4 + new.count
    }
  }

  static func size(_ bytes: [UInt8]?) -> Int { bytes.map { 1 + 4 + $0.count } ?? 1 }

  public func encode(into writer: inout WireWriter) {
    writer.write(kind.rawValue)
    writer.write(key.bytes)
    switch self {
    case .get(_, let mode): writer.write(mode.rawValue)
    case .delete: break
    case .put(_, let value): writer.write(value)
    case .compareAndSet(_, let expected, let new):
      writer.write(optional: expected)
      writer.write(new)
    }
  }

  public static func decode(from reader: inout WireReader) throws(WireError) -> KVOperation {
    let position = reader.position
    guard let kind = Kind(rawValue: try reader.byte()) else {
      throw WireError(position: position, expected: "an operation from 0 to 3")
    }
    let key = KVKey(try reader.string())
    switch kind {
    case .get:
      let position = reader.position
      guard let mode = ReadMode(rawValue: try reader.byte()) else {
        throw WireError(position: position, expected: "a way to read from 0 to 5")
      }
      return .get(key, mode)
    case .put: return .put(key, try reader.string())
    case .delete: return .delete(key)
    case .cas: return .compareAndSet(key, expected: try reader.optionalString(), new: try reader.string())
    }
  }
}

extension KVOutcome {
  var wireSize: Int {
    if case .value(let value) = result { return 9 + KVOperation.size(value) }
    return 9
  }

  func encode(into writer: inout WireWriter) {
    switch result {
    case .value: writer.write(UInt8(0))
    case .done: writer.write(UInt8(1))
    case .mismatch: writer.write(UInt8(2))
    case .refused: writer.write(UInt8(3))
    case .unknown: writer.write(UInt8(4))
    case .overloaded: writer.write(UInt8(5))
    }
    writer.write(index)
    if case .value(let value) = result { writer.write(optional: value) }
  }

  static func decode(kind: UInt8, at position: Int, from reader: inout WireReader) throws(WireError) -> KVOutcome {
    guard kind <= 5 else { throw WireError(position: position, expected: "an answer from 0 to 7") }
    let index = try reader.word64()
    switch kind {
    case 0: return KVOutcome(.value(try reader.optionalString()), index: index)
    case 1: return KVOutcome(.done, index: index)
    case 2: return KVOutcome(.mismatch, index: index)
    case 3: return KVOutcome(.refused, index: index)
    case 4: return KVOutcome(.unknown, index: index)
    default: return KVOutcome(.overloaded, index: index)
    }
  }
}

extension KVResponse.Answer {
  var wireSize: Int {
    switch self {
    case .outcome(let outcome): outcome.wireSize
    case .refused: 5
    case .expired: 1
    }
  }

  func encode(into writer: inout WireWriter) {
    switch self {
    case .outcome(let outcome): outcome.encode(into: &writer)
    case .refused(let leader):
      writer.write(UInt8(6))
      writer.write(leader.map { $0.rawValue } ?? UInt32.max)
    case .expired: writer.write(UInt8(7))
    }
  }

  static func decode(from reader: inout WireReader) throws(WireError) -> KVResponse.Answer {
    let position = reader.position
    switch try reader.byte() {
    case 6:
      let leader = try reader.word32()
      return .refused(leader: leader == .max ? nil : NodeID(leader))
    case 7: return .expired
    case let kind: return .outcome(try KVOutcome.decode(kind: kind, at: position, from: &reader))
    }
  }
}

extension WireWriter {
  mutating func write(optional bytes: [UInt8]?) {
    write(UInt8(bytes == nil ? 0 : 1))
    if let bytes { write(bytes) }
  }
}

extension WireReader {
  mutating func optionalString() throws(WireError) -> [UInt8]? {
    let position = position
    switch try byte() {
    case 0: return nil
    case 1: return try string()
    default: throw WireError(position: position, expected: "0 or 1")
    }
  }
}

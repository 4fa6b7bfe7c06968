import Node
import Primitives
import Telemetry

/// A key of the store: any bytes.
public struct KVKey: Hashable, Sendable {
  public let bytes: [UInt8]

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// `k0`, `k1`, …
  public init(number: Int) { bytes = Array("k\(number)".utf8) }
}

/// What a client asks of the key-value store.
public enum KVOperation: Hashable, Sendable {
  case get(KVKey)
  case put(KVKey, [UInt8])
  case delete(KVKey)
  /// Writes `new` where the present value is `expected`; nil expects the key to be absent.
  case compareAndSet(KVKey, expected: [UInt8]?, new: [UInt8])

  public enum Kind: UInt8, Sendable, CaseIterable {
    case get, put, delete, cas
  }

  public var kind: Kind {
    switch self {
    case .get: .get
    case .put: .put
    case .delete: .delete
    case .compareAndSet: .cas
    }
  }

  public var key: KVKey {
    switch self {
    case .get(let key), .put(let key, _), .delete(let key), .compareAndSet(let key, _, _): key
    }
  }
}

/// What the store answers.
public enum KVOutcome: Hashable, Sendable {
  /// The value read; nil where the key is absent.
  case value([UInt8]?)
  case done
  /// The present value was another one.
  case mismatch
  /// Certainly not applied: refused before it was proposed, or overtaken by another leader's entry.
  case refused
  /// Nobody answered in time.
  case unknown
}

extension KVOperation: RecordedOperation {
  public var name: StaticText {
    switch kind {
    case .get: "get"
    case .put: "put"
    case .delete: "delete"
    case .cas: "cas"
    }
  }

  public var arguments: [(name: StaticText, value: HistoryValue)] {
    let key = (name: StaticText("key"), value: HistoryValue.bytes(self.key.bytes))
    switch self {
    case .get, .delete: return [key]
    case .put(_, let value): return [key, ("value", .bytes(value))]
    case .compareAndSet(_, let expected, let new):
      return [key, ("expected", expected.map(HistoryValue.bytes) ?? .none), ("value", .bytes(new))]
    }
  }

  public func fold(into digest: inout Digest) {
    digest.fold(bytes: key.bytes)
    digest.fold(UInt64(kind.rawValue))
    switch self {
    case .get, .delete: break
    case .put(_, let value): digest.fold(bytes: value)
    case .compareAndSet(_, let expected, let new):
      if let expected { digest.fold(bytes: expected) } else { digest.fold(0) }
      digest.fold(bytes: new)
    }
  }
}

extension KVOutcome: RecordedOutcome {
  public var kind: OutcomeKind {
    switch self {
    // A mismatch is an answer: the operation took place and found another value.
    case .value, .done, .mismatch: .ok
    case .refused: .fail
    case .unknown: .info
    }
  }

  public var results: [(name: StaticText, value: HistoryValue)] {
    switch self {
    case .value(let value): [("value", value.map(HistoryValue.bytes) ?? .none)]
    case .done: []
    case .mismatch: [("result", .text("mismatch"))]
    case .refused: [("error", .text("refused"))]
    case .unknown: [("error", .text("timeout"))]
    }
  }

  public func fold(into digest: inout Digest) {
    switch self {
    case .value(let value?):
      digest.fold(0)
      digest.fold(bytes: value)
    case .value(nil): digest.fold(1)
    case .done: digest.fold(2)
    case .mismatch: digest.fold(3)
    case .refused: digest.fold(4)
    case .unknown: digest.fold(5)
    }
  }
}

extension HistoryValue {
  /// Text where the bytes are printable, an integer where they are a workload's eight-byte value, else
  /// hexadecimal: one value always looks the same.
  static func bytes(_ bytes: [UInt8]) -> HistoryValue {
    if !bytes.isEmpty, bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
      return .text(String(decoding: bytes, as: UTF8.self))
    }
    if bytes.count >= 8, bytes[7] & 0x80 == 0, bytes[8...].allSatisfy({ $0 == 0 }) {
      var word: UInt64 = 0
      for position in 0..<8 { word |= UInt64(bytes[position]) << UInt64(8 * position) }
      return .integer(Int64(word))
    }
    return .text("0x" + bytes.map { Digest.hexadecimal(UInt64($0)).suffix(2) }.joined())
  }
}

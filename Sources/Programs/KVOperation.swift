import Node
import Primitives
import Raft
import Telemetry

/// A key of the store: any bytes.
public struct KVKey: Hashable, Sendable {
  public let bytes: [UInt8]

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// `k0`, `k1`, …
  public init(number: Int) { bytes = Array("k\(number)".utf8) }
}

/// How a get is answered, and what it promises.
public enum ReadMode: UInt8, Hashable, Sendable, CaseIterable {
  /// Through the log, as a write is: linearizable.
  case log
  /// By the leader once a round of messages has confirmed it (dissertation, 6.4): linearizable.
  case readIndex
  /// By the leader at once while it holds a lease (dissertation, 6.4.1): linearizable as long as clocks err no
  /// more than the rules allow for.
  case lease
  /// By any server once its leader has told it up to where it must have applied: linearizable.
  case follower
  /// By any server that has applied what this client has seen: its own writes, and never older than it read before.
  case session
  /// By any server, from what it has applied: some committed state, however old.
  case stale

  public var name: StaticText {
    switch self {
    case .log: "log"
    case .readIndex: "read_index"
    case .lease: "lease"
    case .follower: "follower"
    case .session: "session"
    case .stale: "stale"
    }
  }

  /// Whether only a leader answers it.
  var needsLeader: Bool { self == .log || self == .readIndex || self == .lease }
}

/// What a client asks of the key-value store.
public enum KVOperation: Hashable, Sendable {
  case get(KVKey, ReadMode)
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
    case .get(let key, _), .put(let key, _), .delete(let key), .compareAndSet(let key, _, _): key
    }
  }

  /// How it is answered, where it is a get that needs no entry in the log.
  var read: ReadMode? {
    if case .get(_, let mode) = self, mode != .log { return mode }
    return nil
  }
}

/// How an operation ended.
public struct KVOutcome: Hashable, Sendable {
  public enum Result: Hashable, Sendable {
    /// The value read; nil where the key is absent.
    case value([UInt8]?)
    case done
    /// The present value was another one.
    case mismatch
    /// Certainly not applied: refused before it was proposed, or overtaken by another leader's entry.
    case refused
    /// Certainly not applied: the leader has too much to do.
    case overloaded
    /// Nobody answered in time.
    case unknown
  }

  public let result: Result
  /// How much of the log the state contained that the answer tells of: the index of the entry that was applied for
  /// it, where there is one, however often the request entered the log; 0 where nothing was answered.
  public let index: LogIndex

  public init(_ result: Result, index: LogIndex = 0) {
    self.result = result
    self.index = index
  }
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
    case .get(_, let mode): return [key, ("consistency", .text(mode.name.description))]
    case .delete: return [key]
    case .put(_, let value): return [key, ("value", .bytes(value))]
    case .compareAndSet(_, let expected, let new):
      return [key, ("expected", expected.map(HistoryValue.bytes) ?? .none), ("value", .bytes(new))]
    }
  }

  public func fold(into digest: inout Digest) {
    digest.fold(bytes: key.bytes)
    digest.fold(UInt64(kind.rawValue))
    switch self {
    case .get(_, let mode): digest.fold(UInt64(mode.rawValue))
    case .delete: break
    case .put(_, let value): digest.fold(bytes: value)
    case .compareAndSet(_, let expected, let new):
      if let expected { digest.fold(bytes: expected) } else { digest.fold(0) }
      digest.fold(bytes: new)
    }
  }
}

extension KVOutcome: RecordedOutcome {
  public var kind: OutcomeKind {
    switch result {
    // A mismatch is an answer: the operation took place and found another value.
    case .value, .done, .mismatch: .ok
    case .refused, .overloaded: .fail
    case .unknown: .info
    }
  }

  public var results: [(name: StaticText, value: HistoryValue)] {
    let index = (name: StaticText("index"), value: HistoryValue.integer(Int64(clamping: self.index)))
    switch result {
    case .value(let value): return [("value", value.map(HistoryValue.bytes) ?? .none), index]
    case .done: return [index]
    case .mismatch: return [("result", .text("mismatch")), index]
    case .refused: return [("error", .text("refused"))]
    case .overloaded: return [("error", .text("overloaded"))]
    case .unknown: return [("error", .text("timeout"))]
    }
  }

  public func fold(into digest: inout Digest) {
    switch result {
    case .value(let value?):
      digest.fold(0, index)
      digest.fold(bytes: value)
    case .value(nil): digest.fold(1, index)
    case .done: digest.fold(2, index)
    case .mismatch: digest.fold(3, index)
    case .refused: digest.fold(4)
    case .unknown: digest.fold(5)
    case .overloaded: digest.fold(6)
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

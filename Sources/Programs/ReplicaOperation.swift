import Node
import Primitives
import Telemetry

/// What is asked of a replica.
public enum ReplicaOperation: RecordedOperation, Hashable {
  /// Of the grow-only counter.
  case increment(UInt64)
  /// Of the counter that goes both ways.
  case adjust(Int64)
  case add(UInt64), remove(UInt64)
  /// Of the register.
  case write(UInt64)
  /// Of the map.
  case put(UInt64, UInt64), delete(UInt64)
  case read

  public var name: StaticText {
    switch self {
    case .increment: "increment"
    case .adjust: "adjust"
    case .add: "add"
    case .remove: "remove"
    case .write: "write"
    case .put: "put"
    case .delete: "delete"
    case .read: "read"
    }
  }

  public var arguments: [(name: StaticText, value: HistoryValue)] {
    switch self {
    case .increment(let amount): [("by", .integer(Int64(clamping: amount)))]
    case .adjust(let amount): [("by", .integer(amount))]
    case .add(let element), .remove(let element): [("element", .integer(Int64(clamping: element)))]
    case .write(let value): [("value", .integer(Int64(clamping: value)))]
    case .put(let key, let value):
      [("key", .integer(Int64(clamping: key))), ("value", .integer(Int64(clamping: value)))]
    case .delete(let key): [("key", .integer(Int64(clamping: key)))]
    case .read: []
    }
  }

  private var words: (kind: UInt64, first: UInt64, second: UInt64) {
    switch self {
    case .increment(let amount): (0, amount, 0)
    case .adjust(let amount): (1, UInt64(bitPattern: amount), 0)
    case .add(let element): (2, element, 0)
    case .remove(let element): (3, element, 0)
    case .write(let value): (4, value, 0)
    case .put(let key, let value): (5, key, value)
    case .delete(let key): (6, key, 0)
    case .read: (7, 0, 0)
    }
  }

  public func fold(into digest: inout Digest) {
    digest.fold(words.kind)
    digest.fold(words.first, words.second)
  }
}

/// What came of it, at the replica that was asked.
public enum ReplicaOutcome: RecordedOutcome, Hashable {
  /// It is on the replica's disk.
  case done
  case read(ReplicaReading)

  public var kind: OutcomeKind { .ok }

  public var results: [(name: StaticText, value: HistoryValue)] {
    guard case .read(let reading) = self else { return [] }
    return [
      ("counter", .integer(Int64(clamping: reading.counter))), ("balance", .integer(reading.balance)),
      ("elements", .integer(Int64(reading.elements))),
      ("register", reading.register.map { .integer(Int64(clamping: $0)) } ?? .none),
      ("keys", .integer(Int64(reading.keys))),
    ]
  }

  public func fold(into digest: inout Digest) {
    guard case .read(let reading) = self else { return digest.fold(0) }
    digest.fold(reading.counter, UInt64(bitPattern: reading.balance))
    digest.fold(UInt64(reading.elements), UInt64(reading.keys))
    digest.fold(reading.register.map { $0 &+ 1 } ?? 0)
  }
}

/// What a read tells of each object.
public struct ReplicaReading: Hashable, Sendable {
  public let counter: UInt64
  public let balance: Int64
  public let elements: Int
  public let register: UInt64?
  public let keys: Int

  package init(counter: UInt64, balance: Int64, elements: Int, register: UInt64?, keys: Int) {
    self.counter = counter
    self.balance = balance
    self.elements = elements
    self.register = register
    self.keys = keys
  }
}

/// A workload of all operations alike, but reads, of which there are twice as many. Elements and keys are few, so that
/// replicas change the same ones at a time.
public struct ReplicaSource: RequestSource {
  public typealias Request = ReplicaOperation
  public typealias Response = ReplicaOutcome

  /// Elements of the set, and keys of the map.
  static let names: UInt64 = 12

  public init() {}

  public func request(number: UInt64, choices: Choices) -> ReplicaOperation {
    func draw(_ purpose: Purpose, below bound: UInt64) -> UInt64 {
      choices.choose(purpose, Entities(number), 0, below: bound)
    }
    func name() -> UInt64 { draw(.replicaName, below: Self.names) }
    return switch draw(.replicaOperation, below: 9) {
    case 0: .increment(1 + draw(.replicaAmount, below: 9))
    case 1: .adjust(Int64(draw(.replicaAmount, below: 19)) - 9)
    case 2: .add(name())
    case 3: .remove(name())
    // Each write has a value of its own, so that it is known by it.
    case 4: .write(number)
    case 5: .put(name(), number)
    case 6: .delete(name())
    default: .read
    }
  }
}

extension Purpose {
  static let replicaOperation = Purpose(68, "replica-operation")
  static let replicaName = Purpose(69, "replica-name")
  static let replicaAmount = Purpose(70, "replica-amount")
  static let replicaPeer = Purpose(71, "replica-peer")
  static let replicaPause = Purpose(72, "replica-pause")
}

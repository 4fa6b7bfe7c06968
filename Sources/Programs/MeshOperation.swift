import Node
import Primitives
import Telemetry

/// A request for whatever a key's owner does.
public struct MeshOperation: RecordedOperation, Hashable {
  public let key: UInt64
  /// What it takes of a processor that does nothing else.
  public let work: Nanoseconds

  public init(key: UInt64, work: Nanoseconds = .zero) {
    self.key = key
    self.work = work
  }

  public var name: StaticText { "ask" }
  public var arguments: [(name: StaticText, value: HistoryValue)] { [("key", .integer(Int64(clamping: key)))] }
  public func fold(into digest: inout Digest) { digest.fold(key, UInt64(bitPattern: work.count)) }
}

/// What became of it, at the node that was asked.
public enum MeshOutcome: RecordedOutcome, Hashable {
  /// Its owner has served it.
  case served(by: NodeID)
  /// The owner is held dead, or there is no way to it; nothing was sent.
  case unreachable
  /// No answer has come in time.
  case silent
  /// Its owner has too much to do.
  case overloaded

  public var kind: OutcomeKind {
    switch self {
    case .served: .ok
    case .unreachable, .overloaded: .fail
    case .silent: .info
    }
  }

  public var results: [(name: StaticText, value: HistoryValue)] {
    switch self {
    case .served(let owner): [("by", .text("n\(UInt64(owner.rawValue) + 1)"))]
    case .unreachable: [("error", .text("unreachable"))]
    case .silent: [("error", .text("timeout"))]
    case .overloaded: [("error", .text("overloaded"))]
    }
  }

  public func fold(into digest: inout Digest) {
    switch self {
    case .served(let owner): digest.fold(0, UInt64(owner.rawValue))
    case .unreachable: digest.fold(1)
    case .silent: digest.fold(2)
    case .overloaded: digest.fold(3)
    }
  }
}

/// A workload of requests for random keys.
public struct MeshSource: RequestSource {
  public typealias Request = MeshOperation
  public typealias Response = MeshOutcome

  /// As many as people care to tell apart.
  static let keys: UInt64 = 65_536

  /// What a request takes of a processor; nil for nothing.
  let work: Distribution?

  public init(work: Distribution? = nil) { self.work = work }

  public func request(number: UInt64, choices: Choices) -> MeshOperation {
    MeshOperation(
      key: choices.choose(.meshKey, Entities(number), 0, below: Self.keys),
      // Drawn for the request and not where it is served: however the mesh is cut, it asks for the same.
      work: work.map { choices.choose(.meshWork, Entities(number), 0, from: $0) } ?? .zero)
  }
}

extension Purpose {
  static let meshKey = Purpose(73, "mesh-key")
  static let meshWork = Purpose(77, "mesh-work")
  static let meshProbe = Purpose(74, "mesh-probe")
  static let meshPhase = Purpose(75, "mesh-phase")
}

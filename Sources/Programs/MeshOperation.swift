import Node
import Primitives
import Telemetry

/// A request for whatever a key's owner does.
public struct MeshOperation: RecordedOperation, Hashable {
  public let key: UInt64

  public var name: StaticText { "ask" }
  public var arguments: [(name: StaticText, value: HistoryValue)] { [("key", .integer(Int64(clamping: key)))] }
  public func fold(into digest: inout Digest) { digest.fold(key) }
}

/// What became of it, at the node that was asked.
public enum MeshOutcome: RecordedOutcome, Hashable {
  /// Its owner has served it.
  case served(by: NodeID)
  /// The owner is held dead, or there is no way to it; nothing was sent.
  case unreachable
  /// No answer has come in time.
  case silent

  public var kind: OutcomeKind {
    switch self {
    case .served: .ok
    case .unreachable: .fail
    case .silent: .info
    }
  }

  public var results: [(name: StaticText, value: HistoryValue)] {
    switch self {
    case .served(let owner): [("by", .text("n\(UInt64(owner.rawValue) + 1)"))]
    case .unreachable: [("error", .text("unreachable"))]
    case .silent: [("error", .text("timeout"))]
    }
  }

  public func fold(into digest: inout Digest) {
    switch self {
    case .served(let owner): digest.fold(0, UInt64(owner.rawValue))
    case .unreachable: digest.fold(1)
    case .silent: digest.fold(2)
    }
  }
}

/// A workload of requests for random keys.
public struct MeshSource: RequestSource {
  public typealias Request = MeshOperation
  public typealias Response = MeshOutcome

  /// As many as people care to tell apart.
  static let keys: UInt64 = 65_536

  public init() {}

  public func request(number: UInt64, choices: Choices) -> MeshOperation {
    MeshOperation(key: choices.choose(.meshKey, Entities(number), 0, below: Self.keys))
  }
}

extension Purpose {
  static let meshKey = Purpose(73, "mesh-key")
  static let meshProbe = Purpose(74, "mesh-probe")
  static let meshPhase = Purpose(75, "mesh-phase")
}

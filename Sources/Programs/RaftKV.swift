import Node
import Primitives
import Raft

/// The program `raft-kv`: a replicated key-value store and the clients that use it.
public struct RaftKV: Program {
  public typealias Message = KVMessage
  public typealias Record = KVRecord
  public typealias Requests = KVWorkload

  public static let tags = [
    Tag("leader", bit: bit(of: .leader)), Tag("follower", bit: bit(of: .follower)),
    Tag("candidate", bit: bit(of: .candidate)),
  ]

  // One of the two is there. Not an enum: an optional is stepped in place, an enum's payload is moved out and
  // back for every message.
  package private(set) var server: KVServer?
  package private(set) var client: KVClient?
  @usableFromInline let isServer: Bool
  /// What the server shows, kept beside it: to read a field through the optional copies the whole server, and
  /// status and judges ask after every step.
  @usableFromInline package private(set) var standing = Standing()

  /// A server of the group.
  public init(server id: NodeID, settings: RaftKVSettings) {
    server = KVServer(id: id, settings: settings)
    isServer = true
  }

  /// A client of the group, which lives on a host of its own.
  public init(client id: NodeID, settings: RaftKVSettings) {
    client = KVClient(id: id, settings: settings)
    isServer = false
  }

  public mutating func step(_ input: Input<RaftKV>, context: inout StepContext, effects: inout Effects<RaftKV>) {
    if isServer {
      server!.step(input, context: &context, effects: &effects)
      server!.show(&standing)
    } else {
      client!.step(input, context: &context, effects: &effects)
    }
  }

  @inlinable
  public var status: Status {
    guard isServer else { return Status(tags: 0, epoch: 0) }
    return Status(tags: 1 << UInt32(Self.bit(of: standing.role)), epoch: standing.term)
  }

  /// The bit of a role's tag.
  @inlinable
  package static func bit(of role: Role) -> UInt8 {
    switch role {
    case .leader: 0
    case .follower: 1
    case .candidate: 2
    }
  }

  public func fold(into digest: inout Digest) {
    server?.fold(into: &digest)
    client?.fold(into: &digest)
  }
}

/// What all processes of a `raft-kv` cluster know.
public struct RaftKVSettings: Hashable, Sendable {
  /// Servers have the numbers from 0 to this, exclusive; clients follow.
  public let servers: Int
  public let timing: Timing
  /// Entries in one AppendEntries, at most.
  public let batch: Int
  /// How long a client waits for an outcome.
  public let timeout: Nanoseconds
  /// Whether a try that was refused is over for good. Where the network may deliver a message twice, a copy of
  /// the try may still reach a server that takes it.
  public let refusalsAreFinal: Bool
  /// Shared by all servers.
  let members: [NodeID]

  /// - Precondition: at least one server, a batch of at least one, a time-out above zero.
  public init(
    servers: Int, timing: Timing = .standard, batch: Int = 100, timeout: Nanoseconds = .seconds(5),
    refusalsAreFinal: Bool = true
  ) {
    precondition(servers >= 1 && batch >= 1 && timeout > .zero)
    self.servers = servers
    self.timing = timing
    self.batch = batch
    self.timeout = timeout
    self.refusalsAreFinal = refusalsAreFinal
    members = (0..<UInt32(servers)).map { NodeID($0) }
  }
}

extension Purpose {
  static let electionTimeout = Purpose(64, "election-timeout")
  static let clientRest = Purpose(65, "client-rest")
}

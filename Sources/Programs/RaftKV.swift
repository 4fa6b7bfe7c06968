import Node
import Primitives
import RPC
import Raft

/// The program `raft-kv`: a replicated key-value store and the clients that use it.
public struct RaftKV: Program {
  public typealias Message = KVMessage
  public typealias Record = KVRecord
  public typealias Requests = KVWorkload

  public static let tags = [
    Tag("leader", bit: bit(of: .leader)), Tag("follower", bit: bit(of: .follower)),
    Tag("candidate", bit: bit(of: .candidate)), Tag("pre-candidate", bit: bit(of: .preCandidate)),
    Tag("impaired", bit: impaired),
  ]

  public static let layout = DiskLayout(
    mirrors: [(KVRecord.hardStateFile, KVRecord.hardStateCopyFile)],
    // A snapshot that is damaged is a log that has lost its beginning.
    replicated: [KVRecord.logFile, KVRecord.snapshotFile],
    impaired: impaired)

  public static let lengths: [Purpose] = [.electionTimeout, .clientRest]

  /// Of a server that has lost what it promised.
  @usableFromInline static let impaired: UInt8 = 4

  // One of the two is there. Not an enum: an optional is stepped in place, an enum's payload is moved out and
  // back for every message. Boxed, because a program is handed to judges, and a handful of words is cheaper to
  // hand over than a server.
  var boxedServer: Boxed<KVServer>?
  var boxedClient: Boxed<KVClient>?
  @usableFromInline let isServer: Bool
  /// The highest version that it speaks with other servers.
  package let wireVersion: WireVersion
  /// What the server shows, kept beside it: status and judges ask after every step.
  @usableFromInline package private(set) var standing = Standing()

  /// A server of the group.
  public init(server id: NodeID, settings: RaftKVSettings) {
    boxedServer = Boxed(KVServer(id: id, settings: settings))
    isServer = true
    wireVersion = settings.wireVersion
  }

  /// A client of the group, which lives on a host of its own.
  public init(client id: NodeID, settings: RaftKVSettings) {
    boxedClient = Boxed(KVClient(id: id, settings: settings))
    isServer = false
    wireVersion = settings.wireVersion
  }

  public mutating func step(_ input: Input<RaftKV>, context: inout StepContext, effects: inout Effects<RaftKV>) {
    if isServer {
      boxedServer!.value.step(input, context: &context, effects: &effects, showing: &standing)
    } else {
      boxedClient!.value.step(input, context: &context, effects: &effects)
    }
  }

  /// A copy of the server.
  package var server: KVServer? { boxedServer?.value }

  @inlinable
  public var status: Status {
    guard isServer else { return Status(tags: 0, epoch: 0) }
    let impairment: UInt32 = standing.isImpaired ? 1 << 4 : 0
    return Status(tags: 1 << UInt32(Self.bit(of: standing.role)) | impairment, epoch: standing.term)
  }

  /// The bit of a role's tag.
  @inlinable
  package static func bit(of role: Role) -> UInt8 {
    switch role {
    case .leader: 0
    case .follower: 1
    case .candidate: 2
    // To others it is a follower that has lost its leader.
    case .preCandidate: 3
    }
  }

  public func fold(into digest: inout Digest, at now: Instant) {
    boxedServer?.value.fold(into: &digest, at: now)
    boxedClient?.value.fold(into: &digest, at: now)
  }
}

/// What all processes of a `raft-kv` cluster know.
public struct RaftKVSettings: Hashable, Sendable {
  /// Servers have the numbers from 0 to this, exclusive; clients follow.
  public let servers: Int
  public let rules: Rules
  /// Client sessions that the store keeps open at once.
  public let sessions: Int
  /// How long a client waits for an outcome.
  public let timeout: Nanoseconds
  /// How clients go about their calls until then.
  public let calls: CallPolicy
  /// Whether clients write within sessions. Without one a request is applied as often as it comes.
  public let usesSessions: Bool
  /// The highest version that a server speaks with the others.
  public var wireVersion: WireVersion
  /// When a server takes a snapshot of its store; nil for never.
  public var snapshots: SnapshotSettings?
  /// With whom the group begins, shared by all of them; the other servers wait to be told of it.
  public let voters: [NodeID]
  /// Who stands for election as its first life begins, as if a leader had asked it to.
  public var standsAtOnce: NodeID?

  /// - Parameters:
  ///   - calls: with the patience that suits the time-out unless given.
  ///   - voters: with whom the group begins, in ascending order; all servers unless given.
  /// - Precondition: at least one server, voter and session, a time-out above zero.
  public init(
    servers: Int, rules: Rules = .standard, sessions: Int = 1_024, timeout: Nanoseconds = .seconds(5),
    calls: CallPolicy? = nil, usesSessions: Bool = true, wireVersion: WireVersion = .newest,
    snapshots: SnapshotSettings? = .standard, voters: [NodeID]? = nil
  ) {
    precondition(servers >= 1 && sessions >= 1 && timeout > .zero && voters?.isEmpty != true)
    self.servers = servers
    self.rules = rules
    self.sessions = sessions
    self.timeout = timeout
    self.calls = calls ?? CallPolicy(patience: CallPolicy.patience(within: timeout))
    self.usesSessions = usesSessions
    self.wireVersion = wireVersion
    self.snapshots = snapshots
    self.voters = voters ?? (0..<UInt32(servers)).map { NodeID($0) }
  }
}

extension Purpose {
  static let electionTimeout = Purpose(64, "election-timeout")
  static let clientRest = Purpose(65, "client-rest")
}

import ControlLoop
import Membership
import Primitives
import Routing

/// What all nodes of a mesh know.
public struct MeshSettings: Sendable {
  public let topology: Topology
  public let membership: Membership.Settings
  public let routing: RoutingSettings
  /// Between two hellos to each neighbour; nil where every link is taken for one that works.
  public let hello: Nanoseconds?
  /// Silent rounds after which a link is down, and others after which it is up again.
  public let patience: UInt8
  /// How long a request waits for its answer.
  public let timeout: Nanoseconds
  /// Whether requests take their owner's processor, and how many it has under way at once. Each holds so many bytes of
  /// memory.
  public var works = false
  public var queue = 64
  public var memory: UInt64 = 0
  /// nil where nobody heals anything.
  public var healing: HealingSettings?

  /// - Precondition: lengths of time above zero, a patience of at least one.
  public init(
    topology: Topology, membership: Membership.Settings, routing: RoutingSettings, hello: Nanoseconds?,
    patience: UInt8, timeout: Nanoseconds
  ) {
    precondition(hello.map { $0 > .zero } ?? true && timeout > .zero && patience >= 1)
    self.topology = topology
    self.membership = membership
    self.routing = routing
    self.hello = hello
    self.patience = patience
    self.timeout = timeout
  }
}

/// How a mesh heals.
public struct HealingSettings: Sendable {
  /// The nodes that decide for all, ascending.
  public let council: [NodeID]
  public let rules: CouncilRules
  public let loop: Boxed<LoopSettings>

  /// - Precondition: there is a council.
  public init(council: [NodeID], rules: CouncilRules, loop: LoopSettings) {
    precondition(!council.isEmpty)
    self.council = council
    self.rules = rules
    self.loop = Boxed(loop)
  }
}

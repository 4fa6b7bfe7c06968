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

  /// Whose key it is: keys are dealt out evenly.
  public func owner(of key: UInt64) -> NodeID {
    NodeID(UInt32(avalanche(key).multipliedFullWidth(by: UInt64(topology.nodes)).high))
  }
}

/// The identity of a member of a cluster: a dense number from 0, so that state about nodes lives in
/// arrays. People see `n1` for number 0; the mapping to names belongs to whoever builds the cluster.
public struct NodeID: Hashable, Comparable, Sendable {
  /// From 0 to 4,294,967,295; dense within one cluster.
  public let rawValue: UInt32

  @inlinable
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  /// The same number as an array index.
  @inlinable
  public var index: Int { Int(rawValue) }

  @inlinable
  public static func < (left: NodeID, right: NodeID) -> Bool { left.rawValue < right.rawValue }
}

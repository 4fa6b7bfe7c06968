import Primitives

/// Where a message goes: a process on a host. Hosts are numbered densely from 0, processes from 0 on each.
public struct Endpoint: Hashable, Comparable, Sendable {
  public let host: NodeID
  public let process: UInt16

  @inlinable
  public init(_ host: NodeID, _ process: UInt16 = 0) {
    self.host = host
    self.process = process
  }

  /// Both numbers in one word, for keys of choices and digests: host in the upper part, process in the
  /// lower 16 bits; at most 48 bits in all.
  @inlinable
  public var word: UInt64 { UInt64(host.rawValue) << 16 | UInt64(process) }

  @inlinable
  public static func < (left: Endpoint, right: Endpoint) -> Bool { left.word < right.word }
}

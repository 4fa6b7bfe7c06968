import Primitives

/// What a node says of one of its links where that differs from the topology.
public struct LinkReport: Hashable, Sendable {
  public let neighbour: NodeID
  /// Of sending over the link from here, from 1 to `Topology.highestCost`; the topology's own unless it changed.
  public let cost: UInt32
  public let isDown: Bool

  public init(neighbour: NodeID, cost: UInt32, isDown: Bool) {
    self.neighbour = neighbour
    self.cost = cost
    self.isDown = isDown
  }
}

/// All that a node has to say of its links, which makes void what it said before: the link-state advertisement of
/// RFC 2328, section 12, without what the topology says already.
///
/// Deviation: adverts do not age. One that is out of date is kept until its origin says something newer; there is
/// at most one for each node.
public struct Advert: Hashable, Sendable {
  /// Numbers are below it; what comes from damaged bytes leaves room to go on above.
  static let sequenceBound: UInt64 = 1 << 62

  public let origin: NodeID
  /// From 1, ascending over what the origin says, over its lives too once it has heard of them.
  public let sequence: UInt64
  /// Ascending by neighbour.
  public let links: ContiguousArray<LinkReport>
  /// Over all of the above.
  let fingerprint: UInt64

  public init(origin: NodeID, sequence: UInt64, links: ContiguousArray<LinkReport>) {
    self.origin = origin
    self.sequence = sequence
    self.links = links
    var digest = Digest()
    digest.fold(UInt64(origin.rawValue), sequence)
    for link in links { digest.fold(UInt64(link.neighbour.rawValue), link.words) }
    fingerprint = digest.words.high
  }

  /// Whether this one replaces the other of the same origin. A node that begins a new life may say different things
  /// under one number; which of them counts matters little, as long as it is the same one everywhere (RFC 2328,
  /// section 13.1, compares checksums), since the origin goes on above once it hears of it.
  func isNewer(than other: Advert) -> Bool {
    (sequence, fingerprint) > (other.sequence, other.fingerprint)
  }
}

extension LinkReport {
  var words: UInt64 { UInt64(cost) << 1 | (isDown ? 1 : 0) }
}

import Primitives

/// What hosts share and lose together.
@usableFromInline package enum FailureDomain: String, Sendable, CaseIterable {
  case zone, rack
}

/// One of the zones, or of the racks.
@usableFromInline package enum DomainChoice: Hashable, Sendable {
  /// By its place in the plan.
  case number(Int)
  /// One with somebody live, at random.
  case random
  /// Where the live node is that carries the tag with this bit at the highest epoch.
  case ofTagged(bit: UInt8)
}

/// Which nodes are in a zone or rack together; one in none is in nobody's.
@usableFromInline package struct FailureDomains: Hashable, Sendable {
  @usableFromInline package var zones: [[NodeID]]
  @usableFromInline package var racks: [[NodeID]]

  @usableFromInline package init(zones: [[NodeID]] = [], racks: [[NodeID]] = []) {
    self.zones = zones
    self.racks = racks
  }

  package subscript(domain: FailureDomain) -> [[NodeID]] { domain == .zone ? zones : racks }
}

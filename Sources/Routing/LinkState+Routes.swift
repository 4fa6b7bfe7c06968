import Primitives

extension LinkState {
  /// The neighbour to hand a packet for `destination` to: the first node of a shortest path, of several paths the
  /// lowest. Nil where the view has no path, for the node itself, and for nodes that do not exist.
  ///
  /// Where all nodes have the same view a packet comes nearer with each hop, so no packet goes in circles.
  ///
  /// - Complexity: O(1); after a change of the view that of Dijkstra's algorithm (section 16.1) over all nodes.
  public mutating func nextHop(to destination: NodeID) -> NodeID? {
    guard destination.index < topology.nodes, destination != id else { return nil }
    if paths == nil { computePaths() }
    return paths.unsafelyUnwrapped.firstHop(to: destination.index)
  }

  /// What the shortest path costs; nil where there is none. In a full mesh the table of distances is kept from the first
  /// question until the view changes, beside the one of next hops and at twice its size; elsewhere always.
  public mutating func distance(to destination: NodeID) -> UInt32? {
    guard destination.index < topology.nodes else { return nil }
    if paths?.distances.isEmpty ?? true { computePaths(keepingDistances: true) }
    return paths.unsafelyUnwrapped.distance(to: destination.index)
  }

  private mutating func computePaths(keepingDistances: Bool = false) {
    switch topology.links {
    case .full:
      paths = ShortestPaths(full: topology.nodes, but: exceptions(), from: id.index)
      if !keepingDistances { paths?.distances = [] }
    case .rows(let rows): paths = ShortestPaths(rows: rows, costs: costs(over: rows), from: id.index)
    }
  }

  // MARK: Changes that change no path

  /// One direction of a link, and what it costs; 0 where it is down.
  struct DirectedCost: Hashable {
    let from: NodeID
    let to: NodeID
    let cost: UInt32
  }

  /// As the view has them now: both directions of every link that either of the two adverts speaks of.
  func costs(ofLinksIn first: Advert, _ second: Advert) -> ContiguousArray<DirectedCost> {
    var costs: ContiguousArray<DirectedCost> = []
    for link in first.links + second.links {
      for (from, to) in [(first.origin, link.neighbour), (link.neighbour, first.origin)] {
        costs.append(DirectedCost(from: from, to: to, cost: cost(from: from, to: to)))
      }
    }
    return costs
  }

  private func cost(from: NodeID, to: NodeID) -> UInt32 {
    guard isUp(link: from, to) else { return 0 }
    return advert(of: from)?.links.first { $0.neighbour == to }?.cost ?? topology.cost(of: from, to) ?? 0
  }

  /// Most links are on no shortest path of most nodes, and whatever becomes of those changes none: a link that was none of a
  /// shortest path's does not count, and one that makes no way as short as the shortest does not either.
  ///
  /// - Parameter before, after: the same links.
  func changesPaths(_ before: ContiguousArray<DirectedCost>, _ after: ContiguousArray<DirectedCost>) -> Bool {
    guard let distances = paths?.distances, !distances.isEmpty else { return true }
    for (old, new) in zip(before, after) where old.cost != new.cost {
      let (start, end) = (distances[old.from.index], distances[old.to.index])
      guard start != ShortestPaths.unreachable else { continue }
      if old.cost > 0, start + old.cost == end { return true }
      if new.cost > 0, start + new.cost <= end { return true }
    }
    return false
  }

  /// What it costs to send over each link as the view has it; 0 where it is down.
  private func costs(over rows: Rows) -> ContiguousArray<UInt16> {
    // Most of the time most nodes have nothing to say, and the costs are the topology's own.
    guard adverts.contains(where: { !$0.links.isEmpty }) else { return rows.costs }
    var costs = rows.costs
    for advert in adverts {
      for link in advert.links {
        guard let there = rows.position(of: link.neighbour.index, in: advert.origin.index) else { continue }
        if !link.isDown {
          // The other end may have said before that it is down.
          if costs[there] > 0 { costs[there] = UInt16(link.cost) }
          continue
        }
        costs[there] = 0
        if let back = rows.position(of: advert.origin.index, in: link.neighbour.index) { costs[back] = 0 }
      }
    }
    return costs
  }

  /// The same for a mesh where everybody is linked with everybody: only what is not of cost 1, sender by sender.
  private func exceptions() -> ContiguousArray<LinkException> {
    var exceptions: ContiguousArray<LinkException> = []
    for advert in adverts {
      for link in advert.links {
        let (origin, neighbour) = (UInt16(advert.origin.rawValue), UInt16(link.neighbour.rawValue))
        exceptions.append(LinkException(from: origin, to: neighbour, cost: link.isDown ? 0 : UInt16(link.cost)))
        if link.isDown { exceptions.append(LinkException(from: neighbour, to: origin, cost: 0)) }
      }
    }
    exceptions.sort()
    return exceptions
  }
}

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

  /// What the shortest path costs; nil where there is none. The table of distances is kept from the first question
  /// until the view changes, beside the one of next hops and at twice its size.
  public mutating func distance(to destination: NodeID) -> UInt32? {
    guard destination.index < topology.nodes else { return nil }
    if paths?.distances.isEmpty ?? true { computePaths(keepingDistances: true) }
    return paths.unsafelyUnwrapped.distance(to: destination.index)
  }

  private mutating func computePaths(keepingDistances: Bool = false) {
    switch topology.links {
    case .full: paths = ShortestPaths(full: topology.nodes, but: exceptions(), from: id.index)
    case .rows(let rows): paths = ShortestPaths(rows: rows, costs: costs(over: rows), from: id.index)
    }
    if !keepingDistances { paths?.distances = [] }
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

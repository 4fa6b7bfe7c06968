import Primitives

/// All that is held about the other members, as deviations from a base that needs no memory: everybody alive in
/// incarnation 0.
package struct Roster: Hashable, Sendable {
  /// What deviates, in ascending order of nodes. A record is replaced and never removed, since nothing overrides
  /// another claim and is the base.
  package private(set) var records: ContiguousArray<Membership.Update> = []
  package private(set) var suspects = 0
  package private(set) var dead = 0

  package init() {}

  package func held(about node: NodeID) -> Membership.Update {
    let place = place(of: node)
    guard place < records.count, records[place].node == node else {
      return Membership.Update(node, .alive, incarnation: 0)
    }
    return records[place]
  }

  /// Takes the claim if it overrides what is held. Returns the former status then, and nil if it does not.
  package mutating func take(_ update: Membership.Update) -> Membership.Status? {
    let place = place(of: update.node)
    let isKnown = place < records.count && records[place].node == update.node
    let former = isKnown ? records[place] : Membership.Update(update.node, .alive, incarnation: 0)
    guard update.overrides(former) else { return nil }
    if isKnown { records[place] = update } else { records.insert(update, at: place) }
    count(former.status, -1)
    count(update.status, 1)
    return former.status
  }

  private mutating func count(_ status: Membership.Status, _ step: Int) {
    switch status {
    case .alive: break
    case .suspect: suspects += step
    case .dead: dead += step
    }
  }

  /// The first record that is about this node or a later one.
  private func place(of node: NodeID) -> Int {
    var (low, high) = (0, records.count)
    while low < high {
      let middle = (low + high) / 2
      if records[middle].node < node { low = middle + 1 } else { high = middle }
    }
    return low
  }

  // MARK: Selection

  /// The member with this rank, from 0, among those that are neither dead nor in `excluded`.
  ///
  /// - Parameter excluded: in ascending order; none of them dead.
  package func member(ranked rank: Int, without excluded: ContiguousArray<NodeID>) -> NodeID {
    // Every absent member up to the candidate moves it on by one.
    var candidate = UInt32(rank)
    var next = 0
    func passExcluded(below bound: UInt32) {
      while next < excluded.count, excluded[next].rawValue < bound, excluded[next].rawValue <= candidate {
        candidate += 1
        next += 1
      }
    }
    if dead > 0 {
      for record in records where record.status == .dead {
        passExcluded(below: record.node.rawValue)
        guard record.node.rawValue <= candidate else { break }
        candidate += 1
      }
    }
    passExcluded(below: .max)
    return NodeID(candidate)
  }

  /// The dead member with this rank, from 0.
  package func deadMember(ranked rank: Int) -> NodeID? {
    var rank = rank
    for record in records where record.status == .dead {
      if rank == 0 { return record.node }
      rank -= 1
    }
    return nil
  }
}

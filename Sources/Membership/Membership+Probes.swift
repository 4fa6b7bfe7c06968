import Primitives

/// The failure detector: one probe a period, and proxies where it is not answered (section 3.1); the choice of
/// targets (sections 3.1 and 4.3); and Lifeguard's local health.
extension Membership {
  // MARK: Periods

  mutating func beginPeriod(
    at now: Instant, _ draws: inout some DrawSource, _ actions: inout Outbox<Action>
  ) {
    if let probe {
      // Neither the target nor a proxy has answered for the whole period.
      health = min(health + 1, settings.localHealthLimit)
      let held = roster.held(about: probe.target)
      let status: Status = settings.suspicionMultiplier == 0 ? .dead : .suspect
      // Does not override a suspicion that runs, nor death.
      if held.status == .alive {
        learn(Update(probe.target, status, incarnation: held.incarnation), .own, at: now, &actions)
      }
      self.probe = nil
    }
    sequence &+= 1
    actions.append(.setTimer(.period, after: settings.period * Int64(1 + health)))
    if let target = nextTarget(&draws) {
      probe = Probe(target: target)
      actions.append(.setTimer(.probeTimeout, after: settings.probeTimeout * Int64(1 + health)))
      send(.ping, sequence: sequence, initiator: id, target: target, to: target, &actions)
    }
    if settings.deadContactInterval > 0 { contactDead(&draws, &actions) }
  }

  /// The ack is late: others may reach the target where this member does not.
  mutating func askProxies(_ draws: inout some DrawSource, _ actions: inout Outbox<Action>) {
    guard let probe, !probe.isIndirect, roster.held(about: probe.target).status != .dead else { return }
    self.probe?.isIndirect = true
    for proxy in drawMembers(settings.proxies, besides: probe.target, &draws) {
      send(.pingRequest, sequence: sequence, initiator: id, target: probe.target, to: proxy, &actions)
    }
  }

  /// An ack of this member's own probe, from the target or by way of a proxy. It says nothing about a suspicion of
  /// the target, which only the target's next incarnation ends (section 4.2).
  mutating func acknowledge(_ ack: Message, _ actions: inout Outbox<Action>) {
    // One of an earlier period is too late.
    guard let probe, ack.sequence == sequence, ack.target == probe.target else { return }
    self.probe = nil
    health = max(0, health - 1)
    if !probe.isIndirect { actions.append(.cancelTimer(.probeTimeout)) }
  }

  /// Pings one that is held dead now and then. If it lives it refutes that, and its ack says so.
  private mutating func contactDead(_ draws: inout some DrawSource, _ actions: inout Outbox<Action>) {
    sinceDeadContact = min(sinceDeadContact + 1, settings.deadContactInterval)
    guard sinceDeadContact == settings.deadContactInterval, roster.dead > 0,
      let other = roster.deadMember(ranked: Int(draws.draw(below: UInt64(roster.dead))))
    else { return }
    sinceDeadContact = 0
    send(.ping, sequence: sequence, initiator: id, target: other, to: other, &actions)
  }

  // MARK: Targets

  /// Others that are not held dead.
  private var candidates: Int { members - 1 - roster.dead }

  private mutating func nextTarget(_ draws: inout some DrawSource) -> NodeID? {
    guard candidates > 0 else { return nil }
    switch settings.targetSelection {
    case .random:
      let rank = draws.draw(below: UInt64(candidates))
      if roster.dead == 0 { return other(UInt32(rank)) }
      return roster.member(ranked: Int(rank), without: [id])
    case .roundRobin:
      // Ends: a whole pass has a candidate in it.
      while true {
        let order: Permutation
        if let pass, turn < pass.count {
          order = pass
        } else {
          order = Permutation(count: UInt32(members - 1), key: draws.draw(below: 1 << 63))
          pass = order
          turn = 0
        }
        let target = other(order[turn])
        turn += 1
        if roster.dead == 0 || roster.held(about: target).status != .dead { return target }
      }
    }
  }

  /// Number `rank` of the others.
  private func other(_ rank: UInt32) -> NodeID { NodeID(rank < id.rawValue ? rank : rank + 1) }

  /// Up to `count` different others that are not held dead, in the order in which they were drawn.
  ///
  /// - Parameter target: none of them; not held dead itself.
  func drawMembers(
    _ count: Int, besides target: NodeID?, _ draws: inout some DrawSource
  ) -> ContiguousArray<NodeID> {
    var excluded: ContiguousArray = [id]
    func exclude(_ node: NodeID) {
      excluded.insert(node, at: excluded.firstIndex { node < $0 } ?? excluded.count)
    }
    if let target { exclude(target) }
    var left = members - roster.dead - excluded.count
    var drawn: ContiguousArray<NodeID> = []
    while drawn.count < count, left > 0 {
      let node = roster.member(ranked: Int(draws.draw(below: UInt64(left))), without: excluded)
      drawn.append(node)
      exclude(node)
      left -= 1
    }
    return drawn
  }
}

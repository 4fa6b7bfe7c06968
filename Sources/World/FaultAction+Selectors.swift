import Primitives

extension FaultAction {
  /// The same about others; nil where one of its sides becomes nobody. What names hosts without a selector, as groups
  /// do, stays.
  package func mapSelectors(_ other: (Selector) -> Selector?) -> FaultAction? {
    func both(_ from: Selector, _ to: Selector) -> (Selector, Selector)? {
      guard let from = other(from), let to = other(to) else { return nil }
      return (from, to)
    }
    switch self {
    case .crash(let selector): return other(selector).map { .crash($0) }
    case .power(let selector): return other(selector).map { .power($0) }
    case .restart(let selector): return other(selector).map { .restart($0) }
    case .roll(let selector, let each, let between, let variant):
      return other(selector).map { .roll($0, each: each, between: between, variant: variant) }
    case .reconfigure(let selector, let variant): return other(selector).map { .reconfigure($0, variant: variant) }
    case .pause(let selector): return other(selector).map { .pause($0) }
    case .slow(let selector, let time): return other(selector).map { .slow($0, each: time) }
    case .disk(let selector, let change): return other(selector).map { .disk($0, change) }
    case .damage(let selector, let records): return other(selector).map { .damage($0, records: records) }
    case .wipe(let selector): return other(selector).map { .wipe($0) }
    case .clock(let selector, let change): return other(selector).map { .clock($0, change) }
    case .load(let selector, let share, let ends):
      return other(selector).map { .load($0, share: share, endsWithProcess: ends) }
    case .leak(let selector, let rate): return other(selector).map { .leak($0, bytesPerSecond: rate) }
    case .membership(let parts):
      let rest = parts.compactMap { part in other(part.who).map { MembershipPart(part.wish, $0) } }
      return rest.isEmpty && !parts.isEmpty ? nil : .membership(rest)
    case .handover(let selector): return other(selector).map { .handover($0) }
    case .link(let from, let to, let change): return both(from, to).map { .link(from: $0, to: $1, change) }
    case .partition(.isolate(let selector), let hold, let flap):
      return other(selector).map { .partition(.isolate($0), hold: hold, flap: flap) }
    case .partition(.oneWay(let from, let to), let hold, let flap):
      return both(from, to).map { .partition(.oneWay(from: $0, to: $1), hold: hold, flap: flap) }
    case .partition: return self
    }
  }

  /// The same about hosts with other numbers; nil where nobody, or no partition, is left of it.
  package func mapHosts(_ other: (NodeID) -> NodeID?) -> FaultAction? {
    if case .partition(.groups(let groups), let hold, let flap) = self {
      let rest = groups.map { $0.compactMap(other) }.filter { !$0.isEmpty }
      return rest.count < 2 ? nil : .partition(.groups(rest), hold: hold, flap: flap)
    }
    if case .partition(.circle(let order), let hold, let flap) = self {
      let rest = order.compactMap(other)
      return rest.count < 4 ? nil : .partition(.circle(rest), hold: hold, flap: flap)
    }
    return mapSelectors { selector in
      guard case .hosts(let hosts) = selector else { return selector }
      let rest = hosts.compactMap(other)
      return rest.isEmpty ? nil : .hosts(rest)
    }
  }

  /// The same with one host less, for each host of each of its sides that has several.
  package var smaller: [FaultAction] {
    var sides: [[NodeID]] = []
    _ = mapSelectors { selector in
      if case .hosts(let hosts) = selector { sides.append(hosts) } else { sides.append([]) }
      return selector
    }
    return sides.enumerated().flatMap { side, hosts -> [FaultAction] in
      guard hosts.count > 1 else { return [] }
      return hosts.compactMap { host in
        var place = -1
        return mapSelectors { selector in
          place += 1
          return place == side ? .hosts(hosts.filter { $0 != host }) : selector
        }
      }
    }
  }
}

import Primitives

extension FaultAction {
  /// The same with every selector in the place of which hosts were found.
  ///
  /// - Parameter pattern: the links, where it is about links.
  func resolved(to hosts: [NodeID], _ pattern: LinkPattern?) -> FaultAction {
    let found = Selector.hosts(hosts)
    switch self {
    case .crash: return .crash(found)
    case .power: return .power(found)
    case .restart: return .restart(found)
    case .roll(_, let each, let between, let variant):
      return .roll(found, each: each, between: between, variant: variant)
    case .reconfigure(_, let variant): return .reconfigure(found, variant: variant)
    case .pause: return .pause(found)
    case .slow(_, let time): return .slow(found, each: time)
    case .disk(_, let change): return .disk(found, change)
    case .damage(_, let records): return .damage(found, records: records)
    case .wipe: return .wipe(found)
    case .clock(_, let change): return .clock(found, change)
    case .partition(let shape, let hold, let flap):
      return .partition(pattern?.shape ?? shape, hold: hold, flap: flap)
    case .link(let from, let to, let change):
      guard let pattern, case .oneWay(let from, let to) = pattern.shape else {
        return .link(from: from, to: to, change)
      }
      return .link(from: from, to: to, change)
    }
  }
}

extension FaultBook.Active.Work {
  /// The links it is about, where it is about links.
  var pattern: LinkPattern? {
    switch self {
    case .cut(let pattern, _), .change(let pattern, _): pattern
    default: nil
    }
  }
}

extension LinkPattern {
  /// As a scenario would say it.
  fileprivate var shape: PartitionShape {
    func hosts(_ belongs: (Int32) -> Bool) -> [NodeID] {
      marks.indices.filter { belongs(marks[$0]) }.map { NodeID(UInt32($0)) }
    }
    switch rule {
    case .apart:
      let groups = (0...max(0, marks.max() ?? 0)).map { mark in hosts { $0 == mark } }
      return .groups(groups.filter { !$0.isEmpty })
    case .directed: return .oneWay(from: .hosts(hosts { $0 & 1 != 0 }), to: .hosts(hosts { $0 & 2 != 0 }))
    case .strangersInRing:
      return .circle(hosts { $0 >= 0 }.sorted { marks[$0.index] < marks[$1.index] })
    }
  }
}

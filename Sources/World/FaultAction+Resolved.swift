import Primitives

extension FaultAction {
  /// The same with every selector in the place of which hosts were found.
  ///
  /// - Parameter pattern: the links, where it is about links.
  func resolved(to hosts: [NodeID], _ pattern: LinkPattern?) -> FaultAction {
    if case .partition(_, let hold, let flap) = self, let pattern {
      return .partition(pattern.shape, hold: hold, flap: flap)
    }
    if case .link(_, _, let change) = self, let pattern, case .oneWay(let from, let to) = pattern.shape {
      return .link(from: from, to: to, change)
    }
    if case .membership = self { return self }
    return mapSelectors { _ in .hosts(hosts) } ?? self
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

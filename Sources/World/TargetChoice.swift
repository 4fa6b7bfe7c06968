import Node
import Primitives

/// Finds the hosts that a selector means at this moment. Every draw is named by the fault, its occurrence
/// and the selector's role in it.
struct TargetChoice<P: Program> {
  let processes: ContiguousArray<Process<P>>
  let nodes: Int
  let domains: FailureDomains
  let choices: Choices
  let fault: UInt32
  let occurrence: UInt32

  enum Role: UInt64 { case first, second, shape }

  /// nil where nobody fits, now.
  func hosts(_ selector: Selector, role: Role = .first, besides other: [NodeID] = []) -> [NodeID]? {
    let found: [NodeID]
    switch selector {
    case .hosts(let hosts): found = hosts
    case .tagged(let bit): found = bearer(of: bit).map { [$0] } ?? []
    case .allTagged(let bit): found = live.filter { processes[$0].status.has(bit) }.map(host)
    case .random:
      // The other side of a link is somebody else.
      let live = live.filter { role == .first || !other.contains(host($0)) }
      guard !live.isEmpty else { return nil }
      let entities = Entities(UInt64(fault), role.rawValue)
      let index = choices.choose(.faultTarget, entities, UInt64(occurrence), below: UInt64(live.count))
      found = [host(live[Int(index)])]
    case .majority: found = Array(shuffledNodes(role).prefix(nodes / 2 + 1)).sorted()
    case .minority: found = Array(shuffledNodes(role).prefix((nodes - 1) / 2)).sorted()
    case .some:
      let most = UInt64(max(1, (nodes - 1) / 2))
      let entities = Entities(UInt64(fault), role.rawValue)
      let count = choices.choose(.faultTarget, entities, UInt64(occurrence), below: most) + 1
      found = Array(shuffledNodes(role).prefix(Int(count))).sorted()
    case .all: found = (0..<nodes).map(host)
    case .others: found = (0..<nodes).map(host).filter { !other.contains($0) }
    case .clients: found = (nodes..<processes.count).map(host)
    case .domain(let domain, let choice): found = members(of: domain, choice, role)
    }
    return found.isEmpty ? nil : found
  }

  private func members(of domain: FailureDomain, _ choice: DomainChoice, _ role: Role) -> [NodeID] {
    switch choice {
    case .number(let number): return domains[domain][number]
    case .random:
      let alive = domains[domain].filter { $0.contains { processes[$0.index].state != .down } }
      guard !alive.isEmpty else { return [] }
      let entities = Entities(UInt64(fault), role.rawValue)
      return alive[Int(choices.choose(.faultTarget, entities, UInt64(occurrence), below: UInt64(alive.count)))]
    case .ofTagged(let bit):
      guard let bearer = bearer(of: bit) else { return [] }
      return domains[domain].first { $0.contains(bearer) } ?? []
    }
  }

  /// Both sides of a fault that has two; `others` is what the other side leaves.
  func sides(_ from: Selector, _ to: Selector) -> (from: [NodeID], to: [NodeID])? {
    if case .others = from {
      guard let to = hosts(to, role: .second), let from = hosts(from, besides: to) else { return nil }
      return (from, to)
    }
    guard let from = hosts(from), let to = hosts(to, role: .second, besides: from) else { return nil }
    return (from, to)
  }

  // MARK: Patterns of links

  func pattern(_ shape: PartitionShape) -> LinkPattern? {
    switch shape {
    case .halves:
      return apart(groups: [Array(shuffledNodes(.shape).prefix(nodes / 2))], rest: true)
    case .isolate(let selector):
      guard let hosts = hosts(selector) else { return nil }
      return apart(groups: [hosts], rest: true)
    case .oneWay(let from, let to):
      guard let sides = sides(from, to) else { return nil }
      return directed(sides.from, sides.to)
    case .bridge:
      let order = shuffledNodes(.shape)
      let half = (nodes - 1) / 2
      return apart(groups: [Array(order[1..<(1 + half)]), Array(order[(1 + half)...])], rest: false)
    case .ring:
      return circle(shuffledNodes(.shape))
    case .circle(let order): return circle(order)
    case .groups(let groups): return apart(groups: groups, rest: false)
    case .domains(let domain): return apart(groups: domains[domain], rest: false)
    }
  }

  func directed(_ from: [NodeID], _ to: [NodeID]) -> LinkPattern {
    var marks = [Int32](repeating: 0, count: processes.count)
    for host in from { marks[host.index] |= 1 }
    for host in to { marks[host.index] |= 2 }
    return LinkPattern(.directed, marks: marks)
  }

  private func circle(_ order: [NodeID]) -> LinkPattern {
    var marks = [Int32](repeating: -1, count: processes.count)
    for (position, node) in order.enumerated() { marks[node.index] = Int32(position) }
    return LinkPattern(.strangersInRing, marks: marks, size: order.count)
  }

  /// `rest`: nodes in no group are one more group.
  private func apart(groups: [[NodeID]], rest: Bool) -> LinkPattern {
    var marks = [Int32](repeating: -1, count: processes.count)
    if rest { for node in 0..<nodes { marks[node] = Int32(groups.count) } }
    for (number, group) in groups.enumerated() {
      for host in group { marks[host.index] = Int32(number) }
    }
    return LinkPattern(.apart, marks: marks)
  }

  // MARK: Nodes

  private func bearer(of bit: UInt8) -> NodeID? {
    let bearers = live.filter { processes[$0].status.has(bit) }
    // Of two with one epoch, the first: more than one is a broken promise that a judge will tell of.
    guard let highest = bearers.map({ processes[$0].status.epoch }).max() else { return nil }
    return bearers.first { processes[$0].status.epoch == highest }.map(host)
  }

  private var live: [Int] { (0..<nodes).filter { processes[$0].state != .down } }

  private func host(_ index: Int) -> NodeID { processes[index].endpoint.host }

  /// All nodes in a drawn order (Fisher and Yates).
  private func shuffledNodes(_ role: Role) -> [NodeID] {
    var order = (0..<nodes).map(host)
    for last in stride(from: nodes - 1, to: 0, by: -1) {
      let entities = Entities(UInt64(fault) << 32 | UInt64(last), role.rawValue)
      let other = choices.choose(.faultShape, entities, UInt64(occurrence), below: UInt64(last + 1))
      order.swapAt(last, Int(other))
    }
    return order
  }
}

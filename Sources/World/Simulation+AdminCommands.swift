import Node
import Primitives

/// What a scenario tells the server that leads: a command reaches it as anything else does, and is its own business.
extension Simulation {
  /// - Returns: false where nobody leads, or nobody is found.
  mutating func command(
    _ parts: [MembershipPart], _ fault: FaultBook.Waiting, _ targets: TargetChoice<P>
  ) -> Bool {
    guard let leader = targets.hosts(.tagged(bit: 0)) else { return false }
    guard !parts.isEmpty else {
      give(.abandon, to: leader[0], leader, fault, fault.action)
      return true
    }
    var found: [[NodeID]] = MembershipPart.Wish.allCases.map { _ in [] }
    for (place, part) in parts.enumerated() {
      // Who is found for one wish is not drawn for another.
      guard let hosts = targets.hosts(part.who, role: place == 0 ? .first : .second, besides: Array(found.joined()))
      else { return false }
      found[part.wish.rawValue] += hosts
    }
    let command = AdminCommand.membership(
      adding: found[0], learning: found[1], removing: found[2], turning: found[3])
    let resolved = MembershipPart.Wish.allCases.filter { !found[$0.rawValue].isEmpty }
      .map { MembershipPart($0, .hosts(found[$0.rawValue])) }
    give(command, to: leader[0], Array(Set(found.joined())).sorted(), fault, .membership(resolved))
    return true
  }

  mutating func give(
    _ command: AdminCommand, to leader: NodeID, _ hosts: [NodeID], _ fault: FaultBook.Waiting,
    _ resolved: FaultAction
  ) {
    var told = fault
    told.action = resolved
    record(told, hosts, until: now)
    faults.credit(.commandsGiven, fault: Int32(fault.fault))
    let index = leader.index
    queue.push(.input(Int32(index), life: processes[index].life, .admin(command), nil), at: now)
  }
}

import Node
import Primitives

/// How a host stands at a moment, as the world knows it and no program can tell.
package struct HostCondition: Hashable, Sendable {
  package enum State: Hashable, Sendable { case up, paused, slow, down }

  package var state: State
  /// It has lost what it stored and shows no repair; where it is down, its disk has.
  package var hasLost: Bool
  package var diskIsFull: Bool
  package var diskStalls: Bool
  package var clockIsFrozen: Bool
  /// A sync is under way.
  package var waitsForDisk: Bool

  /// Whether it can take its part in a quorum, links aside.
  package var isAble: Bool {
    (state == .up || state == .slow) && !hasLost && !diskIsFull && !diskStalls && !clockIsFrozen
  }
}

/// A fault that acts at a moment: its place in the plan, and which of its branches.
package struct ActingFault: Hashable, Sendable {
  package let fault: Int
  package let branch: Int
}

/// Facts for whoever asks why nothing goes on.
extension Simulation {
  package func condition(of index: Int) -> HostCondition {
    let process = processes[index]
    let state: HostCondition.State =
      switch process.state {
      case .up: .up
      case .paused: .paused
      case .slow: .slow
      case .down: .down
      }
    let showsLoss = P.layout.impaired.map { process.status.has($0) } ?? false
    return HostCondition(
      state: state, hasLost: state == .down ? process.disk.isImpaired : showsLoss,
      diskIsFull: disks[index].isFull, diskStalls: disks[index].stalls, clockIsFrozen: clocks[index].isFrozen,
      waitsForDisk: !process.disk.syncs.isEmpty)
  }

  /// Whether what one sends now can reach the other.
  package func carries(from: Int, to: Int) -> Bool {
    let (from, to) = (processes[from].endpoint.host, processes[to].endpoint.host)
    var link = Link(from: from, to: to, profile: plan.network.profile(from: from, to: to))
    faults.apply(to: &link, plan.network)
    return link.cuts == 0 && link.holds == 0 && link.profile.drop != .one && link.profile.loss != .one
  }

  package func connects(_ one: Int, _ other: Int) -> Bool {
    carries(from: one, to: other) && carries(from: other, to: one)
  }

  /// The faults that keep a process down or still, or its disk or clock from working.
  package func faults(holding index: Int) -> [ActingFault] {
    let host = processes[index].endpoint.host
    return faults.active.filter { active in
      switch active.work {
      case .crash(let hosts), .pause(let hosts, _), .clock(let hosts, _): hosts.contains(host)
      case .disk(let hosts, let change): hosts.contains(host) && (change.isFull == true || change.stalls == true)
      case .roll(let round): round.isDown && round.hosts[round.done] == host
      case .slow, .cut, .change, .load, .leak: false
      }
    }.map(acting)
  }

  private func acting(_ fault: FaultBook.Active) -> ActingFault {
    ActingFault(fault: fault.fault, branch: faults.records[fault.fault].occurrences[fault.occurrence].branch)
  }

  /// The faults that keep messages from one to the other.
  package func faults(from: Int, to: Int) -> [ActingFault] {
    let (from, to) = (processes[from].endpoint.host, processes[to].endpoint.host)
    return faults.active.filter { active in
      switch active.work {
      case .cut(let pattern, _): !active.rests && pattern.matches(from: from, to: to)
      case .change(let pattern, let change):
        (change.drop == .one || change.loss == .one) && change.kinds == .max && pattern.matches(from: from, to: to)
      default: false
      }
    }.map(acting)
  }

  /// The nodes that one node can work with, itself among them.
  package func circle(of node: Int) -> [Int] {
    guard condition(of: node).isAble else { return [] }
    return (0..<plan.nodes).filter { $0 == node || (condition(of: $0).isAble && connects(node, $0)) }
  }

  /// Of all such circles the largest, the first of equals. Where it is no majority nobody can be elected, and no
  /// leader can commit.
  package var largestCircle: (center: Int, members: [Int]) {
    var best: (center: Int, members: [Int]) = (0, [])
    for node in 0..<plan.nodes {
      let members = circle(of: node)
      if members.count > best.members.count { best = (node, members) }
    }
    return best
  }

  /// The nodes that were healed while the others stayed as they were; nil where all heal.
  package var healedCore: [Int]? {
    core.isEmpty ? nil : (0..<plan.nodes).filter { core[$0] }
  }
}

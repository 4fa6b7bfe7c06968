import Node
import Primitives
import Raft
import Scenarios
import World

/// Why nothing goes on: in a phrase, from the state of the nodes at the moment until which it should have.
package struct Stall: Hashable, Sendable {
  package let sentence: String
  /// No correct program could have gone on: it is proved that no majority of the nodes could work together.
  package let isExcused: Bool
}

/// What is wrong with a node, or between two, in a few words and with the faults' names.
struct Troubles<P: Program, J: Judge> where J.Watched == P {
  let simulation: Simulation<P, J>
  let scenario: Scenario

  func name(_ index: Int) -> String { simulation.plan.names[index] }

  /// nil where the node can take its part.
  func trouble(with node: Int) -> String? {
    let condition = simulation.condition(of: node)
    let causes = simulation.faults(holding: node)
    if condition.state == .down { return "is down" + by(causes, otherwise: "it ended itself") }
    if condition.state == .paused { return "stands still" + by(causes) }
    if condition.clockIsFrozen { return "has clocks that stand still" + by(causes) }
    if condition.diskIsFull { return "has a full disk" + by(causes) }
    if condition.diskStalls { return "has a disk that stalls" + by(causes) }
    if condition.hasLost { return "has lost what it stored and is not repaired" }
    return nil
  }

  /// nil where each reaches the other.
  func trouble(between one: Int, and other: Int) -> String? {
    let there = simulation.carries(from: one, to: other)
    let back = simulation.carries(from: other, to: one)
    guard !there || !back else { return nil }
    let causes =
      (there ? [] : simulation.faults(from: one, to: other)) + (back ? [] : simulation.faults(from: other, to: one))
    let what: String =
      switch (there, back) {
      case (false, false): "and \(name(one)) are cut off from each other"
      case (false, true): "does not hear \(name(one))"
      default: "is not heard by \(name(one))"
      }
    return what + by(causes)
  }

  private func by(_ faults: [ActingFault], otherwise: String? = nil) -> String {
    var names: [String] = []
    for each in faults {
      let name = scenario.words(ofFault: each.fault, branch: each.branch)
      if !names.contains(name) { names.append(name) }
    }
    if names.isEmpty, let otherwise { names = [otherwise] }
    return names.isEmpty ? "" : " (\(names.prefix(2).joined(separator: "; ")))"
  }
}

/// Whether a majority of the nodes could work together, and if not, who is missing and why.
struct Excuse<P: Program, J: Judge> where J.Watched == P {
  private let troubles: Troubles<P, J>
  private let circle: (center: Int, members: [Int])
  private let majority: Int

  init(_ simulation: Simulation<P, J>, _ scenario: Scenario) {
    troubles = Troubles(simulation: simulation, scenario: scenario)
    circle = simulation.largestCircle
    majority = simulation.plan.nodes / 2 + 1
  }

  var hasQuorum: Bool { circle.members.count >= majority }

  var stall: Stall {
    let simulation = troubles.simulation
    let missing = (0..<simulation.plan.nodes).filter { !circle.members.contains($0) }
    let reasons = missing.prefix(5).map { node -> String in
      let trouble =
        troubles.trouble(with: node) ?? troubles.trouble(between: circle.center, and: node) ?? "is alone"
      return "\(troubles.name(node)) \(trouble)"
    }
    let more = missing.count > 5 ? ["and \(missing.count - 5) more are missing"] : []
    let together =
      circle.members.isEmpty
      ? "no node can work" : "\(circle.members.map(troubles.name).listed) alone can work together"
    return Stall(
      sentence: "no quorum was up, connected and unimpaired all the time, which excuses it: \(majority) of "
        + "\(simulation.plan.nodes) nodes are needed, and \(together); " + (reasons + more).joined(separator: ", "),
      isExcused: true)
  }
}

extension [String] {
  /// `n1, n2 and n3`.
  var listed: String {
    guard count > 1, let last else { return first ?? "nobody" }
    return dropLast().joined(separator: ", ") + " and " + last
  }
}

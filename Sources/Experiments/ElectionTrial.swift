import Checkers
import Node
import Primitives
import Programs
import Scenarios
import World

/// One election of a scenario, run no further than it takes: what published experiments count by the ten thousand.
package struct ElectionTrial: Sendable {
  package struct Outcome: Hashable, Sendable {
    /// nil where the scenario's time was over before anybody was elected.
    package let election: ElectionMeter.Election?
    package let violation: Violation?
  }

  private let scenario: Scenario
  private let raft: Scenario.RaftSettings
  /// Which election of a run counts: where a leader stands as it begins, the one after it.
  private let number: Int

  /// nil where the scenario's program elects nobody.
  package init?(_ scenario: Scenario) {
    guard case .raftKV(let raft) = scenario.cluster.program else { return nil }
    self.scenario = scenario
    self.raft = raft
    number = raft.begin.leader == nil ? 0 : 1
  }

  package func run(seed: UInt64) -> Outcome {
    var simulation = Stage.raftKV(scenario, raft, seed: seed, .off, digests: false)
    let end = Instant.zero + scenario.duration
    while true {
      // A few events too many cost less than asking after each.
      let stop = simulation.run(until: end, budget: 16)
      let elections = simulation.judge.electionsMeasured
      if stop != .budget || elections.count > number {
        return Outcome(
          election: elections.count > number ? elections[number] : nil,
          violation: simulation.judge.violations.first)
      }
    }
  }
}

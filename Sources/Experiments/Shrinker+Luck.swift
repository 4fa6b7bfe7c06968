import Node
import Primitives
import Programs
import Scenarios
import World

extension RunResult {
  /// The scenario with the luck of this run as fixed choices: what servers drew for their time-outs, and what crashes
  /// left of unsynced writes.
  var withFixedLuck: Scenario {
    guard case .raftKV(let raft) = scenario.cluster.program else { return scenario }
    let luck = Choices(seed: seed, fixed: scenario.choices.map(\.fixed))
    let distribution = raft.rules(seed: seed).timing.electionTimeout
    var choices = scenario.choices
    for (place, draws) in recording.draws.enumerated().prefix(scenario.cluster.nodes.count) {
      let node = NodeID(UInt32(place))
      func fix(_ number: UInt64, _ purpose: Purpose, _ value: FixedChoice.Value) {
        let choice = NamedChoice(.node(node), number: number, purpose, value)
        if !choices.contains(where: { $0.isSameChoice(as: choice) }) { choices.append(choice) }
      }
      for number in 0..<(draws.lengths.first ?? 0) {
        let key = Entities(Endpoint(node).word)
        fix(number, RaftKV.lengths[0], .length(luck.choose(RaftKV.lengths[0], key, number, from: distribution)))
      }
      for life in 0..<draws.lives {
        guard let survival = NamedChoice.Words.node.first(where: { NamedChoice.Words.word($0) == "survival" })
        else { continue }
        fix(life, survival, .number(luck.choose(survival, Entities(Endpoint(node).word, life + 1), 0, below: 4)))
      }
    }
    return scenario.changed { $0.choices = choices }
  }
}

extension Scenario {
  /// With operations that are counted from 0 and come when those of the run came; what they ask may be something else.
  func renumbered(_ run: RunResult) -> Scenario {
    guard var workload, case .rate = workload.pacing else { return self }
    let times = run.recording.history.filter { $0.kind == .invoke }.map(\.at).sorted()
    guard !times.isEmpty else { return self }
    workload.only = times.indices.map { UInt64($0) }
    var last = workload.start
    var fixed = choices
    for (number, time) in times.enumerated() {
      fixed.append(
        NamedChoice(
          .operation, number: UInt64(number), NamedChoice.Words.operation[0], .length(max(.zero, time - last))))
      last = time
    }
    return changed {
      $0.workload = workload
      $0.choices = fixed
    }
  }
}

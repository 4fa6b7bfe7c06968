import Node
import Primitives
import Programs
import RPC
import Scenarios
import World

extension RunResult {
  /// The scenario with the luck of this run as fixed choices: what servers drew for their time-outs, and what crashes
  /// left of unsynced writes.
  var withFixedLuck: Scenario {
    guard case .raftKV(let raft) = scenario.cluster.program else { return scenario }
    let luck = Choices(seed: seed, fixed: scenario.choices.map(\.fixed))
    let distribution = raft.rules(seed: seed).timing.electionTimeout
    var choices = FixedLuck(scenario.choices)
    for (place, draws) in recording.draws.enumerated().prefix(scenario.cluster.nodes.count) {
      let node = NodeID(UInt32(place))
      for number in 0..<(draws.lengths.first ?? 0) {
        let key = Entities(Endpoint(node).word)
        choices.fix(
          .node(node), number, RaftKV.lengths[0],
          .length(luck.choose(RaftKV.lengths[0], key, number, from: distribution)))
      }
      for life in 0..<draws.lives {
        choices.fix(
          .node(node), life, .crashSurvival,
          .number(luck.choose(.crashSurvival, Entities(Endpoint(node).word, life + 1), 0, below: 4)))
      }
    }
    if let workload = scenario.workload, workload.clients > 1, case .rate = workload.pacing {
      for event in recording.history where event.kind == .invoke {
        // As if all clients were up.
        let number = UInt64(event.operation)
        let client = luck.choose(.arrivalTarget, Entities(number), 0, below: UInt64(workload.clients))
        choices.fix(.operation, number, .arrivalTarget, .number(client))
      }
    }
    return scenario.changed { $0.choices = choices.all }
  }

  /// With the luck of every message and every sync fixed too, on links and disks that leave nothing else to chance.
  /// Where faults changed these, or some are unlike the others, what was drawn is not known, and the run may be
  /// another.
  ///
  /// - Parameter isPlain: whether what is not fixed, since it is not known by a name, takes the shortest way too.
  func withFixedWorld(isPlain: Bool) -> Scenario {
    let luck = Choices(seed: seed, fixed: scenario.choices.map(\.fixed))
    var choices = FixedLuck(withFixedLuck.choices)
    let profile = scenario.network.base
    for link in recording.links {
      for (kind, count) in link.messages.enumerated() {
        for number in 0..<count {
          let message = NamedChoice.Subject.message(kind: UInt8(kind), from: link.from, to: link.to)
          let key = Entities.message(
            from: Endpoint(link.from).word, to: Endpoint(link.to).word, kind: UInt8(kind), group: 0)
          func happens(_ purpose: Purpose, _ chance: Ratio) -> Bool {
            guard !chance.isZero, luck.choose(purpose, key, number, chance: chance) else { return false }
            choices.fix(message, number, purpose, .truth(true))
            return true
          }
          if happens(.filter, profile.drop) || happens(.loss, profile.loss) { continue }
          choices.fix(
            message, number, .latency, .length(luck.choose(.latency, key, number, from: profile.latency)))
          guard profile.transport == .datagram else { continue }
          if happens(.reordering, profile.reordering) {
            choices.fix(
              message, number, .reorderDelay,
              .length(luck.choose(.reorderDelay, key, number, from: profile.reorderDelay)))
          }
          _ = happens(.duplication, profile.duplication)
        }
      }
    }
    for (place, draws) in recording.draws.enumerated().prefix(scenario.cluster.nodes.count) {
      let node = NodeID(UInt32(place))
      for number in 0..<draws.syncs {
        let time = luck.choose(.diskSync, Entities(Endpoint(node).word), number, from: scenario.disks.base.sync)
        choices.fix(.node(node), number, .diskSync, .length(time))
      }
    }
    return scenario.changed {
      $0.choices = choices.all
      ($0.network.base.loss, $0.network.base.drop) = (.zero, .zero)
      ($0.network.base.reordering, $0.network.base.duplication) = (.zero, .zero)
      if $0.network.base.setup == .constant(.zero) { $0.network.base = $0.network.base.openingAtOnce }
      $0.network.base.setupFailure = .zero
      guard isPlain else { return }
      $0.network.base.latency = .constant(.milliseconds(1))
      $0.network.base = $0.network.base.openingAtOnce
      $0.disks.base.sync = .constant(.milliseconds(1))
    }
  }
}

/// Choices that are fixed, each once: what was fixed before stays as it was.
private struct FixedLuck {
  private(set) var all: [NamedChoice]
  private var known: Set<NamedChoice>

  init(_ choices: [NamedChoice]) {
    all = choices
    known = Set(choices.map(Self.question))
  }

  mutating func fix(
    _ subject: NamedChoice.Subject, _ number: UInt64, _ purpose: Purpose, _ value: FixedChoice.Value
  ) {
    let choice = NamedChoice(subject, number: number, purpose, value)
    if known.insert(Self.question(choice)).inserted { all.append(choice) }
  }

  private static func question(_ choice: NamedChoice) -> NamedChoice {
    NamedChoice(choice.subject, number: choice.number, choice.purpose, .number(0))
  }
}

extension Scenario {
  /// With clients that leave nothing to chance when they try again.
  var withEvenRetries: Scenario {
    changed {
      guard let backoff = $0.workload?.calls.backoff else { return }
      $0.workload?.calls.backoff = Backoff(
        initial: backoff.initial, factorThousandths: backoff.factorThousandths, longest: backoff.longest,
        jitter: .zero)
    }
  }

  /// With operations that are counted from 0 and come when those of the run came; what they ask may be something else.
  func renumbered(_ run: RunResult) -> Scenario {
    guard var workload, case .rate = workload.pacing else { return self }
    let made = run.recording.history.filter { $0.kind == .invoke }.sorted {
      ($0.at, $0.operation) < ($1.at, $1.operation)
    }
    guard !made.isEmpty else { return self }
    workload.only = made.indices.map { UInt64($0) }
    var last = workload.start
    var fixed = choices.filter { $0.subject != .operation }
    for (number, event) in made.enumerated() {
      let client = choices.first {
        $0.subject == .operation && $0.number == UInt64(event.operation) && $0.purpose == .arrivalTarget
      }
      if var client {
        client.number = UInt64(number)
        fixed.append(client)
      }
      fixed.append(
        NamedChoice(
          .operation, number: UInt64(number), .arrivalInterval, .length(max(.zero, event.at - last))))
      last = event.at
    }
    return changed {
      $0.workload = workload
      $0.choices = fixed
    }
  }
}

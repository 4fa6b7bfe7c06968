import Checkers
import Node
import Primitives
import Scenarios
import World

/// One run of a scenario: what it was asked to be.
package struct Run: Sendable {
  package let scenario: Scenario
  package let seed: UInt64
  package let telemetry: TelemetryPlan
  /// At most this many events; a run that needs more is inconclusive.
  package let budget: UInt64
  /// A run without digests proves nothing; it shows what they cost.
  package let digests: Bool
  /// Whether the abstract states are collected; a run is several times slower with them.
  package let coverage: Bool

  /// Two billion: hours of real time, and no accident.
  package static let standardBudget: UInt64 = 2_000_000_000

  package init(
    _ scenario: Scenario, seed: UInt64? = nil, telemetry: TelemetryPlan? = nil, budget: UInt64 = Run.standardBudget,
    digests: Bool = true, coverage: Bool = false
  ) {
    self.scenario = scenario
    self.seed = seed ?? scenario.seed
    self.telemetry = telemetry ?? .everything(over: scenario.duration)
    self.budget = budget
    self.digests = digests
    self.coverage = coverage
  }

  /// How far a run is.
  package struct Progress: Sendable {
    package let now: Instant
    package let events: UInt64
    /// What everything so far has come to.
    package let digest: Digest

    init(_ checkpoint: Checkpoint) {
      (now, events, digest) = (checkpoint.at, checkpoint.events, checkpoint.digest)
    }
  }

  /// The caller asked to stop.
  package struct Interrupted: Error {}

  /// - Parameters:
  ///   - progress: told after every `Tape.slice` events and at the end; false stops the run.
  ///   - notes: given what happened, in words, where somebody wants to read it.
  /// - Throws: `Interrupted` after `progress` returned false.
  package func perform(
    progress: @escaping (Progress) -> Bool = { _ in true }, notes: (([Note]) -> Void)? = nil
  ) throws(Interrupted) -> RunResult {
    let performance = Performance(run: self, notes: notes, progress: progress)
    guard
      let result = Stage.put(
        on: scenario, seed: seed, telemetry, digests: digests, notes: notes != nil, for: performance)
    else { throw Interrupted() }
    return result
  }

  /// A run from its first event to its result; nil where the caller stopped it.
  private struct Performance: StagePlay {
    let run: Run
    let notes: (([Note]) -> Void)?
    let progress: (Progress) -> Bool

    func play<P, J: StagedJudge>(_ simulation: inout Simulation<P, J>) -> RunResult? where J.Watched == P {
      let end = Instant.zero + run.scenario.duration
      var tape = TapeRecorder()
      var states = AbstractStates(nodes: run.scenario.cluster.nodes.count)
      while true {
        let left = min(Tape.slice, run.budget - simulation.events)
        let stop =
          run.coverage
          ? states.run(&simulation, until: end, budget: left) : simulation.run(until: end, budget: left)
        let checkpoint = Checkpoint(events: simulation.events, at: simulation.now, digest: simulation.digest)
        if stop == .budget { tape.record(checkpoint) }
        if let notes { notes(simulation.takeNotes()) }
        guard progress(Progress(checkpoint)) else { return nil }
        if stop != .budget || simulation.events >= run.budget {
          return run.result(simulation, stop, checkpoints: tape.checkpoints, states: states.hashes) {
            progress(Progress(checkpoint))
          }
        }
      }
    }
  }

  /// Runs a simulation from wherever it is to its end.
  func finish<P, J: StagedJudge>(_ simulation: inout Simulation<P, J>) -> RunResult? where J.Watched == P {
    let stop = simulation.run(until: .zero + scenario.duration, budget: budget - min(budget, simulation.events))
    return result(simulation, stop, checkpoints: [], while: { true })
  }

  /// - Parameter goesOn: asked now and then; nil is returned where it does not.
  private func result<P, J: StagedJudge>(
    _ simulation: Simulation<P, J>, _ stop: StopReason, checkpoints: [Checkpoint], states: [UInt64] = [],
    while goesOn: @escaping () -> Bool
  ) -> RunResult? where J.Watched == P {
    let recording = simulation.recording()
    let measuring = Measuring(scenario: scenario, recording: recording, end: simulation.now)
    let live = liveNodes(of: simulation)
    let spreads = simulation.judge.spreads
    var figures =
      simulation.judge.figures(live: live) + (scenario.operationWindow == nil ? [] : measuring.clientFigures)
    figures.append(Figures(.messagesSent, [Double(recording.messages.sent)]))
    var study: HealingStudy?
    if case .mesh(let mesh) = scenario.cluster.program {
      study = HealingStudy(measuring, simulation.judge.healingEvents)
      figures += study?.figures(of: scenario, heals: mesh.healing != nil) ?? []
    }
    let history = scenario.judgesHistory ? ClientHistory(recording) : ClientHistory()
    let linearizability = scenario.searchBudget.map { Linearizability(.kv, budget: $0).judge(history) }
    let marking = Marking(scenario: scenario, recording: recording)
    let programs = scenario.cluster.nodes.indices.map { simulation.program($0) }
    let marks = marking.counts(simulation.judge.marks(programs, recording.history))
    var stall: Stall?
    if stop == .reached, let heal = measuring.lastHeal, let bound = scenario.recoveryBound,
      measuring.misses(heal + bound)
    {
      guard case .read(let found) = self.stall(from: heal, to: heal + bound, while: goesOn) else { return nil }
      stall = found
    }
    let expecting = Expecting(
      measuring: measuring, study: study, violations: simulation.judge.violations, figures: figures,
      spreads: spreads,
      liveNodes: live, core: simulation.healedCore, stall: stall, marks: marks, history: history,
      linearizability: linearizability)
    var explanation: LinearizabilityExplanation?
    if case .violated(let found)? = linearizability { explanation = found }
    return RunResult(
      scenario: scenario, seed: seed, digest: simulation.digest, stop: stop, end: simulation.now,
      events: simulation.events, recording: recording, violations: simulation.judge.violations,
      findings: stop == .reached ? expecting.findings() : expecting.findings().filter { $0.name == "safety" },
      explanation: explanation, figures: figures, incidents: study?.incidents ?? [], marks: marks, states: states,
      violatorRole: role(ofFirstViolatorIn: simulation), checkpoints: checkpoints)
  }

  /// Those from whom progress is owed.
  private func liveNodes<P, J>(of simulation: Simulation<P, J>) -> [Int] {
    let nodes = simulation.healedCore ?? Array(0..<scenario.cluster.nodes.count)
    return nodes.filter { simulation.isUp($0) }
  }

  /// The tags of the process that the first violation was seen on, as it was then: the run ends with it.
  private func role<P, J>(ofFirstViolatorIn simulation: Simulation<P, J>) -> String {
    guard let process = simulation.judge.violations.first?.process else { return "" }
    let status = simulation.program(process).status
    return P.tags.filter { status.has($0.bit) }.map(\.name.description).joined(separator: " ")
  }
}

extension Scenario {
  /// Steps of search; nil where no expectation asks for a legal order.
  fileprivate var searchBudget: Int? {
    for case .linearizable(let budget) in expectations { return budget }
    return nil
  }

  /// nil where no expectation asks for recovery.
  var recoveryBound: Nanoseconds? {
    for case .recovers(let bound) in expectations { return bound }
    return nil
  }

  fileprivate var judgesHistory: Bool {
    expectations.contains {
      switch $0 {
      case .linearizable, .readYourWrites, .monotonicReads, .monotonicWrites, .committedReads: true
      default: false
      }
    }
  }
}

/// What a run came to.
package struct RunResult: Hashable, Sendable {
  package let scenario: Scenario
  package let seed: UInt64
  package let digest: Digest
  package let stop: StopReason
  package let end: Instant
  package let events: UInt64
  package let recording: Recording
  /// What the judge found.
  package let violations: [Violation]
  /// One for each expectation; of a run that was stopped, only what could still be judged.
  package let findings: [Finding]
  /// Why the clients' operations have no legal order, where they have none.
  package let explanation: LinearizabilityExplanation?
  package let figures: [Figures]
  /// What loops found wrong; empty where nothing heals.
  package let incidents: [IncidentRecord]
  /// How often each rare event was met that a run of the program may meet, in the order of `Scenario.Mark`.
  package let marks: [MarkCount]
  /// The abstract states that the run passed through, ascending; none where nobody asked for them.
  package let states: [UInt64]
  /// Of the process that broke a promise first; empty where none did.
  package let violatorRole: String
  /// What the run had come to now and then.
  package let checkpoints: [Checkpoint]

  package var verdict: Verdict {
    if !violations.isEmpty || stop == .stall || findings.contains(where: { $0.outcome == .violated }) {
      return .violation
    }
    if stop == .budget || findings.contains(where: { $0.outcome == .inconclusive }) || isVacuous {
      return .inconclusive
    }
    return .pass
  }

  /// A timed fault that did not bite, or a workload that finished nothing, proves nothing.
  package var isVacuous: Bool {
    if recording.faults.contains(where: { $0.timed && !$0.bit }) || !recording.unmadeChoices.isEmpty { return true }
    let finished = recording.history.contains { $0.kind == .outcome(.ok) }
    return recording.history.isEmpty ? scenario.operationWindow != nil : !finished
  }
}

extension TelemetryPlan {
  /// Every span, and metrics each second; in runs of more than ten minutes, six hundred times.
  package static func everything(over duration: Nanoseconds) -> TelemetryPlan {
    TelemetryPlan(spans: true, sampling: max(.seconds(1), .seconds((duration / 600).count / 1_000_000_000)))
  }
}

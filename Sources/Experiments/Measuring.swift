import Checkers
import Node
import Primitives
import Scenarios
import World

/// Measures of a run that any program has: what clients and the network saw.
package struct Measuring {
  let scenario: Scenario
  let recording: Recording
  let end: Instant

  package init(scenario: Scenario, recording: Recording, end: Instant) {
    self.scenario = scenario
    self.recording = recording
    self.end = end
  }

  /// When the last fault ended, or the core healed, or the beginning of the run; nil while one still acts.
  var lastHeal: Instant? {
    if scenario.heals == .core { return end >= scenario.healAt ? scenario.healAt : nil }
    var last = Instant.zero
    for occurrence in recording.faults.flatMap(\.occurrences) {
      guard let until = occurrence.until else { return nil }
      last = max(last, until)
    }
    return last
  }

  /// Whether any fault found whom to strike.
  var struck: Bool { recording.faults.contains { !$0.occurrences.isEmpty } }

  /// An operation, from its invocation to its end.
  struct Operation {
    let invoked: Instant
    let ended: Instant
    let outcome: OutcomeKind
  }

  /// In order of their ends.
  var operations: [Operation] {
    var invoked: [UInt64: Instant] = [:]
    var operations: [Operation] = []
    for event in recording.history {
      switch event.kind {
      case .invoke: invoked[event.operation] = event.at
      case .outcome(let outcome):
        guard let start = invoked.removeValue(forKey: event.operation) else { continue }
        operations.append(Operation(invoked: start, ended: event.at, outcome: outcome))
      }
    }
    return operations
  }

  var clientFigures: [Figures] {
    let operations = self.operations
    let successes = operations.filter { $0.outcome == .ok }
    let share = operations.isEmpty ? [] : [100 * Double(successes.count) / Double(operations.count)]
    return [
      Figures(.clientLatency, successes.map { Double(($0.ended - $0.invoked).count) }),
      Figures(.operationsOK, [Double(successes.count)]),
      Figures(.operationsFailed, [Double(operations.count { $0.outcome == .fail })]),
      Figures(.operationsUnknown, [Double(operations.count { $0.outcome == .info })]),
      Figures(.availability, share),
      Figures(.unavailability, silences(successes)),
      Figures(.recoveryTime, struck ? recovery(operations).map { [Double($0.count)] } ?? [] : []),
    ]
  }

  /// Shorter stretches without a success are the ordinary distance between two.
  static let shortestSilence = Nanoseconds.milliseconds(100)

  /// Stretches of at least `shortestSilence` within the workload's time in which nothing succeeded.
  private func silences(_ successes: [Operation]) -> [Double] {
    guard let window = scenario.operationWindow else { return [] }
    var last = window.lowerBound
    var stretches: [Nanoseconds] = []
    for moment in successes.map(\.ended) + [min(window.upperBound, end)] {
      stretches.append(moment - last)
      last = max(last, moment)
    }
    return stretches.filter { $0 >= Self.shortestSilence }.map { Double($0.count) }
  }

  /// Whether something was asked after the last heal, and nothing of it succeeded up to a moment that has passed.
  func misses(_ deadline: Instant) -> Bool {
    guard let heal = lastHeal, end > deadline else { return false }
    let operations = self.operations
    guard operations.contains(where: { $0.invoked >= heal }) else { return false }
    return recovery(operations).map { heal + $0 > deadline } ?? true
  }

  /// From the last heal to the first success of what was invoked after it.
  func recovery(_ operations: [Operation]) -> Nanoseconds? {
    guard let heal = lastHeal else { return nil }
    return operations.first { $0.outcome == .ok && $0.invoked >= heal }.map { $0.ended - heal }
  }
}

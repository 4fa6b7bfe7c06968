import Experiments
import Primitives
import Reports
import Scenarios

extension RunSummary {
  /// - Parameter replay: the command that gives this run again.
  init(_ result: RunResult, wall: Nanoseconds, replay: String) {
    self.init(
      scenario: result.scenario.name, seed: result.seed, version: Version.current, verdict: .init(result.verdict),
      digest: result.digest.hexadecimal, virtualNS: (result.end - .zero).count, wallNS: wall.count,
      events: result.events, replay: replay)
    description = result.scenario.description
    messages = result.recording.messages
    faults = result.recording.faults
    incidents = result.incidents.map { Incident($0, names: result.recording.processes) }
    operations = Operations(result)
    expectations = result.findings.map {
      Expectation(name: $0.name, verdict: .init($0.outcome), detail: $0.detail)
    }
    let names = result.recording.processes
    violations = result.violations.map {
      Violation(
        invariant: $0.invariant.description, atNS: $0.at.nanoseconds, node: names[$0.process], detail: $0.detail)
    }
    let choices = ScenarioWriter.choices(result.scenario)
    for place in result.recording.unmadeChoices {
      expectations.append(
        Expectation(name: "choices", verdict: .inconclusive, detail: "\(choices[place]) was never made"))
    }
    switch result.stop {
    case .stall:
      violations.append(
        Violation(
          invariant: "stall", atNS: (result.end - .zero).count, node: nil,
          detail: "virtual time stood still for more events than one moment may have"))
    case .budget:
      expectations.append(
        Expectation(
          name: "event_budget", verdict: .inconclusive,
          detail: "the run needs more than its \(PeopleText.count(result.events, "event"))"))
    case .reached, .violation: break
    }
    measures = result.figures.filter { $0.count > 0 }.map(Measure.init)
    marks = result.marks.filter { $0.count > 0 }.map { Mark(name: $0.name, count: $0.count) }
    service =
      result.scenario.operationWindow == nil
      ? [] : ServiceSlice.over(result.recording, duration: result.scenario.duration)
  }
}

extension RunSummary.Verdict {
  init(_ verdict: Verdict) {
    switch verdict {
    case .nondeterminism: self = .nondeterminism
    case .violation: self = .violation
    case .inconclusive: self = .inconclusive
    case .pass: self = .pass
    }
  }

  var verdict: Verdict {
    switch self {
    case .nondeterminism: .nondeterminism
    case .violation: .violation
    case .inconclusive: .inconclusive
    case .pass: .pass
    }
  }
}

extension RunSummary.Expectation.Verdict {
  init(_ outcome: Finding.Outcome) {
    switch outcome {
    case .held: self = .held
    case .violated: self = .violated
    case .inconclusive: self = .inconclusive
    }
  }
}

extension RunSummary.Incident {
  init(_ record: IncidentRecord, names: [String]) {
    self.init(
      node: names[record.node.index], atNS: record.at.nanoseconds, cause: record.cause.word,
      subject: names[record.subject.index], isTrue: record.isTrue,
      diagnosedBy: record.words(record.diagnosedBy, names),
      actions: record.deeds.map {
        Action(
          atNS: $0.at.nanoseconds, remedy: "\($0.remedy)", subject: names[$0.subject.index],
          outcome: $0.outcome.map { "\($0)" })
      }, end: record.end?.rawValue, endNS: record.endedAt?.nanoseconds,
      closedBy: record.words(record.closedBy, names))
  }
}

extension RunSummary.Operations {
  init(_ result: RunResult) {
    self.init()
    for event in result.recording.history {
      switch event.kind {
      case .invoke: invoked += 1
      case .outcome(.ok): ok += 1
      case .outcome(.fail): fail += 1
      case .outcome(.info): info += 1
      }
    }
  }
}

extension RunSummary.Measure {
  init(_ figures: Figures) {
    func value(_ statistic: Scenario.Statistic) -> Double { figures.value(statistic) ?? 0 }
    self.init(
      name: figures.measure.rawValue, count: UInt64(figures.count), mean: value(.mean), p50: value(.p50),
      p90: value(.p90), p95: value(.p95), p99: value(.p99), max: value(.max), unit: figures.measure.unit.rawValue)
  }
}

extension RunStore.File {
  /// Everything that a run leaves.
  static func all(_ result: RunResult, _ summary: RunSummary) -> [RunStore.File] {
    let (scenario, recording) = (result.scenario, result.recording)
    let explanation = result.explanation.map {
      [
        RunStore.File("linearizability.json", LinearizabilityJSON.file($0)),
        RunStore.File("linearizability.txt", Array(($0.text + "\n").utf8)),
      ]
    }
    return [
      RunStore.File("summary.json", summary.summaryJSON()),
      RunStore.File("history.jsonl", HistoryLines.lines(recording)),
      RunStore.File(
        "trace.otlp.jsonl",
        OTLPTrace.lines(recording, scenario: scenario.name, seed: result.seed, version: Version.current)),
      RunStore.File("metrics.om", OpenMetricsText.file(recording)),
      RunStore.File("ledger.json", LedgerJSON.file(recording, hosts: scenario.processNames, words: scenario.words)),
      RunStore.File(
        TapeFile.name,
        TapeFile.lines(result.tape(version: Version.current), choices: ScenarioWriter.choices(scenario))),
      RunStore.File("scenario.yaml", Array(ScenarioWriter.yaml(scenario).utf8)),
    ] + (explanation ?? [])
  }
}

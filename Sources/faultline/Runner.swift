import ArgumentParser
import Experiments
import Foundation
import Primitives
import Reports
import World

/// Does runs on several cores, stores and shows them in their order, and ends with the exit code of the worst.
struct Runner {
  let runs: [PlannedRun]
  let store: RunStore?
  /// Whether runs that passed leave their files too.
  let keepsPasses: Bool
  let gzips: Bool
  /// Whether the files include a page.
  let draws: Bool
  /// What the second process came to, in the order of the runs.
  let twin: [Twin.Trail]?
  let telemetry: (spans: Bool, metrics: Bool)
  let settings: [String]
  let jobs: Int
  let isQuiet: Bool
  let format: RunCommand.Format
  /// Prints what happens, where somebody wants to read it.
  let log: (@Sendable ([Note]) -> Void)?

  private enum Outcome: Sendable {
    case done(RunSummary)
    case interrupted
    case unwritable(String)
  }

  func run() async throws {
    FreedMemory.keepForNextRun()
    announce()
    let display = ProgressDisplay(isOn: !isQuiet, runs: UInt64(runs.count))
    var summaries: [RunSummary] = []
    var failure: Outcome?
    await withTaskGroup(of: (Int, Outcome).self) { group in
      var waiting: [Int: Outcome] = [:]
      var started = 0
      func startNext() {
        guard started < runs.count, failure == nil else { return }
        let index = started
        started += 1
        group.addTask { (index, perform(index, display)) }
      }
      for _ in 0..<min(jobs, runs.count) { startNext() }
      while let (index, outcome) = await group.next() {
        waiting[index] = outcome
        while let next = waiting.removeValue(forKey: summaries.count), failure == nil {
          guard case .done(let summary) = next else {
            failure = next
            break
          }
          display.clear()
          summaries.append(summary)
          if !show(summary) { failure = .unwritable("standard output: cannot write") }
        }
        startNext()
      }
    }
    display.clear()
    try finish(summaries, failure)
  }

  // MARK: One run

  private func perform(_ index: Int, _ display: ProgressDisplay) -> Outcome {
    let planned = runs[index]
    let everything = TelemetryPlan.everything(over: planned.file.scenario.duration)
    let plan = TelemetryPlan(
      spans: telemetry.spans, sampling: telemetry.metrics ? everything.sampling : nil)
    let clock = ContinuousClock()
    let start = clock.now
    var events: UInt64 = 0
    let result: RunResult
    do {
      result = try Run(planned.file.scenario, seed: planned.seed, telemetry: plan).perform(
        progress: { progress in
          display.advance(
            events: progress.events - events, virtual: (progress.now - .zero, planned.file.scenario.duration))
          events = progress.events
          return !Interruption.isRequested
        }, notes: log)
    } catch {
      return .interrupted
    }
    let wall = Nanoseconds(Int64((clock.now - start) / .nanoseconds(1)))
    var summary = RunSummary(result, wall: wall, replay: planned.replay(settings: settings))
    if let other = twin?[index], other.digest != summary.digest {
      summary.verdict = .nondeterminism
      summary.otherDigest = other.digest
      display.clear()
      do {
        try Twin.tellParting(
          of: planned, settings: settings, after: other.lastCommonEvent(with: Twin.Trail(result)))
      } catch {
        return .interrupted
      }
    }
    if let store, keepsPasses || summary.verdict != .pass {
      do {
        var files = RunStore.File.all(result, summary)
        if draws {
          if result.events <= DrawnRun.mostEvents {
            guard let page = try DrawnRun.file(result, files) else { return .interrupted }
            files.append(page)
          } else if !isQuiet {
            display.clear()
            Terminal.tell(
              "\(summary.scenario) seed \(summary.seed): \(PeopleText.count(result.events, "event")) are too many for a page "
                + "that nobody asked for; faultline report draws it\n")
          }
        }
        summary.artifacts = try store.write(
          gzips ? files.map { $0.name == DrawnRun.name ? $0 : $0.gzipped } : files, scenario: summary.scenario,
          seed: summary.seed,
          digest: summary.digest)
      } catch {
        return .unwritable("\(error)")
      }
    }
    display.finishRun(failed: summary.verdict != .pass)
    return .done(summary)
  }

  // MARK: Showing

  /// Before the first event, so that even a trap can be replayed.
  private func announce() {
    guard !isQuiet else { return }
    let seeds = runs.map(\.seed)
    if runs.count == 1 {
      Terminal.tell("faultline \(Version.current): \(runs[0].file.scenario.name), seed \(seeds[0])\n")
    } else {
      let names = runs.map(\.file.scenario.name).reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
      let scenarios = names.count == 1 ? names[0] : PeopleText.count(UInt64(names.count), "scenario")
      let range = seeds.min() == seeds.max() ? "seed \(seeds[0])" : "seeds \(seeds.min()!)..\(seeds.max()!)"
      Terminal.tell(
        "faultline \(Version.current): \(PeopleText.count(UInt64(runs.count), "run")) of \(scenarios), \(range)\n")
      if store != nil, !keepsPasses {
        Terminal.tell("Only runs that do not pass leave their files (--artifacts all).\n")
      }
    }
  }

  private func show(_ summary: RunSummary) -> Bool {
    do {
      if format == .json { try Terminal.write(summary.summaryLine()) }
    } catch {
      return false
    }
    guard !isQuiet, runs.count > 1, runs.count <= 40 || summary.verdict != .pass else { return true }
    return say("\(summary.scenario) seed \(summary.seed) \(summary.sentence)\n")
  }

  private func finish(_ summaries: [RunSummary], _ failure: Outcome?) throws {
    switch failure {
    case .interrupted:
      Terminal.tell(
        "Interrupted after \(PeopleText.count(UInt64(summaries.count), "finished run")); the others left nothing.\n"
      )
      throw ExitCode(Exit.interrupted)
    case .unwritable(let message):
      Terminal.complain(message)
      throw ExitCode(Exit.inputOutput)
    case .done, nil: break
    }
    if !isQuiet {
      let toOutput = format == .text
      let style = Terminal.style(isTerminal: toOutput ? Terminal.outputIsTerminal : Terminal.errorIsTerminal)
      let width = Terminal.width(toOutput ? STDOUT_FILENO : STDERR_FILENO)
      let text =
        summaries.count == 1
        ? SummaryText.text(summaries[0], style: style, width: width)
        : SummaryText.sweepText(summaries, style: style, width: width)
      guard say(text) else {
        Terminal.complain("standard output: cannot write")
        throw ExitCode(Exit.inputOutput)
      }
    }
    let worst = min(
      summaries.map(\.verdict.verdict).min() ?? .pass, vacuity(of: summaries), neverMet(in: summaries))
    if worst != .pass { throw ExitCode(worst.exitCode) }
  }

  /// Over several seeds a random fault must bite at least once.
  private func vacuity(of summaries: [RunSummary]) -> Verdict {
    var verdict = Verdict.pass
    for (name, runs) in Dictionary(grouping: summaries, by: \.scenario).sorted(by: { $0.key < $1.key })
    where runs.count >= 10 {
      for (position, fault) in runs[0].faults.enumerated()
      where !fault.timed && !runs.contains(where: { $0.faults[position].bit }) {
        Terminal.tell("\(name): “\(fault.name)” had no effect in any of \(runs.count) runs\n")
        verdict = .inconclusive
      }
    }
    return verdict
  }

  /// Over very many seeds every event that is expected `sometimes` must have been met.
  private func neverMet(in summaries: [RunSummary]) -> Verdict {
    var tallies: [Sometimes] = []
    var names: [String] = []
    // The runs of one file follow each other.
    for (run, summary) in zip(runs, summaries) {
      if names.last != run.file.path {
        names.append(run.file.path)
        tallies.append(Sometimes(run.file.scenario))
      }
      tallies[tallies.count - 1].add(summary.marks.map(\.name))
    }
    for (name, tally) in zip(names, tallies) where !tally.missing.isEmpty && tally.runs > 1 {
      let runs = PeopleText.count(UInt64(tally.runs), "run")
      let missing = tally.missing.joined(separator: ", ")
      if tally.verdict != nil {
        Terminal.tell("\(name): never met in \(runs): \(missing)\n")
      } else if !isQuiet {
        let enough = PeopleText.count(UInt64(Sometimes.enough))
        Terminal.tell("\(name): not met in \(runs), which are too few to judge by (\(enough)): \(missing)\n")
      }
    }
    return tallies.compactMap(\.verdict).min() ?? .pass
  }

  /// People's text: on standard output, unless that is for programs.
  private func say(_ text: String) -> Bool {
    guard format == .text else {
      Terminal.tell(text)
      return true
    }
    return (try? Terminal.print(text)) != nil
  }
}

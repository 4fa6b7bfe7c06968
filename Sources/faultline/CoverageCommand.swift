import ArgumentParser
import Experiments
import Foundation
import Primitives
import Reports

/// `faultline coverage`: what many seeds reach, and whether more of them would reach more.
struct CoverageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: "Count the abstract states and rare events that many seeds reach.",
    discussion: """
      An abstract state is what a cluster looks like without names, terms and indices. For each doubling of the seeds \
      it is told how many were new, with an estimate of what is still unseen. Exit codes are those of run, for the \
      worst of the runs.
      """)

  @Argument(help: "Scenario files and folders.", completion: .file(extensions: ["yaml"]))
  var paths: [String]

  @Option(help: ArgumentHelp("Run each scenario with every seed from A to B, on all cores.", valueName: "A..B"))
  var seeds: SeedRange

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Put a value in the place of the scenario's; may be repeated.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: "text for people, or json: one object a scenario on standard output.")
  var format: RunCommand.Format = .text

  @Flag(help: "No progress; errors only beside the result.")
  var quiet = false

  @Option(help: "Runs at a time; as many as there are cores unless given.")
  var jobs: Int?

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is a number from 1 to 1024") }
  }

  func run() async throws {
    let files = try ScenarioFiles.read(paths, settings: ScenarioFiles.settings(settings))
    Interruption.listen()
    FreedMemory.keepForNextRun()
    let count = UInt64(seeds.seeds.count)
    if !quiet {
      let runs = PeopleText.count(count * UInt64(files.count), "run")
      Terminal.tell("faultline \(Version.current): coverage of \(runs), seeds \(seeds.defaultValueDescription)\n")
    }
    let display = ProgressDisplay(isOn: !quiet, runs: count * UInt64(files.count))
    var worst = Verdict.pass
    for file in files {
      let (coverage, failures) = try await cover(file, display)
      display.clear()
      worst = min(worst, failures.worst)
      if failures.count > 0 {
        let command = PlannedRun(file: file, seed: failures.first).replay(settings: settings)
        Terminal.tell(
          "\(file.path): \(PeopleText.count(failures.count, "run")) did not pass, the first: \(command)\n")
      }
      try show(CoverageSummary(coverage, of: file.scenario.name, seeds: seeds.seeds, failures: failures.count))
    }
    if worst != .pass { throw ExitCode(worst.exitCode) }
  }

  private func show(_ summary: CoverageSummary) throws {
    do {
      switch format {
      case .json: try Terminal.write(summary.line())
      case .text:
        let style = Terminal.style(isTerminal: Terminal.outputIsTerminal)
        try Terminal.print(summary.text(style: style, width: Terminal.width(STDOUT_FILENO)))
      }
    } catch {
      Terminal.complain("standard output: cannot write")
      throw ExitCode(Exit.inputOutput)
    }
  }

  // MARK: Runs

  private struct Failures {
    var count: UInt64 = 0
    var first: UInt64 = 0
    var worst = Verdict.pass
  }

  /// What is kept of a run.
  private struct Reached: Sendable {
    let states: [UInt64]
    let marks: [MarkCount]
    let verdict: Verdict
  }

  /// Every seed of one scenario, merged in the order of the seeds, so that the curve is the same each time.
  private func cover(
    _ file: ScenarioFile, _ display: ProgressDisplay
  ) async throws -> (Coverage, Failures) {
    var coverage = Coverage(file.scenario)
    var failures = Failures()
    let all = seeds.seeds
    var interrupted = false
    await withTaskGroup(of: (UInt64, Reached?).self) { group in
      var waiting: [UInt64: Reached] = [:]
      var next = all.lowerBound
      var started: UInt64 = 0
      func startNext() {
        guard started < UInt64(all.count), !interrupted else { return }
        let seed = all.lowerBound + started
        started += 1
        group.addTask { (seed, Self.reached(file, seed, display)) }
      }
      for _ in 0..<(jobs ?? ProcessInfo.processInfo.activeProcessorCount) { startNext() }
      while let (seed, reached) = await group.next() {
        guard let reached else {
          interrupted = true
          continue
        }
        waiting[seed] = reached
        while let reached = waiting.removeValue(forKey: next) {
          coverage.add(states: reached.states, marks: reached.marks, seed: next)
          if reached.verdict != .pass {
            if failures.count == 0 { failures.first = next }
            failures.count += 1
            failures.worst = min(failures.worst, reached.verdict)
          }
          next &+= 1
        }
        startNext()
      }
    }
    guard !interrupted else {
      display.clear()
      Terminal.tell("Interrupted after \(PeopleText.count(coverage.runs, "finished run")); nothing was counted.\n")
      throw ExitCode(Exit.interrupted)
    }
    return (coverage, failures)
  }

  /// nil where somebody has pressed Ctrl-C.
  private static func reached(_ file: ScenarioFile, _ seed: UInt64, _ display: ProgressDisplay) -> Reached? {
    var events: UInt64 = 0
    let run = Run(file.scenario, seed: seed, telemetry: .off, coverage: true)
    let result = try? run.perform { progress in
      display.advance(events: progress.events - events, virtual: (progress.now - .zero, file.scenario.duration))
      events = progress.events
      return !Interruption.isRequested
    }
    guard let result else { return nil }
    display.finishRun(failed: result.verdict != .pass)
    return Reached(states: result.states, marks: result.marks, verdict: result.verdict)
  }
}

extension CoverageSummary {
  init(_ coverage: Coverage, of scenario: String, seeds: ClosedRange<UInt64>, failures: UInt64) {
    self.init(
      scenario: scenario, seeds: seeds, runs: coverage.runs, failures: failures,
      curve: coverage.curve.map { Point(runs: $0.runs, states: $0.states, new: $0.new) },
      singletons: coverage.singletons, unseenMass: coverage.unseenMass,
      expectedOfNextRun: coverage.expectedOfNextRun, outlook: coverage.outlook.rawValue,
      marks: coverage.marks.map {
        Mark(name: $0.mark.rawValue, runs: $0.runs, count: $0.count, firstSeed: $0.firstSeed)
      })
  }
}

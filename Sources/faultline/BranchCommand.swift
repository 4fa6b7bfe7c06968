import ArgumentParser
import Experiments
import Foundation
import Pages
import Primitives
import Reports
import Results
import Scenarios

/// `faultline branch`: from which moment on a failure was to be expected.
struct BranchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "branch", abstract: "Let a run's future differ from a moment on, and see how often it fails.",
    discussion: """
      Repeats the run up to a moment, and goes on from there with other luck, once for each seed. With several moments \
      the share of failures shows where the point of no return was: what happens anyway has no luck in it. Exit codes: \
      0 done · 65 bad input · 130 interrupted.
      """)

  @Argument(help: "A run's folder, or a scenario file.", completion: .directory)
  var path: String

  @Option(
    help: ArgumentHelp(
      "A moment such as 12.5s; may be repeated. Without any: --moments of them, evenly.", valueName: "time"))
  var at: [VirtualTime] = []

  @Option(help: "How many moments, from the beginning to the failure or the end.")
  var moments = 16

  @Option(help: ArgumentHelp("The luck from then on.", valueName: "A..B"))
  var seeds = SeedRange(argument: "1..100")!

  @Option(help: "Of a scenario file: the seed in place of its own.")
  var seed: UInt64?

  @Option(help: "Runs at a time; as many as there are cores unless given.")
  var jobs: Int?

  @Option(help: "text for people, or json: one object a moment, a line each.")
  var format: RunCommand.Format = .text

  @Option(help: ArgumentHelp("Draw the shares as a page too.", valueName: "file"))
  var report: String?

  func validate() throws {
    guard (2...1000).contains(moments) else {
      throw ValidationError("--moments is a number from 2 to 1000; found \(moments)")
    }
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is a number from 1 to 1024") }
  }

  func run() throws {
    let run = try InspectCommand.work(path, seed: seed)
    Interruption.listen()
    FreedMemory.keepForNextRun()
    guard let own = try? run.perform(progress: { _ in !Interruption.isRequested }) else {
      throw ExitCode(Exit.interrupted)
    }
    try introduce(own)
    var failed = false
    var points: [BranchText.Point] = []
    run.branch(
      at: moments(of: own), seeds: seeds.seeds, like: own.fingerprint,
      jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount, goesOn: { !Interruption.isRequested && !failed },
      tell: { point in
        let shown = Self.shown(point)
        points.append(shown)
        do { try tell(shown) } catch { failed = true }
      })
    if failed { throw ExitCode(Exit.inputOutput) }
    if Interruption.isRequested { throw ExitCode(Exit.interrupted) }
    if let report { try draw(own, points, to: report) }
  }

  private func draw(_ own: RunResult, _ points: [BranchText.Point], to file: String) throws {
    let summary = RunSummary(own, wall: .zero, replay: "")
    let page = BranchPage(
      scenario: own.scenario.name, summary.verdict,
      headline: "\(own.scenario.name), seed \(own.seed), \(summary.sentence).",
      futures: seeds.seeds.count, points: points)
    do {
      try ResultsOutput.write(page.bytes, to: file)
    } catch {
      throw Exit.after(error)
    }
  }

  private static func shown(_ point: BranchPoint) -> BranchText.Point {
    let share = Intervals.share(point.failures, of: point.runs)
    return BranchText.Point(
      at: point.at.nanoseconds, events: point.events, runs: point.runs, failures: point.failures,
      same: point.sameFailures,
      low: share.low ?? 0, high: share.high ?? 1)
  }

  private func tell(_ shown: BranchText.Point) throws {
    if format == .json {
      try Terminal.deliver(BranchText.json(shown))
    } else {
      try Terminal.deliver(BranchText.line(shown))
    }
  }

  private func introduce(_ own: RunResult) throws {
    guard format == .text else { return }
    let summary = RunSummary(own, wall: .zero, replay: "")
    try Terminal.deliver(
      "\(own.scenario.name), seed \(own.seed), \(summary.sentence).\n\n"
        + BranchText.heading(futures: seeds.seeds.count, isFailure: own.fingerprint != nil))
  }

  private func moments(of own: RunResult) -> [Instant] {
    guard at.isEmpty else { return at.map { .zero + $0.time }.sorted() }
    let end = own.explanation?.culprit.end.map { Instant(nanoseconds: $0) } ?? own.end
    return (0..<moments).map { Instant(nanoseconds: end.nanoseconds / Int64(moments) * Int64($0)) }
  }
}

import ArgumentParser
import Experiments
import Foundation
import Primitives
import Reports

/// `faultline run`: the main job.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run scenarios and judge them.",
    discussion: """
      A folder stands for every *.yaml directly in it. All scenarios are read before any of them runs. Each run \
      leaves its files in results/runs/<scenario>/<seed>-<digest8>/, or below the folder given with --out.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  enum Artifacts: String, ExpressibleByArgument, CaseIterable {
    case all, failures, none
  }

  @Argument(help: "Scenario files and folders.", completion: .file(extensions: ["yaml"]))
  var paths: [String]

  @Option(help: "Run with this seed in place of the scenario's own.")
  var seed: UInt64?

  @Option(help: ArgumentHelp("Run each scenario with every seed from A to B, on all cores.", valueName: "A..B"))
  var seeds: SeedRange?

  @Option(help: ArgumentHelp("Leave the runs' files below this folder.", valueName: "dir"))
  var out: String = "results/runs"

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Put a value in the place of the scenario's; may be repeated.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: "text for people, or json: one summary object a run on standard output.")
  var format: Format = .text

  @Flag(help: "No progress and no summary; errors only.")
  var quiet = false

  @Flag(help: "Run everything in a second process too and compare the digests.")
  var twice = false

  @Option(help: "Whose files to keep: all (up to 32 runs), failures (beyond), or none.")
  var artifacts: Artifacts?

  @Flag(help: "Compress the runs' files, but for the page; each gets .gz behind its name.")
  var gzip = false

  @Option(help: "Runs at a time; as many as there are cores unless given.")
  var jobs: Int?

  @OptionGroup var logging: LogOptions

  @Flag(name: .customLong("no-report"), help: "Draw no page (report.html).")
  var noReport = false

  @Flag(name: .customLong("no-trace"), help: "Collect no spans.")
  var noTrace = false

  @Flag(name: .customLong("no-metrics"), help: "Sample no metrics.")
  var noMetrics = false

  func validate() throws {
    guard seed == nil || seeds == nil else { throw ValidationError("--seed and --seeds exclude each other") }
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is a number from 1 to 1024") }
  }

  func run() async throws {
    let files = try ScenarioFiles.read(paths, settings: ScenarioFiles.settings(settings))
    let runs = PlannedRun.all(files, seed: seed, seeds: seeds)
    guard !logging.log || runs.count == 1 else {
      throw ValidationError("--log is for one run; found \(PeopleText.count(UInt64(runs.count), "run"))")
    }
    let keep = artifacts ?? (runs.count <= 32 ? .all : .failures)
    let store = keep == .none ? nil : RunStore(root: out)
    do {
      try store?.prepare()
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(Exit.inputOutput)
    }
    Interruption.listen()
    let runner = Runner(
      runs: runs, store: store, keepsPasses: keep == .all, gzips: gzip, draws: !noReport,
      twin: twice ? try Twin.trails(of: self) : nil,
      telemetry: (spans: !noTrace && keep != .none, metrics: !noMetrics && keep != .none),
      settings: settings, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount, isQuiet: quiet,
      format: format,
      log: logging.log ? try logging.printer(for: runs[0].file.scenario) : nil)
    try await runner.run()
  }
}

/// One run that is to be done.
struct PlannedRun: Sendable {
  let file: ScenarioFile
  let seed: UInt64

  /// The command that gives it again.
  func replay(settings: [String]) -> String {
    let words = ["./faultline", "run", file.path, "--seed", "\(seed)"] + settings.flatMap { ["--set", $0] }
    return words.map(Self.shellQuoted).joined(separator: " ")
  }

  /// - Parameter seed, seeds: in place of the scenarios' own.
  static func all(_ files: [ScenarioFile], seed: UInt64?, seeds: SeedRange?) -> [PlannedRun] {
    files.flatMap { file in
      (seeds?.seeds ?? (seed ?? file.scenario.seed)...(seed ?? file.scenario.seed)).map {
        PlannedRun(file: file, seed: $0)
      }
    }
  }

  static func shellQuoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
        || "-_./=:,@%+".utf8.contains(byte)
    }
    return plain && !word.isEmpty
      ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

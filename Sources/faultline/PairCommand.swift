import ArgumentParser
import Foundation
import Primitives
import Reports
import Results
import Scenarios

/// `faultline pair`: what a setting is worth.
struct PairCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pair",
    abstract: "Run scenarios with and without something, on the same seeds, and tell what it is worth.",
    discussion: """
      Every scenario is swept as it is, and again with --without; results go to DIR/with and DIR/without as they come, and \
      the same command goes on where it stopped. The same seed has the same luck in both, so differences are taken pair \
      by pair, with 95 % intervals; the chances of each measure are adjusted for its rows (Holm).

      Exit codes: 0 both sweeps are done, whatever the verdicts · 65 no scenario · 70 a seed crashed · 130 interrupted.
      """)

  @Argument(help: "Scenario files and folders.", completion: .file(extensions: ["yaml"]))
  var paths: [String]

  @Option(help: ArgumentHelp("What the other half of the runs is without.", valueName: "key=value"))
  var without: String

  @Option(help: ArgumentHelp("Seeds from A to B.", valueName: "A..B"))
  var seeds: SeedRange

  @Option(help: ArgumentHelp("Where the results are kept.", valueName: "dir"))
  var out: String

  @Option(
    help: ArgumentHelp("Measures of the table, such as availability or client_latency.p99.", valueName: "names"))
  var measures = "availability"

  @Option(
    help: ArgumentHelp(
      "A page in Markdown: its table is replaced, and all else in it stays.", valueName: "file"))
  var report: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Put a value in the place of the scenario's; may be repeated.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("Real time that a seed may take.", valueName: "duration"))
  var timeout = TimeSpan(argument: "60s")!

  @Option(help: "Worker processes; as many as there are cores unless given.")
  var jobs: Int?

  @Flag(help: "No progress and no table; errors only.")
  var quiet = false

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is a number from 1 to 1024") }
    guard !names.isEmpty else { throw ValidationError("--measures names at least one measure") }
    for name in names {
      let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
      guard Scenario.Measure(rawValue: parts[0]) != nil,
        parts.count == 1 || Scenario.Statistic(rawValue: parts[1]) != nil
      else {
        throw ValidationError("--measures takes names such as availability or client_latency.p99; found '\(name)'")
      }
    }
  }

  private var names: [String] { measures.split(separator: ",").map(String.init) }

  func run() throws {
    let grids = [
      try SweepGrid.read(paths, settings: settings + [without], seeds: seeds.seeds),
      try SweepGrid.read(paths, settings: settings, seeds: seeds.seeds),
    ]
    Interruption.listen()
    do {
      try refuseUnwritableReport()
      var results: [ResultSet] = []
      for (grid, name) in zip(grids, ["without", "with"]) {
        let sweep = Sweep(
          grid: grid, folder: out + "/" + name, shard: .whole, retries: false, timeout: timeout, memory: 4 << 30,
          budget: nil, failsFast: false, workers: jobs ?? ProcessInfo.processInfo.activeProcessorCount,
          isQuiet: quiet)
        let end = try sweep.run()
        if end.isInterrupted { throw ExitCode(Exit.interrupted) }
        results.append(end.results)
      }
      let table = try Pairs.table(without: results[0], with: results[1], measures: names, command: command)
      try show(table)
      for set in results where try set.summary().exitCode == Exit.internalError {
        throw ExitCode(Exit.internalError)
      }
    } catch let error as ResultError {
      throw Exit.after(error)
    }
  }

  /// Before hours of sweeps, and not after.
  private func refuseUnwritableReport() throws(ResultError) {
    guard let report else { return }
    let folder = URL(fileURLWithPath: report).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw .inputOutput(path: report, "cannot write the file")
    }
  }

  private func show(_ table: PairTable) throws {
    if let report {
      let page = FileManager.default.contents(atPath: report).map { String(decoding: $0, as: UTF8.self) }
      try ResultsOutput.write(Array(table.page(in: page).utf8), to: report)
    }
    guard !quiet, report == nil else { return }
    do { try Terminal.print(table.page(in: nil)) } catch {
      throw ResultError.inputOutput(path: "standard output", "cannot write")
    }
  }

  /// What makes the table again.
  private var command: String {
    var words = ["./faultline", "pair"] + paths + ["--without", without, "--seeds", seeds.defaultValueDescription]
    words += settings.flatMap { ["--set", $0] } + ["--measures", measures, "--out", out]
    if let report { words += ["--report", report] }
    return words.map(PlannedRun.shellQuoted).joined(separator: " ")
  }
}

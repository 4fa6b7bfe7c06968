import ArgumentParser
import Experiments
import Foundation
import Primitives
import Reports
import Results
import Scenarios

/// `faultline sweep`: many seeds, at every point of a grid, and their results in one file.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Run scenarios over many seeds and settings, on all cores, and keep the results.",
    discussion: """
      Seeds and settings are those of each scenario's 'sweep' section; --seeds takes the place of its seeds. Results go \
      to DIR/results.sqlite as they come: the same command again goes on where it stopped. A seed that crashes, takes \
      longer than --timeout or more than --memory has that as its result, and the others go on.

      Exit codes are those of the worst seed: 0 all passed · 1 a violation · 2 inconclusive · 70 a seed crashed, hung or \
      ran out of memory. docs/sweeps.md explains the tables.
      """)

  @Argument(help: "Scenario files and folders.", completion: .file(extensions: ["yaml"]))
  var paths: [String]

  @Option(help: ArgumentHelp("Seeds from A to B, in the place of the scenarios'.", valueName: "A..B"))
  var seeds: SeedRange?

  @Option(help: ArgumentHelp("Where the results are kept.", valueName: "dir"))
  var out: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Put a value in the place of the scenario's; may be repeated.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("Real time that a seed may take.", valueName: "duration"))
  var timeout = TimeSpan(argument: "60s")!

  @Option(help: ArgumentHelp("Memory that a worker process may have, from 256MiB.", valueName: "size"))
  var memory = MemorySize(argument: "4GiB")!

  @Option(help: ArgumentHelp("Stop after so much real time.", valueName: "duration"))
  var budget: TimeSpan?

  @Flag(help: "Stop at the first seed that fails.")
  var failFast = false

  @Option(
    help: ArgumentHelp("Run only the Kth of N parts; 'faultline merge' puts them together.", valueName: "k/n"))
  var shard: ShardName?

  @Flag(help: "Run seeds again that crashed, hung or ran out of memory.")
  var retry = false

  @Option(help: "Worker processes; as many as there are cores unless given.")
  var jobs: Int?

  enum Engine: String, ExpressibleByArgument, CaseIterable { case local, slurm }

  @Option(help: "Where the work is done: on this machine, or as an array job of Slurm.")
  var engine = Engine.local

  @Option(
    help: ArgumentHelp("With Slurm: how many parts; a thousand runs or more in each unless given.", valueName: "n"))
  var parts: Int?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "With Slurm: an option for sbatch, such as --partition=long; may be repeated.", valueName: "option"))
  var sbatch: [String] = []

  @OptionGroup var output: ResultsOutput

  func validate() throws {
    if engine == .slurm {
      let local: [(String, Bool)] = [
        ("--shard", shard != nil), ("--budget", budget != nil), ("--fail-fast", failFast), ("--retry", retry),
        ("--jobs", jobs != nil),
      ]
      if let (name, _) = local.first(where: \.1) {
        throw ValidationError("\(name) and --engine slurm exclude each other")
      }
      if let parts, !(1...SlurmSweep.partLimit).contains(parts) {
        throw ValidationError("--parts is a number from 1 to \(SlurmSweep.partLimit)")
      }
    } else if parts != nil || !sbatch.isEmpty {
      throw ValidationError("--parts and --sbatch go with --engine slurm")
    }
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is a number from 1 to 1024") }
    guard memory.bytes >= 256 << 20 else { throw ValidationError("--memory is a size from 256MiB") }
    if let seeds, seeds.seeds.upperBound > SweepPlan.greatestSeed {
      throw ValidationError("--seeds of a sweep end at \(SweepPlan.greatestSeed)")
    }
  }

  func run() throws {
    let shard = try shard?.shard() ?? .whole
    let grid = try SweepGrid.read(paths, settings: settings, seeds: seeds?.seeds)
    Interruption.listen()
    do {
      let end = engine == .slurm ? try slurm(grid).run() : try local(grid, shard).run()
      let summary = try output.show(end.results)
      if end.isInterrupted { throw ExitCode(Exit.interrupted) }
      if summary.exitCode != 0 { throw ExitCode(summary.exitCode) }
    } catch let error as ResultError {
      throw Exit.after(error)
    } catch let error as WorkerPool.WorkerError {
      Terminal.complain(error.description)
      throw ExitCode(Exit.internalError)
    }
  }
}

extension SweepCommand {
  private func local(_ grid: SweepGrid, _ shard: Shard) -> Sweep {
    Sweep(
      grid: grid, folder: out, shard: shard, retries: retry, timeout: timeout, memory: memory.bytes, budget: budget,
      failsFast: failFast, workers: jobs ?? ProcessInfo.processInfo.activeProcessorCount, isQuiet: output.quiet)
  }

  private func slurm(_ grid: SweepGrid) -> SlurmSweep {
    var words = paths + ["--timeout", timeout.defaultValueDescription, "--memory", memory.defaultValueDescription]
    if let seeds { words += ["--seeds", seeds.defaultValueDescription] }
    words += settings.flatMap { ["--set", $0] }
    return SlurmSweep(
      grid: grid, folder: URL(fileURLWithPath: out).path, arguments: words, options: sbatch, parts: parts,
      isQuiet: output.quiet)
  }
}

extension Exit {
  /// Says what is wrong with results, and gives the code for it.
  static func after(_ error: ResultError) -> ExitCode {
    Terminal.complain("\(error)")
    switch error {
    case .bad: return ExitCode(badInput)
    case .inputOutput: return ExitCode(inputOutput)
    }
  }
}

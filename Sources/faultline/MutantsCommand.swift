import ArgumentParser
import Foundation
import Mutants
import Scenarios

/// `faultline mutants`: whether the judges find defects that are known to be there.
struct MutantsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mutants",
    abstract: "Plant known defects, hunt them, and keep the score.",
    discussion: """
      Each patch in the folder is planted alone in a copy of the package, in .build/mutants, and built there; then the \
      scenarios are run with seed after seed until ten of them have found it. The next one is built meanwhile. What is \
      interrupted goes on where it was. The scoreboard is written once all is done, and after Ctrl-C. Before a hunt each \
      mutant must fail its regressions, which are in scenarios/regressions and called after it, and the core must \
      pass them.
      """)

  @Argument(help: "The folder of patches; Tests/Mutants unless given.", completion: .directory)
  var folder: String?

  @Option(help: "The most seeds for each mutant in each scenario.")
  var seeds = 2_000

  @Option(
    parsing: .upToNextOption, help: "Scenario files and folders; scenarios/hunt unless given.",
    completion: .file(extensions: ["yaml"]))
  var scenarios: [String] = []

  @Option(parsing: .upToNextOption, help: "These mutants alone.")
  var only: [String] = []

  @Option(help: ArgumentHelp("The scoreboard; results/mutants.md unless given.", valueName: "file"))
  var out: String?

  @Option(help: ArgumentHelp("Draw how soon each is found as a page too.", valueName: "file"))
  var report: String?

  @Option(help: "Runs at a time; as many as there are cores unless given.")
  var jobs: Int?

  @Flag(help: "Only see whether every patch applies and compiles.")
  var check = false

  @Flag(help: "Only build, and print the paths of the programs.")
  var build = false

  @Flag(help: "Only build, and see whether each mutant fails its regressions.")
  var regressions = false

  @Flag(help: "No progress; errors only.")
  var quiet = false

  func validate() throws {
    guard (1...1_000_000).contains(seeds) else { throw ValidationError("--seeds is a number from 1 to 1,000,000") }
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is a number from 1 to 1024") }
    guard [check, build, regressions].count(where: { $0 }) < 2 else {
      throw ValidationError("--check, --build and --regressions each do one thing alone; give one of them")
    }
    if regressions || build || check, !scenarios.isEmpty {
      throw ValidationError("--scenarios are for a hunt; with --check, --build and --regressions there is none")
    }
  }

  func run() throws {
    let tree = WorkTree(home: try Self.home())
    let own = "\(tree.home)/Tests/Mutants"
    var mutants = try read(folder ?? own)
    let sources = try tree.sources()
    try refuseMisfits(mutants, sources)
    // Patches of elsewhere may have the same names.
    let isOwn = URL(fileURLWithPath: folder ?? own).resolvingSymlinksInPath().path.hasPrefix(own)
    let kept = try isOwn ? KeptRegressions(home: tree.home) : KeptRegressions()
    if regressions { mutants.removeAll { kept[$0.id].isEmpty } }
    if mutants.isEmpty {
      Terminal.complain(
        "found no regression of \(only.isEmpty ? "any mutant" : only.joined(separator: ", ")); expected one")
      throw ExitCode(Exit.badInput)
    }
    let files = try regressions || build || check ? [] : hunts(tree.home)
    guard let swift = Foundry.toolchain() else {
      Terminal.complain("the Swift toolchain was not found: no 'swift' on the PATH")
      throw ExitCode(Exit.missingTool)
    }
    try? FileManager.default.createDirectory(atPath: tree.folder, withIntermediateDirectories: true)
    Interruption.listen()
    if check { return try typeCheck(mutants, sources, tree, swift) }
    let lock = try takeTurn(in: tree.folder)
    defer { close(lock) }
    let foundry = Foundry(tree, sources: sources, swift: swift) { Interruption.isRequested }
    if build { return try printPrograms(of: mutants, from: foundry) }
    let core: String
    do { core = try tree.keepCore(URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path) } catch {
      Terminal.complain("\(tree.folder): cannot write there")
      throw ExitCode(Exit.inputOutput)
    }
    foundry.start(mutants)
    let scoring = MutantScoring(
      tree: tree, sources: sources, regressions: kept, files: files, core: core, seeds: seeds,
      jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount,
      out: out ?? (folder == nil && only.isEmpty && !regressions ? "\(tree.home)/results/mutants.md" : nil),
      report: report, isQuiet: quiet)
    try scoring.keepScore(of: mutants, from: foundry)
  }

  private func hunts(_ home: String) throws -> [ScenarioFile] {
    try ScenarioFiles.read(scenarios.isEmpty ? ["\(home)/scenarios/hunt"] : scenarios)
  }

  /// Two at work in one tree would build each other's defects: waits until the other one has ended.
  private func takeTurn(in folder: String) throws -> Int32 {
    let path = "\(folder)/lock"
    let file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      Terminal.complain("\(path): cannot write the file")
      throw ExitCode(Exit.inputOutput)
    }
    if flock(file, LOCK_EX | LOCK_NB) == 0 { return file }
    if !quiet { Terminal.tell("Another one is at work in \(folder); waiting for its end.\n") }
    guard flock(file, LOCK_EX) == 0, !Interruption.isRequested else { throw ExitCode(Exit.interrupted) }
    return file
  }

  private func printPrograms(of mutants: [Mutant], from foundry: Foundry) throws {
    foundry.start(mutants)
    var failures = 0
    for mutant in mutants {
      switch foundry.outcome(for: mutant.id) {
      case .built(let executable, _), .kept(let executable): try Terminal.print(executable + "\n")
      case .failed(let complaint):
        Terminal.complain(complaint)
        failures += 1
      case .interrupted: throw ExitCode(Exit.interrupted)
      }
    }
    if failures > 0 { throw ExitCode(Exit.internalError) }
  }

  /// The package that this program was built from.
  private static func home() throws -> String {
    var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    while folder.path != "/" {
      let has = { FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path) }
      if has("Package.swift"), has("Sources/faultline") { return folder.path }
      folder.deleteLastPathComponent()
    }
    Terminal.complain("the package's folder was not found above this program; mutants are built from its sources")
    throw ExitCode(Exit.badInput)
  }

  private func read(_ folder: String) throws -> [Mutant] {
    do {
      return try MutantFolder.read(folder, only: only)
    } catch {
      for complaint in error.all { Terminal.complain("\(complaint)") }
      throw ExitCode(Exit.badInput)
    }
  }

  private func refuseMisfits(_ mutants: [Mutant], _ sources: [String: String]) throws {
    var misfits = 0
    for mutant in mutants {
      do { _ = try WorkTree.planted(mutant, in: sources) } catch {
        Terminal.complain("\(error)")
        misfits += 1
      }
    }
    if misfits > 0 { throw ExitCode(Exit.badInput) }
  }

  private func typeCheck(_ mutants: [Mutant], _ sources: [String: String], _ tree: WorkTree, _ swift: String) throws
  {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let check = TypeCheck(swift: swift, tree: tree, modules: program.appendingPathComponent("Modules").path)
    var failures = 0
    for mutant in mutants {
      guard !Interruption.isRequested else { throw ExitCode(Exit.interrupted) }
      if let complaint = try check.complaint(of: mutant, in: sources) {
        Terminal.complain("\(mutant.path): does not compile: \(complaint)")
        failures += 1
      } else if !quiet {
        try Terminal.print("\(mutant.id): applies and compiles\n")
      }
    }
    if failures > 0 { throw ExitCode(Exit.badInput) }
  }
}

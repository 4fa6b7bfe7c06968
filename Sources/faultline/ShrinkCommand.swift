import ArgumentParser
import Experiments
import Foundation
import Primitives
import Reports
import Scenarios

/// `faultline shrink`: the smallest scenario that fails in the same way.
struct ShrinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shrink", abstract: "Make a failing scenario as small as it fails in the same way.",
    discussion: """
      Leaves out faults, operations, nodes and parameters, and cuts the run, as long as the same promise is broken in \
      the same way. Writes a scenario of a few lines, and says how to see it fail. Ctrl-C ends the search with what it \
      has. Exit codes: 0 a scenario was written · 2 the run does not fail · 65 bad input · 74 cannot write.
      """)

  @Argument(help: "A scenario file, or the folder of a run.", completion: .file(extensions: ["yaml"]))
  var path: String

  @Option(help: "The seed that fails, in place of the scenario's own.")
  var seed: UInt64?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Put a value in the place of the scenario's; may be repeated.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("How long to search, in real time.", valueName: "time"))
  var budget = VirtualTime(time: .seconds(60))

  @Option(
    help: ArgumentHelp(
      "Where the small scenario goes: unless given, the folder of the run, whose report then shows it, or results/shrunk/<name>-<seed>.yaml.",
      valueName: "file"))
  var out: String?

  @Option(help: "Runs at a time; as many as there are cores unless given.")
  var jobs: Int?

  @Flag(help: "Fix the luck that the failure needs, so that it fails with any seed.")
  var pin = false

  @Flag(help: "No progress and no summary; errors only.")
  var quiet = false

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is a number from 1 to 1024") }
  }

  func run() throws {
    let (scenario, seed) = try subject()
    Interruption.listen()
    FreedMemory.keepForNextRun()
    let file = out ?? defaultFile(scenario, seed)
    let start = ContinuousClock().now
    let end = start + .nanoseconds(budget.time.count)
    if !quiet { Terminal.tell("faultline \(Version.current): shrinking \(scenario.name), seed \(seed)\n") }
    // What is small but needs its luck is half of what was asked for.
    var searchEnd = pin ? start + .nanoseconds(budget.time.count / 3 * 2) : end
    let shrinker = Shrinker(
      scenario, seed: seed, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount,
      goesOn: { ContinuousClock().now < searchEnd && !Interruption.isRequested }, tell: show)
    guard var shrinker else {
      Terminal.complain("\(scenario.name), seed \(seed): the run does not fail; expected one that does")
      throw ExitCode(Verdict.inconclusive.exitCode)
    }
    let sentence = sentence(of: shrinker.best)
    shrinker.shrink()
    searchEnd = end
    if pin { shrinker.pin() }
    clear()
    let time = Nanoseconds(Int64((ContinuousClock().now - start) / .nanoseconds(1)))
    let command = "./faultline run \(PlannedRun.shellQuoted(file))"
    let head = story(shrinker, scenario.name, seed, time) + ["", command]
    try write(
      ScenarioWriter.brief(shrinker.scenario.named(scenario.name), comments: [sentence, ""] + head), to: file)
    guard !quiet else { return }
    let report =
      isRun && out == nil && self.seed == nil
      ? ["", "./faultline report \(PlannedRun.shellQuoted(path)) shows it on the run's page"] : []
    try Terminal.deliver("\n  \(sentence)\n\n" + (head + report).map { "  \($0)\n" }.joined())
  }

  private var isRun: Bool { !path.hasSuffix(".yaml") }

  /// Another seed's failure is none of the run's in the folder.
  private func defaultFile(_ scenario: Scenario, _ seed: UInt64) -> String {
    isRun && self.seed == nil
      ? "\(path)/\(RunRecord.smallestName)" : "results/shrunk/\(scenario.name)-\(seed).yaml"
  }

  private func subject() throws -> (Scenario, seed: UInt64) {
    do {
      if !isRun {
        let scenario = try ScenarioReader.read(path: path, settings: ScenarioFiles.settings(settings))
        return (scenario, seed ?? scenario.seed)
      }
      guard settings.isEmpty else {
        throw ValidationError("--set goes with a scenario file; the folder of a run has one that is settled")
      }
      let folder = try RunFolder(path: path)
      return (folder.scenario, seed ?? folder.seed)
    } catch let complaint as Complaint {
      Terminal.complain("\(complaint)")
      throw ExitCode(Exit.badInput)
    }
  }

  /// What is wrong with a run, in its summary's words.
  private func sentence(of result: RunResult) -> String {
    let summary = RunSummary(result, wall: .zero, replay: "")
    return "\(result.scenario.name) \(summary.sentence)".map { $0 == "\u{A0}" ? " " : String($0) }.joined()
  }

  private func story(_ shrinker: Shrinker, _ name: String, _ seed: UInt64, _ time: Nanoseconds) -> [String] {
    let (before, after) = (shrinker.before, shrinker.size)
    let end =
      shrinker.isMinimal
      ? "Nothing can be left out of it: no fault, no operation, no node alone."
      : "The search ended before everything was tried: it may be smaller still."
    let luck =
      shrinker.isPinned
      ? ["It fails with any seed."] : pin ? ["It fails with this seed: its luck could not be fixed."] : []
    let lines = [
      "From \(words(before)) of \(name) with seed \(seed)", "to \(words(after)), in \(shrinker.runs) runs.", end,
    ]
    return (lines + luck).map { $0.map { $0 == "\u{A0}" ? " " : String($0) }.joined() }
  }

  private func words(_ size: Shrinker.Size) -> String {
    [
      PeopleText.count(UInt64(size.faults), "fault"), PeopleText.count(UInt64(size.operations), "operation"),
      PeopleText.count(UInt64(size.nodes), "node"),
    ].joined(separator: ", ") + " and \(PeopleText.duration(size.duration.count))"
  }

  private func write(_ text: String, to file: String) throws {
    do {
      let url = URL(fileURLWithPath: file)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url, options: .atomic)
    } catch {
      Terminal.complain("\(file): cannot write the scenario")
      throw ExitCode(Exit.inputOutput)
    }
  }

  // MARK: Progress

  private func show(_ progress: Shrinker.Progress) {
    guard !quiet, Terminal.errorIsTerminal else { return }
    Terminal.tell("\r\u{1B}[2K\(words(progress.size)) after \(progress.runs) runs; trying \(progress.stage)")
  }

  private func clear() {
    if !quiet, Terminal.errorIsTerminal { Terminal.tell("\r\u{1B}[2K") }
  }
}

extension Scenario {
  /// A small one is not to be taken for the one it came from.
  fileprivate func named(_ name: String) -> Scenario {
    var scenario = self
    scenario.name = String(name.prefix(58)) + "-small"
    scenario.description = ""
    return scenario
  }
}

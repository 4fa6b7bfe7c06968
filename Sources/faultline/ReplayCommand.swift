import ArgumentParser
import Experiments
import Foundation
import Primitives
import Reports
import Scenarios
import World

/// `faultline replay`: a run again, to the letter, or with a choice changed.
struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Repeat a run from its folder, and stop where it leaves its tape.",
    discussion: """
      A run is repeated strictly: at the first checkpoint that it does not come to, it stops, and the exit code is 3. \
      With --choose, or where somebody has edited the folder's choices, it is another run that shares all luck with the \
      first but what was chosen; it is judged and stored like any other.
      """)

  @Argument(help: "A run's folder, such as results/runs/leader-crash/7-8e4bf2c1.", completion: .directory)
  var path: String

  @Option(
    help: ArgumentHelp(
      "Fix a choice, as in a scenario's choices: '{message: VoteReply, from: n2, to: n1, number: 0, drop: true}'. May be repeated.",
      valueName: "choice"))
  var choose: [String] = []

  @Option(help: ArgumentHelp("Leave the files of a changed run below this folder.", valueName: "dir"))
  var out: String = "results/runs"

  @Option(help: "text for people, or json: one summary object on standard output.")
  var format: RunCommand.Format = .text

  @Flag(help: "No summary; errors only.")
  var quiet = false

  @OptionGroup var logging: LogOptions

  func run() async throws {
    let folder: RunFolder
    do {
      folder = try RunFolder(path: path, choices: choose)
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(Exit.badInput)
    }
    Interruption.listen()
    FreedMemory.keepForNextRun()
    announce(folder)
    let follower = Following(folder)
    let clock = ContinuousClock()
    let start = clock.now
    let log = logging.log ? try logging.printer(for: folder.scenario) : nil
    let run = Run(folder.scenario, seed: folder.seed, telemetry: folder.isEdited ? nil : .off)
    guard let result = follow(run, follower, log) else {
      if let drift = follower.drift { throw report(drift, folder) }
      throw ExitCode(Exit.interrupted)
    }
    if !follower.ends(result), let drift = follower.drift { throw report(drift, folder) }
    let wall = Nanoseconds(Int64((clock.now - start) / .nanoseconds(1)))
    try finish(result, folder, wall)
  }

  /// nil where the run was stopped.
  private func follow(_ run: Run, _ follower: Following, _ log: (@Sendable ([Note]) -> Void)?) -> RunResult? {
    try? run.perform(progress: { follower.goesOn($0) && !Interruption.isRequested }, notes: log)
  }

  private func announce(_ folder: RunFolder) {
    guard !quiet else { return }
    Terminal.tell("faultline \(Version.current): \(folder.scenario.name), seed \(folder.seed)\n")
    if folder.tape.version != Version.current {
      Terminal.tell("The tape was made by version \(folder.tape.version); another version may take another way.\n")
    }
    if folder.isEdited { Terminal.tell("Its choices have changed: another run with the same luck in all else.\n") }
  }

  private func report(_ drift: TapeFollower.Drift, _ folder: RunFolder) -> ExitCode {
    let from =
      drift.after.map { "after event \($0.events) at \(PeopleText.moment($0.at.nanoseconds))" }
      ?? "from its beginning"
    Terminal.complain(
      "\(folder.path): the run left its tape: all is the same \(drift.after == nil ? "nowhere" : "up to there"), \(from); "
        + "by event \(drift.by.events) at \(PeopleText.moment(drift.by.at.nanoseconds)) expected "
        + "\(drift.by.digest.hexadecimal), found \(drift.found.hexadecimal)")
    return ExitCode(Verdict.nondeterminism.exitCode)
  }

  private func finish(_ result: RunResult, _ folder: RunFolder, _ wall: Nanoseconds) throws {
    let words = ["./faultline", "replay", path] + choose.flatMap { ["--choose", $0] }
    var summary = RunSummary(result, wall: wall, replay: words.map(PlannedRun.shellQuoted).joined(separator: " "))
    if folder.isEdited {
      let store = RunStore(root: out)
      do {
        var files = RunStore.File.all(result, summary)
        if let page = try DrawnRun.file(result, files) { files.append(page) }
        summary.artifacts = try store.write(
          files, scenario: summary.scenario, seed: summary.seed, digest: summary.digest
        )
      } catch {
        Terminal.complain("\(error)")
        throw ExitCode(Exit.inputOutput)
      }
    }
    if format == .json {
      try Terminal.deliver(summary.summaryLine())
    } else if !quiet {
      let style = Terminal.style(isTerminal: Terminal.outputIsTerminal)
      try Terminal.deliver(SummaryText.text(summary, style: style, width: Terminal.width(STDOUT_FILENO)))
    }
    if summary.verdict != .pass { throw ExitCode(summary.verdict.verdict.exitCode) }
  }

  /// A follower that closures share; one run at a time goes through it.
  private final class Following {
    private var follower: TapeFollower
    private let isStrict: Bool

    init(_ folder: RunFolder) {
      follower = TapeFollower(folder.tape)
      isStrict = !folder.isEdited
    }

    var drift: TapeFollower.Drift? { follower.drift }

    func goesOn(_ progress: Run.Progress) -> Bool { isStrict ? follower.follows(progress) : true }

    func ends(_ result: RunResult) -> Bool { isStrict ? follower.ends(result) : true }
  }
}

/// `faultline inspect`: a run at one moment.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show every process of a run at one moment.",
    discussion: "The run is repeated up to that moment: nothing but its scenario and seed was kept of it.")

  @Argument(help: "A run's folder, or a scenario file.", completion: .directory)
  var path: String

  @Option(help: ArgumentHelp("A moment such as 12.5s, or the number of an event.", valueName: "moment"))
  var at: String

  @Option(help: "Of a scenario file: the seed in place of its own.")
  var seed: UInt64?

  @Option(help: "text for people, or json.")
  var format: RunCommand.Format = .text

  func run() throws {
    guard let moment = Run.Moment(at) else {
      throw ValidationError("--at is a moment such as 12.5s or an event's number such as 4711; found '\(at)'")
    }
    let inspection = try Self.work(path, seed: seed).inspect(at: moment)
    if format == .json {
      try Terminal.deliver(InspectionText.json(inspection))
    } else {
      try Terminal.deliver(InspectionText.text(inspection))
    }
  }

  /// - Parameter path: a run's folder or a scenario file.
  static func work(_ path: String, seed: UInt64?) throws -> Run {
    do {
      if path.hasSuffix(".yaml") { return Run(try ScenarioReader.read(path: path), seed: seed, telemetry: .off) }
      let folder = try RunFolder(path: path)
      return Run(folder.scenario, seed: seed ?? folder.seed, telemetry: .off)
    } catch {
      Terminal.complain("\(error)")
      throw ExitCode(Exit.badInput)
    }
  }
}

import ArgumentParser
import Experiments
import Foundation
import Pages
import Primitives
import Scenarios
import Yardsticks

/// `faultline yardsticks`: whether what others have published comes out here.
struct YardsticksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "yardsticks",
    abstract: "Set up published experiments anew, and hold their figures against the published ones.",
    discussion: """
      A yardstick names a scenario, the cases that it is run in, what was published about each, and by how much a simulation may \
      differ. Each case is run on disjoint ranges of seeds. Exit codes: 0 every gate held, 1 one did not.
      """)

  @Argument(
    help:
      "Files and folders of yardsticks, or scenarios to hold against the formula for split votes; the folder yardsticks unless given.",
    completion: .file(extensions: ["yaml"]))
  var paths: [String] = []

  @Option(help: "The first seed.")
  var from: UInt64 = 1

  @Option(help: "Elections of each case, or whole runs of it, in the place of what the file says.")
  var trials: Int?

  @Option(help: "Ranges of seeds, one behind the other.")
  var rounds = 2

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Put a value in the place of every scenario's; may be repeated.", valueName: "key=value"))
  var settings: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write yardsticks.md and its pictures there; standard output unless given.", valueName: "folder"))
  var out: String?

  @Option(help: "Elections at a time; as many as there are cores unless given.")
  var jobs: Int?

  @Flag(help: "No progress; errors only beside the result.")
  var quiet = false

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is a number from 1 to 1024") }
    guard (1...10).contains(rounds) else { throw ValidationError("--rounds is a number from 1 to 10") }
    if let trials, !(1...Yardstick.mostTrials).contains(trials) {
      throw ValidationError("--trials is a number from 1 to \(PeopleText.count(UInt64(Yardstick.mostTrials)))")
    }
    guard from <= .max / 2 else { throw ValidationError("--from is a seed up to \(UInt64.max / 2)") }
  }

  func run() throws {
    let yardsticks = try read()
    // What cannot be written is better known before half an hour than after.
    let folder = try out.map { try place(for: yardsticks, in: $0) }
    Interruption.listen()
    FreedMemory.keepForNextRun()
    let display = ProgressDisplay(
      isOn: !quiet, runs: yardsticks.reduce(0) { $0 + UInt64(count($1) * $1.cases.count * rounds) })
    var judgements: [Judgement] = []
    while judgements.count < yardsticks.count, let next = judge(yardsticks[judgements.count], display) {
      judgements.append(next)
    }
    display.clear()
    guard judgements.count == yardsticks.count else { try tellInterrupted(judgements, of: yardsticks.count) }
    try deliver(judgements, folder)
    if !judgements.allSatisfy(\.holds) { throw ExitCode(1) }
  }

  private func read() throws -> [Yardstick] {
    let settings = try ScenarioFiles.settings(settings)
    var yardsticks: [Yardstick] = []
    var failed = false
    for path in paths.isEmpty ? ["yardsticks"] : paths {
      let inside = ScenarioFiles.yamlFiles(in: path)
      if let inside, inside.isEmpty {
        Terminal.complain("\(path): found a folder without *.yaml directly in it; expected yardsticks")
        failed = true
      }
      for file in inside ?? [path] {
        do { yardsticks.append(try YardstickReader.read(path: file, settings: settings)) } catch {
          Terminal.complain("\(error)")
          failed = true
        }
      }
    }
    if failed { throw ExitCode(Exit.badInput) }
    return yardsticks
  }

  private func count(_ yardstick: Yardstick) -> Int {
    switch yardstick.trials {
    case .elections(let count), .runs(let count): trials ?? count
    }
  }

  // MARK: Running

  /// nil where it was interrupted.
  private func judge(_ yardstick: Yardstick, _ display: ProgressDisplay) -> Judgement? {
    let count = UInt64(count(yardstick))
    let jobs = jobs ?? ProcessInfo.processInfo.activeProcessorCount
    var judged: [Judgement.Round] = []
    for round in 0..<UInt64(rounds) {
      let seeds = (from + round * count)...(from + round * count + count - 1)
      var samples: [CaseSample] = []
      for each in yardstick.cases {
        guard let sample = sample(each, yardstick, seeds, jobs, display) else { return nil }
        samples.append(sample)
      }
      judged.append(Judgement.Round(seeds: seeds, samples: samples))
    }
    return Judgement(yardstick, judged)
  }

  private func sample(
    _ each: Yardstick.Case, _ yardstick: Yardstick, _ seeds: ClosedRange<UInt64>, _ jobs: Int,
    _ display: ProgressDisplay
  ) -> CaseSample? {
    let tick: @Sendable (Int) -> Bool = { finished in
      for _ in 0..<finished { display.finishRun(failed: false) }
      return !Interruption.isRequested
    }
    return switch yardstick.trials {
    case .elections: ElectionSeries(each.scenario, seeds: seeds, jobs: jobs, finished: tick).map { .elections($0) }
    case .runs: RunTally(each.scenario, seeds: seeds, jobs: jobs, finished: tick).map { .runs($0) }
    }
  }

  // MARK: Telling

  /// The folder of the pictures.
  private func place(for yardsticks: [Yardstick], in out: String) throws -> String {
    let names = yardsticks.map(\.name)
    if let name = names.first(where: { name in names.count { $0 == name } > 1 }) {
      Terminal.complain("two yardsticks are called '\(name)'; expected a name of its own for each picture")
      throw ExitCode(Exit.badInput)
    }
    let folder = "\(out)/yardsticks"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      guard access(folder, W_OK) == 0, access(out, W_OK) == 0 else { throw CocoaError(.fileWriteNoPermission) }
    } catch {
      Terminal.complain("\(out): cannot write there")
      throw ExitCode(Exit.inputOutput)
    }
    return folder
  }

  /// What is done is told, and takes the place of no whole page.
  private func tellInterrupted(_ judgements: [Judgement], of count: Int) throws -> Never {
    if !judgements.isEmpty {
      try Terminal.deliver(YardstickPage(command: command, judgements, pictures: [:]).markdown)
    }
    Terminal.tell(
      "Interrupted after \(judgements.count) of \(PeopleText.count(UInt64(count), "yardstick")); no file was written.\n"
    )
    throw ExitCode(Exit.interrupted)
  }

  private func deliver(_ judgements: [Judgement], _ folder: String?) throws {
    guard let out, let folder else {
      try Terminal.deliver(YardstickPage(command: command, judgements, pictures: [:]).markdown)
      return
    }
    do {
      var pictures: [String: String] = [:]
      for judgement in judgements {
        guard let svg = judgement.svg else { continue }
        let name = judgement.yardstick.name
        try Data(svg.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).svg"), options: .atomic)
        pictures[name] = "yardsticks/\(name).svg"
      }
      let page = YardstickPage(command: command, judgements, pictures: pictures).markdown
      try Data(page.utf8).write(to: URL(fileURLWithPath: "\(out)/yardsticks.md"), options: .atomic)
    } catch {
      // What took so long is not lost with the disk's last room.
      try Terminal.deliver(YardstickPage(command: command, judgements, pictures: [:]).markdown)
      Terminal.complain("\(out): cannot write there; the page went to standard output")
      throw ExitCode(Exit.inputOutput)
    }
    let held = judgements.count { $0.holds }
    try Terminal.deliver(
      "\(held) of \(PeopleText.count(UInt64(judgements.count), "yardstick")) hold: \(out)/yardsticks.md\n")
  }

  private var command: String {
    (["./faultline", "yardsticks"] + paths + options).map(PlannedRun.shellQuoted).joined(separator: " ")
  }

  /// What was said beside the defaults.
  private var options: [String] {
    var words = settings.flatMap { ["--set", $0] }
    if from != 1 { words += ["--from", "\(from)"] }
    if let trials { words += ["--trials", "\(trials)"] }
    if rounds != 2 { words += ["--rounds", "\(rounds)"] }
    if let out { words += ["--out", out] }
    return words
  }
}

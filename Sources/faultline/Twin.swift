import ArgumentParser
import Experiments
import Foundation
import Primitives
import Reports

/// A second process that does the same runs, from the start, with nothing shared but the files. Each process has hash
/// seeds of its own, so that an order which depends on them shows.
enum Twin {
  /// Stands for this process's hash seeds.
  static var probe: String {
    var hasher = Hasher()
    hasher.combine("probe")
    return "probe \(hasher.finalize())"
  }

  static let attempts = 5

  /// What a run came to, at its checkpoints and in the end.
  struct Trail: Sendable {
    let digest: String
    private let checkpoints: [String]
    private let events: [UInt64]

    init(_ result: RunResult) {
      digest = result.digest.hexadecimal
      checkpoints = result.checkpoints.map(\.digest.hexadecimal)
      events = result.checkpoints.map(\.events)
    }

    /// - Parameter line: as `line` writes it.
    init?(_ line: String) {
      let words = line.split(separator: " ").map { $0.split(separator: ":").map(String.init) }
      guard let first = words.first, first.count == 1,
        words.dropFirst().allSatisfy({ $0.count == 2 && UInt64($0[0]) != nil })
      else { return nil }
      digest = first[0]
      events = words.dropFirst().compactMap { UInt64($0[0]) }
      checkpoints = words.dropFirst().map { $0[1] }
    }

    var line: String { ([digest] + zip(events, checkpoints).map { "\($0):\($1)" }).joined(separator: " ") + "\n" }

    /// Up to there two runs came to the same, as far as their checkpoints tell.
    func lastCommonEvent(with other: Trail) -> UInt64 {
      var last: UInt64 = 0
      for (place, pair) in zip(checkpoints, other.checkpoints).enumerated() {
        guard pair.0 == pair.1, events[place] == other.events[place] else { break }
        last = events[place]
      }
      return last
    }
  }

  /// Trails in the order of the runs.
  ///
  /// - Throws: `ExitCode` 70 where the second process could not do its work.
  static func trails(of command: RunCommand) throws -> [Trail] {
    var arguments: [String] = []
    if let seed = command.seed { arguments += ["--seed", "\(seed)"] }
    if let seeds = command.seeds { arguments += ["--seeds", seeds.defaultValueDescription] }
    if let jobs = command.jobs { arguments += ["--jobs", "\(jobs)"] }
    for setting in command.settings { arguments += ["--set", setting] }
    arguments += ["--"] + command.paths
    for _ in 0..<attempts {
      let twin = try TwinProcess(arguments)
      // The same hash seeds would prove nothing.
      guard twin.line() != probe else {
        twin.end()
        continue
      }
      var trails: [Trail] = []
      while let trail = twin.line().flatMap(Trail.init) { trails.append(trail) }
      try twin.finish()
      return trails
    }
    Terminal.complain("--twice: \(attempts) processes had the same hash seeds; expected others")
    throw ExitCode(Exit.internalError)
  }

  /// Finds where a run that is not deterministic parts from itself, and says so.
  static func tellParting(of run: PlannedRun, settings: [String], after event: UInt64) throws {
    guard let parting = try parting(of: run, settings: settings, after: event) else {
      return Terminal.tell(
        "\(run.file.scenario.name), seed \(run.seed): it did not happen again in \(attempts) pairs of processes.\n")
    }
    var text =
      "\(run.file.scenario.name), seed \(run.seed): two processes part here (the digests are the run's and the process's).\n"
    for line in parting.common { text += "    both  \(line)\n" }
    text += "   first  \(parting.first)\n  second  \(parting.second)\n"
    Terminal.tell(text)
  }

  /// Where two processes that do one run first part: their last common lines, and the lines that differ.
  struct Parting {
    let common: [String]
    let first: String
    let second: String
  }

  /// Does one run in pairs of processes until they part; nil where they never do.
  ///
  /// - Parameter event: one up to which runs were the same before.
  static func parting(of run: PlannedRun, settings: [String], after event: UInt64) throws -> Parting? {
    var start = event
    for _ in 0..<attempts {
      var arguments = ["--seed", "\(run.seed)", "--events-after", "\(start)"]
      for setting in settings { arguments += ["--set", setting] }
      let pair = (
        try TwinProcess(arguments + ["--", run.file.path]), try TwinProcess(arguments + ["--", run.file.path])
      )
      defer {
        pair.0.end()
        pair.1.end()
      }
      guard pair.0.line() != pair.1.line() else { continue }
      // What both had come to where the lines begin: this pair may have parted before.
      guard pair.0.line() == pair.1.line() else {
        start = 0
        continue
      }
      var common: [String] = []
      while true {
        let (first, second) = (pair.0.line(), pair.1.line())
        guard first == second else {
          return Parting(common: common, first: first ?? "the run is over", second: second ?? "the run is over")
        }
        guard let first else { break }
        common.append(first)
        if common.count > 4 { common.removeFirst() }
      }
    }
    return nil
  }
}

/// One such process, and the lines it says.
private final class TwinProcess {
  private let process = Process()
  private let output = Pipe()
  private var buffer: [UInt8] = []
  private var position = 0

  init(_ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["twin"] + arguments
    var environment = ProcessInfo.processInfo.environment
    environment["SWIFT_DETERMINISTIC_HASHING"] = nil
    process.environment = environment
    process.standardOutput = output
    do {
      try process.run()
    } catch {
      Terminal.complain("--twice: cannot start a second process: \(error)")
      throw ExitCode(Exit.internalError)
    }
  }

  /// The next line; nil at the end.
  func line() -> String? {
    while true {
      if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { position = end + 1 }
        return String(decoding: buffer[position..<end], as: UTF8.self)
      }
      buffer.removeFirst(position)
      position = 0
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { return nil }
      buffer += data
    }
  }

  func finish() throws {
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      if Interruption.isRequested { throw ExitCode(Exit.interrupted) }
      Terminal.complain("--twice: the second process ended with status \(process.terminationStatus)")
      throw ExitCode(Exit.internalError)
    }
  }

  func end() {
    process.terminate()
    try? output.fileHandleForReading.close()
    process.waitUntilExit()
  }
}

/// `faultline twin`: what `--twice` starts. Says its probe, and then a digest for each run, or the events of one.
struct TwinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "twin", abstract: "Do runs for another process that compares.", shouldDisplay: false)

  @Argument var paths: [String]
  @Option var seed: UInt64?
  @Option var seeds: SeedRange?
  @Option(name: .customLong("set")) var settings: [String] = []
  @Option var jobs: Int?
  @Option var eventsAfter: UInt64?

  func run() async throws {
    FreedMemory.keepForNextRun()
    try Terminal.print(Twin.probe + "\n")
    let files = try ScenarioFiles.read(paths, settings: ScenarioFiles.settings(settings))
    let runs = PlannedRun.all(files, seed: seed, seeds: seeds)
    if let eventsAfter { return try tellEvents(of: runs[0], after: eventsAfter) }
    let jobs = jobs ?? ProcessInfo.processInfo.activeProcessorCount
    try await withThrowingTaskGroup(of: (Int, Twin.Trail).self) { group in
      var waiting: [Int: Twin.Trail] = [:]
      var (started, told) = (0, 0)
      func startNext() {
        guard started < runs.count else { return }
        let index = started
        started += 1
        group.addTask {
          (index, Twin.Trail(try Run(runs[index].file.scenario, seed: runs[index].seed, telemetry: .off).perform()))
        }
      }
      for _ in 0..<min(jobs, runs.count) { startNext() }
      while let (index, trail) = try await group.next() {
        waiting[index] = trail
        while let next = waiting.removeValue(forKey: told) {
          try Terminal.print(next.line)
          told += 1
        }
        startNext()
      }
    }
  }

  /// A line says what everything up to `event` has come to; then one follows for each thing that happened.
  private func tellEvents(of run: PlannedRun, after event: UInt64) throws {
    // Slices end at multiples of a checkpoint's distance, so that this event is the end of one.
    var before = "nothing"
    var isTold = false
    _ = try Run(run.file.scenario, seed: run.seed, telemetry: .off).perform(
      progress: { progress in
        if progress.events <= event { before = progress.digest.hexadecimal }
        return !Interruption.isRequested
      },
      notes: { notes in
        var text = ""
        for note in notes where note.event > event {
          if !isTold { text += before + "\n" }
          isTold = true
          text += NoteText.line(note, digests: true)
        }
        try? Terminal.print(text)
      })
  }
}

import ArgumentParser
import Experiments
import Foundation
import Primitives
import Reports
import Results

/// A sweep by way of Slurm: an array job with a part of the seeds in each task, and a job behind it that merges them. The
/// folder is one that all nodes see.
///
/// While it runs, `DIR/parts/K` holds the results of part K and `DIR/slurm` the scripts, the logs and how each part
/// ended; when all is merged, `DIR/results.sqlite` alone is left, as after a sweep on one machine.
struct SlurmSweep {
  let grid: SweepGrid
  /// Absolute.
  let folder: String
  /// What a task runs, `--shard` and `--out` apart.
  let arguments: [String]
  /// Words of the user's for `sbatch`.
  let options: [String]
  /// nil: as many as have a thousand seeds or more.
  let parts: Int?
  let isQuiet: Bool

  /// Fewer would spend more time in the queue than at work.
  static let seedsInPart = 1_000
  static let partLimit = 1_000

  private var office: String { "\(folder)/slurm" }
  private func part(_ number: Int) -> String { "\(folder)/parts/\(number)" }

  func run() throws -> Sweep.End {
    guard !ResultSet.exists(in: folder) else { return try finished() }
    let lock = try FolderLock(office)
    defer { withExtendedLifetime(lock) {} }
    let runs = SweepJobs(grid.points.map { .init(seeds: $0.seeds, finished: []) }).reduce(0) { count, _ in count + 1
    }
    let count = parts ?? min(max(runs / Self.seedsInPart, 1), Self.partLimit)
    try keepPlan(count)
    if !isQuiet {
      let words = "\(PeopleText.count(UInt64(runs), "run")) in \(PeopleText.count(UInt64(count), "part"))"
      Terminal.tell("faultline \(Version.current): \(words) by Slurm\n")
    }
    let progress = SweepProgress(isOn: !isQuiet, seeds: runs)
    defer { progress.clear() }
    var left = (1...count).filter { !isFinished($0, of: count, runs) }
    var merge: String?
    for attempt in 1...2 where !left.isEmpty || merge == nil {
      if attempt == 2, !isQuiet {
        progress.clear()
        Terminal.tell("Once more: \(PeopleText.count(UInt64(left.count), "part")) that did not finish\n")
      }
      for number in left { try? FileManager.default.removeItem(atPath: ending(number)) }
      let array = left.isEmpty ? nil : try submit("array", script(count), ["--array=\(Self.ranges(left))"])
      merge = try submit("merge", mergeScript(count), array.map { ["--dependency=afterany:\($0)"] } ?? [])
      let jobs = [array, merge].compactMap { $0 }
      guard try follow(array, count, progress) else {
        _ = try? Self.tool("scancel", jobs)
        progress.clear()
        Terminal.tell("Interrupted; the jobs are cancelled, and the same command goes on with the rest.\n")
        return Sweep.End(results: try partial(), isInterrupted: true)
      }
      left = (1...count).filter { !isFinished($0, of: count, runs) }
      if left.isEmpty { break }
      if let merge { _ = try? Self.tool("scancel", [merge]) }
    }
    progress.clear()
    guard left.isEmpty, let merge else {
      let names = left.prefix(5).map { "\(part($0)) (\(office)/\($0).log)" }.joined(separator: ", ")
      throw WorkerPool.WorkerError(
        description: "\(PeopleText.count(UInt64(left.count), "part")) did not finish, twice: \(names)")
    }
    while try isInQueue(merge), !Interruption.isRequested { usleep(300_000) }
    if Interruption.isRequested { return Sweep.End(results: try partial(), isInterrupted: true) }
    guard ResultSet.exists(in: folder) else {
      throw WorkerPool.WorkerError(description: "the parts could not be merged: see \(office)/merge.log")
    }
    try? FileManager.default.removeItem(atPath: "\(folder)/parts")
    try? FileManager.default.removeItem(atPath: office)
    return Sweep.End(results: try ResultSet.open(folder), isInterrupted: false)
  }

  /// A sweep that is merged already, if it is this one.
  private func finished() throws -> Sweep.End {
    let results = try ResultSet.open(folder, readOnly: false)
    for set in grid.sets { _ = try results.enter(set) }
    return Sweep.End(results: results, isInterrupted: false)
  }

  /// What there is of an interrupted sweep: its parts stay, and go on with the same command.
  private func partial() throws -> ResultSet {
    let some = (1...Self.partLimit).map(part).filter { ResultSet.exists(in: $0) }
    let place = "\(office)/partial"
    try? FileManager.default.removeItem(atPath: place)
    return try ResultSet.merge(some, into: place)
  }

  // MARK: What lies in the folder

  /// The same parts, or seeds would be run twice.
  private func keepPlan(_ count: Int) throws {
    let path = "\(office)/plan"
    let plan = ([Version.build, "\(count)"] + arguments).joined(separator: "\n") + "\n"
    if let found = FileManager.default.contents(atPath: path), found != Data(plan.utf8) {
      throw ResultError.bad(
        path: folder,
        "holds the parts of another sweep; give this one another folder with --out, or remove \(folder)/parts and \(office)"
      )
    }
    try FileManager.default.createDirectory(atPath: "\(folder)/parts", withIntermediateDirectories: true)
    try ResultsOutput.write(Array(plan.utf8), to: path)
  }

  private func ending(_ number: Int) -> String { "\(office)/\(number).end" }

  /// A part has finished if its sweep ended by itself and every one of its seeds has a result, be it that it crashed.
  private func isFinished(_ number: Int, of count: Int, _ runs: Int) -> Bool {
    // Parts take turns, so that the first ones have one more.
    let mine = runs / count + (number <= runs % count ? 1 : 0)
    return FileManager.default.fileExists(atPath: ending(number)) && ResultSet.count(in: part(number)) == mine
  }

  private func script(_ count: Int) -> String {
    let words = [Self.executable, "sweep"] + arguments + ["--jobs", "1", "--quiet"]
    let command = words.map(PlannedRun.shellQuoted).joined(separator: " ")
    return """
      #!/bin/sh
      part="$SLURM_ARRAY_TASK_ID"
      \(command) --shard "$part/\(count)" --out \(PlannedRun.shellQuoted("\(folder)/parts"))/"$part"
      code=$?
      echo $code >\(PlannedRun.shellQuoted(office))/"$part".end
      exit $code

      """
  }

  /// Only what is whole is merged, also where nobody follows any more.
  private func mergeScript(_ count: Int) -> String {
    let words = [Self.executable, "merge"] + (1...count).map(part) + ["--out", folder, "--quiet"]
    return """
      #!/bin/sh
      for part in $(seq 1 \(count)); do
        grep -qxE '0|1|2|3|70' \(PlannedRun.shellQuoted(office))/"$part".end || exit 75
      done
      exec \(words.map(PlannedRun.shellQuoted).joined(separator: " "))

      """
  }

  // MARK: Slurm

  private static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path

  private func submit(_ name: String, _ script: String, _ words: [String]) throws -> String {
    let path = "\(office)/\(name).sh"
    try ResultsOutput.write(Array(script.utf8), to: path)
    let log = name == "array" ? "%a.log" : "\(name).log"
    let answer = try Self.tool(
      "sbatch",
      [
        "--parsable", "--job-name=faultline-\(name)", "--ntasks=1", "--cpus-per-task=1",
        "--output=\(office)/\(log)",
      ]
        + ["--chdir=\(FileManager.default.currentDirectoryPath)"] + options + words + [path])
    // `ID`, or `ID;CLUSTER`.
    return String(answer.prefix { $0 != ";" && !$0.isNewline })
  }

  /// - Returns: false where somebody has pressed Ctrl-C.
  private func follow(_ array: String?, _ count: Int, _ progress: SweepProgress) throws -> Bool {
    guard let array else { return true }
    var rounds = 0
    while try isInQueue(array) {
      for _ in 0..<10 {
        if Interruption.isRequested { return false }
        usleep(100_000)
        progress.show()
      }
      rounds += 1
      if rounds % 3 == 0 { progress.reach(runs(count)) }
    }
    // A node's files may be a moment late.
    usleep(200_000)
    return true
  }

  private func runs(_ count: Int) -> Int {
    (1...count).reduce(0) { $0 + (ResultSet.count(in: part($1)) ?? 0) }
  }

  private func isInQueue(_ job: String) throws -> Bool {
    // Slurm forgets a job some minutes after its end, and then knows no such number.
    guard let answer = try? Self.tool("squeue", ["--noheader", "--jobs=\(job)", "--states=all", "--format=%T"])
    else { return false }
    let live = ["PENDING", "RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED", "REQUEUED", "RESIZING", "STOPPED"]
    return answer.split(whereSeparator: \.isWhitespace).contains { live.contains(String($0)) }
  }

  /// - Returns: what it printed.
  private static func tool(_ name: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus != 127 else {
      Terminal.complain("\(name) was not found; expected Slurm's commands on the PATH")
      throw ExitCode(Exit.missingTool)
    }
    guard process.terminationStatus == 0 else {
      throw WorkerPool.WorkerError(
        description: "\(name): \(said.trimmingCharacters(in: .whitespacesAndNewlines))")
    }
    return text
  }

  /// `1-3,7`.
  static func ranges(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(
      separator: ",")
  }
}

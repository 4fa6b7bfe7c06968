import ArgumentParser
import Foundation

/// The second process of `--twice`: the same runs, from the start, with nothing shared but the files.
enum Twin {
  /// Digests in the order of the runs.
  ///
  /// - Throws: `ExitCode` 70 where the second process could not do its work.
  static func digests(of command: RunCommand) throws -> [String] {
    var arguments = ["run", "--format", "json", "--quiet", "--artifacts", "none"]
    if let seed = command.seed { arguments += ["--seed", "\(seed)"] }
    if let seeds = command.seeds { arguments += ["--seeds", seeds.defaultValueDescription] }
    if let jobs = command.jobs { arguments += ["--jobs", "\(jobs)"] }
    for setting in command.settings { arguments += ["--set", setting] }
    arguments += ["--"] + command.paths
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    do {
      try process.run()
    } catch {
      Terminal.complain("--twice: cannot start a second process: \(error)")
      throw ExitCode(Exit.internalError)
    }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationReason == .exit, [0, 1, 2].contains(process.terminationStatus) else {
      if Interruption.isRequested { throw ExitCode(Exit.interrupted) }
      Terminal.complain("--twice: the second process ended with status \(process.terminationStatus)")
      throw ExitCode(Exit.internalError)
    }
    struct Line: Decodable { let digest: String }
    return try data.split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(Line.self, from: $0).digest
    }
  }
}

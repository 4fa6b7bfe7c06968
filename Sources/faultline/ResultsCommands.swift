import ArgumentParser
import Foundation
import Pages
import Primitives
import Reports
import Results
import Scenarios

/// How results are shown, by whatever command.
struct ResultsOutput: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(help: "A table for people, or one JSON object on standard output.")
  var format = Format.text

  @Option(help: ArgumentHelp("Write the table as CSV too.", valueName: "file"))
  var csv: String?

  @Option(help: ArgumentHelp("Write a JUnit report too, a case for each seed.", valueName: "file"))
  var junit: String?

  @Flag(help: "No progress and no table; errors only.")
  var quiet = false

  /// - Throws: where a file or standard output cannot be written.
  func show(_ results: ResultSet) throws -> SweepSummary {
    let summary = try results.summary()
    if let csv { try Self.write(SummaryCSV.file(summary), to: csv) }
    if let junit { try Self.write(Array(try results.junit().utf8), to: junit) }
    do {
      switch format {
      case .json: try Terminal.write(ResultsJSON.line(summary))
      case .text where !quiet:
        try Terminal.print(
          ResultsText.text(
            summary, style: Terminal.style(isTerminal: Terminal.outputIsTerminal),
            width: Terminal.width(STDOUT_FILENO)))
      case .text: break
      }
    } catch {
      throw ResultError.inputOutput(path: "standard output", "cannot write")
    }
    return summary
  }

  /// Whole or not at all.
  static func write(_ bytes: [UInt8], to path: String) throws(ResultError) {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw .inputOutput(path: path, "cannot write the file")
    }
  }
}

/// `faultline results`: what a sweep has found.
struct ResultsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results", abstract: "Show what a sweep has found, with 95 % intervals.",
    discussion: "Exit codes are those of the sweep: its worst seed's.")

  @Argument(help: "The folder of a sweep.", completion: .directory)
  var folder: String

  @OptionGroup var output: ResultsOutput

  func run() throws {
    do {
      let summary = try output.show(try ResultSet.open(folder))
      if summary.exitCode != 0 { throw ExitCode(summary.exitCode) }
    } catch let error as ResultError {
      throw Exit.after(error)
    }
  }
}

/// `faultline export`: results for other people's tools.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a sweep's results as CSV files.",
    discussion: """
      runs.csv has a line for each seed with all of its measures; faults.csv, effects.csv, expectations.csv and \
      marks.csv are lists. These are the same to the byte for the same seeds. What depends on the machine is in costs.csv.
      """)

  @Argument(help: "The folder of a sweep.", completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("The folder for the files.", valueName: "dir"))
  var csv: String

  func run() throws {
    do {
      let results = try ResultSet.open(folder)
      var handles: [String: FileHandle] = [:]
      do {
        try FileManager.default.createDirectory(atPath: csv, withIntermediateDirectories: true)
      } catch {
        throw ResultError.inputOutput(path: csv, "cannot make the folder")
      }
      try results.export { name, bytes throws(ResultError) in
        let path = "\(csv)/\(name)"
        do {
          if handles[name] == nil {
            try Data().write(to: URL(fileURLWithPath: path))
            handles[name] = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
          }
          try handles[name]?.write(contentsOf: Data(bytes))
        } catch {
          throw ResultError.inputOutput(path: path, "cannot write the file")
        }
      }
    } catch let error as ResultError {
      throw Exit.after(error)
    }
  }
}

/// `faultline merge`: the parts of a sweep as one.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Put the parts of a sweep together.",
    discussion: "Parts share no seed, and come of the same scenarios and the same version.")

  @Argument(help: "The folders of the parts.", completion: .directory)
  var folders: [String]

  @Option(help: ArgumentHelp("The folder for the whole; it has no results yet.", valueName: "dir"))
  var out: String

  @OptionGroup var output: ResultsOutput

  func run() throws {
    do {
      let lock = try FolderLock(out)
      defer { withExtendedLifetime(lock) {} }
      let whole = try ResultSet.merge(folders, into: out) { Terminal.tell("\($0)\n") }
      let summary = try output.show(whole)
      if summary.exitCode != 0 { throw ExitCode(summary.exitCode) }
    } catch let error as ResultError {
      throw Exit.after(error)
    }
  }
}

/// `faultline compare`: what has changed between two sweeps.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare two sweeps seed by seed: what got worse, and by how much.",
    discussion: """
      The same seed has the same luck in both, so differences are taken pair by pair. A threshold such as \
      client_latency.p99=+5%, availability=-0.5%, recovery_time=+20ms or failures=+0 fails where the mean difference is \
      beyond it and beyond doubt.

      Exit codes: 0 every threshold holds, or there is none · 1 one does not · 65 no result set, or nothing in common.
      """)

  @Argument(help: "The folder of the sweep before.", completion: .directory)
  var before: String

  @Argument(help: "The folder of the sweep after.", completion: .directory)
  var after: String

  @Option(help: ArgumentHelp("How much worse a measure may be; may be repeated.", valueName: "measure=+amount"))
  var threshold: [String] = []

  @Option(help: "A table for people, or one JSON object on standard output.")
  var format = ResultsOutput.Format.text

  @Option(help: ArgumentHelp("Draw the comparison as a page too.", valueName: "file"))
  var report: String?

  @Flag(help: "Show also what did not move.")
  var all = false

  @Flag(help: "Say nothing; the exit code tells.")
  var quiet = false

  func validate() throws { _ = try thresholds }

  private var thresholds: [Threshold] {
    get throws {
      try threshold.map { text in
        guard let threshold = Threshold(text, duration: Quantity.duration) else {
          throw ValidationError(
            "--threshold takes MEASURE[.STATISTIC]=+AMOUNT or -AMOUNT, such as client_latency.p99=+5%; found '\(text)'"
          )
        }
        return threshold
      }
    }
  }

  func run() throws {
    do {
      var comparison = try Comparison.of(try ResultSet.open(before), try ResultSet.open(after))
      for threshold in try thresholds { comparison.gates += try threshold.gates(comparison, path: after) }
      if let report { try ResultsOutput.write(ComparisonPage(comparison).bytes, to: report) }
      do {
        switch format {
        case .json: try Terminal.write(ComparisonJSON.line(comparison))
        case .text where !quiet:
          try Terminal.print(
            ComparisonText.text(
              comparison, style: Terminal.style(isTerminal: Terminal.outputIsTerminal),
              width: Terminal.width(STDOUT_FILENO), all: all))
        case .text: break
        }
      } catch {
        throw ResultError.inputOutput(path: "standard output", "cannot write")
      }
      if !comparison.gates.allSatisfy(\.holds) { throw ExitCode(1) }
    } catch let error as ResultError {
      throw Exit.after(error)
    }
  }
}

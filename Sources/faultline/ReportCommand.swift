import ArgumentParser
import Compression
import Experiments
import Foundation
import Pages
import Primitives
import Reports
import Results
import Scenarios
import World

/// `faultline report`: a run as a page, a drawing or a few lines.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Draw a run or a sweep: one page that needs nothing else.",
    discussion: """
      Writes report.html into the folder of the run, or of the sweep. What the page shows of messages and states comes from the run repeated; \
      where it cannot be repeated, as when another version made it, the page shows what the run's files tell and says \
      what is lacking. A smallest scenario that shrink has left in the folder stands under the verdict. Exit codes: 0 something was drawn · 65 nothing can be shown · 74 cannot write.
      """)

  enum Drawing: String, ExpressibleByArgument, CaseIterable { case lanes, spacetime }

  @Argument(
    help: "The folder of a run, such as results/runs/leader-crash/7-8e4bf2c1, or of a sweep.",
    completion: .directory)
  var path: String

  @Option(
    help: ArgumentHelp("Write here; the folder's report.html, or standard output, unless given.", valueName: "file")
  )
  var out: String?

  @Flag(help: "The same story in at most forty lines, on standard output.")
  var text = false

  @Option(
    help: "A drawing for papers, on standard output: lanes of the whole run, or spacetime, messages in a window.")
  var svg: Drawing?

  @Option(help: ArgumentHelp("With --svg spacetime: from this moment on, such as 3.5s.", valueName: "time"))
  var from: VirtualTime?

  @Option(help: ArgumentHelp("With --svg spacetime: up to this moment.", valueName: "time"))
  var until: VirtualTime?

  @Flag(help: "No progress; errors only.")
  var quiet = false

  func validate() throws {
    guard !text || svg == nil else { throw ValidationError("--text and --svg exclude each other") }
    guard (from == nil && until == nil) || svg == .spacetime else {
      throw ValidationError("--from and --until are for --svg spacetime")
    }
    if let from, let until, from.time >= until.time { throw ValidationError("--from is before --until") }
  }

  func run() throws {
    Interruption.listen()
    if ResultSet.exists(in: path) { return try drawSweep() }
    let record = try record()
    let bytes: [UInt8]
    if text {
      bytes = Array(RunText(record).text.utf8)
    } else if let svg {
      bytes = Array(try drawing(svg, record).utf8)
    } else {
      bytes = RunPage(record, compressed: Gzip.compressed).bytes
    }
    guard let file = out ?? (text || svg != nil ? nil : "\(path)/\(DrawnRun.name)") else {
      return try Terminal.deliver(bytes)
    }
    try write(bytes, to: file)
  }

  private func drawSweep() throws {
    guard !text, svg == nil else {
      throw ValidationError(
        "--text and --svg are for a run; \(path) is a sweep, which faultline results tells as text")
    }
    do {
      let results = try ResultSet.open(path)
      try write(SweepPage(results.summary(), results.distributions()).bytes, to: out ?? "\(path)/\(DrawnRun.name)")
    } catch let error as ResultError {
      throw Exit.after(error)
    }
  }

  private func write(_ bytes: [UInt8], to file: String) throws {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: file), options: .atomic)
    } catch {
      Terminal.complain("\(file): cannot write the file")
      throw ExitCode(Exit.inputOutput)
    }
    if !quiet { Terminal.tell("\(file)\n") }
  }

  private func drawing(_ drawing: Drawing, _ record: RunRecord) throws -> String {
    switch drawing {
    case .lanes: return LanesDrawing(record).svg(alone: true)
    case .spacetime:
      guard record.film != nil else {
        Terminal.complain("\(path): \(record.lacking.first ?? "there are no messages to draw")")
        throw ExitCode(Exit.badInput)
      }
      let focus = RunStory(record).focus
      let start = from?.time.count ?? (until == nil ? focus.lowerBound : 0)
      let end = until?.time.count ?? (from == nil ? focus.upperBound : record.summary.virtualNS)
      return SpacetimeDrawing(record, window: start..<max(start + 1, end)).svg(alone: true)
    }
  }

  private func record() throws -> RunRecord {
    do {
      let files: RunRecord.Files = { name in
        do throws(Complaint) {
          return .success(try RunFolder.file(name, of: path).bytes)
        } catch {
          return .failure(RunRecord.Unreadable(error.message))
        }
      }
      return try RunRecord(files: files, film: film())
    } catch let error as RunRecord.Unreadable {
      Terminal.complain("\(path): \(error.reason)")
      throw ExitCode(Exit.badInput)
    }
  }

  /// The run repeated, or why that cannot be.
  private func film() throws -> Result<Film, RunRecord.Unreadable> {
    let folder: RunFolder
    do {
      folder = try RunFolder(path: path)
    } catch {
      return .failure(RunRecord.Unreadable(error.message))
    }
    guard !folder.isEdited else {
      return .failure(RunRecord.Unreadable("its scenario or choices were edited since, which makes it another run"))
    }
    let display = ProgressDisplay(isOn: !quiet, runs: 1)
    defer { display.clear() }
    var events: UInt64 = 0
    let filmed = Run(folder.scenario, seed: folder.seed, telemetry: .off).film { progress in
      display.advance(events: progress.events - events, virtual: (progress.now - .zero, folder.scenario.duration))
      events = progress.events
      return !Interruption.isRequested
    }
    guard let (film, end) = filmed else {
      Terminal.tell("Interrupted; nothing was written.\n")
      throw ExitCode(Exit.interrupted)
    }
    guard end.digest == folder.tape.end.digest else {
      let maker =
        folder.tape.version == Version.current
        ? "" : ": it was made by version \(folder.tape.version), and this is \(Version.current)"
      return .failure(RunRecord.Unreadable("repeated, it comes to another digest\(maker)"))
    }
    return .success(film)
  }
}

import ArgumentParser
import Foundation
import Mutants
import Pages
import Primitives
import Reports

/// Takes mutants as they are built, hunts each in every scenario, and writes the scoreboard.
struct MutantScoring {
  let tree: WorkTree
  let sources: [String: String]
  let regressions: KeptRegressions
  /// Those that hunt; none where only regressions are tried.
  let files: [ScenarioFile]
  /// The program without a defect.
  let core: String
  let seeds: Int
  let jobs: Int
  /// nil where only some of the mutants were asked for: their score is told, and no page is replaced by it.
  let out: String?
  /// A page with a curve for each.
  let report: String?
  let isQuiet: Bool

  /// - Throws: `ExitCode` 1 where the core without a defect failed too or a regression is none, 70 where a mutant could
  ///   not be built.
  func keepScore(of mutants: [Mutant], from foundry: Foundry) throws {
    var ledger = HuntLedger(path: "\(tree.folder)/hunts.jsonl")
    var entries: [Scoreboard.Entry] = []
    var trials = RegressionTrials(core: core, log: "\(tree.folder)/regression.log")
    for mutant in mutants {
      switch foundry.outcome(for: mutant.id) {
      case .built(let executable, let seconds):
        tell("\(mutant.id): built in \(PeopleText.duration(Int64(seconds * 1e9)))\n")
        try trials.carryOut(regressions[mutant.id], of: mutant, on: executable, tell: tell)
        entries.append(try hunt(mutant, executable, &ledger))
      case .kept(let executable):
        try trials.carryOut(regressions[mutant.id], of: mutant, on: executable, tell: tell)
        entries.append(try hunt(mutant, executable, &ledger))
      case .failed(let complaint):
        Terminal.complain(complaint)
        entries.append(Scoreboard.Entry(mutant: mutant, hunts: [], failure: "not built"))
      case .interrupted: break
      }
      if Interruption.isRequested { break }
    }
    if trials.count > 0 { try Terminal.print("\(trials.sentence)\n") }
    try finish(Scoreboard(entries, scenarios: files.map(\.scenario.name), seeds: seeds), entries, of: mutants)
    if !trials.complaints.isEmpty { throw ExitCode(1) }
  }

  private func hunt(_ mutant: Mutant, _ executable: String, _ ledger: inout HuntLedger) throws -> Scoreboard.Entry {
    let progress = MutantProgress(isOn: !isQuiet)
    var hunts: [Hunt.State] = []
    for file in files where !Interruption.isRequested {
      let scenario = file.scenario.name
      var state = try ledger[key(of: mutant, file)] ?? fresh(mutant, file)
      let hunt = Hunt(
        executable: executable, scenarioPath: file.path, log: "\(tree.folder)/hunt.log", jobs: jobs
      ) { Interruption.isRequested }
      let before = state
      do {
        try hunt.go(on: &state, upTo: seeds) { progress.show(mutant.id, $0, of: seeds) }
        try hunt.tryCore(core, on: &state)
        if state != before { try ledger.note(state) }
      } catch {
        progress.clear()
        Terminal.complain("\(error)")
        throw ExitCode(error is HuntLedger.Unwritable ? Exit.inputOutput : Exit.internalError)
      }
      progress.clear()
      hunts.append(state)
      tell("\(mutant.id) \(scenario): \(Self.sentence(state))\n")
    }
    return Scoreboard.Entry(mutant: mutant, hunts: hunts)
  }

  private static func sentence(_ state: Hunt.State) -> String {
    let seeds = PeopleText.count(UInt64(state.seeds), "seed")
    guard let first = state.detections.first else { return "nothing in \(seeds)" }
    return "found by \(state.detections.count) of \(seeds), \(first.judge) first"
  }

  // MARK: What a hunt is

  /// Another mutant, another core or another scenario is another hunt.
  private func key(of mutant: Mutant, _ file: ScenarioFile) throws -> String {
    var digest = Digest()
    let text = (try? Data(contentsOf: URL(fileURLWithPath: file.path))) ?? Data()
    digest.fold(bytes: Array(text))
    return "\(WorkTree.name(of: mutant, in: sources))/\(file.scenario.name)-\(digest.hexadecimal.prefix(12))"
  }

  /// Seeds of its own for each mutant and scenario, whatever others there are.
  private func fresh(_ mutant: Mutant, _ file: ScenarioFile) throws -> Hunt.State {
    var digest = Digest()
    digest.fold(bytes: Array("\(mutant.id)/\(file.scenario.name)".utf8))
    let range = UInt64(digest.hexadecimal.prefix(8), radix: 16) ?? 0
    return Hunt.State(
      key: try key(of: mutant, file), mutant: mutant.id, scenario: file.scenario.name,
      firstSeed: range * 1_000_000 + 1)
  }

  private func draw(_ board: Scoreboard, to file: String) throws {
    let defects = board.entries.map { entry in
      let soonest = entry.soonest
      return DetectionPage.Defect(
        id: entry.mutant.id, sentence: entry.mutant.sentence, kind: entry.mutant.kind.rawValue,
        scenario: soonest.scenario, judge: soonest.judge, mean: soonest.seeds.mean, atLeast: soonest.seeds.atLeast,
        atMost: soonest.seeds.atMost)
    }
    let page = DetectionPage(headline: "\(board.sentence).", seeds: seeds, defects: defects)
    do {
      try Data(page.bytes).write(to: URL(fileURLWithPath: file), options: .atomic)
    } catch {
      Terminal.complain("\(file): cannot write the file")
      throw ExitCode(Exit.inputOutput)
    }
  }

  // MARK: The end

  private func finish(_ board: Scoreboard, _ entries: [Scoreboard.Entry], of mutants: [Mutant]) throws {
    if let out, entries.count == mutants.count, !Interruption.isRequested {
      do {
        try FileManager.default.createDirectory(
          atPath: (out as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(board.markdown.utf8).write(to: URL(fileURLWithPath: out), options: .atomic)
      } catch {
        Terminal.complain("\(out): cannot write the file")
        throw ExitCode(Exit.inputOutput)
      }
    }
    if let report, !entries.isEmpty, !files.isEmpty { try draw(board, to: report) }
    if !entries.isEmpty, !files.isEmpty { try Terminal.print("\(board.sentence)\n") }
    if Interruption.isRequested {
      Terminal.tell("Interrupted; the same command goes on from here.\n")
      throw ExitCode(Exit.interrupted)
    }
    for alarm in board.falseAlarms { Terminal.complain("the core without a defect fails too: \(alarm)") }
    if entries.contains(where: { $0.failure != nil }) { throw ExitCode(Exit.internalError) }
    if !board.falseAlarms.isEmpty { throw ExitCode(1) }
  }

  private func tell(_ text: String) {
    if !isQuiet { Terminal.tell(text) }
  }
}

/// How far a hunt is, on a terminal.
final class MutantProgress {
  private let isOn: Bool
  private var shownAt: ContinuousClock.Instant?

  init(isOn: Bool) { self.isOn = isOn && Terminal.errorIsTerminal }

  func show(_ id: String, _ state: Hunt.State, of seeds: Int) {
    let now = ContinuousClock.now
    guard isOn, shownAt.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
    shownAt = now
    Terminal.tell(
      "\r\u{1B}[2K\(id) \(state.scenario): \(state.seeds) of \(seeds) seeds, \(state.detections.count) found it")
  }

  func clear() {
    guard shownAt != nil else { return }
    Terminal.tell("\r\u{1B}[2K")
    shownAt = nil
  }
}

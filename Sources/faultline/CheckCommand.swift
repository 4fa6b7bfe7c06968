import ArgumentParser
import Checkers
import Experiments
import Foundation
import Primitives
import Reports

/// `faultline check`: judges histories from elsewhere, and its own again.
struct CheckCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Judge client histories: have they a legal order, or where does it break?",
    discussion: """
      Reads JSON lines, as a run's history.jsonl, and Jepsen's EDN; which of them is told by the first byte that is \
      no blank, or by the name: .edn, .jsonl. '-' is standard input. Exit codes: 0 every history is right · 1 one is \
      wrong · 2 the search used up its budget · 65 no history · 74 cannot read.
      """)

  @Argument(help: "Histories.", completion: .file(extensions: ["jsonl", "edn"]))
  var histories: [String]

  @Option(
    help: "What the operations are about: register, cas-register, kv or set. JSON lines are of kv unless told.")
  var model: String?

  private static let guarantees: String = {
    let names = ["linearizable"] + SessionGuarantee.allCases.map(\.rawValue)
    return names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
  }()

  @Option(help: ArgumentHelp("What is judged: \(Self.guarantees); may be repeated.", valueName: "guarantee"))
  var guarantee: [String] = []

  @Option(help: "Steps of the search, past which nothing is said.")
  var budget = Linearizability.standardBudget

  @Option(help: "A text for people, or one JSON object for each history and guarantee, a line each.")
  var format = Format.text

  @Flag(help: "Say nothing where all is well.")
  var quiet = false

  func validate() throws {
    guard budget >= 1 else { throw ValidationError("--budget is a number of steps from 1; found \(budget)") }
    if let model, Linearizability.Model(rawValue: model) == nil {
      throw ValidationError("--model is register, cas-register, kv or set; found '\(model)'")
    }
    for name in guarantee where name != "linearizable" && SessionGuarantee(rawValue: name) == nil {
      throw ValidationError("--guarantee is \(Self.guarantees); found '\(name)'")
    }
    guard !histories.isEmpty else { throw ValidationError("name a history, or '-' for standard input") }
  }

  func run() throws {
    Interruption.listen()
    var codes: Set<Int32> = []
    for path in histories { codes.insert(try judge(path)) }
    // The order in which exit codes win.
    for code in [Exit.inputOutput, Exit.badInput, 1, 2] where codes.contains(code) { throw ExitCode(code) }
  }

  // MARK: One history

  private func judge(_ path: String) throws -> Int32 {
    let data: Data
    do {
      data =
        path == "-"
        ? try FileHandle.standardInput.readToEnd() ?? Data()
        : try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      let isMissing = path != "-" && !FileManager.default.fileExists(atPath: path)
      Terminal.complain("\(path): \(isMissing ? "there is no such file" : "cannot read it")")
      return isMissing ? Exit.badInput : Exit.inputOutput
    }
    let name = path == "-" ? "<stdin>" : path
    let isEDN = Self.isEDN(path, data)
    guard let model = model.flatMap(Linearizability.Model.init) ?? (isEDN ? nil : .kv) else {
      throw ValidationError("\(name) is EDN; --model tells what it is about: register, cas-register, kv or set")
    }
    let history: ClientHistory
    do {
      history = try data.withUnsafeBytes { raw throws(HistoryError) in
        let bytes = raw.bindMemory(to: UInt8.self)
        return isEDN
          ? try EDNHistory.read(bytes, file: name, model: model) { progress(name, $0, of: bytes.count) }
          : try JSONHistory.read(bytes, file: name, model: model) { progress(name, $0, of: bytes.count) }
      }
    } catch {
      clearProgress()
      Terminal.complain("\(error)")
      return Exit.badInput
    }
    var worst: Int32 = 0
    for name in guarantee.isEmpty ? ["linearizable"] : guarantee {
      let code = try judge(history, path, model, name)
      if code == 1 || worst == 0 { worst = code }
    }
    return worst
  }

  private static func isEDN(_ path: String, _ data: Data) -> Bool {
    if path.hasSuffix(".edn") { return true }
    if path.hasSuffix(".jsonl") || path.hasSuffix(".json") { return false }
    // A map of EDN begins with a keyword, an object of JSON with a text.
    let start = data.first { $0 > 0x20 }
    guard start == UInt8(ascii: "{") else { return true }
    return data.drop { $0 <= 0x20 }.dropFirst().first { $0 > 0x20 } == UInt8(ascii: ":")
  }

  private func judge(
    _ history: ClientHistory, _ path: String, _ model: Linearizability.Model, _ name: String
  ) throws -> Int32 {
    let count = history.operations.count
    let operations = PeopleText.count(UInt64(count), "operation")
    if let guarantee = SessionGuarantee(rawValue: name) {
      switch guarantee.judge(history) {
      case .held: return try tell(path, name, count, "held", "\(operations), \(name) held", nil, 0)
      case .violated(let sentence): return try tell(path, name, count, "violated", sentence, nil, 1)
      case .unjudged:
        return try tell(
          path, name, count, "inconclusive", "no answer carries a log index to judge \(name) by", nil, 2)
      }
    }
    let verdict = Linearizability(model, budget: budget).judge(history) { judged in
      progress("judging \(path)", judged, of: count)
      return !Interruption.isRequested
    }
    clearProgress()
    if Interruption.isRequested { throw ExitCode(Exit.interrupted) }
    switch verdict {
    case .linearizable:
      let weak = history.operations.count { $0.promise != .linearizable }
      let left = weak == 0 ? "" : "; \(PeopleText.count(UInt64(weak), "read")) that promise less were left out"
      return try tell(path, name, count, "held", "\(operations) have a legal order\(left)", nil, 0)
    case .violated(let explanation):
      return try tell(path, name, count, "violated", explanation.text, explanation, 1)
    case .inconclusive(let key):
      let object = key == 0 ? "" : " at key \(history.text(key))"
      return try tell(
        path, name, count, "inconclusive",
        "the search used up its budget of \(budget) steps\(object); --budget allows more",
        nil, 2)
    }
  }

  private func tell(
    _ path: String, _ guarantee: String, _ operations: Int, _ verdict: String, _ text: String,
    _ explanation: LinearizabilityExplanation?, _ code: Int32
  ) throws -> Int32 {
    switch format {
    case .json:
      var json = JSONText()
      json.object { json in
        json.member("history", path)
        json.member("guarantee", guarantee)
        json.member("verdict", verdict)
        json.member("operations", operations)
        json.member("detail", explanation?.sentence ?? text)
        json.key("explanation")
        if let explanation { LinearizabilityJSON.write(explanation, into: &json) } else { json.null() }
      }
      json.newline()
      try Terminal.write(json.bytes)
    case .text: if !quiet || code != 0 { try Terminal.print("\(path): \(text)\n") }
    }
    return code
  }

  // MARK: Progress

  private func progress(_ what: String, _ done: Int, of all: Int) {
    guard Terminal.errorIsTerminal, !quiet, all > 0 else { return }
    Terminal.tell("\r\u{1B}[2K\(what): \(done * 100 / all) %")
  }

  private func clearProgress() {
    if Terminal.errorIsTerminal, !quiet { Terminal.tell("\r\u{1B}[2K") }
  }
}

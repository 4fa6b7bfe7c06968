import ArgumentParser
import Experiments
import Foundation
import Primitives
import Reports
import Scenarios
import World

/// What of the event log is shown.
struct LogOptions: ParsableArguments {
  @Flag(help: "Print what happens, event by event.")
  var log = false

  @Option(help: ArgumentHelp("With --log: only what happens to this process; may be repeated.", valueName: "name"))
  var logNode: [String] = []

  @Option(
    help: ArgumentHelp(
      "With --log: only this kind; may be repeated. message, timer, disk, operation, process or fault.",
      valueName: "kind"))
  var logKind: [Note.Kind] = []

  @Option(help: ArgumentHelp("With --log: from this moment on, such as 3.5s.", valueName: "time"))
  var logFrom: VirtualTime?

  @Option(help: ArgumentHelp("With --log: up to this moment.", valueName: "time"))
  var logUntil: VirtualTime?

  func validate() throws {
    let filters = !logNode.isEmpty || !logKind.isEmpty || logFrom != nil || logUntil != nil
    guard log || !filters else {
      throw ValidationError("--log-node, --log-kind, --log-from and --log-until go with --log")
    }
  }

  /// Prints the notes that are asked for.
  ///
  /// - Throws: a process that the scenario does not have.
  func printer(for scenario: Scenario) throws -> @Sendable ([Note]) -> Void {
    let names = scenario.processNames
    for name in logNode where !names.contains(name) {
      throw ValidationError(
        "--log-node: there is no process '\(name)'; expected \(names.prefix(8).joined(separator: ", "))")
    }
    let wanted = Set(logNode.compactMap { names.firstIndex(of: $0) })
    return { [self] notes in
      var text = ""
      for note in notes where shows(note, wanted) { text += NoteText.line(note) }
      try? Terminal.print(text)
    }
  }

  private func shows(_ note: Note, _ wanted: Set<Int>) -> Bool {
    if !wanted.isEmpty, !(note.process.map(wanted.contains) ?? false) { return false }
    if !logKind.isEmpty, !logKind.contains(note.kind) { return false }
    if let logFrom, note.at < .zero + logFrom.time { return false }
    if let logUntil, note.at > .zero + logUntil.time { return false }
    return true
  }
}

extension Note.Kind: ExpressibleByArgument {}

/// A moment of virtual time on the command line: `3.5s`.
struct VirtualTime: ExpressibleByArgument {
  let time: Nanoseconds

  init?(argument: String) {
    guard let time = ScenarioReader.duration(argument) else { return nil }
    self.time = time
  }
}

extension VirtualTime {
  init(time: Nanoseconds) { self.time = time }

  var defaultValueDescription: String { PeopleText.duration(time.count) }
}

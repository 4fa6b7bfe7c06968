import ArgumentParser
import Experiments
import Foundation
import Primitives
import Reports
import Scenarios
import World

/// `faultline validate`: reads scenarios and runs nothing.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Read scenarios, and tell what is wrong with them.")

  @Argument(help: "Scenario files and folders.", completion: .file(extensions: ["yaml"]))
  var paths: [String]

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Put a value in the place of the scenario's; may be repeated.", valueName: "key=value"))
  var settings: [String] = []

  @Flag(help: "Print each scenario with every default written out.")
  var show = false

  @Flag(help: "Say nothing where all is well.")
  var quiet = false

  func run() throws {
    let files = try ScenarioFiles.read(paths, settings: ScenarioFiles.settings(settings))
    for file in files where !quiet {
      if show {
        try Terminal.deliver(ScenarioWriter.yaml(file.scenario))
      } else {
        try Terminal.deliver("\(file.path): valid\n")
      }
    }
  }
}

/// `faultline list`: what scenarios there are.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List scenarios with what they are about.")

  @Argument(help: "Scenario files and folders; without any, those of the folder scenarios and of its subjects.")
  var paths: [String] = []

  func run() throws {
    for file in try ScenarioFiles.read(paths.isEmpty ? try Self.subjects() : paths) {
      let scenario = file.scenario
      let nodes = PeopleText.count(UInt64(scenario.cluster.nodes.count), "node")
      let length = PeopleText.duration(scenario.duration.count)
      let faults = PeopleText.count(UInt64(scenario.faults.count), "fault")
      let facts = [scenario.cluster.program.name, nodes, length, faults].joined(separator: ", ")
      try Terminal.deliver("\(file.path)  (\(facts))\n    \(scenario.description)\n")
    }
  }

  /// Every folder directly in `scenarios` that holds scenarios.
  private static func subjects() throws -> [String] {
    let home = "scenarios"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: home)) ?? []
    let folders = names.sorted().map { "\(home)/\($0)" }.filter { !(ScenarioFiles.yamlFiles(in: $0) ?? []).isEmpty }
    guard !folders.isEmpty else {
      Terminal.complain(
        "\(home): found no scenarios here; name files or folders, or change to the folder that holds it")
      throw ExitCode(Exit.badInput)
    }
    return folders
  }
}

/// `faultline schema`: for editors.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of scenario files.")

  func run() throws { try Terminal.deliver(ScenarioSchema.json()) }
}

/// `faultline digests`: what scenarios come to, for a golden file.
struct DigestsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digests", abstract: "Run scenarios at their own seeds and print their digests as a JSON object.")

  @Argument(help: "Scenario files and folders.", completion: .file(extensions: ["yaml"]))
  var paths: [String]

  @Flag(help: "Collect spans and sample metrics, which must change nothing.")
  var telemetry = false

  func run() throws {
    var lines: [String] = []
    for file in try ScenarioFiles.read(paths) {
      let result = try Run(file.scenario, telemetry: telemetry ? nil : .off).perform()
      lines.append("  \"\(file.scenario.name)\": \"\(result.digest.hexadecimal)\"")
    }
    try Terminal.deliver("{\n\(lines.joined(separator: ",\n"))\n}\n")
  }
}

/// `faultline completions`: for shells.
struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print the completion script of a shell.",
    discussion: "For bash: source <(./faultline completions bash)")

  enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  func run() throws {
    let kind: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    try Terminal.deliver(Faultline.completionScript(for: kind) + "\n")
  }
}

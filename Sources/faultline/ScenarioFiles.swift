import ArgumentParser
import Foundation
import Scenarios

/// A scenario and the path it was given by.
struct ScenarioFile: Sendable {
  let path: String
  let scenario: Scenario
}

/// Files and folders of the command line as scenarios: every one is read before any runs.
enum ScenarioFiles {
  /// - Throws: `ExitCode` 65, after one complaint for each bad file on standard error.
  static func read(_ paths: [String], settings: [(key: String, value: String)] = []) throws -> [ScenarioFile] {
    var files: [ScenarioFile] = []
    var failed = false
    for path in paths {
      let inside = yamlFiles(in: path)
      if let inside, inside.isEmpty {
        Terminal.complain("\(path): found a folder without *.yaml directly in it; expected scenarios")
        failed = true
      }
      for file in inside ?? [path] {
        do {
          files.append(ScenarioFile(path: file, scenario: try ScenarioReader.read(path: file, settings: settings)))
        } catch {
          Terminal.complain("\(error)")
          failed = true
        }
      }
    }
    if failed { throw ExitCode(Exit.badInput) }
    return files
  }

  /// The scenarios directly in a folder, sorted by name; nil where `path` is no folder.
  static func yamlFiles(in path: String) -> [String]? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return nil
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let prefix = path.hasSuffix("/") ? path : path + "/"
    return names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted().map { prefix + $0 }
  }

  /// `key=value`.
  static func settings(_ texts: [String]) throws -> [(key: String, value: String)] {
    try texts.map { text in
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw ValidationError("--set takes KEY=VALUE, such as cluster.nodes=7; found '\(text)'")
      }
      return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
  }
}

/// Exit codes beside those of verdicts; the numbers are those of sysexits.
enum Exit {
  static let badInput: Int32 = 65
  static let missingTool: Int32 = 69
  static let internalError: Int32 = 70
  static let inputOutput: Int32 = 74
  static let interrupted: Int32 = 130
}

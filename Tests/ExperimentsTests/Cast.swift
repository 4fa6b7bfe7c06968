import Experiments
import Foundation
import Node
import Primitives
import Programs
import Scenarios
import World

/// The scenarios of this package.
enum Shelf {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static let paths: [String] = ["raft", "gossip", "crdt", "mesh", "regressions", "hunt"].flatMap { folder in
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/scenarios/\(folder)")) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(folder)/\($0)" }
  }

  static func read(_ path: String, _ settings: (String, String)...) throws -> Scenario {
    try ScenarioReader.read(
      path: "\(root)/scenarios/\(path)", settings: settings.map { (key: $0.0, value: $0.1) })
  }
}

func scenario(_ text: String) throws -> Scenario { try ScenarioReader.read(text: text, file: "test.yaml") }

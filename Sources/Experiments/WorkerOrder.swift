import Foundation

/// What a worker process is told, a line each: seeds to run, and before the first ones of a point its scenario.
package struct WorkerOrder: Codable, Sendable {
  package var point: Int
  /// Canonical YAML; nil where the worker has it.
  package var scenario: String?
  package var seeds: [UInt64]

  package init(point: Int, scenario: String?, seeds: [UInt64]) {
    self.point = point
    self.scenario = scenario
    self.seeds = seeds
  }

  package var line: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // Numbers and texts: there is nothing that could fail.
    return Array(try! encoder.encode(self)) + [UInt8(ascii: "\n")]
  }
}

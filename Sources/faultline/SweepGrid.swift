import ArgumentParser
import Experiments
import Foundation
import Primitives
import Results
import Scenarios

/// What a sweep runs: every scenario at every point of its grid, all of them read before anything runs.
struct SweepGrid {
  struct Point {
    /// Which of the sets, and which point of it.
    let set: Int
    let number: Int
    /// Canonical: what a worker is given.
    let text: String
    let seeds: ClosedRange<UInt64>
  }

  private(set) var sets: [PlannedSet] = []
  private(set) var points: [Point] = []

  /// - Parameter seeds: in the place of the scenarios' own.
  /// - Throws: `ExitCode` 65 after complaints, and a usage error where nobody says which seeds.
  static func read(_ paths: [String], settings: [String], seeds: ClosedRange<UInt64>?) throws -> SweepGrid {
    let given = try ScenarioFiles.settings(settings)
    let files = try ScenarioFiles.read(paths, settings: given)
    var grid = SweepGrid()
    var places: [String: String] = [:]
    for file in files {
      let scenario = file.scenario
      if let other = places[scenario.name] {
        Terminal.complain(
          "\(file.path): the name '\(scenario.name)' is that of \(other) too; expected scenarios with names of their own"
        )
        throw ExitCode(Exit.badInput)
      }
      places[scenario.name] = file.path
      guard let seeds = seeds ?? scenario.sweep?.seeds else {
        throw ValidationError(
          "\(file.path) has no 'sweep: {seeds: 1..1000}'; give the seeds with --seeds A..B")
      }
      try grid.add(file, settings, given, seeds)
    }
    return grid
  }

  private mutating func add(
    _ file: ScenarioFile, _ settings: [String], _ given: [(key: String, value: String)],
    _ seeds: ClosedRange<UInt64>
  ) throws {
    var scenario = file.scenario
    let grid = scenario.sweep?.points ?? [[]]
    // Which seeds are run does not change what each of them comes to.
    scenario.sweep?.seeds = nil
    if scenario.sweep?.variations.isEmpty == true { scenario.sweep = nil }
    var planned: [PlannedSet.Point] = []
    for (number, point) in grid.enumerated() {
      var varied: Scenario
      do {
        varied = try ScenarioReader.read(path: file.path, settings: given + point.map { ($0.key, $0.value) })
      } catch {
        Terminal.complain("\(error)")
        throw ExitCode(Exit.badInput)
      }
      varied.sweep = nil
      let words = ["./faultline", "run", file.path] + (settings + point.map(\.text)).flatMap { ["--set", $0] }
      planned.append(
        PlannedSet.Point(
          settings: point.map(\.text).joined(separator: ", "),
          command: words.map(PlannedRun.shellQuoted).joined(separator: " ")))
      points.append(Point(set: sets.count, number: number, text: ScenarioWriter.yaml(varied), seeds: seeds))
    }
    sets.append(
      PlannedSet(
        scenario: scenario.name, path: file.path, text: ScenarioWriter.yaml(scenario), version: Version.current,
        build: Version.build, seeds: Int64(seeds.lowerBound)...Int64(seeds.upperBound), points: planned))
  }
}

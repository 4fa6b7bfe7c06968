import Experiments
import Foundation
import Primitives
import Scenarios
import Testing
import World

@Suite("One seed, one run")
struct DeterminismTests {
  @Test("Every scenario at its own seed comes to its golden digest", arguments: Shelf.paths)
  func golden(path: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(Shelf.root)/scenarios/golden.json"))
    let golden = try JSONDecoder().decode([String: String].self, from: data)
    let scenario = try Shelf.read(path)
    let digest = try Run(scenario, telemetry: .off).perform().digest.hexadecimal
    #expect(digest == golden[scenario.name], "a change of a golden digest needs its reason in the commit message")
  }

  @Test("The golden file names every scenario and nothing else")
  func goldenIsComplete() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(Shelf.root)/scenarios/golden.json"))
    let golden = try JSONDecoder().decode([String: String].self, from: data)
    #expect(try Set(golden.keys) == Set(Shelf.paths.map { try Shelf.read($0).name }))
    #expect(Shelf.paths.count >= 7)
  }

  @Test("Spans and metrics change nothing", arguments: Shelf.paths)
  func telemetry(path: String) throws {
    let scenario = try Shelf.read(path)
    let plans = [
      TelemetryPlan.off, TelemetryPlan(spans: true, sampling: nil),
      TelemetryPlan(spans: false, sampling: .milliseconds(300)),
      .everything(over: scenario.duration),
    ]
    let digests = try plans.map { try Run(scenario, seed: 99, telemetry: $0).perform().digest }
    #expect(Set(digests).count == 1)
  }

  @Test("The wire form of messages changes no digest", arguments: ["raft/nemesis.yaml", "gossip/spread.yaml"])
  func codec(path: String) throws {
    let typed = try Run(Shelf.read(path, ("network.codec", "typed")), telemetry: .off).perform()
    let wire = try Run(Shelf.read(path, ("network.codec", "wire")), telemetry: .off).perform()
    #expect(typed.digest == wire.digest)
  }

  @Test("Different seeds are different runs")
  func seeds() throws {
    let scenario = try Shelf.read("raft/leader-crash.yaml")
    let digests = try (1...20).map { try Run(scenario, seed: $0, telemetry: .off).perform().digest }
    #expect(Set(digests).count == 20)
  }

  @Test("Every scenario passes with the events of one instant shuffled", arguments: Shelf.paths)
  func ties(path: String) throws {
    let shuffled = try Run(Shelf.read(path, ("ties", "seeded")), telemetry: .off).perform()
    #expect(shuffled.verdict == .pass, "\(shuffled.findings) \(shuffled.violations)")
  }

  @Test("Two runs of one seed leave the same recording")
  func recording() throws {
    let scenario = try Shelf.read("raft/majority-minority.yaml")
    let runs = try (0..<2).map { _ in try Run(scenario).perform() }
    #expect(runs[0] == runs[1])
    #expect(!runs[0].recording.spans.isEmpty)
    #expect(!runs[0].recording.samples.isEmpty)
  }
}

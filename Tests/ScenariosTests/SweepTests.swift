import Scenarios
import Testing

@Suite struct SweepTests {
  private static func text(_ sweep: String) -> String {
    "faultline: 1\nname: a\nduration: 40s\ncluster: {nodes: 5}\nexpect: [{measure: elections, at_most: 5}]\nsweep: \(sweep)\n"
  }

  @Test func `a sweep's seeds and grid read to what they say`() throws {
    let scenario = try ScenarioReader.read(
      text: Self.text(
        "{seeds: 1..1000, vary: {cluster.nodes: [3, 5], cluster.raft.election_timeout: [120ms..240ms, 150ms..300ms]}}"
      ),
      file: "a.yaml")
    let sweep = try #require(scenario.sweep)
    #expect(sweep.seeds == 1...1_000)
    #expect(
      sweep.points.map { $0.map(\.text) } == [
        ["cluster.nodes=3", "cluster.raft.election_timeout=120ms..240ms"],
        ["cluster.nodes=3", "cluster.raft.election_timeout=150ms..300ms"],
        ["cluster.nodes=5", "cluster.raft.election_timeout=120ms..240ms"],
        ["cluster.nodes=5", "cluster.raft.election_timeout=150ms..300ms"],
      ])
  }

  @Test func `a scenario without a sweep has one point, and its sweep may leave the seeds open`() throws {
    #expect(try ScenarioReader.read(text: Self.text("{}"), file: "a").sweep?.points == [[]])
    #expect(try ScenarioReader.read(text: Self.text("{vary: {ties: [seeded]}}"), file: "a").sweep?.seeds == nil)
  }

  @Test(arguments: [
    "{seeds: 0..0}", "{vary: {cluster.nodes: [3, [a, b], 5]}}",
    "{vary: {faults: [[], [{at: 1s, for: 2s, crash: leader}, {at: 5s, for: 1s, partition: {groups: [[n1], [n2, n3]]}}]]}}",
    ##"{vary: {description: ["true", "a, b: c", "", "~", "-", "# no", "\"é\""]}}"##,
    "{vary: {network.latency: [{normal: {mean: 5ms, deviation: 1ms, min: 1ms, max: 9ms}}, 1ms..5ms]}}",
  ])
  func `writing a sweep and reading it again gives the same`(_ sweep: String) throws {
    let scenario = try ScenarioReader.read(text: Self.text(sweep), file: "a.yaml")
    let written = ScenarioWriter.yaml(scenario)
    let again = try ScenarioReader.read(text: written, file: "b.yaml")
    #expect(again == scenario)
    #expect(ScenarioWriter.yaml(again) == written)
  }

  @Test func `each point read through its settings is the scenario that the grid means`() throws {
    let text = Self.text("{vary: {cluster.nodes: [3, [a, b]], faults: [[], [{at: 1s, for: 2s, crash: random}]]}}")
    let plan = try #require(try ScenarioReader.read(text: text, file: "a.yaml").sweep)
    let read = try plan.points.map { point in
      try ScenarioReader.read(text: text, file: "a.yaml", settings: point.map { ($0.key, $0.value) })
    }
    #expect(read.map(\.cluster.nodes.count) == [3, 3, 2, 2])
    #expect(read.map(\.faults.count) == [0, 1, 0, 1])
  }

  @Test func `the command line sets a sweep's values like any other`() throws {
    let scenario = try ScenarioReader.read(
      text: Self.text("{seeds: 1..1000}"), file: "a.yaml", settings: [("sweep.seeds", "7..9")])
    #expect(scenario.sweep?.seeds == 7...9)
  }
}

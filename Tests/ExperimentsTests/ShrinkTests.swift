import Experiments
import Primitives
import Scenarios
import Testing
import World

@Suite("Shrinking", .serialized)
struct ShrinkTests {
  /// Misses its expectation because of the fourth of its faults, and for as long as one operation is made.
  private static let text = """
    faultline: 1
    name: large
    seed: 3
    duration: 20s
    cluster: {nodes: 5, raft: {election_timeout: 1200ms..1500ms}}
    network: {latency: {uniform: [1ms, 5ms]}, loss: 0.1%}
    workload: {clients: 4, rate: 50/s, mix: {put: 60%, get: 40%}, start: 1s, stop: 19s}
    faults:
      - {at: 3s, for: 1s, pause: follower}
      - {at: 5s, for: 500ms, link: {from: n1, to: n2, latency: 20ms}}
      - {every: 500ms..900ms, between: [6s, 9s], one_of: [{pause: random, for: 100ms}, {crash: clients, for: 100ms}]}
      - {at: 10s, for: 300ms, crash: n5}
      - {at: 12s, for: 3s, partition: {groups: [[n1, n2], [n3], [n4, n5]]}}
    expect:
      - safety
      - linearizable
      - recovers: {within: 500ms}
    """

  private func shrinker(_ text: String, seed: UInt64 = 3, jobs: Int = 2, rounds: Int = .max) throws -> Shrinker {
    var left = rounds
    return try #require(
      Shrinker(
        try scenario(text), seed: seed, jobs: jobs,
        goesOn: {
          left -= 1
          return left >= 0
        }))
  }

  @Test("What is not needed for the failure is left out, and what is left fails in the same way")
  func smaller() throws {
    var shrinker = try shrinker(Self.text)
    shrinker.shrink()
    #expect(shrinker.isMinimal)
    #expect(shrinker.size.faults == 1)
    #expect(shrinker.size.operations <= 3)
    #expect(shrinker.size.duration < .seconds(20))
    #expect(shrinker.best.fingerprint == shrinker.target)
    let written = try scenario(ScenarioWriter.brief(shrinker.scenario))
    let again = try Run(written, telemetry: .off).perform()
    #expect(again.fingerprint == shrinker.target)
    #expect(again.digest == shrinker.best.digest)
  }

  @Test(
    "What is pinned fails with seeds that were never tried, whatever their messages and syncs would do",
    arguments: [
      "network: {latency: {uniform: [1ms, 5ms]}, loss: 0.1%}",
      "network: {transport: datagram, latency: {exponential: {min: 1ms, mean: 4ms}}, loss: 1%}\n"
        + "disks: {sync: {exponential: {min: 500us, mean: 2ms}}}",
    ])
  func pinned(world: String) throws {
    let text = Self.text.replacing("network: {latency: {uniform: [1ms, 5ms]}, loss: 0.1%}", with: world)
    var shrinker = try shrinker(text)
    shrinker.shrink()
    shrinker.pin()
    #expect(shrinker.isPinned)
    let written = try scenario(ScenarioWriter.brief(shrinker.scenario))
    for seed in UInt64(1_000)...1_020 {
      let result = try Run(written, seed: seed, telemetry: .off).perform()
      #expect(result.fingerprint == shrinker.target, "seed \(seed)")
    }
  }

  @Test("How many run at a time decides nothing else")
  func jobs() throws {
    var (one, three) = (try shrinker(Self.text, jobs: 1), try shrinker(Self.text, jobs: 3))
    one.shrink()
    three.shrink()
    #expect(one.scenario == three.scenario)
  }

  @Test("A search that is ended says that it may be smaller still, and has what it found")
  func ended() throws {
    var shrinker = try shrinker(Self.text, rounds: 12)
    shrinker.shrink()
    #expect(!shrinker.isMinimal)
    #expect(shrinker.best.fingerprint == shrinker.target)
  }

  @Test("A run that holds has nothing to shrink")
  func passing() throws {
    #expect(Shrinker(try Shelf.read("raft/leader-crash.yaml"), seed: 7, jobs: 1, goesOn: { true }) == nil)
  }

  @Test(
    "Each strike of a nemesis can be put in its place without moving what happens",
    arguments: ["raft/nemesis.yaml", "raft/damaged-disks.yaml"])
  func resolved(path: String) throws {
    let wild = try Shelf.read(path)
    let result = try Run(wild, telemetry: .off).perform()
    let settled = try Run(result.withResolvedFaults, telemetry: .off).perform()
    #expect(settled.recording.faults.count > 5)
    // Fault events are numbered otherwise; what clients saw is the same to the letter.
    #expect(settled.recording.history == result.recording.history)
  }

  @Test("A scenario in few words reads as the scenario itself", arguments: Shelf.paths)
  func brief(path: String) throws {
    let scenario = try Shelf.read(path)
    let text = ScenarioWriter.brief(scenario, comments: ["one", "", "two"])
    #expect(text.hasPrefix("# one\n#\n# two\nfaultline: 1\n"))
    #expect(try ScenarioReader.read(text: text, file: "a") == scenario)
    #expect(text.split(separator: "\n").count < ScenarioWriter.yaml(scenario).split(separator: "\n").count)
  }
}

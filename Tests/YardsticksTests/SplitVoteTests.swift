import Experiments
import Foundation
import Primitives
import Scenarios
import Testing
import Yardsticks

enum Shelf {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func scenario(_ name: String, _ settings: (String, String)...) throws -> Scenario {
    try ScenarioReader.read(
      path: "\(root)/scenarios/papers/\(name).yaml", settings: settings.map { (key: $0.0, value: $0.1) })
  }

  static func series(_ scenario: Scenario, _ count: UInt64) throws -> ElectionSeries {
    try #require(ElectionSeries(scenario, seeds: 1...count, jobs: 2) { _ in true })
  }
}

@Suite("Split votes")
struct SplitVoteTests {
  @Test(
    "The formula comes to what the dissertation's table has, to its four digits",
    arguments: [
      (5, 5, [0, 0.0012, 0.0086, 0.0579, 0.1631]), (5, 4, [0.0006, 0.0140, 0.0523, 0.1808, 0.3483]),
      (5, 3, [0.0297, 0.1426, 0.2710, 0.4880, 0.6570]), (7, 6, [0, 0.0022, 0.0159, 0.0989, 0.2557]),
      (9, 6, [0.0015, 0.0328, 0.1143, 0.3446, 0.5798]), (9, 5, [0.0490, 0.2262, 0.4095, 0.6723, 0.8319]),
    ])
  func table(servers: Int, up: Int, row: [Double]) {
    for (latency, expected) in zip([0.01, 0.05, 0.1, 0.2, 0.3], row) {
      let theory = SplitVoteTheory(servers: servers, up: up, latency: latency)
      #expect(abs(theory.probability - expected) <= 0.00005, "\(servers), \(up), \(latency)")
    }
  }

  @Test("A scenario's own figures go into the formula, and it keeps silent about what it is not about")
  func fromScenario() throws {
    let plain = SplitVoteTheory(try Shelf.scenario("split-vote"))
    #expect(plain == SplitVoteTheory(servers: 5, up: 4, latency: 0.1))
    let other = try Shelf.scenario(
      "split-vote", ("cluster.nodes", "11"), ("faults.0.crash", "[n1, n3]"),
      ("network.latency", "{constant: 125ms}"))
    #expect(SplitVoteTheory(other) == SplitVoteTheory(servers: 11, up: 9, latency: 0.125))
    for setting in [
      ("network.latency", "{uniform: [100ms, 200ms]}"), ("cluster.raft.begin", "{log: shuffled}"),
      ("faults.0.at", "1s"), ("faults.0.crash", "[n1, n2, n3]"), ("network.latency", "{constant: 400ms}"),
      ("network.loss", "1%"), ("disks", "{sync: 1ms}"), ("cluster.raft.pre_vote", "true"), ("faults.0.for", "1ms"),
      ("cluster.raft.candidate_timeout", "1s..3s"), ("measures.election", "{from: loss, until: stable}"),
      ("schedule", "{pct: {depth: 3}}"),
    ] {
      #expect(SplitVoteTheory(try Shelf.scenario("split-vote", setting)) == nil, "\(setting)")
    }
  }

  @Test("As many first votes are split as are to be, in settings that nobody has published too")
  func firstVotes() throws {
    for (nodes, down, latency) in [(5, "[n4, n5]", "100ms"), (6, "[n2]", "250ms"), (3, "[]", "300ms")] {
      let scenario = try Shelf.scenario(
        "split-vote", ("cluster.nodes", "\(nodes)"), ("network.latency", "{constant: \(latency)}"),
        ("faults", down == "[]" ? "[]" : "[{at: 0s, crash: \(down)}]"))
      let theory = try #require(SplitVoteTheory(scenario))
      let series = try Shelf.series(scenario, 4_000)
      let chance = Gates.chance(of: series.splitVotes, in: series.count, probability: theory.probability)
      #expect(chance > 0.001, "\(nodes), \(down), \(latency): \(series.splitVotes) of 4000")
    }
  }

  /// Elections by the paper's rules and nothing else, written apart from the house: who stands when, who is heard first. The
  /// terms that it takes are counted where timers go on as they do, one after another.
  @Test("It takes as many terms as in a model of a page")
  func terms() throws {
    let scenario = try Shelf.scenario(
      "split-vote", ("network.latency", "{constant: 300ms}"), ("faults.0.crash", "[n4, n5]"))
    let series = try Shelf.series(scenario, 4_000)
    let mean = series.terms.reduce(0) { $0 + Double($1) } / Double(series.terms.count)
    var model = ElectionModel(servers: 5, up: 3, shortest: 1, latency: 0.3, seed: 7)
    let counts = (0..<20_000).map { _ in Double(model.terms()) }
    let expected = counts.reduce(0, +) / Double(counts.count)
    // Four standard errors; a term's count deviates by some two.
    #expect(abs(mean - expected) < 4 * 2.2 / 4_000.0.squareRoot(), "\(mean), \(expected)")
    // Fewer than with timers that all begin together in each term.
    #expect(mean < SplitVoteTheory(servers: 5, up: 3, latency: 0.3).terms - 0.1)
  }
}

/// See `SplitVoteTests.terms`. Times are in widths of the time-outs' range.
struct ElectionModel {
  let servers: Int
  let up: Int
  let shortest: Double
  let latency: Double
  var state: UInt64

  init(servers: Int, up: Int, shortest: Double, latency: Double, seed: UInt64) {
    (self.servers, self.up, self.shortest, self.latency, state) = (servers, up, shortest, latency, seed)
  }

  private enum Event {
    case timer(Int, due: Double), request(to: Int, from: Int, term: Int), vote(for: Int, term: Int)
  }

  private mutating func uniform() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / Double(1 << 53)
  }

  /// Terms that were stood for until somebody is elected.
  mutating func terms() -> Int {
    var events: [(at: Double, event: Event)] = []
    var due = (0..<up).map { _ in shortest + uniform() }
    var term = Array(repeating: 0, count: up)
    var voted = Array(repeating: false, count: up)
    var stands = Array(repeating: false, count: up)
    var votes = Array(repeating: 0, count: up)
    for server in 0..<up { events.append((due[server], .timer(server, due: due[server]))) }
    while true {
      let next = events.indices.min { events[$0].at < events[$1].at }!
      let (now, event) = events.remove(at: next)
      switch event {
      case .timer(let server, let set):
        guard set == due[server] else { continue }
        term[server] += 1
        (voted[server], stands[server], votes[server]) = (true, true, 1)
        due[server] = now + shortest + uniform()
        events.append((due[server], .timer(server, due: due[server])))
        for other in 0..<up where other != server {
          events.append((now + latency, .request(to: other, from: server, term: term[server])))
        }
      case .request(let server, let candidate, let asked):
        if asked > term[server] { (term[server], voted[server], stands[server]) = (asked, false, false) }
        guard asked == term[server], !voted[server] else { continue }
        voted[server] = true
        due[server] = now + shortest + uniform()
        events.append((due[server], .timer(server, due: due[server])))
        events.append((now + latency, .vote(for: candidate, term: asked)))
      case .vote(let candidate, let given):
        guard stands[candidate], term[candidate] == given else { continue }
        votes[candidate] += 1
        if votes[candidate] > servers / 2 { return given }
      }
    }
  }
}

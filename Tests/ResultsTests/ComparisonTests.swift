import Primitives
import Reports
import Results
import Testing

@Suite("Comparing two sweeps")
struct ComparisonTests {
  private func gate(_ text: String, slower: Double) throws -> [SweepComparison.Gate] {
    try Sets.within { folder in
      let comparison = try Comparison.of(
        Sets.make("\(folder)/a"), Sets.make("\(folder)/b", slower: slower))
      let threshold = try #require(Threshold(text) { $0 == "50us" ? Nanoseconds(50_000) : nil })
      return try threshold.gates(comparison, path: "b")
    }
  }

  @Test("A planted regression is found, by how much, and nothing else is")
  func planted() throws {
    try Sets.within { (folder: String) throws -> Void in
      let comparison = try Comparison.of(Sets.make("\(folder)/a"), Sets.make("\(folder)/b", slower: 0.1))
      let worse = comparison.differences.filter { $0.change == .worse }
      #expect(Set(worse.map(\.measure)) == ["client_latency"])
      #expect(worse.count == 12)
      #expect(!comparison.differences.contains { $0.change == .better })
      for difference in worse {
        #expect(abs((difference.relative ?? 0) - 0.1) < 1e-9)
        #expect(difference.adjusted < 0.001 && difference.sign < 1e-9)
        let (low, high) = (try #require(difference.mean.low), try #require(difference.mean.high))
        #expect(low > 0 && low < difference.mean.value && high > difference.mean.value)
      }
    }
  }

  @Test("A set compared with itself has moved nowhere")
  func same() throws {
    try Sets.within { (folder: String) throws -> Void in
      let set = try Sets.make("\(folder)/a")
      let comparison = try Comparison.of(set, set)
      #expect(comparison.differences.allSatisfy { $0.change == .same && $0.wilcoxon == 1 && $0.mean.value == 0 })
      #expect(comparison.verdicts.allSatisfy { $0.pairs == 40 && $0.broken == 0 && $0.mended == 0 })
    }
  }

  @Test("Faster is better, and more that succeeds is better too")
  func better() throws {
    try Sets.within { (folder: String) throws -> Void in
      let comparison = try Comparison.of(Sets.make("\(folder)/a"), Sets.make("\(folder)/b", slower: -0.2))
      #expect(comparison.differences.filter { $0.change == .better }.count == 12)
    }
  }

  @Test(
    "A threshold fails beyond its bound and holds within it",
    arguments: [
      ("client_latency.p99=+5%", 0.1, false), ("client_latency.p99=+15%", 0.1, true),
      ("client_latency=+5%", 0.1, false),
      ("client_latency.p50=+50us", 0.1, false), ("client_latency.p50=+50us", 0.01, true),
      ("client_latency.p99=-5%", -0.1, false), ("client_latency.p99=-5%", 0.1, true),
      ("leader_changes=+0", 0.1, true),
      ("availability=-0%", 0.1, true), ("failures=+0", 0.1, true),
    ])
  func thresholds(text: String, slower: Double, holds: Bool) throws {
    let gates = try gate(text, slower: slower)
    #expect(gates.count == 2)
    #expect(gates.allSatisfy { $0.holds == holds }, "\(gates)")
  }

  @Test("Newly failing seeds are counted, and the first is shown with its command")
  func failures() throws {
    try Sets.within { (folder: String) throws -> Void in
      let before = try Sets.make("\(folder)/a") { seed, _ in seed != 5 }
      let after = try Sets.make("\(folder)/b") { seed, _ in seed != 5 }
      for (set, verdict) in [(before, nil), (after, SeedVerdict.crashed)] {
        let id = try set.enter(Sets.plan())
        let row =
          verdict.map { RunRow(seed: 5, endedAs: $0, fingerprint: "trap", sentence: "crashed: trap", wallNS: 0) }
          ?? Sets.row(5, point: 1)
        try set.keep([.init(set: id, point: 1, run: row)])
      }
      let comparison = try Comparison.of(before, after)
      #expect(comparison.verdicts.map(\.broken) == [0, 1])
      #expect(
        comparison.verdicts[1].example?.replay == "./faultline run storm.yaml --set 'cluster.nodes=5' --seed 5")
      let threshold = try #require(Threshold("failures=+0") { _ in nil })
      #expect(try threshold.gates(comparison, path: "b").map(\.holds) == [true, false])
    }
  }

  @Test("What cannot be compared is said by name")
  func nothing() throws {
    try Sets.within { (folder: String) throws -> Void in
      let storm = try Sets.make("\(folder)/a")
      let calm = try Sets.make("\(folder)/b", Sets.plan("calm"))
      #expect(throws: ResultError.self) { try Comparison.of(storm, calm) }
      let comparison = try Comparison.of(storm, storm)
      for text in ["latency=+5%", "client_latency=+5", "failures=+5%", "leader_changes=+20ms"] {
        let threshold = try #require(Threshold(text) { $0 == "20ms" ? .milliseconds(20) : nil })
        let error = #expect(throws: ResultError.self) { try threshold.gates(comparison, path: "b") }
        #expect(error?.description.contains(text) == true)
      }
    }
  }

  @Test(
    "What is no threshold is none",
    arguments: [
      "", "a", "a=", "a=5%", "a=+", "a=+x", "=+5%", "a.p98=+5%", "a.b.c=+1", "a=+-5%", "a=+nan", "a=+inf", "a=+5 %",
    ])
  func malformed(text: String) {
    #expect(Threshold(text) { _ in nil } == nil)
  }

  @Test("Points that only one has are named, and the others compared")
  func points() throws {
    try Sets.within { (folder: String) throws -> Void in
      let comparison = try Comparison.of(
        Sets.make("\(folder)/a"),
        Sets.make("\(folder)/b", Sets.plan(points: ["cluster.nodes=5", "cluster.nodes=7"])))
      #expect(comparison.verdicts.map(\.settings) == ["cluster.nodes=5"])
      #expect(comparison.notes.count == 2)
    }
  }
}

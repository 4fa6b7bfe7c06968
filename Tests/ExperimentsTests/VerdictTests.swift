import Experiments
import Primitives
import Scenarios
import Testing
import World

@Suite("Verdicts")
struct VerdictTests {
  static func text(_ expectations: String, faults: String = "[]", duration: String = "10s", workload: String? = nil)
    -> String
  {
    """
    faultline: 1
    name: test
    duration: \(duration)
    cluster: {nodes: 3, program: raft-kv, raft: {election_timeout: 150ms..300ms, heartbeat: 50ms}}
    workload: \(workload ?? "{clients: 2, rate: 50/s, mix: {put: 50%, get: 50%}, start: 1s, stop: 9s}")
    faults: \(faults)
    expect: \(expectations)
    """
  }

  static func run(_ text: String) throws -> RunResult { try Run(scenario(text), telemetry: .off).perform() }

  @Test("A kept expectation passes; the same bound the other way round is a violation")
  func bounds() throws {
    let kept = try Self.run(Self.text("[safety, {measure: operations_ok, at_least: 100}]"))
    #expect(kept.verdict == .pass)
    let missed = try Self.run(Self.text("[safety, {measure: operations_ok, at_most: 100}]"))
    #expect(missed.verdict == .violation)
    #expect(missed.findings.map(\.outcome) == [.held, .violated])
    #expect(missed.findings[1].detail.contains("expected at most 100"))
  }

  @Test("A timed fault that found no target makes the run inconclusive")
  func vacuousFault() throws {
    let result = try Self.run(Self.text("[safety]", faults: "[{at: 1us, for: 1ms, crash: leader}]"))
    #expect(result.verdict == .inconclusive)
    #expect(result.isVacuous)
    #expect(result.recording.faults[0].withoutTarget == 1)
  }

  @Test("A workload that finished nothing makes the run inconclusive")
  func vacuousWorkload() throws {
    let result = try Self.run(
      Self.text("[safety]", faults: "[{at: 1ms, for: 9999ms, crash: majority}]"))
    #expect(result.verdict == .inconclusive)
  }

  @Test("No recovery where a majority is gone for good: nothing succeeds, and that is a violation")
  func noRecovery() throws {
    let kept = try Self.run(Self.text("[{recovers: {within: 3s}}]", faults: "[{at: 3s, for: 2s, crash: majority}]"))
    #expect(kept.verdict == .pass)
    let missed = try Self.run(
      Self.text("[{recovers: {within: 1ms}}]", faults: "[{at: 3s, for: 2s, crash: majority}]"))
    #expect(missed.verdict == .violation)
    let tooShort = try Self.run(
      Self.text("[{recovers: {within: 3s}}]", faults: "[{at: 3s, for: 6900ms, crash: majority}]"))
    #expect(tooShort.findings[0].outcome == .inconclusive)
  }

  @Test("A run beyond its budget of events is inconclusive")
  func budget() throws {
    let result = try Run(scenario(Self.text("[safety]")), telemetry: .off, budget: 1000).perform()
    #expect(result.stop == .budget)
    #expect(result.events == 1000)
    #expect(result.verdict == .inconclusive)
  }

  @Test("An interrupted run leaves nothing but the interruption")
  func interruption() throws {
    #expect(throws: Run.Interrupted.self) {
      try Run(scenario(Self.text("[safety]")), telemetry: .off).perform { _ in false }
    }
  }

  @Test("The worst of several verdicts is the one that counts")
  func order() {
    #expect([Verdict.pass, .inconclusive, .violation, .nondeterminism].map(\.exitCode) == [0, 2, 1, 3])
    #expect([Verdict.pass, .inconclusive, .violation].min() == .violation)
    #expect([Verdict.violation, .nondeterminism].min() == .nondeterminism)
  }

  @Test("Percentiles are by nearest rank")
  func percentiles() {
    let figures = Figures(.clientLatency, (1...10).map(Double.init).reversed())
    #expect(figures.value(.p50) == 5)
    #expect(figures.value(.p90) == 9)
    #expect(figures.value(.p95) == 10)
    #expect(figures.value(.p99) == 10)
    #expect(figures.value(.mean) == 5.5)
    #expect(Figures(.clientLatency, [3]).value(.p50) == 3)
    #expect(Figures(.clientLatency, []).value(.max) == nil)
  }

  @Test("One, two and four nodes serve too", arguments: [1, 2, 4])
  func smallClusters(nodes: Int) throws {
    let text = Self.text("[safety, {measure: availability, at_least: 99%}]")
      .replacing("nodes: 3", with: "nodes: \(nodes)")
    for seed in 1...20 as ClosedRange<UInt64> {
      let result = try Run(scenario(text), seed: seed, telemetry: .off).perform()
      #expect(result.verdict == .pass, "\(result.findings)")
    }
  }

  @Test("Where clients were never kept waiting, a bound on their waiting holds")
  func neverSilent() throws {
    let workload = "{clients: 8, rate: 800/s, mix: {put: 100%}, start: 1s, stop: 9s}"
    let text = Self.text("[{measure: unavailability.max, at_most: 100ms}]", workload: workload)
    #expect(try Self.run(text).findings.map(\.outcome) == [.held])
    // Below what counts as a silence nothing can be told.
    let shorter = Self.text("[{measure: unavailability.max, at_most: 99ms}]", workload: workload)
    #expect(try Self.run(shorter).findings.map(\.outcome) == [.inconclusive])
  }

  @Test("Leases hold as long as clocks err no more than the rules allow for, and are seen to fail beyond it")
  func drift() throws {
    func verdict(_ seed: UInt64, clockError: String) throws -> Verdict {
      let scenario = try Shelf.read(
        "raft/lease-reads-under-drift.yaml", ("cluster.raft.clock_error", clockError), ("clocks.drift", "50%"),
        ("clocks.hosts", "[]"))
      return try Run(scenario, seed: seed, telemetry: .off).perform().verdict
    }
    // Rare: a slow leader must be cut off while a fast follower is elected and asked to write.
    let seed = try (1...200).first { try verdict($0, clockError: "0.1%") == .violation }
    let failing = try #require(seed)
    #expect(try verdict(failing, clockError: "50%") == .pass)
  }
}

import Experiments
import Primitives
import Raft
import Scenarios
import Testing

@Suite("Randomised settings")
struct RandomisedTests {
  static let settings = Scenario.RaftSettings(randomises: true)

  @Test("A seed draws the same each time, another seed something else")
  func bySeed() {
    #expect(Self.settings.rules(seed: 1) == Self.settings.rules(seed: 1))
    #expect(Set((1...100).map { Self.settings.rules(seed: $0) }).count == 100)
  }

  @Test("What is drawn is in order: heartbeats below time-outs, around what was given")
  func inOrder() {
    let given = Self.settings.rules.timing
    for seed in 1...1_000 as ClosedRange<UInt64> {
      let timing = Self.settings.rules(seed: seed).timing
      #expect(timing.heartbeat < timing.shortest && timing.shortest < timing.longest)
      #expect(timing.shortest >= given.shortest && timing.shortest < given.shortest * 2)
      #expect(timing.heartbeat <= given.heartbeat * 2)
    }
  }

  @Test("Small limits and large ones are drawn, and none beyond the standard's scale")
  func limits() {
    let limits = (1...1_000).map { Self.settings.rules(seed: $0).limits }
    for (least, most, of) in [
      (1, 256, limits.map(\.entriesPerMessage)), (1, 1_024, limits.map(\.entriesInFlight)),
      (8, 10_007, limits.map(\.entriesUncommitted)), (1, 4_096, limits.map(\.segment)),
    ] {
      #expect(of.allSatisfy { (least...most).contains($0) })
      #expect(of.min()! <= 4 * least && of.max()! > most / 2)
    }
  }

  @Test("Without it a seed draws nothing")
  func notAsked() {
    let settings = Scenario.RaftSettings()
    #expect(Set((1...10).map { settings.rules(seed: $0) }) == [settings.rules])
  }
}

@Suite("Clients with several operations under way")
struct InFlightTests {
  @Test("Each keeps as many as the scenario says, asks again at once, and never more", arguments: [1, 3, 16])
  func inFlight(_ count: Int) throws {
    let text = VerdictTests.text(
      "[safety]", duration: "5s",
      workload: "{clients: 2, think: 0s, in_flight: \(count), mix: {put: 100%}, start: 1s, stop: 4s}")
    let result = try Run(scenario(text), telemetry: .off).perform()
    #expect(result.verdict == .pass)
    var open: [Int: Int] = [:]
    var most: [Int: Int] = [:]
    for event in result.recording.history {
      if case .invoke = event.kind {
        open[event.process, default: 0] += 1
        most[event.process] = max(most[event.process] ?? 0, open[event.process]!)
      } else {
        open[event.process, default: 0] -= 1
      }
    }
    #expect(most.values.sorted() == [count, count])
  }
}

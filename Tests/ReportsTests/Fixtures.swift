import Node
import Primitives
import Reports
import Telemetry
import World

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

func lines(_ bytes: [UInt8]) -> [String] {
  text(bytes).split(separator: "\n").map(String.init)
}

/// Two nodes and a client, one of everything.
enum Fixture {
  static func span(
    _ number: UInt64, parent: UInt64? = nil, process: Int = 0, trace: UInt64 = 1, start: Int64 = 0,
    end: Int64 = 1_000_000, attributes: [Attribute] = [], status: SpanStatus = .unset
  ) -> Span {
    Span(
      context: TraceContext(traceHigh: 0xAB, traceLow: trace, span: number), parent: parent,
      name: "raft.append", kind: .internal, process: process, start: Instant(nanoseconds: start),
      end: Instant(nanoseconds: end), attributes: attributes, status: status)
  }

  static func sample(
    _ metric: Metric, _ process: Int?, _ label: StaticText? = nil, at milliseconds: Int64, _ value: MetricValue
  ) -> MetricSample {
    MetricSample(
      metric: metric, process: process, label: label, at: Instant(nanoseconds: milliseconds * 1_000_000),
      value: value)
  }

  static func fault() -> FaultRecord {
    var fault = FaultRecord(id: 3, name: "crash leader at 10s", timed: true)
    fault.occurrences = [
      FaultRecord.Occurrence(
        from: Instant(nanoseconds: 10_000_000_000), until: Instant(nanoseconds: 12_000_000_000),
        hosts: [NodeID(1)], branch: 0)
    ]
    fault.effects[FaultRecord.Effect.processesCrashed.rawValue] = 1
    fault.effects[FaultRecord.Effect.recordsLost.rawValue] = 3
    return fault
  }

  static func summary(seed: UInt64 = 7) -> RunSummary {
    var summary = RunSummary(
      scenario: "leader-crash", seed: seed, version: "1.0.0", verdict: .pass,
      digest: "0123456789abcdef0123456789abcdef", virtualNS: 40_000_000_000, wallNS: 420_000_000,
      events: 241_120, replay: "faultline run scenarios/raft/leader-crash.yaml --seed \(seed)")
    summary.description = "The leader loses power for two seconds; the others elect a new one."
    summary.messages.sent = 120_331
    summary.messages.delivered = 119_870
    summary.messages.dropped[DropReason.loss.rawValue] = 461
    summary.operations = .init(invoked: 8_012, ok: 7_890, fail: 22, info: 100)
    summary.expectations = [
      .init(name: "safety", verdict: .held, detail: "no invariant was violated in 241,120 events"),
      .init(name: "recovers within 2s", verdict: .held, detail: "1.24 s after the last heal"),
      .init(name: "leader_changes at most 3", verdict: .held, detail: "2"),
    ]
    var nemesis = FaultRecord(id: 4, name: "pause random every 3s..6s", timed: false)
    nemesis.occurrences = [21, 26].map {
      FaultRecord.Occurrence(
        from: Instant(nanoseconds: $0 * 1_000_000_000), until: Instant(nanoseconds: ($0 + 1) * 1_000_000_000),
        hosts: [NodeID(0)], branch: 0)
    }
    nemesis.effects[FaultRecord.Effect.processesPaused.rawValue] = 2
    nemesis.effects[FaultRecord.Effect.inputsDelayed.rawValue] = 1_204
    summary.faults = [fault(), nemesis]
    summary.measures = [
      .init(
        name: "client_latency", count: 7_890, mean: 5_100_000, p50: 4_210_000, p90: 6_130_000,
        p95: 7_040_000, p99: 31_200_000, max: 1_201_000_000, unit: "ns"),
      .init(
        name: "election_time", count: 2, mean: 241_000_000, p50: 210_000_000, p90: 272_000_000,
        p95: 272_000_000, p99: 272_000_000, max: 272_000_000, unit: "ns"),
      .init(name: "availability", value: 98.47, unit: "%"),
      .init(name: "leader_changes", value: 2, unit: "1"),
      .init(name: "elections", value: 3, unit: "1"),
      .init(name: "recovery_time", value: 1_240_000_000, unit: "ns"),
    ]
    summary.service = (0..<240).map { slice in
      let asked = UInt64(33)
      switch slice {
      case 60..<66: return ServiceSlice(invoked: asked, ok: 3)
      case 66..<68: return ServiceSlice(invoked: asked, ok: 20)
      case 126..<129: return ServiceSlice(invoked: asked, ok: 29)
      default: return ServiceSlice(invoked: asked, ok: asked)
      }
    }
    summary.artifacts = "results/runs/leader-crash/7-01234567"
    return summary
  }

  static func violation(seed: UInt64 = 17) -> RunSummary {
    var summary = summary(seed: seed)
    summary.verdict = .violation
    summary.expectations[0] = .init(
      name: "safety", verdict: .violated, detail: "election-safety at 12.437 s on n3")
    summary.expectations[1] = .init(
      name: "recovers within 2s", verdict: .inconclusive, detail: "nothing was invoked after the last heal")
    summary.violations = [
      .init(
        invariant: "election-safety", atNS: 12_437_000_000, node: "n3",
        detail: "n1 and n3 both lead term 5, and only one of them may")
    ]
    return summary
  }

  static func sweep() -> [RunSummary] {
    (UInt64(1)...200).map { seed -> RunSummary in
      var run = seed % 60 == 17 ? violation(seed: seed) : summary(seed: seed)
      if seed == 150 {
        run.verdict = .inconclusive
        run.faults[0].effects = run.faults[0].effects.map { _ in 0 }
      }
      run.measures[0].p50 = 4_000_000 + Double(seed) * 10_000
      run.measures[3] = .init(name: "leader_changes", value: Double(seed % 4), unit: "1")
      return run
    }
  }
}

import Reports
import World

/// What a sweep keeps of a seed: a row of `runs`, and those that hang on it.
package struct RunRow: Hashable, Sendable, Codable {
  package struct Measure: Hashable, Sendable, Codable {
    package var name: String
    package var unit: String
    package var count: Int64
    package var mean: Double
    package var p50: Double
    package var p90: Double
    package var p95: Double
    package var p99: Double
    package var max: Double
  }

  package struct Fault: Hashable, Sendable, Codable {
    package var name: String
    package var timed: Bool
    package var occurrences: Int
    package var bit: Bool
    package var effects: [Mark]
  }

  package struct Expectation: Hashable, Sendable, Codable {
    package var name: String
    package var verdict: String
    package var detail: String
  }

  /// How often something happened in a run: a point that it was watched for, an effect of a fault.
  package struct Mark: Hashable, Sendable, Codable {
    package var name: String
    package var count: Int64

    package init(name: String, count: Int64) {
      self.name = name
      self.count = count
    }
  }

  package var seed: Int64
  package var verdict: SeedVerdict
  /// Empty where the process ended before the run.
  package var digest: String
  package var events: Int64
  package var virtualNS: Int64
  /// Of the machine, and so not the same twice.
  package var cpuNS: Int64
  package var wallNS: Int64
  /// What makes two failures the same one; nil of a pass.
  package var fingerprint: String?
  /// What went wrong; nil of a pass.
  package var sentence: String?
  package var measures: [Measure] = []
  package var faults: [Fault] = []
  package var expectations: [Expectation] = []
  package var marks: [Mark] = []

  /// Of a run that ended by itself.
  package init(_ summary: RunSummary, fingerprint: String?, marks: [Mark], cpuNS: Int64) {
    seed = Int64(summary.seed)
    verdict = SeedVerdict(summary.verdict)
    digest = summary.digest
    events = Int64(summary.events)
    virtualNS = summary.virtualNS
    self.cpuNS = cpuNS
    wallNS = summary.wallNS
    self.fingerprint = fingerprint
    sentence = summary.verdict == .pass ? nil : summary.sentence
    measures = summary.measures.map {
      Measure(
        name: $0.name, unit: $0.unit, count: Int64($0.count), mean: $0.mean, p50: $0.p50, p90: $0.p90, p95: $0.p95,
        p99: $0.p99, max: $0.max)
    }
    faults = summary.faults.map {
      Fault(
        name: $0.name, timed: $0.timed, occurrences: $0.occurrences.count, bit: $0.bit, effects: Self.effects($0))
    }
    expectations = summary.expectations.map {
      Expectation(name: $0.name, verdict: $0.verdict.rawValue, detail: $0.detail)
    }
    self.marks = marks
  }

  private static func effects(_ fault: FaultRecord) -> [Mark] {
    FaultRecord.Effect.allCases.filter { fault.effects[$0.rawValue] > 0 }.map {
      Mark(name: "\($0.name.text)", count: Int64(fault.effects[$0.rawValue]))
    }
  }

  /// Of a run whose process ended before it.
  package init(seed: UInt64, endedAs verdict: SeedVerdict, fingerprint: String, sentence: String, wallNS: Int64) {
    self.seed = Int64(seed)
    self.verdict = verdict
    digest = ""
    events = 0
    virtualNS = 0
    cpuNS = 0
    self.wallNS = wallNS
    self.fingerprint = fingerprint
    self.sentence = sentence
  }
}

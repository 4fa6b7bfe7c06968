import Primitives
import Telemetry
import World

/// A run in one value: what `summary.json`, the terminal and a sweep's tables show of it.
package struct RunSummary: Hashable, Sendable {
  package enum Verdict: String, Sendable, CaseIterable {
    case pass, violation, inconclusive, nondeterminism
  }

  /// Of client operations; `invoked` counts those still open at the end too.
  package struct Operations: Hashable, Sendable {
    package var invoked: UInt64 = 0
    package var ok: UInt64 = 0
    package var fail: UInt64 = 0
    package var info: UInt64 = 0

    package init(invoked: UInt64 = 0, ok: UInt64 = 0, fail: UInt64 = 0, info: UInt64 = 0) {
      self.invoked = invoked
      self.ok = ok
      self.fail = fail
      self.info = info
    }
  }

  package struct Expectation: Hashable, Sendable {
    package enum Verdict: String, Sendable {
      case held, violated, inconclusive
    }

    package var name: String
    package var verdict: Verdict
    /// What was found, in a phrase.
    package var detail: String

    package init(name: String, verdict: Verdict, detail: String) {
      self.name = name
      self.verdict = verdict
      self.detail = detail
    }
  }

  package struct Violation: Hashable, Sendable {
    package var invariant: String
    package var atNS: Int64
    /// nil where it belongs to no single process.
    package var node: String?
    package var detail: String

    package init(invariant: String, atNS: Int64, node: String?, detail: String) {
      self.invariant = invariant
      self.atNS = atNS
      self.node = node
      self.detail = detail
    }
  }

  /// Figures of one measure. `unit` is `ns` for lengths of time, `%` for shares (0...100) and `1` for counts.
  package struct Measure: Hashable, Sendable {
    package var name: String
    /// Observations; a measure with none has zeros for figures.
    package var count: UInt64
    package var mean: Double
    package var p50: Double
    package var p90: Double
    package var p95: Double
    package var p99: Double
    package var max: Double
    package var unit: String

    package init(
      name: String, count: UInt64, mean: Double, p50: Double, p90: Double, p95: Double, p99: Double,
      max: Double, unit: String
    ) {
      self.name = name
      self.count = count
      self.mean = mean
      self.p50 = p50
      self.p90 = p90
      self.p95 = p95
      self.p99 = p99
      self.max = max
      self.unit = unit
    }

    /// A measure with one value.
    package init(name: String, value: Double, unit: String) {
      self.init(
        name: name, count: 1, mean: value, p50: value, p90: value, p95: value, p99: value, max: value,
        unit: unit)
    }
  }

  /// What a node's loop found wrong, and what it did about it.
  package struct Incident: Hashable, Sendable {
    package struct Action: Hashable, Sendable {
      package var atNS: Int64
      package var remedy: String
      package var subject: String
      /// nil while it goes on.
      package var outcome: String?

      package init(atNS: Int64, remedy: String, subject: String, outcome: String?) {
        self.atNS = atNS
        self.remedy = remedy
        self.subject = subject
        self.outcome = outcome
      }
    }

    package var node: String
    package var atNS: Int64
    package var cause: String
    package var subject: String
    /// Whether a fault explains it.
    package var isTrue: Bool
    /// What was measured: `loss 18.8 %, above 10.0 %`; empty where nothing was, or by an earlier version.
    package var diagnosedBy: String
    package var actions: [Action]
    /// closed, contained, withdrawn or lost, and since when; nil where it is open.
    package var end: String?
    package var endNS: Int64?
    /// What was measured as it was closed.
    package var closedBy: String

    package init(
      node: String, atNS: Int64, cause: String, subject: String, isTrue: Bool, diagnosedBy: String,
      actions: [Action], end: String?, endNS: Int64?, closedBy: String
    ) {
      self.node = node
      self.atNS = atNS
      self.cause = cause
      self.subject = subject
      self.isTrue = isTrue
      self.diagnosedBy = diagnosedBy
      self.actions = actions
      self.end = end
      self.endNS = endNS
      self.closedBy = closedBy
    }
  }

  /// A rare event, and how often the run met it.
  package struct Mark: Hashable, Sendable {
    package var name: String
    package var count: UInt64

    package init(name: String, count: UInt64) {
      self.name = name
      self.count = count
    }
  }

  package var scenario: String
  package var description = ""
  package var seed: UInt64
  package var version: String
  package var verdict: Verdict
  /// 32 lowercase hexadecimal digits.
  package var digest: String
  /// What a repetition gave instead, where it gave something else.
  package var otherDigest: String?
  package var virtualNS: Int64
  /// Real time; the only field that differs between two equal runs.
  package var wallNS: Int64
  package var events: UInt64
  package var messages = MessageCounts()
  package var operations = Operations()
  package var expectations: [Expectation] = []
  package var violations: [Violation] = []
  package var faults: [FaultRecord] = []
  /// In the order of their diagnoses; empty where nothing heals.
  package var incidents: [Incident] = []
  /// Names are unique.
  package var measures: [Measure] = []
  /// Those that were met.
  package var marks: [Mark] = []
  /// Success over the run, for the terminal's picture; not in the file.
  package var service: [ServiceSlice] = []
  /// The command that gives this run again.
  package var replay: String
  /// The folder with the run's files, for the terminal; not in the file, which is the same wherever it lies.
  package var artifacts: String?

  package init(
    scenario: String, seed: UInt64, version: String, verdict: Verdict, digest: String, virtualNS: Int64,
    wallNS: Int64, events: UInt64, replay: String
  ) {
    self.scenario = scenario
    self.seed = seed
    self.version = version
    self.verdict = verdict
    self.digest = digest
    self.virtualNS = virtualNS
    self.wallNS = wallNS
    self.events = events
    self.replay = replay
  }
}

/// Of the operations invoked within one slice of a run, how many succeeded, whenever they did.
package struct ServiceSlice: Hashable, Sendable {
  package var invoked: UInt64 = 0
  package var ok: UInt64 = 0

  package init(invoked: UInt64 = 0, ok: UInt64 = 0) {
    self.invoked = invoked
    self.ok = ok
  }

  /// A history cut into `count` slices of equal length over `duration`.
  package static func over(_ recording: Recording, duration: Nanoseconds, count: Int = 240) -> [ServiceSlice] {
    precondition(count > 0 && duration.count > 0, "a run has a length, and a picture of it parts")
    var slices = [ServiceSlice](repeating: ServiceSlice(), count: count)
    var open: [UInt64: Int] = [:]
    for event in recording.history {
      switch event.kind {
      case .invoke:
        let share = Double(event.at.nanoseconds) / Double(duration.count)
        let slice = min(max(Int(share * Double(count)), 0), count - 1)
        slices[slice].invoked += 1
        open[event.operation] = slice
      case .outcome(let kind):
        guard let slice = open.removeValue(forKey: event.operation) else { continue }
        if kind == .ok { slices[slice].ok += 1 }
      }
    }
    return slices
  }
}

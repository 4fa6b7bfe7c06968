import Foundation
import Primitives
import World

extension RunSummary {
  /// `summary.json`, read again. What a later version has added is left out; what an earlier one had not is empty.
  ///
  /// - Throws: it is no summary.
  package init(json bytes: [UInt8]) throws(RunRecord.Unreadable) {
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: Data(bytes))
    } catch {
      throw RunRecord.Unreadable("summary.json is damaged, or no summary of a run")
    }
    guard let verdict = Verdict(rawValue: file.verdict) else {
      throw RunRecord.Unreadable("summary.json has the verdict “\(file.verdict)”, which this version does not know")
    }
    self.init(
      scenario: file.scenario, seed: file.seed, version: file.version, verdict: verdict, digest: file.digest,
      virtualNS: RunRecord.moment(file.virtual_ns), wallNS: file.wall_ns ?? 0, events: file.events ?? 0,
      replay: file.replay ?? "")
    description = file.description ?? ""
    if let counts = file.messages {
      messages.sent = counts.sent
      messages.delivered = counts.delivered
      messages.duplicated = counts.duplicated
      messages.dropped[0] = counts.dropped
    }
    if let counts = file.operations {
      operations = Operations(invoked: counts.invoked, ok: counts.ok, fail: counts.fail, info: counts.info)
    }
    expectations = (file.expectations ?? []).map {
      Expectation(name: $0.name, verdict: .init(rawValue: $0.verdict) ?? .inconclusive, detail: $0.detail)
    }
    violations = (file.violations ?? []).map {
      Violation(invariant: $0.invariant, atNS: RunRecord.moment($0.at_ns), node: $0.node, detail: $0.detail)
    }
    incidents = (file.incidents ?? []).map(Incident.init)
    faults = (file.faults ?? []).map { FaultRecord(id: $0.id, name: $0.name, timed: true, effects: $0.effects) }
    measures = (file.measures ?? [:]).sorted { $0.key < $1.key }.map { name, measure in
      Measure(
        name: name, count: measure.count, mean: measure.mean, p50: measure.p50, p90: measure.p90,
        p95: measure.p95, p99: measure.p99, max: measure.max, unit: measure.unit)
    }
    marks = (file.marks ?? [:]).sorted { $0.key < $1.key }.map { Mark(name: $0.key, count: $0.value) }
  }

  fileprivate struct File: Decodable {
    struct Messages: Decodable { var sent, delivered, dropped, duplicated: UInt64 }
    struct Operations: Decodable { var invoked, ok, fail, info: UInt64 }
    struct Expectation: Decodable { var name, verdict, detail: String }
    struct Violation: Decodable {
      var invariant: String
      var at_ns: Int64
      var node: String?
      var detail: String
    }
    struct Fault: Decodable {
      var id: UInt32
      var name: String
      var effects: [String: UInt64]
    }
    struct Incident: Decodable {
      struct Action: Decodable {
        var at_ns: Int64
        var remedy, subject, outcome: String
      }
      var node: String
      var at_ns: Int64
      var cause, subject: String
      var `true`: Bool
      var actions: [Action]
      var by: String?
      var end: String
      var end_ns: Int64?
      var end_by: String?
    }
    struct Measure: Decodable {
      var count: UInt64
      var mean, p50, p90, p95, p99, max: Double
      var unit: String
    }

    var scenario: String
    var description: String?
    var seed: UInt64
    var version, verdict, digest: String
    var virtual_ns: Int64
    var wall_ns: Int64?
    var events: UInt64?
    var messages: Messages?
    var operations: Operations?
    var expectations: [Expectation]?
    var violations: [Violation]?
    var faults: [Fault]?
    var incidents: [Incident]?
    var measures: [String: Measure]?
    var marks: [String: UInt64]?
    var replay: String?
  }
}

extension RunSummary.Incident {
  fileprivate init(_ file: RunSummary.File.Incident) {
    self.init(
      node: file.node, atNS: RunRecord.moment(file.at_ns), cause: file.cause, subject: file.subject,
      isTrue: file.true, diagnosedBy: file.by ?? "",
      actions: file.actions.map {
        Action(
          atNS: RunRecord.moment($0.at_ns), remedy: $0.remedy, subject: $0.subject,
          outcome: $0.outcome == "open" ? nil : $0.outcome)
      }, end: file.end == "open" ? nil : file.end, endNS: file.end_ns.map(RunRecord.moment),
      closedBy: file.end_by ?? "")
  }
}

extension FaultRecord {
  /// - Parameter effects: counts by name; names that this version does not know are left out.
  init(id: UInt32, name: String, timed: Bool, effects counts: [String: UInt64]) {
    self.init(id: id, name: name, timed: timed)
    for effect in Effect.allCases { effects[effect.rawValue] = counts[effect.name.description] ?? 0 }
  }
}

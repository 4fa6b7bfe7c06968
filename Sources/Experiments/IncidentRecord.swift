import Checkers
import ControlLoop
import Primitives

extension Cause {
  /// As files have it.
  package var word: String {
    switch self {
    case .cpuSaturation: "cpu_saturation"
    case .runaway: "runaway"
    case .memoryPressure: "memory_pressure"
    case .linkLoss: "link_loss"
    case .linkLatency: "link_latency"
    case .nodeDegraded: "node_degraded"
    case .nodeDown: "node_down"
    case .recovered: "recovered"
    }
  }
}

/// One incident of one node's loop, from its diagnosis to its end.
package struct IncidentRecord: Hashable, Sendable {
  package struct Deed: Hashable, Sendable {
    package let at: Instant
    package let remedy: Remedy
    package let subject: NodeID
    /// nil while it goes on.
    package var outcome: ActionOutcome?
  }

  package enum End: String, Hashable, Sendable {
    case closed, contained, withdrawn
    /// The node ended.
    case lost
  }

  package let node: NodeID
  package let at: Instant
  package let cause: Cause
  package let subject: NodeID
  /// Whether a fault explains it.
  package let isTrue: Bool
  /// What it was diagnosed by; empty where nothing was measured.
  package internal(set) var diagnosedBy: [Observation] = []
  /// What was measured last, as it was closed.
  package internal(set) var closedBy: [Observation] = []
  package internal(set) var deeds: [Deed] = []
  /// How it stands at the end of the run, and since when; nil where it is open. What is contained may be closed later.
  package internal(set) var end: End?
  package internal(set) var endedAt: Instant?
  let id: Incident.ID

  var isOpen: Bool { end == nil || end == .contained }

  init(_ event: HealingEvent, _ cause: Cause, _ subject: NodeID, isTrue: Bool) {
    (node, at, id) = (event.node, event.at, event.incident)
    self.cause = cause
    self.subject = subject
    self.isTrue = isTrue
  }

  /// `loss 18.8 %, above 10.0 %`; with whose it is where that is not the incident's subject.
  package func words(_ observations: [Observation], _ names: [String]) -> String {
    observations.map { observation in
      let series = observation.series
      func figure(_ value: Int64) -> String {
        series.metric == .latency ? PeopleText.duration(value) : PeopleText.percent(Double(value) / 10_000)
      }
      let whose = series.subject == subject ? "" : " of \(names[series.subject.index])"
      let (value, limit) = (observation.value, observation.limit)
      let side = value > limit ? "above" : value < limit ? "below" : "at"
      return "\(series.metric)\(whose) \(figure(value)), \(side) \(figure(limit))"
    }.joined(separator: "; ")
  }

  /// Takes what was reported of it later.
  mutating func take(_ event: HealingEvent) {
    func ends(_ end: End, _ record: inout IncidentRecord) { (record.end, record.endedAt) = (end, event.at) }
    switch event.kind {
    case .diagnosed, .exhausted: break
    // It is reported right after the diagnosis, and then again before the end.
    case .observed(let observations):
      if event.at == at { diagnosedBy = observations } else { closedBy = observations }
    case .escalated: (end, endedAt) = (nil, nil)
    case .closed: ends(.closed, &self)
    case .contained: ends(.contained, &self)
    case .withdrawn: ends(.withdrawn, &self)
    case .lost: ends(.lost, &self)
    case .began(let remedy, let subject, _, _): deeds.append(Deed(at: event.at, remedy: remedy, subject: subject))
    case .ended(let remedy, let subject, let outcome):
      guard let place = deeds.lastIndex(where: { $0.remedy == remedy && $0.subject == subject }) else { return }
      deeds[place].outcome = outcome
    }
  }
}

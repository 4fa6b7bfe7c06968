import Checkers
import ControlLoop
import Node
import Primitives
import Programs
import Scenarios
import Telemetry
import World

/// What the loops of a mesh made of the faults that there were: their reports against the ledger, which no node ever sees.
package struct HealingStudy {
  /// One strike of a fault, and what became of it.
  package struct Strike {
    package let kind: String
    package let hosts: [NodeID]
    package let from: Instant
    package let until: Instant
    /// To the first diagnosis that names it; nil where there was none while it lasted.
    package internal(set) var diagnosed: Nanoseconds?
    /// Until what it hit was served again; nil where it was not before the fault ended, or nothing was asked of it.
    package internal(set) var restored: Nanoseconds?
    /// Whether enough was asked of what it hit to tell.
    package internal(set) var isTold = false
  }

  package private(set) var strikes: [Strike] = []
  /// In the order of their diagnoses.
  private(set) var incidents: [IncidentRecord] = []
  package private(set) var falseAlarms = 0
  package private(set) var wrongActions = 0
  package private(set) var thrash = 0
  package private(set) var openIncidents = 0

  /// Of so many operations in a row one may fail where service is taken to be as it should: 95 %.
  package static let window = 20
  /// What a fault leaves behind is not over with it: what was measured last still shows it.
  package static let aftermath = Nanoseconds.seconds(30)
  /// The same done again so soon is thrash, and an incident that outlives its cause by so much is never closed.
  package static let minute = Nanoseconds.seconds(60)

  package init(_ measuring: Measuring, _ events: [HealingEvent]) {
    let requests = Self.requests(measuring)
    let truths = Self.truths(measuring)
    for truth in truths {
      var strike = Strike(kind: truth.action.kind, hosts: truth.hosts, from: truth.from, until: truth.until)
      strike.diagnosed =
        events.first { event in
          guard case .diagnosed(let cause, let subject) = event.kind, event.at >= truth.from else { return false }
          return event.at <= truth.until && truth.isNamed(by: cause, subject, at: event.node)
        }.map { $0.at - truth.from }
      tell(&strike, requests)
      strikes.append(strike)
    }
    judge(events, truths, end: measuring.end)
  }

  // MARK: Service

  private struct Request {
    let at: Instant
    /// The node that owns its key when all serve.
    let home: NodeID
    /// Who was asked.
    let node: NodeID
    let isOK: Bool
  }

  /// In the order in which they were made.
  private static func requests(_ measuring: Measuring) -> [Request] {
    var ok: Set<UInt64> = []
    for event in measuring.recording.history { if event.kind == .outcome(.ok) { ok.insert(event.operation) } }
    let nodes = measuring.scenario.cluster.nodes.count
    let key: StaticText = "key"
    return measuring.recording.history.compactMap { event in
      guard event.kind == .invoke, case .integer(let value)? = event.fields.first(where: { $0.name == key })?.value
      else { return nil }
      return Request(
        at: event.at, home: Registry().owner(of: UInt64(value), nodes: nodes),
        node: NodeID(UInt32(event.process)), isOK: ok.contains(event.operation))
    }
  }

  /// Service is back where the first stretch of requests begins from which on no stretch has lost more than one. What
  /// a fault hit is asked for by those that it did not hit: who asks a node that is cut off, or hangs, is beyond help.
  private func tell(_ strike: inout Strike, _ requests: [Request]) {
    let hosts = strike.hosts
    let hit = requests.filter { hosts.contains($0.home) && $0.at >= strike.from && !hosts.contains($0.node) }
    let during = hit.prefix { $0.at < strike.until }.count
    guard during >= Self.window else { return }
    strike.isTold = true
    var lost = 0
    var lastBad: Int?
    for place in 0..<during {
      if !hit[place].isOK { lost += 1 }
      if place >= Self.window, !hit[place - Self.window].isOK { lost -= 1 }
      if lost > 1 { lastBad = place }
    }
    guard let lastBad else {
      strike.restored = .zero
      return
    }
    // A stretch that reaches the end says nothing of recovery.
    guard lastBad < during - 1 else { return }
    strike.restored = hit[lastBad - Self.window + 2].at - strike.from
  }

  // MARK: Loops against the truth

  private mutating func judge(_ events: [HealingEvent], _ truths: [FaultTruth], end: Instant) {
    var done: [(remedy: Remedy, subject: NodeID, by: NodeID, at: Instant)] = []
    func isExplained(_ cause: Cause, _ subject: NodeID, by node: NodeID, at: Instant) -> Bool {
      cause == .recovered
        || truths.contains {
          at >= $0.from && at <= $0.until + Self.aftermath && $0.explains(cause, subject, at: node)
        }
    }
    for event in events {
      if case .diagnosed(let cause, let subject) = event.kind {
        let isTrue = isExplained(cause, subject, by: event.node, at: event.at)
        if !isTrue { falseAlarms += 1 }
        incidents.append(IncidentRecord(event, cause, subject, isTrue: isTrue))
      } else if let place = incidents.lastIndex(where: { $0.node == event.node && $0.id == event.incident }) {
        incidents[place].take(event)
      }
      switch event.kind {
      case .began(let remedy, let subject, let cause, let patient):
        if !isExplained(cause, patient, by: event.node, at: event.at) { wrongActions += 1 }
        let isRepeated = done.contains {
          // Ways around a link are its ends' own; all else is done to a node, by whomever.
          $0.remedy == remedy && $0.subject == subject && (remedy != .reroute || $0.by == event.node)
            && event.at - $0.at <= Self.minute
        }
        if isRepeated { thrash += 1 }
      case .ended(let remedy, let subject, .done): done.append((remedy, subject, event.node, event.at))
      default: break
      }
    }
    openIncidents =
      incidents.count { incident in
        incident.isOpen && end - incident.at >= Self.minute
          && !truths.contains {
            $0.until + Self.minute > end && $0.explains(incident.cause, incident.subject, at: incident.node)
          }
      }
  }

  private static func truths(_ measuring: Measuring) -> [FaultTruth] {
    measuring.recording.faults.flatMap(\.occurrences).compactMap { occurrence in
      guard let action = occurrence.action else { return nil }
      return FaultTruth(
        action: action, hosts: action.struck ?? occurrence.hosts, from: occurrence.from,
        until: occurrence.until ?? measuring.end)
    }
  }
}

extension FaultAction {
  /// Of links and partitions, the hosts on the smaller side; nil where the sides are equal, and for all else.
  fileprivate var struck: [NodeID]? {
    switch self {
    case .link(.hosts(let from), .hosts(let to), _), .partition(.oneWay(.hosts(let from), .hosts(let to)), _, _):
      from.count == to.count ? nil : from.count < to.count ? from : to
    case .partition(.groups(let groups), _, _):
      groups.indices.max { groups[$0].count < groups[$1].count }.flatMap { largest in
        let rest = groups.indices.filter { $0 != largest }.flatMap { groups[$0] }
        return rest.count < groups[largest].count ? rest.sorted() : nil
      }
    default: nil
    }
  }
}

/// What a fault looks like to those who do not know of it.
private struct FaultTruth {
  let action: FaultAction
  let hosts: [NodeID]
  let from: Instant
  let until: Instant

  /// Whether this is what the fault is.
  func isNamed(by cause: Cause, _ subject: NodeID, at node: NodeID) -> Bool {
    switch (action, cause) {
    case (.crash, .nodeDown), (.power, .nodeDown), (.wipe, .nodeDown), (.pause, .nodeDown), (.restart, .nodeDown),
      (.roll, .nodeDown), (.reconfigure, .nodeDown), (.partition, .nodeDown):
      hosts.contains(subject)
    case (.load, .cpuSaturation), (.load, .runaway), (.leak, .memoryPressure), (.slow, .cpuSaturation):
      hosts.contains(subject)
    case (.link(.hosts(let from), .hosts(let to), _), .linkLoss),
      (.link(.hosts(let from), .hosts(let to), _), .linkLatency):
      from.contains(node) && to.contains(subject) || from.contains(subject) && to.contains(node)
    case (.partition, .linkLoss), (.partition, .linkLatency): hosts.contains(node) && hosts.contains(subject)
    case (.link, .nodeDegraded), (.partition, .nodeDegraded): hosts.contains(subject)
    default: false
    }
  }

  /// Whether this is what the fault is, or what comes of it.
  func explains(_ cause: Cause, _ subject: NodeID, at node: NodeID) -> Bool {
    if isNamed(by: cause, subject, at: node) { return true }
    switch (action, cause) {
    // A process may end over its disk, or be slow to answer by its clock.
    case (_, .nodeDown): return hosts.contains(subject)
    case (.clock, _), (.disk, _), (.damage, _): return false
    // Whoever is busy, or gone, answers late, or leaves gaps.
    case (_, .linkLoss), (_, .linkLatency): return hosts.contains(subject) || hosts.contains(node)
    // Others have its work to do as well.
    case (.link, .cpuSaturation): return hosts.contains(subject)
    case (_, .cpuSaturation): return true
    // Work that waits takes memory.
    case (.load, .memoryPressure): return hosts.contains(subject)
    default: return false
    }
  }
}

extension HealingStudy {
  /// - Parameter heals: whether there are loops.
  package func figures(of scenario: Scenario, heals: Bool) -> [Figures] {
    let declared = scenario.expectations.reduce(into: [String]()) { kinds, expectation in
      if case .heals(let more, _) = expectation { kinds += more }
    }
    let told = strikes.filter { $0.isTold && declared.contains($0.kind) }
    let healed = told.compactMap(\.restored)
    let figures = [
      Figures(.healTime, healed.map { Double($0.count) }),
      Figures(.healRate, told.isEmpty ? [] : [100 * Double(healed.count) / Double(told.count)]),
    ]
    guard heals else { return figures }
    return figures + [
      Figures(.diagnosisTime, strikes.compactMap(\.diagnosed).map { Double($0.count) }),
      Figures(.falseAlarms, [Double(falseAlarms)]), Figures(.wrongActions, [Double(wrongActions)]),
      Figures(.thrash, [Double(thrash)]), Figures(.incidentsOpen, [Double(openIncidents)]),
    ]
  }
}

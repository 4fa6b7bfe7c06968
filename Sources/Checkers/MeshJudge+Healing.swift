import CRDT
import ControlLoop
import Node
import Primitives
import Programs

/// Something that a loop reported.
package struct HealingEvent: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case diagnosed(Cause, NodeID)
    /// What it was diagnosed by, and what it is closed by.
    case observed([Observation])
    /// The incident is over: healed, or contained for as long as its fault lasts, or not this node's any longer.
    case closed(Cause, NodeID)
    case contained(Cause, NodeID)
    case withdrawn(Cause, NodeID)
    case began(Remedy, NodeID, against: Cause, of: NodeID)
    case ended(Remedy, NodeID, ActionOutcome)
    case exhausted
    /// What was done is found wanting, or what was contained is not any longer.
    case escalated
    /// The node ended with the incident open.
    case lost(Cause, NodeID)
  }

  package let at: Instant
  package let node: NodeID
  /// Of the node's, in its present life.
  package let incident: Incident.ID
  package let kind: Kind

  package init(at: Instant, node: NodeID, incident: Incident.ID, kind: Kind) {
    self.at = at
    self.node = node
    self.incident = incident
    self.kind = kind
  }
}

/// What loops have reported, and what nodes hold of what they decided and learned together.
struct HealingView: Sendable {
  struct NodeView: Sendable {
    /// Of its registry.
    var version: UInt64 = 0
    var known = VersionVector()
    /// Incidents that are not over.
    var open: [(id: Incident.ID, cause: Cause, subject: NodeID)] = []
  }

  var isOn = false
  var nodes: ContiguousArray<NodeView>
  var events: [HealingEvent] = []
  /// By version; looked up and never walked.
  var registries: [UInt64: Registry] = [:]
  /// By what is known, what it comes to; looked up and never walked.
  var lessons: [Digest: Digest] = [:]
  var messages: UInt64 = 0
  var bytes: UInt64 = 0

  init(nodes: Int) { self.nodes = ContiguousArray(repeating: NodeView(), count: nodes) }

  mutating func count(_ message: MeshMessage) {
    messages += 1
    bytes += UInt64(message.wireSize)
  }

  /// The process is gone, and what it had open with it.
  mutating func end(_ process: Int, at now: Instant) {
    for incident in nodes[process].open {
      events.append(
        HealingEvent(
          at: now, node: NodeID(UInt32(process)), incident: incident.id,
          kind: .lost(incident.cause, incident.subject)))
    }
    nodes[process] = NodeView()
  }

  func fold(into digest: inout Digest) {
    for node in nodes {
      digest.fold(node.version, UInt64(node.open.count))
      node.known.fold(into: &digest)
    }
    digest.fold(UInt64(events.count), UInt64(registries.count))
    digest.fold(UInt64(lessons.count))
  }
}

extension MeshJudge {
  /// Whether nodes heal.
  package var watchesHealing: Bool { healing.isOn }
  package var healingEvents: [HealingEvent] { healing.events }
  package var healingMessages: UInt64 { healing.messages }
  package var healingBytes: UInt64 { healing.bytes }

  /// How many of these nodes lack a lesson that another one of them has.
  package func lessonsMissing(_ live: [Int]) -> Int {
    var all = VersionVector()
    for node in live { all.merge(healing.nodes[node].known) }
    return live.count { healing.nodes[$0].known != all }
  }

  /// A registry is the same wherever it has the same version, and a node's only gets later.
  mutating func compareRegistry(_ program: borrowing Mesh, _ process: Int, _ now: Instant) {
    let registry = program.registry
    let before = healing.nodes[process].version
    healing.nodes[process].version = registry.version
    if registry.version < before {
      record(
        MeshInvariant.registryMovesOn, process, now,
        """
        n\(process + 1) went back from version \(before) of the registry to \(registry.version); it should keep the later.
        """)
    }
    guard let known = healing.registries[registry.version] else {
      healing.registries[registry.version] = registry
      return
    }
    if known != registry {
      record(
        MeshInvariant.registryAgrees, process, now,
        """
        n\(process + 1) holds \(registry.words), and another node holds \(known.words); they should be the same.
        """)
    }
  }

  /// What the node's loop has reported in this step, and what the node has learned.
  mutating func follow(_ program: borrowing Mesh, _ process: Int, _ now: Instant) {
    guard let reports = program.healing?.reports else { return }
    healing.isOn = true
    for report in reports { note(report, process, now) }
    if let known = program.healing?.learning.lessons.known, known != healing.nodes[process].known {
      healing.nodes[process].known = known
      compareLessons(program, process, now)
    }
  }

  /// Who knows of the same lessons holds the same.
  private mutating func compareLessons(_ program: borrowing Mesh, _ process: Int, _ now: Instant) {
    guard let lessons = program.healing?.learning.lessons else { return }
    var (known, content) = (Digest(), Digest())
    lessons.known.fold(into: &known)
    lessons.fold(into: &content)
    guard let other = healing.lessons[known] else {
      healing.lessons[known] = content
      return
    }
    if other != content {
      record(
        MeshInvariant.lessonsAgree, process, now,
        "n\(process + 1) knows of the same lessons as another node, and holds something else; they should be the same."
      )
    }
  }

  private mutating func note(_ report: Report, _ process: Int, _ now: Instant) {
    func add(_ id: Incident.ID, _ kind: HealingEvent.Kind) {
      healing.events.append(HealingEvent(at: now, node: NodeID(UInt32(process)), incident: id, kind: kind))
    }
    func close(_ id: Incident.ID) { healing.nodes[process].open.removeAll { $0.id == id } }
    switch report {
    case .diagnosed(let id, let cause, let subject):
      healing.nodes[process].open.append((id, cause, subject))
      add(id, .diagnosed(cause, subject))
    case .closed(let id, let cause, let subject, _):
      close(id)
      add(id, .closed(cause, subject))
    case .withdrawn(let id, let cause, let subject):
      close(id)
      add(id, .withdrawn(cause, subject))
    case .contained(let id, let cause, let subject, _): add(id, .contained(cause, subject))
    case .began(_, let remedy, let subject, let id):
      guard let incident = healing.nodes[process].open.first(where: { $0.id == id }) else { return }
      add(id, .began(remedy, subject, against: incident.cause, of: incident.subject))
    case .ended(_, let remedy, let subject, let outcome, let id): add(id, .ended(remedy, subject, outcome))
    case .observed(let id, let observations): add(id, .observed(observations))
    case .exhausted(let id): add(id, .exhausted)
    case .escalated(let id, _): add(id, .escalated)
    case .judged, .changedMode, .threshold: break
    }
  }
}

import ControlLoop
import Node
import Primitives
import Telemetry

/// What a node needs to heal itself and others, beside what it knows of the mesh: its loop, its part in the council, what
/// it has learned, and what is under way.
package struct Healing: Sendable {
  let settings: HealingSettings
  package internal(set) var loop: StandardLoop
  /// nil where the node is no member.
  package internal(set) var council: Council?
  package internal(set) var learning: Learning
  /// What the loop had to report in the present step, for those who watch.
  package internal(set) var reports: [Report] = []
  /// Decisions of the council that actions wait for.
  var wanted: ContiguousArray<Wanted> = []
  /// How many times a decision was asked for.
  var asked: UInt64 = 0
  /// The node's own restart, while it is prepared.
  var restart: Restart?
  /// The last restart that the node chose, in an earlier life.
  var lastRestart: MeshRecord.Restart?
  /// A new life takes little at first, and until then no more: what ended the last one may do so again.
  var easesInUntil: Instant?
  /// Neighbours around which there is to be another way.
  var avoided: ContiguousArray<NodeID> = []
  /// Members that are dead, ascending.
  var dead: ContiguousArray<Death> = []
  var membersHaveChanged = false
  var registryHasChanged = false
  var orders = Outbox<Order>()

  struct Death: Hashable, Sendable {
    let node: NodeID
    /// Since when this node has held it dead and heard nothing of it.
    var since: Instant
    var isTold = false
  }

  struct Wanted: Hashable, Sendable {
    let ticket: Ticket
    let attempt: Int
    let decision: Registry.Decision
    /// When it has not come about: the loop may try again.
    let due: Instant
  }

  struct Restart: Hashable, Sendable {
    let ticket: Ticket
    let attempt: Int
    let cause: Cause
    /// When it goes on though others still ask.
    let due: Instant
    /// Since when others own its keys, and go around it.
    var isLeftSince: Instant?
    /// The write that tells the next life of it.
    var write: WriteToken?
  }

  init(id: NodeID, settings: HealingSettings, nodes: Int) {
    self.settings = settings
    loop = StandardLoop(id: id, settings: settings.loop)
    council =
      settings.council.contains(id)
      ? Council(id: id, members: settings.council, rules: settings.rules, nodes: nodes) : nil
    learning = Learning(id: id, life: 0)
  }

  /// Since when it has led the council without a break; nil where it does not.
  var leadsSince: Instant?

  /// Whether it is for this node to deal with others that are dead. Who has only now become the leader may have been cut
  /// off, and takes those for dead that are not; it waits until they could have told it.
  ///
  /// - Parameter respite: how long that takes.
  func decides(at now: Instant, respite: Nanoseconds) -> Bool { leadsSince.map { now - $0 >= respite } ?? false }

  mutating func noteLeadership(at now: Instant) {
    let leads = council?.decides ?? false
    if leads != (leadsSince != nil) { leadsSince = leads ? now : nil }
  }

  // MARK: The loop, and what it orders

  mutating func start(at now: Instant) { loop.start(at: now, &orders) }

  mutating func turn(at now: Instant, _ context: LoopContext) { loop.cycle(at: now, context, &orders) }

  mutating func wake(at now: Instant, _ context: LoopContext) { loop.wake(at: now, context, &orders) }

  mutating func complete(_ ticket: Ticket, _ attempt: Int, _ outcome: ActionOutcome, at now: Instant) {
    loop.completed(ticket, attempt: attempt, outcome, at: now, &orders)
  }

  /// Whether there is somebody to call.
  var calls: Bool { dead.contains { !$0.isTold } }

  /// Somebody who is held dead is not.
  mutating func hear(from node: NodeID, at now: Instant) {
    if let place = dead.firstIndex(where: { $0.node == node && !$0.isTold }) { dead[place].since = now }
  }

  mutating func beginStep() {
    if !reports.isEmpty { reports.removeAll(keepingCapacity: true) }
  }

  var details: [(name: StaticText, value: Detail)] {
    [
      ("mode", "\(loop.mode)"),
      (
        "incidents",
        .text(loop.incidents.map { "\($0.cause.words) of n\($0.subject.rawValue + 1)" }.joined(separator: ", "))
      ),
      ("council", council.map { $0.decides ? .word("decides") : .text("\($0.raft.role)") } ?? .word("no member")),
      ("lessons", .number(UInt64(learning.lessons.known.entries.reduce(0) { $0 + $1.count }))),
    ]
  }

  func fold(into digest: inout Digest, at now: Instant) {
    loop.fold(into: &digest, at: now)
    council?.fold(into: &digest, at: now)
    learning.fold(into: &digest)
    digest.fold(UInt64(wanted.count), asked)
    if let easesInUntil { digest.fold(4, UInt64(bitPattern: (easesInUntil - now).count)) }
    if let leadsSince { digest.fold(3, UInt64(bitPattern: (now - leadsSince).count)) }
    for each in wanted {
      digest.fold(UInt64(each.ticket.rawValue) << 8 | UInt64(each.attempt), UInt64(each.decision.node.rawValue))
      digest.fold(UInt64(each.decision.standing.rawValue), UInt64(bitPattern: (each.due - now).count))
    }
    if let restart {
      digest.fold(UInt64(restart.ticket.rawValue), UInt64(bitPattern: (restart.due - now).count))
      digest.fold(UInt64(restart.cause.rawValue), restart.write?.rawValue ?? 0)
      if let since = restart.isLeftSince { digest.fold(UInt64(bitPattern: (now - since).count)) }
    }
    if let lastRestart { digest.fold(UInt64(bitPattern: lastRestart.at.nanoseconds), UInt64(lastRestart.cause)) }
    for node in avoided { digest.fold(1, UInt64(node.rawValue)) }
    for death in dead {
      digest.fold(2, UInt64(death.node.rawValue))
      digest.fold(UInt64(bitPattern: (now - death.since).count), death.isTold ? 1 : 0)
    }
  }
}

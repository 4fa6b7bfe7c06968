import CRDT
import Node
import Primitives
import Programs
import Telemetry

/// Watches replicas of shared objects for what conflict-free replicated data types promise; the invariants are in
/// `ReplicaInvariant`. It keeps for each change who knew it when: what convergence is measured by.
public struct ReplicaJudge: Judge {
  public typealias Watched = Replica

  public static var needsGlobalOrder: Bool { true }

  /// After so many violations nothing more is recorded: the first matters.
  package static let mostViolations = 100

  let nodes: Int
  /// By operation number, which ascends where operations do.
  package private(set) var spreads: [Spread] = []
  private var history = SharedHistory()
  private var views: ContiguousArray<View>
  /// The state that was first seen with some knowledge; looked up and never walked.
  private var states: [Digest: Seen] = [:]
  /// By replica: the place in `spreads` of each of its changes.
  private var places: [ReplicaID: ContiguousArray<Int>] = [:]
  public private(set) var violations: [Violation] = []

  /// What the judge knows of one node.
  private struct View {
    var known = VersionVector()
    /// What it knew when it asked for each write that is under way.
    var writing: [(token: WriteToken, known: VersionVector)] = []
    /// What its disk holds for certain.
    var durable = VersionVector()
  }

  private struct Seen {
    let state: Digest
    let process: Int
  }

  /// - Parameter nodes: processes from 0 to this, exclusive.
  public init(nodes: Int) {
    self.nodes = nodes
    views = ContiguousArray(repeating: View(), count: nodes)
  }

  public var isViolated: Bool { !violations.isEmpty }

  public mutating func observe(
    _ input: Input<Replica>, effects: borrowing Effects<Replica>, program: borrowing Replica, process: Int,
    at now: Instant
  ) {
    guard process < nodes else { return }
    switch input {
    case .started: begin(program, process, now)
    case .request(let request, let operation): note(operation, request, program, process, now)
    case .writeCompleted(let token): settle(token, process)
    case .message, .timerFired, .writeFailed, .connectionClosed: break
    }
    if program.objects.known != views[process].known { learn(program, process, now) }
    if !effects.items.isEmpty { noteWrites(effects, process) }
  }

  public mutating func observeCrash(process: Int, at now: Instant) {
    guard process < nodes else { return }
    views[process].writing.removeAll()
  }

  public mutating func observeForgetting(process: Int) {
    guard process < nodes else { return }
    views[process].durable = VersionVector()
  }

  private mutating func record(_ invariant: StaticText, _ process: Int, _ now: Instant, _ detail: String) {
    guard violations.count < Self.mostViolations else { return }
    violations.append(Violation(invariant: invariant, at: now, process: process, detail: detail))
  }

  // MARK: Lives and disks

  private mutating func begin(_ program: borrowing Replica, _ process: Int, _ now: Instant) {
    let known = program.objects.known
    if !known.covers(views[process].durable) {
      record(
        ReplicaInvariant.nothingForgotten, process, now,
        "n\(process + 1) had changes on its disk that it does not know after its restart; it should know them still."
      )
    }
    // What was not on its disk is lost, and nobody has heard of it.
    forget(known, process)
    views[process].known = known
    views[process].durable = known
  }

  private mutating func settle(_ token: WriteToken, _ process: Int) {
    while let first = views[process].writing.first, first.token <= token {
      views[process].durable = first.known
      views[process].writing.removeFirst()
    }
  }

  private mutating func noteWrites(_ effects: borrowing Effects<Replica>, _ process: Int) {
    let known = views[process].known
    effects.items.withElements { items in
      for position in items.indices {
        guard case .sync(let token, _) = items[position] else { continue }
        views[process].writing.append((token, known))
      }
    }
  }

  // MARK: Changes

  private mutating func note(
    _ operation: ReplicaOperation, _ request: RequestID, _ program: borrowing Replica, _ process: Int,
    _ now: Instant
  ) {
    let past = views[process].known
    let number = program.objects.known[program.replica]
    guard number > past[program.replica] else { return }
    let dot = Dot(program.replica, number)
    let timestamp = timestamp(of: operation, in: program.objects)
    if let timestamp { judge(timestamp, after: past, process, now) }
    history.append(SharedHistory.Change(dot: dot, operation: operation, past: past, timestamp: timestamp))
    places[dot.replica, default: []].append(spreads.count)
    spreads.append(Spread(number: request.rawValue, begunAt: now, nodes: nodes))
  }

  private func timestamp(of operation: ReplicaOperation, in objects: SharedObjects) -> HybridTimestamp? {
    switch operation {
    case .write: objects.register.written?.at
    case .put(let key, _), .delete(let key): objects.map.timestamp(of: key)
    case .increment, .adjust, .add, .remove, .read: nil
    }
  }

  private mutating func judge(
    _ timestamp: HybridTimestamp, after past: VersionVector, _ process: Int, _ now: Instant
  ) {
    let latest = history.changes.lazy.filter { past.contains($0.dot) }.compactMap(\.timestamp).max()
    guard let latest, latest >= timestamp else { return }
    record(
      ReplicaInvariant.laterWriteWins, process, now,
      """
      n\(process + 1) wrote at \(timestamp.wall).\(timestamp.logical) of its clock and knew a write of \
      \(latest.wall).\(latest.logical); its own should be later.
      """)
  }

  private mutating func learn(_ program: borrowing Replica, _ process: Int, _ now: Instant) {
    let (known, before) = (program.objects.known, views[process].known)
    views[process].known = known
    if !known.covers(before) {
      record(
        ReplicaInvariant.knowledgeGrows, process, now,
        "n\(process + 1) knew changes in this life that it does not know any more; it should until the life ends.")
    }
    for (replica, count) in known.entries where count > before[replica] {
      guard count <= history.made[replica] else {
        record(
          ReplicaInvariant.nothingInvented, process, now,
          """
          n\(process + 1) knows \(count) changes of n\(replica.node.rawValue + 1), which has made \
          \(history.made[replica]); it should know no more.
          """)
        continue
      }
      for place in places[replica]![Int(before[replica])..<Int(count)] {
        if spreads[place].knownAt[process] == nil { spreads[place].knownAt[process] = now }
      }
    }
    compare(program, process, now)
  }

  /// The node has begun a life with less than it knew.
  private mutating func forget(_ known: VersionVector, _ process: Int) {
    for (replica, count) in views[process].known.entries where count > known[replica] {
      for place in places[replica]?[Int(known[replica])...] ?? [] { spreads[place].knownAt[process] = nil }
    }
  }

  // MARK: States

  /// With what the specifications say.
  private mutating func compareWithChanges(_ program: borrowing Replica, _ process: Int, _ now: Instant) {
    let expected = history.state(knowing: program.objects.known)
    let different = SharedHistory.State(program.objects).differences(from: expected)
    guard !different.isEmpty else { return }
    record(
      ReplicaInvariant.stateFollowsChanges, process, now,
      """
      at n\(process + 1) \(different.joined(separator: ", ")) \(different.count == 1 ? "is" : "are") not what the \
      changes come to that it knows; it should be.
      """)
  }

  /// With the state of whoever first knew the same, or else with what that should be.
  private mutating func compare(_ program: borrowing Replica, _ process: Int, _ now: Instant) {
    var knowledge = Digest()
    program.objects.known.fold(into: &knowledge)
    var state = Digest()
    program.objects.fold(into: &state)
    guard let seen = states[knowledge] else {
      states[knowledge] = Seen(state: state, process: process)
      return compareWithChanges(program, process, now)
    }
    guard seen.state != state else { return }
    record(
      ReplicaInvariant.strongConvergence, process, now,
      """
      n\(process + 1) knows the same changes as n\(seen.process + 1) did and is in another state; it should be in the \
      same one.
      """)
  }

  public func fold(into digest: inout Digest) {
    history.made.fold(into: &digest)
    for change in history.changes {
      change.dot.fold(into: &digest)
      change.operation.fold(into: &digest)
      change.past.fold(into: &digest)
      change.timestamp.fold(into: &digest)
    }
    for view in views {
      view.known.fold(into: &digest)
      view.durable.fold(into: &digest)
      digest.fold(UInt64(view.writing.count))
      for (token, known) in view.writing {
        digest.fold(token.rawValue)
        known.fold(into: &digest)
      }
    }
    digest.fold(UInt64(violations.count))
  }
}

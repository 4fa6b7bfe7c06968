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
  /// By request; looked up and never walked.
  private var asked: [UInt64: Asked] = [:]
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

    /// Whether its disk holds these changes for certain once that write is done; nil for now.
    func holds(_ changes: VersionVector, after token: WriteToken?) -> Bool {
      let then = token.flatMap { token in writing.last { $0.token <= token } }?.known ?? durable
      return then.covers(changes)
    }
  }

  /// A request that is not answered yet.
  private enum Asked {
    case change(Dot)
    /// What there was to read, and what was known then.
    case read(SharedHistory.State, known: VersionVector)
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

  @inlinable
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
    default: break
    }
    if program.objects.known != views[process].known { learn(program, process, now) }
    // What it had is looked at again in its rounds: it may have changed with no change to show for it.
    if case .timerFired = input { compare(program, process, now) }
    if !effects.items.isEmpty { survey(effects, program, process, now) }
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
    compare(program, process, now)
  }

  private mutating func settle(_ token: WriteToken, _ process: Int) {
    while let first = views[process].writing.first, first.token <= token {
      views[process].durable = first.known
      views[process].writing.removeFirst()
    }
  }

  // MARK: What it says

  /// Nothing may be told or answered that a crash can undo.
  private mutating func survey(
    _ effects: borrowing Effects<Replica>, _ program: borrowing Replica, _ process: Int, _ now: Instant
  ) {
    let known = views[process].known
    var hasty: String?
    var wrong: RequestID?
    effects.items.lendEach { effect in
      switch effect {
      case .sync(let token, _): views[process].writing.append((token, known))
      case .reply(let request, let outcome):
        switch (asked.removeValue(forKey: request.rawValue), outcome) {
        case (.change(let dot)?, _):
          if !views[process].durable.contains(dot) { hasty = "answered request \(request.rawValue)" }
        case (.read(let state, let known)?, .read(let reading)):
          if !views[process].durable.covers(known) { hasty = "answered request \(request.rawValue)" }
          if !state.reads(as: reading) { wrong = request }
        case (.read?, .done), (nil, _): break
        }
      case .send(.parcel(let parcel), let peer, let token, _):
        if !views[process].holds(parcel.content.state.known, after: token) {
          hasty = "told n\(peer.host.rawValue + 1) of a change"
        }
      default: break
      }
    }
    if let hasty {
      record(
        ReplicaInvariant.durableBeforeTold, process, now,
        "n\(process + 1) \(hasty) before its disk had it; it should wait for the write.")
    }
    if let wrong {
      record(
        ReplicaInvariant.stateFollowsChanges, process, now,
        "n\(process + 1) answered request \(wrong.rawValue) with what its objects did not hold; it should tell that."
      )
    }
  }

  // MARK: Changes

  private mutating func note(
    _ operation: ReplicaOperation, _ request: RequestID, _ program: borrowing Replica, _ process: Int,
    _ now: Instant
  ) {
    if operation == .read {
      asked[request.rawValue] = .read(SharedHistory.State(program.objects), known: program.objects.known)
      return
    }
    let past = views[process].known
    let number = program.objects.known[program.replica]
    guard number > past[program.replica] else { return }
    guard number == history.made[program.replica] + 1 else {
      record(
        ReplicaInvariant.changesAreNumbered, process, now,
        """
        n\(process + 1) gave a change the number \(number) after \(history.made[program.replica]) in this life; it should \
        take the next one.
        """)
      return
    }
    let dot = Dot(program.replica, number)
    asked[request.rawValue] = .change(dot)
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
    guard let latest = history.latest(in: past), latest >= timestamp else { return }
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
      for place in places[replica, default: []][Int(before[replica])..<Int(count)] {
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
    let found = SharedHistory.State(program.objects)
    let different = found.differences(from: expected)
    guard !different.isEmpty else { return }
    record(
      ReplicaInvariant.stateFollowsChanges, process, now,
      """
      n\(process + 1) has \(different.joined(separator: ", and ")), by the changes that it knows\(origin(of: expected, found, program.objects.known)).
      """)
  }

  /// `: n2 put it there at 1.124 s`; empty where it is not about a value of the map.
  private func origin(
    of expected: SharedHistory.State, _ found: SharedHistory.State, _ known: VersionVector
  ) -> String {
    guard let key = found.differingKey(from: expected), let value = expected.map[key],
      let dot = history.change(putting: value, under: key, in: known)?.dot,
      let place = places[dot.replica]?[Int(dot.number) - 1]
    else { return "" }
    let moment = PeopleText.moment(spreads[place].begunAt.nanoseconds)
    return
      ": n\(dot.replica.node.rawValue + 1) put it there at \(moment), nobody removed it"
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
    for change in history.changes(in: history.made).joined() {
      change.dot.fold(into: &digest)
      change.operation.fold(into: &digest)
      change.past.fold(into: &digest)
      change.timestamp.fold(into: &digest)
    }
    digest.fold(UInt64(asked.count))
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

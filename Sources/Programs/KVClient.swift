import Node
import Primitives
import Raft
import Telemetry

/// A client: follows leader hints, tries again, and tells how each operation ended. A try without an answer
/// may still be applied, once; trying again is safe because the store applies a request once in a session.
package struct KVClient: Sendable {
  /// An operation without an outcome.
  struct Open: Sendable {
    enum Phase: UInt8, Hashable, Sendable {
      /// For a session.
      case waiting
      case asked, resting
    }

    let request: RequestID
    let operation: KVOperation
    let since: Instant
    let deadline: Instant
    var attempt: UInt32 = 0
    var server: NodeID
    var phase = Phase.waiting
    /// When to give up waiting for this try's answer, or to try again.
    var due: Instant
    /// Refusals in a row; after a few the client rests, for two servers may point at each other.
    var refusals: UInt8 = 0
    /// Some try had no answer, and may be applied.
    var isUncertain = false
  }

  static let timer = TimerID(0)
  static let refusalsWithoutRest = 3

  let settings: RaftKVSettings
  let patience: Nanoseconds
  /// In order of their numbers, and so of their deadlines.
  var open: [Open] = []
  var session = KVClientSession()
  var leader: NodeID
  /// Whom it asks for what any server may answer.
  private var replica: NodeID
  /// The server that left the last try without an answer: hints that point back to it are not followed, or a
  /// cut-off leader and its followers would keep the client going round among them.
  var suspect: NodeID?
  /// How much of the log it has seen the effects of.
  private var seen: LogIndex = 0
  /// When the timer fires: not after anything is due, and perhaps before.
  private var timerAt: Instant?

  init(id: NodeID, settings: RaftKVSettings) {
    self.settings = settings
    patience = min(settings.timeout / 4, .milliseconds(250))
    leader = NodeID(id.rawValue % UInt32(settings.servers))
    replica = leader
  }

  mutating func step(_ input: Input<RaftKV>, context: inout StepContext, effects: inout Effects<RaftKV>) {
    switch input {
    case .request(let request, let operation):
      invoke(request, operation, &context, &effects)
    case .message(.response(let response), let sender):
      learn(response, from: sender.host, &context, &effects)
    case .message(.sessionOpened(let answer), let sender):
      learn(answer, from: sender.host, &context, &effects)
    case .timerFired:
      timerAt = nil
      wake(&context, &effects)
    case .connectionClosed(let peer):
      for position in open.indices where open[position].phase == .asked && open[position].server == peer.host {
        lose(position, &context, &effects)
      }
      if session.isAsked(of: peer.host) { loseWish(askedOf: peer.host, &context, &effects) }
    case .message, .started, .writeCompleted, .writeFailed, .workDone, .resources, .admin: break
    }
  }

  func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(UInt64(leader.rawValue) << 32 | UInt64(replica.rawValue), UInt64(open.count))
    digest.fold(suspect.map { UInt64($0.rawValue) + 1 } ?? 0, seen)
    session.fold(into: &digest, at: now)
    for each in open {
      digest.fold(each.request.rawValue, UInt64(each.attempt))
      digest.fold(UInt64(each.server.rawValue), UInt64(each.phase.rawValue))
      digest.fold(UInt64(each.refusals), each.isUncertain ? 1 : 0)
      digest.fold(UInt64(bitPattern: (each.due - now).count), UInt64(bitPattern: (each.deadline - now).count))
    }
  }
}

// MARK: - The life of an operation

extension KVClient {
  private mutating func invoke(
    _ request: RequestID, _ operation: KVOperation, _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    let now = context.monotonic
    let deadline = now + settings.timeout
    open.append(
      Open(
        request: request, operation: operation, since: now, deadline: deadline, server: leader, due: deadline))
    if context.telemetry {
      effects.telemetry.append(
        .start(
          .operation(request), operation.spanName, .client, parent: .root,
          [Attribute("operation.number", request.rawValue)]))
    }
    ask(open.count - 1, context, &effects)
    schedule(min(deadline, open[open.count - 1].due), context, &effects)
  }

  /// Asks whoever should know; first for a session, where one is needed.
  mutating func ask(_ position: Int, _ context: StepContext, _ effects: inout Effects<RaftKV>) {
    let read = open[position].operation.read
    if read == nil, session.id == 0 {
      open[position].phase = .waiting
      open[position].due = open[position].deadline
      if !session.isWanted { wish(open[position].request, context, &effects) }
      return
    }
    let server = read.map(\.needsLeader) ?? true ? leader : replica
    open[position].attempt += 1
    open[position].server = server
    open[position].phase = .asked
    open[position].due = context.monotonic + patience
    let number = open[position].request
    let request = KVRequest(
      request: number, attempt: open[position].attempt, session: read == nil ? session.id : 0,
      oldestOpen: open[0].request, seen: seen, operation: open[position].operation)
    effects.send(.request(request), to: Endpoint(server), under: .operation(number))
    schedule(open[position].due, context, &effects)
  }

  private mutating func learn(
    _ response: KVResponse, from server: NodeID, _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    guard let position = position(of: response.request) else { return }
    // An answer to an earlier try says nothing about this one, unless it is the outcome.
    let isPresent = response.attempt == open[position].attempt && open[position].phase == .asked
    switch response.answer {
    case .outcome(let outcome) where outcome.kind == .ok:
      seen = max(seen, outcome.index)
      if open[position].operation.read?.needsLeader ?? true { leader = server }
      if suspect == server { suspect = nil }
      finish(position, outcome, context, &effects)
    case .outcome(let outcome):
      guard isPresent else { return }
      if settings.refusalsAreFinal, !open[position].isUncertain {
        finish(position, outcome, context, &effects)
      } else {
        rest(position, &context, &effects)
      }
    case .expired:
      session.expire()
      guard isPresent else { return }
      // An earlier try may have been applied while the session was open.
      if open[position].isUncertain || (open[position].attempt > 1 && !settings.refusalsAreFinal) {
        finish(position, KVOutcome(.unknown), context, &effects)
      } else {
        ask(position, context, &effects)
      }
    case .refused(let told):
      guard isPresent else { return }
      refuse(position, by: server, told, &context, &effects)
    }
  }

  private mutating func refuse(
    _ position: Int, by server: NodeID, _ told: NodeID?, _ context: inout StepContext,
    _ effects: inout Effects<RaftKV>
  ) {
    open[position].refusals += 1
    let hint = follow(told, from: server)
    if hint == nil || hint == server || open[position].refusals >= Self.refusalsWithoutRest {
      rest(position, &context, &effects)
    } else {
      ask(position, context, &effects)
    }
  }

  /// Takes a refusing server's hint, where it is worth something.
  mutating func follow(_ told: NodeID?, from server: NodeID) -> NodeID? {
    let hint = told.flatMap { $0.index < settings.servers && $0 != suspect ? $0 : nil }
    if leader == server { leader = hint ?? next(after: server) }
    if replica == server { replica = next(after: server) }
    return hint
  }

  /// This try's answer will not come, or too late.
  private mutating func lose(
    _ position: Int, _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    // A read that nobody answered has done nothing.
    if open[position].operation.read == nil { open[position].isUncertain = true }
    suspect(open[position].server)
    rest(position, &context, &effects)
  }

  mutating func suspect(_ server: NodeID) {
    suspect = server
    if leader == server { leader = next(after: leader) }
    if replica == server { replica = next(after: replica) }
  }

  private mutating func rest(
    _ position: Int, _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    open[position].phase = .resting
    open[position].refusals = 0
    open[position].due = pause(&context)
    schedule(open[position].due, context, &effects)
  }

  /// When to try again.
  func pause(_ context: inout StepContext) -> Instant {
    context.monotonic
      + context.choose(.clientRest, slot: 1, from: .uniform(.milliseconds(5), .milliseconds(25)))
  }

  private mutating func wake(_ context: inout StepContext, _ effects: inout Effects<RaftKV>) {
    let now = context.monotonic
    while let first = open.first, first.deadline <= now {
      let isOver =
        !first.isUncertain && (first.attempt == 0 || settings.refusalsAreFinal && first.phase == .resting)
      finish(0, KVOutcome(isOver ? .refused : .unknown), context, &effects)
    }
    for position in open.indices where open[position].due <= now {
      switch open[position].phase {
      case .waiting: break
      case .asked: lose(position, &context, &effects)
      case .resting: ask(position, context, &effects)
      }
    }
    if open.isEmpty { session.forgetWish() }
    wakeWish(&context, &effects)
    for each in open { schedule(min(each.due, each.deadline), context, &effects) }
    if let due = session.due { schedule(due, context, &effects) }
  }

  private mutating func finish(
    _ position: Int, _ outcome: KVOutcome, _ context: StepContext, _ effects: inout Effects<RaftKV>
  ) {
    let each = open.remove(at: position)
    effects.append(.reply(each.request, outcome))
    guard context.telemetry else { return }
    let span = SpanKey.operation(each.request)
    switch outcome.kind {
    case .ok:
      effects.telemetry.append(.end(span, .ok))
      effects.telemetry.append(.observe(.clientOperationDuration, context.monotonic - each.since))
    case .fail: effects.telemetry.append(.end(span, .error("failed")))
    case .info: effects.telemetry.append(.end(span, .error("outcome unknown")))
    }
  }

  private func position(of request: RequestID) -> Int? {
    var low = 0
    var high = open.count
    while low < high {
      let middle = (low + high) / 2
      if open[middle].request.rawValue < request.rawValue { low = middle + 1 } else { high = middle }
    }
    return low < open.count && open[low].request == request ? low : nil
  }

  func next(after server: NodeID) -> NodeID {
    NodeID((server.rawValue + 1) % UInt32(settings.servers))
  }

  /// Sees to it that the timer does not fire after `at`. It may fire before: to set it anew with every
  /// operation would cost more than to look in vain now and then.
  mutating func schedule(_ at: Instant, _ context: StepContext, _ effects: inout Effects<RaftKV>) {
    if let timerAt, timerAt <= at { return }
    timerAt = at
    // What was due while the process was paused is due now.
    effects.append(.setTimer(Self.timer, after: max(at - context.monotonic, .zero)))
  }
}

extension KVOperation {
  fileprivate var spanName: StaticText {
    switch kind {
    case .get: "client.get"
    case .put: "client.put"
    case .delete: "client.delete"
    case .cas: "client.cas"
    }
  }
}

import Node
import Primitives
import RPC
import Raft
import Telemetry

/// A client: follows leader hints, tries again, and tells how each operation ended. A try without an answer may still be
/// applied. Within the session in which it was made it may be made again, since the store applies a request once there; in
/// another session, or without one, it would be applied again.
package struct KVClient: Sendable {
  /// An operation without an outcome.
  struct Open: Sendable {
    let request: RequestID
    let operation: KVOperation
    let since: Instant
    /// Whom the last try asked.
    var server: NodeID
    var call: Call
    /// The session of the last try, by which the store knows it again; 0 where it will not.
    var session: LogIndex = 0

    var nature: Call.Nature { operation.kind == .get ? .harmless : session != 0 ? .once : .risky }
  }

  static let timer = TimerID(0)

  let settings: RaftKVSettings
  let policy: CallPolicy
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
    policy = settings.calls
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
      loseAll(askedOf: peer.host, &context, &effects)
    case .undelivered(.request(let request), _):
      guard let position = position(of: request.request), open[position].call.isPresent(request.attempt) else {
        return
      }
      fail(position, .unreachable, &context, &effects)
    case .undelivered(.openSession(let request), let peer):
      guard let wish = session.asked, wish.request == request.wish, wish.server == peer.host else { return }
      loseWish(.unreachable, &context, &effects)
    case .message, .undelivered, .started, .writeCompleted, .writeFailed, .workDone, .resources, .admin: break
    }
  }

  func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(UInt64(leader.rawValue) << 32 | UInt64(replica.rawValue), UInt64(open.count))
    digest.fold(suspect.map { UInt64($0.rawValue) + 1 } ?? 0, seen)
    session.fold(into: &digest, at: now)
    for each in open {
      digest.fold(each.request.rawValue, UInt64(each.server.rawValue))
      digest.fold(each.session)
      each.call.fold(into: &digest, at: now)
    }
  }
}

// MARK: - The life of an operation

extension KVClient {
  private mutating func invoke(
    _ request: RequestID, _ operation: KVOperation, _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    let now = context.monotonic
    open.append(
      Open(
        request: request, operation: operation, since: now, server: leader,
        call: Call(deadline: now + settings.timeout)))
    if context.telemetry {
      effects.telemetry.append(
        .start(
          .operation(request), operation.spanName, .client, parent: .root,
          [Attribute("operation.number", request.rawValue)]))
    }
    ask(open.count - 1, context, &effects)
    schedule(min(open[open.count - 1].call.deadline, open[open.count - 1].call.due), context, &effects)
  }

  /// Asks whoever should know; first for a session, where one is needed. What may have been applied in a session that is
  /// over is not asked again in another one, and so has an unknown outcome.
  mutating func ask(_ position: Int, _ context: StepContext, _ effects: inout Effects<RaftKV>) {
    let read = open[position].operation.read
    let needsSession = read == nil && settings.usesSessions
    let isKnown = !open[position].call.isUncertain || open[position].session == session.id
    guard !needsSession || isKnown || policy.repeats == .always else {
      open[position].call.end()
      return finish(position, KVOutcome(.unknown), context, &effects)
    }
    if needsSession, session.id == 0 {
      open[position].call.wait()
      if session.wish == nil { askForSession(for: open[position].request, context, &effects) }
      return
    }
    let server = read.map(\.needsLeader) ?? true ? leader : replica
    let number = open[position].request
    open[position].server = server
    open[position].session = needsSession ? session.id : 0
    open[position].call.ask(at: context.monotonic, policy)
    let attempt = open[position].call.attempt
    begin(.attempt(number, attempt), "client.attempt", attempt, at: server, of: number, context, &effects)
    let request = KVRequest(
      request: number, attempt: attempt, session: needsSession ? session.id : 0,
      oldestOpen: open[0].request, seen: seen, operation: open[position].operation)
    effects.send(.request(request), to: Endpoint(server), under: .attempt(number, attempt))
    schedule(open[position].call.due, context, &effects)
  }

  private mutating func learn(
    _ response: KVResponse, from server: NodeID, _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    guard let position = position(of: response.request) else { return }
    // An answer to an earlier try says nothing about this one, unless it is the outcome.
    let isPresent = open[position].call.isPresent(response.attempt)
    switch response.answer {
    case .outcome(let outcome) where outcome.kind == .ok:
      seen = max(seen, outcome.index)
      endTry(position, nil, context, &effects)
      if open[position].operation.read?.needsLeader ?? true { leader = server }
      if suspect == server { suspect = nil }
      finish(position, outcome, context, &effects)
    case .outcome(let outcome):
      guard isPresent else { return }
      if policy.deliversOnce, !open[position].call.isUncertain {
        endTry(position, .refused, context, &effects)
        finish(position, outcome, context, &effects)
      } else {
        fail(position, .refused, &context, &effects)
      }
    case .expired:
      guard isPresent else { return }
      // Of a session that the client has given up already this is no news.
      if open[position].session == session.id { session.expire() }
      fail(position, .refused, elsewhere: true, &context, &effects)
    case .refused(let told):
      guard isPresent else { return }
      let hint = follow(told, from: server)
      fail(position, .refused, elsewhere: hint != nil && hint != server, &context, &effects)
    }
  }

  /// Takes a refusing server's hint, where it is worth something.
  mutating func follow(_ told: NodeID?, from server: NodeID) -> NodeID? {
    let hint = told.flatMap { $0.index < settings.servers && $0 != suspect ? $0 : nil }
    if leader == server { leader = hint ?? next(after: server) }
    if replica == server { replica = next(after: server) }
    return hint
  }

  /// The connection to this server is lost.
  private mutating func loseAll(
    askedOf server: NodeID, _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    forEachOpen { client, position in
      guard client.open[position].call.phase == .asked, client.open[position].server == server else { return }
      client.fail(position, .closed, &context, &effects)
    }
    if session.asked?.server == server { loseWish(.closed, &context, &effects) }
  }

  /// This try has no outcome, or one that comes too late.
  private mutating func fail(
    _ position: Int, _ failure: Call.Failure, elsewhere: Bool = false, _ context: inout StepContext,
    _ effects: inout Effects<RaftKV>
  ) {
    endTry(position, failure, context, &effects)
    if failure != .refused { suspect(open[position].server) }
    switch open[position].call.fail(failure, open[position].nature, elsewhere: elsewhere, policy) {
    case .tryAgain: ask(position, context, &effects)
    case .rest:
      open[position].call.rest(until: pause(open[position].call, &context))
      schedule(open[position].call.due, context, &effects)
    case .giveUp:
      let isRefused = !open[position].call.isUncertain && !failure.isUncertain(policy)
      finish(position, KVOutcome(isRefused ? .refused : .unknown), context, &effects)
    }
  }

  mutating func suspect(_ server: NodeID) {
    suspect = server
    if leader == server { leader = next(after: leader) }
    if replica == server { replica = next(after: replica) }
  }

  /// When to try again.
  func pause(_ call: Call, _ context: inout StepContext) -> Instant {
    context.monotonic + context.choose(.clientRest, slot: 1, from: call.pause(policy))
  }

  private mutating func wake(_ context: inout StepContext, _ effects: inout Effects<RaftKV>) {
    let now = context.monotonic
    while let first = open.first, first.call.deadline <= now {
      let isRefused = !first.call.isUncertain && first.call.phase != .asked
      if first.call.phase == .asked { endTry(0, .timedOut, context, &effects) }
      finish(0, KVOutcome(isRefused ? .refused : .unknown), context, &effects)
    }
    forEachOpen { client, position in
      guard client.open[position].call.due <= now else { return }
      switch client.open[position].call.phase {
      case .waiting, .over: break
      case .asked: client.fail(position, .timedOut, &context, &effects)
      case .resting: client.ask(position, context, &effects)
      }
    }
    if !open.contains(where: { $0.call.phase == .waiting }) { forgetWish(context, &effects) }
    wakeWish(&context, &effects)
    for each in open { schedule(min(each.call.due, each.call.deadline), context, &effects) }
    if let wish = session.wish { schedule(wish.call.due, context, &effects) }
  }

  private mutating func finish(
    _ position: Int, _ outcome: KVOutcome, _ context: StepContext, _ effects: inout Effects<RaftKV>
  ) {
    let each = open.remove(at: position)
    effects.append(.reply(each.request, outcome))
    if context.telemetry { tell(outcome, of: each, at: context.monotonic, &effects) }
  }

  /// In order, though the act may end the operation and so take it out.
  mutating func forEachOpen(_ act: (inout KVClient, Int) -> Void) {
    var position = 0
    while position < open.count {
      let request = open[position].request
      act(&self, position)
      if position < open.count, open[position].request == request { position += 1 }
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

import Node
import Primitives
import RPC
import Raft
import Telemetry

/// A client's session: within one its requests are applied once each.
struct KVClientSession: Hashable, Sendable {
  /// What the client does to get one.
  struct Wish: Hashable, Sendable {
    /// The operation that needs a session first.
    let request: RequestID
    var server: NodeID
    /// Without a deadline: it goes on for as long as an operation needs the session.
    var call = Call(deadline: .never)
  }

  /// 0 where none is open.
  private(set) var id: LogIndex = 0
  var wish: Wish?

  /// The wish that waits for an answer.
  var asked: Wish? { wish.flatMap { $0.call.phase == .asked ? $0 : nil } }

  mutating func open(_ id: LogIndex) {
    self.id = id
    wish = nil
  }

  mutating func expire() { id = 0 }

  func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(id, wish == nil ? 0 : 1)
    guard let wish else { return }
    digest.fold(wish.request.rawValue, UInt64(wish.server.rawValue))
    wish.call.fold(into: &digest, at: now)
  }
}

extension KVClient {
  /// Asks for a session, which is tried until there is one. One that nobody uses any more is closed when others need room.
  mutating func askForSession(
    for request: RequestID, _ context: StepContext, _ effects: inout Effects<RaftKV>
  ) {
    var wish = session.wish ?? KVClientSession.Wish(request: request, server: leader)
    wish.server = leader
    wish.call.ask(at: context.monotonic, wishing)
    session.wish = wish
    let span = SpanKey.wish(wish.request, wish.call.attempt)
    begin(span, "client.open_session", wish.call.attempt, at: leader, of: wish.request, context, &effects)
    effects.send(.openSession(SessionRequest(wish: wish.request)), to: Endpoint(leader), under: span)
    schedule(wish.call.due, context, &effects)
  }

  mutating func learn(
    _ answer: SessionAnswer, from server: NodeID, _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    guard let wish = session.wish, answer.wish == wish.request else { return }
    guard answer.session == 0 else {
      // However late it comes, it is one.
      if wish.call.phase == .asked { end(.wish(wish.request, wish.call.attempt), nil, context, &effects) }
      leader = server
      if suspect == server { suspect = nil }
      session.open(answer.session)
      forEachOpen { client, position in
        if client.open[position].call.phase == .waiting { client.ask(position, context, &effects) }
      }
      return
    }
    guard wish.call.phase == .asked, wish.server == server else { return }
    let hint = follow(answer.leader, from: server)
    loseWish(.refused, elsewhere: hint != nil && hint != server, &context, &effects)
  }

  /// The wish has had no answer that opens a session.
  mutating func loseWish(
    _ failure: Call.Failure, elsewhere: Bool = false, _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    guard var wish = session.wish else { return }
    end(.wish(wish.request, wish.call.attempt), failure, context, &effects)
    if failure != .refused { suspect(wish.server) }
    let next = wish.call.fail(failure, .harmless, elsewhere: elsewhere, wishing)
    guard next == .rest else {
      session.wish = wish
      askForSession(for: wish.request, context, &effects)
      return
    }
    wish.call.rest(until: pause(wish.call, &context))
    session.wish = wish
    schedule(wish.call.due, context, &effects)
  }

  mutating func wakeWish(_ context: inout StepContext, _ effects: inout Effects<RaftKV>) {
    guard let wish = session.wish, wish.call.due <= context.monotonic else { return }
    if wish.call.phase == .asked {
      loseWish(.timedOut, &context, &effects)
    } else {
      askForSession(for: wish.request, context, &effects)
    }
  }

  mutating func forgetWish(_ context: StepContext, _ effects: inout Effects<RaftKV>) {
    if let wish = session.wish { abandon(wish, context, &effects) }
    session.wish = nil
  }

  /// The policy of wishes: what a caller dares with its operations is no reason to have no session.
  private var wishing: CallPolicy {
    CallPolicy(patience: policy.patience, backoff: policy.backoff, deliversOnce: policy.deliversOnce)
  }
}

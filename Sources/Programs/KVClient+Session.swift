import Node
import Primitives
import Raft

/// A client's session: within one its requests are applied once each.
struct KVClientSession: Hashable, Sendable {
  private enum Wish: Hashable, Sendable {
    case none
    case asked(RequestID, of: NodeID, due: Instant)
    case resting(RequestID, due: Instant)
  }

  /// 0 where none is open.
  private(set) var id: LogIndex = 0
  private var wish = Wish.none
  /// In a row.
  private(set) var refusals = 0

  var isWanted: Bool { wish != .none }

  func isAsked(of server: NodeID) -> Bool {
    if case .asked(_, server, _) = wish { return true }
    return false
  }

  /// The wish that waits for an answer.
  var asked: RequestID? {
    if case .asked(let wish, _, _) = wish { return wish }
    return nil
  }

  var due: Instant? {
    switch wish {
    case .none: nil
    case .asked(_, _, let due), .resting(_, let due): due
    }
  }

  mutating func ask(_ request: RequestID, of server: NodeID, until due: Instant) {
    wish = .asked(request, of: server, due: due)
  }

  mutating func refuse() { refusals += 1 }

  mutating func rest(until due: Instant) {
    refusals = 0
    if case .asked(let request, _, _) = wish { wish = .resting(request, due: due) }
  }

  /// Returns the wish to ask for again, and who has left it without an answer.
  mutating func wake(at now: Instant) -> (again: RequestID?, silent: NodeID?) {
    switch wish {
    case .asked(_, let server, let due) where due <= now: (nil, server)
    case .resting(let request, let due) where due <= now: (request, nil)
    default: (nil, nil)
    }
  }

  mutating func open(_ id: LogIndex) {
    self.id = id
    wish = .none
    refusals = 0
  }

  mutating func expire() { id = 0 }

  /// Nobody needs the session any more.
  mutating func forgetWish() { wish = .none }

  func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(id, UInt64(refusals))
    switch wish {
    case .none: digest.fold(0)
    case .asked(let request, let server, let due):
      digest.fold(request.rawValue, UInt64(server.rawValue) + 1)
      digest.fold(UInt64(bitPattern: (due - now).count))
    case .resting(let request, let due): digest.fold(request.rawValue, UInt64(bitPattern: (due - now).count))
    }
  }
}

extension KVClient {
  mutating func wish(_ request: RequestID, _ context: StepContext, _ effects: inout Effects<RaftKV>) {
    let due = context.monotonic + patience
    session.ask(request, of: leader, until: due)
    effects.send(
      .openSession(SessionRequest(wish: request)), to: Endpoint(leader), under: .operation(request))
    schedule(due, context, &effects)
  }

  mutating func learn(
    _ answer: SessionAnswer, from server: NodeID, _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    guard answer.wish == session.asked else { return }
    guard answer.session == 0 else {
      leader = server
      if suspect == server { suspect = nil }
      session.open(answer.session)
      for position in open.indices where open[position].phase == .waiting { ask(position, context, &effects) }
      return
    }
    session.refuse()
    let hint = follow(answer.leader, from: server)
    if let hint, hint != server, session.refusals < Self.refusalsWithoutRest {
      wish(answer.wish, context, &effects)
    } else {
      restWish(&context, &effects)
    }
  }

  /// The server will not answer: the next time another one is asked.
  mutating func loseWish(
    askedOf server: NodeID, _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    suspect(server)
    restWish(&context, &effects)
  }

  mutating func wakeWish(_ context: inout StepContext, _ effects: inout Effects<RaftKV>) {
    let (again, silent) = session.wake(at: context.monotonic)
    if let silent {
      loseWish(askedOf: silent, &context, &effects)
    } else if let again {
      wish(again, context, &effects)
    }
  }

  private mutating func restWish(_ context: inout StepContext, _ effects: inout Effects<RaftKV>) {
    let due = pause(&context)
    session.rest(until: due)
    schedule(due, context, &effects)
  }
}

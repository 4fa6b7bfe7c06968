import Node
import Primitives
import Programs
import RPC
import Telemetry
import Testing

@Suite("A key-value client")
struct ClientTests {
  static let done = KVOutcome(.done, index: 3)

  /// Its first server is number 0, and it has a session.
  static func client() -> Bench<RaftKV> {
    var client = fresh()
    client.step(.request(RequestID(0), write))
    client.hear(.sessionOpened(SessionAnswer(wish: RequestID(0), session: 2, leader: nil)), from: 0)
    client.hear(.response(KVResponse(request: RequestID(0), attempt: 1, answer: .outcome(Self.done))), from: 0)
    return client
  }

  static let write = KVOperation.put(KVKey(number: 1), [1])

  static func fresh() -> Bench<RaftKV> {
    with { _ in }
  }

  /// With another policy, and a session if it is to have one.
  static func with(sessions: Bool = true, _ change: (inout CallPolicy) -> Void) -> Bench<RaftKV> {
    var policy = CallPolicy(patience: .milliseconds(250))
    change(&policy)
    let settings = RaftKVSettings(servers: 3, timeout: .seconds(1), calls: policy, usesSessions: sessions)
    return Bench(RaftKV(client: NodeID(3), settings: settings))
  }

  static func asked(_ effects: [Effect<RaftKV>]) -> [(attempt: UInt32, server: UInt32)] {
    sends(effects).compactMap {
      if case .request(let request) = $0.message { (request.attempt, $0.to) } else { nil }
    }
  }

  static func ask(_ client: inout Bench<RaftKV>, _ number: UInt64 = 1) -> [(attempt: UInt32, server: UInt32)] {
    asked(client.step(.request(RequestID(number), write)))
  }

  static func answer(
    _ client: inout Bench<RaftKV>, _ answer: KVResponse.Answer, attempt: UInt32, from server: UInt32
  ) -> [Effect<RaftKV>] {
    client.hear(.response(KVResponse(request: RequestID(1), attempt: attempt, answer: answer)), from: server)
  }

  static func refuse(
    _ client: inout Bench<RaftKV>, hint: UInt32?, attempt: UInt32, from server: UInt32
  ) -> [(attempt: UInt32, server: UInt32)] {
    asked(answer(&client, .refused(leader: hint.map { NodeID($0) }), attempt: attempt, from: server))
  }

  /// Lets time pass until the operation ends.
  static func end(_ client: inout Bench<RaftKV>) -> [KVOutcome] {
    for _ in 0..<200 {
      let outcomes = replies(client.step(.timerFired(TimerID(0)), after: .milliseconds(10)))
      if !outcomes.isEmpty { return outcomes }
    }
    return []
  }

  @Test("It follows the hint, and asks there first the next time")
  func hints() {
    var client = Self.client()
    #expect(Self.ask(&client).map(\.server) == [0])
    let second = Self.refuse(&client, hint: 2, attempt: 1, from: 0)
    #expect(second.map(\.server) == [2])
    #expect(second.map(\.attempt) == [2])
    #expect(replies(Self.answer(&client, .outcome(Self.done), attempt: 2, from: 2)) == [Self.done])
    #expect(Self.ask(&client, 2).map(\.server) == [2])
  }

  @Test("A hint to nobody is no hint")
  func badHint() {
    var client = Self.client()
    _ = Self.ask(&client)
    #expect(Self.refuse(&client, hint: 7, attempt: 1, from: 0).isEmpty)
    #expect(Self.asked(client.step(.timerFired(TimerID(0)), after: .milliseconds(30))).map(\.server) == [1])
  }

  @Test("Two servers that point at each other do not keep it running: it rests after three refusals")
  func rests() {
    var client = Self.client()
    _ = Self.ask(&client)
    #expect(Self.refuse(&client, hint: 1, attempt: 1, from: 0).map(\.server) == [1])
    #expect(Self.refuse(&client, hint: 0, attempt: 2, from: 1).map(\.server) == [0])
    #expect(Self.refuse(&client, hint: 1, attempt: 3, from: 0).isEmpty)
    #expect(Self.asked(client.step(.timerFired(TimerID(0)), after: .milliseconds(30))).map(\.attempt) == [4])
  }

  @Test("A refusal of an earlier try, or a second one of the same, changes nothing")
  func lateRefusal() {
    var client = Self.client()
    _ = Self.ask(&client)
    #expect(Self.refuse(&client, hint: 1, attempt: 1, from: 0).count == 1)
    #expect(Self.refuse(&client, hint: 2, attempt: 1, from: 0).isEmpty)
    #expect(Self.refuse(&client, hint: nil, attempt: 2, from: 1).isEmpty, "it rests now")
    #expect(Self.refuse(&client, hint: 2, attempt: 2, from: 1).isEmpty)
  }

  @Test("An operation whose every try was refused has failed at the deadline")
  func refused() {
    var client = Self.client()
    var asked = Self.ask(&client)
    var outcomes: [KVOutcome] = []
    for _ in 0..<1_000 where outcomes.isEmpty {
      if let last = asked.last {
        asked = Self.refuse(&client, hint: nil, attempt: last.attempt, from: last.server)
      } else {
        let effects = client.step(.timerFired(TimerID(0)), after: .milliseconds(5))
        asked = Self.asked(effects)
        outcomes = replies(effects)
      }
    }
    #expect(outcomes == [KVOutcome(.refused)])
    #expect(outcomes.first?.kind == .fail)
  }

  @Test("An operation with a try that nobody answered may have happened")
  func unknown() {
    var client = Self.client()
    _ = Self.ask(&client)
    let outcomes = Self.end(&client)
    #expect(outcomes == [KVOutcome(.unknown)])
    #expect(outcomes.first?.kind == .info)
  }

  @Test("It stays so when later tries are refused", arguments: [false, true])
  func uncertain(_ closed: Bool) {
    var client = Self.client()
    var asked = Self.ask(&client)
    // The first try is lost, by its connection or by time.
    if closed {
      client.step(.connectionClosed(Endpoint(NodeID(0))))
    } else {
      client.step(.timerFired(TimerID(0)), after: .milliseconds(260))
    }
    asked = []
    var outcomes: [KVOutcome] = []
    var tries = 0
    for _ in 0..<1_000 where outcomes.isEmpty {
      if let last = asked.last {
        tries += 1
        asked = Self.refuse(&client, hint: nil, attempt: last.attempt, from: last.server)
      } else {
        let effects = client.step(.timerFired(TimerID(0)), after: .milliseconds(5))
        asked = Self.asked(effects)
        outcomes = replies(effects)
      }
    }
    #expect(tries > 3)
    #expect(outcomes == [KVOutcome(.unknown)])
  }

  @Test("An outcome of an earlier try ends the operation, and only once")
  func lateOutcome() {
    var client = Self.client()
    _ = Self.ask(&client)
    _ = Self.refuse(&client, hint: 1, attempt: 1, from: 0)
    #expect(replies(Self.answer(&client, .outcome(Self.done), attempt: 1, from: 0)) == [Self.done])
    #expect(replies(Self.answer(&client, .outcome(Self.done), attempt: 2, from: 1)).isEmpty)
  }

  @Test("A timer is never set to the past, however long the client was paused")
  func pausedClient() {
    var client = Self.client()
    _ = Self.ask(&client, 1)
    _ = Self.ask(&client, 2)
    let effects = client.step(
      .message(
        .response(KVResponse(request: RequestID(1), attempt: 1, answer: .outcome(Self.done))),
        from: Endpoint(NodeID(0))),
      after: .milliseconds(700))
    for case .setTimer(_, let pause) in effects { #expect(pause >= .zero) }
  }

  @Test("Writes wait for a session, and one is opened for all of them")
  func session() {
    var client = Self.fresh()
    let first = sends(client.step(.request(RequestID(1), Self.write))).map(\.message)
    #expect(first.count == 1)
    guard case .openSession(let wish)? = first.first else {
      Issue.record("the client did not ask for a session")
      return
    }
    #expect(sends(client.step(.request(RequestID(2), Self.write))).isEmpty)
    let opened = client.hear(.sessionOpened(SessionAnswer(wish: wish.wish, session: 9, leader: nil)), from: 2)
    #expect(Self.asked(opened).map(\.server) == [2, 2])
    for case .request(let request) in sends(opened).map(\.message) { #expect(request.session == 9) }
  }

  @Test("A read that needs no entry needs no session")
  func readWithoutSession() {
    var client = Self.fresh()
    let effects = client.step(.request(RequestID(1), .get(KVKey(number: 1), .readIndex)))
    #expect(Self.asked(effects).map(\.server) == [0])
  }

  @Test("When its session is over it opens another for what certainly was not applied")
  func expired() {
    var client = Self.client()
    _ = Self.ask(&client)
    let effects = Self.answer(&client, .expired, attempt: 1, from: 0)
    #expect(replies(effects).isEmpty)
    let messages = sends(effects).map(\.message)
    guard case .openSession? = messages.first, messages.count == 1 else {
      Issue.record("the client did not ask for another session")
      return
    }
  }

  @Test("When its session is over, what may have been applied has an unknown outcome")
  func expiredAndUncertain() {
    var client = Self.client()
    _ = Self.ask(&client)
    client.step(.connectionClosed(Endpoint(NodeID(0))))
    let again = Self.asked(client.step(.timerFired(TimerID(0)), after: .milliseconds(30)))
    #expect(again.map(\.attempt) == [2])
    #expect(replies(Self.answer(&client, .expired, attempt: 2, from: 1)) == [KVOutcome(.unknown)])
  }

  @Test("What an overloaded server refuses has failed")
  func overloaded() {
    var client = Self.client()
    _ = Self.ask(&client)
    let outcomes = replies(Self.answer(&client, .outcome(KVOutcome(.overloaded)), attempt: 1, from: 0))
    #expect(outcomes == [KVOutcome(.overloaded)] && outcomes.first?.kind == .fail)
  }

  @Test("A session that a dead server did not open is asked of another one")
  func wishAfterLostConnection() {
    var client = Self.fresh()
    client.step(.request(RequestID(1), Self.write))
    client.step(.connectionClosed(Endpoint(NodeID(0))))
    let again = sends(client.step(.timerFired(TimerID(0)), after: .milliseconds(30)))
    #expect(again.map(\.to) == [1])
  }

  @Test("What comes back undelivered has certainly not happened, and another server is asked")
  func undelivered() {
    var client = Self.client()
    guard case .request(let request)? = sends(client.step(.request(RequestID(1), Self.write))).first?.message else {
      Issue.record("nothing was sent")
      return
    }
    client.step(.undelivered(.request(request), to: Endpoint(NodeID(0))))
    #expect(Self.asked(client.step(.timerFired(TimerID(0)), after: .milliseconds(30))).map(\.server) == [1])
    // All that follows is refused, and so it has failed for certain.
    _ = Self.refuse(&client, hint: nil, attempt: 2, from: 1)
    client.step(.undelivered(.request(request), to: Endpoint(NodeID(0))))
    var outcomes: [KVOutcome] = []
    for attempt in UInt32(3)...200 where outcomes.isEmpty {
      let effects = client.step(.timerFired(TimerID(0)), after: .milliseconds(250))
      outcomes = replies(effects)
      for each in Self.asked(effects) { _ = Self.refuse(&client, hint: nil, attempt: attempt, from: each.server) }
    }
    #expect(outcomes == [KVOutcome(.refused)])
  }

  @Test("A wish for a session that comes back undelivered is made to another server")
  func undeliveredWish() {
    var client = Self.fresh()
    client.step(.request(RequestID(1), Self.write))
    client.step(.undelivered(.openSession(SessionRequest(wish: RequestID(1))), to: Endpoint(NodeID(0))))
    #expect(sends(client.step(.timerFired(TimerID(0)), after: .milliseconds(30))).map(\.to) == [1])
  }

  @Test("Its pauses grow from try to try, and begin anew with the next operation")
  func growingPauses() {
    var client = Self.with {
      $0.backoff = Backoff(
        initial: .milliseconds(10), factorThousandths: 2_000, longest: .milliseconds(80), jitter: .zero)
    }
    func pauses(_ number: UInt64) -> [Int64] {
      let read = KVOperation.get(KVKey(number: 1), .readIndex)
      var asked = Self.asked(client.step(.request(RequestID(number), read)))
      return (0..<5).map { _ in
        let refusal = KVResponse(
          request: RequestID(number), attempt: asked[0].attempt, answer: .refused(leader: nil))
        client.hear(.response(refusal), from: asked[0].server)
        let since = client.now
        repeat {
          asked = Self.asked(client.step(.timerFired(TimerID(0)), after: .milliseconds(1)))
        } while asked.isEmpty
        return (client.now - since).count / 1_000_000
      }
    }
    #expect(pauses(1) == [10, 20, 40, 80, 80])
    #expect(pauses(2) == [10, 20, 40, 80, 80])
  }

  @Test("Without a session a write is sent at once, and is not tried again once it may have happened")
  func withoutSession() {
    var client = Self.with(sessions: false) { _ in }
    let sent = sends(client.step(.request(RequestID(1), Self.write)))
    guard case .request(let request)? = sent.first?.message else {
      Issue.record("the write was not sent")
      return
    }
    #expect(request.session == 0)
    #expect(Self.refuse(&client, hint: 2, attempt: 1, from: 0).map(\.server) == [2], "a refusal is certain")
    #expect(replies(client.step(.connectionClosed(Endpoint(NodeID(2))))) == [KVOutcome(.unknown)])
  }

  @Test("Who repeats everything repeats that too")
  func repeatsAll() {
    var client = Self.with(sessions: false) { $0.repeats = .always }
    _ = Self.ask(&client)
    #expect(replies(client.step(.connectionClosed(Endpoint(NodeID(0))))).isEmpty)
    #expect(Self.asked(client.step(.timerFired(TimerID(0)), after: .milliseconds(30))).map(\.attempt) == [2])
  }

  @Test("Who repeats nothing tells at once what it came to, and of several the next is not forgotten")
  func neverRepeats() {
    var client = Self.with(sessions: false) { $0.repeats = .never }
    for number in UInt64(1)...3 { _ = Self.ask(&client, number) }
    #expect(
      replies(Self.answer(&client, .refused(leader: NodeID(2)), attempt: 1, from: 0)) == [KVOutcome(.refused)])
    let lost = replies(client.step(.connectionClosed(Endpoint(NodeID(0)))))
    #expect(lost == [KVOutcome(.unknown), KVOutcome(.unknown)])
  }

  @Test("What may have been applied in a session that is over is not asked again in the next one")
  func anotherSession() {
    var client = Self.client()
    _ = Self.ask(&client, 1)
    client.step(.connectionClosed(Endpoint(NodeID(0))))
    // Another operation learns that the session is over, while the first rests.
    let asked = Self.ask(&client, 2)
    let expired = KVResponse(request: RequestID(2), attempt: 1, answer: .expired)
    client.hear(.response(expired), from: asked[0].server)
    let effects = client.hear(.sessionOpened(SessionAnswer(wish: RequestID(2), session: 9, leader: nil)), from: 1)
    #expect(Self.asked(effects).map(\.attempt) == [2], "the second one is asked again")
    #expect(replies(client.step(.timerFired(TimerID(0)), after: .milliseconds(30))) == [KVOutcome(.unknown)])
  }

  @Test("Where copies arrive, a copy that was refused says nothing of the other one")
  func copies() {
    var client = Self.with { $0.deliversOnce = false }
    client.step(.request(RequestID(0), Self.write))
    client.hear(.sessionOpened(SessionAnswer(wish: RequestID(0), session: 2, leader: nil)), from: 0)
    let expired = KVResponse(request: RequestID(0), attempt: 1, answer: .expired)
    #expect(replies(client.hear(.response(expired), from: 0)) == [KVOutcome(.unknown)])
  }

  @Test("Who may try once tries once, even where its session is over")
  func expiredAtLast() {
    var client = Self.with { $0.attempts = 1 }
    client.step(.request(RequestID(0), Self.write))
    client.hear(.sessionOpened(SessionAnswer(wish: RequestID(0), session: 2, leader: nil)), from: 0)
    let expired = KVResponse(request: RequestID(0), attempt: 1, answer: .expired)
    #expect(replies(client.hear(.response(expired), from: 0)) == [KVOutcome(.refused)])
  }

  @Test("A session is taken however late it comes; a refusal or a lost wish counts while that server is asked")
  func lateSession() {
    var client = Self.fresh()
    client.step(.request(RequestID(1), Self.write))
    // The first server is silent, and the second one is asked.
    client.step(.timerFired(TimerID(0)), after: .milliseconds(251))
    let second = sends(client.step(.timerFired(TimerID(0)), after: .milliseconds(30)))
    #expect(second.map(\.to) == [1])
    let late = client.hear(.sessionOpened(SessionAnswer(wish: RequestID(1), session: 0, leader: nil)), from: 0)
    #expect(late.isEmpty)
    #expect(
      client.step(.undelivered(.openSession(SessionRequest(wish: RequestID(1))), to: Endpoint(NodeID(0)))).isEmpty)
    // The second one refuses, and while the client rests the first one's session comes.
    client.hear(.sessionOpened(SessionAnswer(wish: RequestID(1), session: 0, leader: nil)), from: 1)
    let granted = client.hear(.sessionOpened(SessionAnswer(wish: RequestID(1), session: 5, leader: nil)), from: 0)
    #expect(Self.asked(granted).map(\.server) == [0])
  }

  @Test("A wish for a session ends with the last operation that waits for one, whoever else has none yet")
  func needlessWish() {
    var client = Self.fresh()
    client.step(.request(RequestID(1), Self.write))
    client.step(.timerFired(TimerID(0)), after: .milliseconds(400))
    client.step(.request(RequestID(2), .get(KVKey(number: 1), .readIndex)))
    // The write's time is over, the read's is not.
    var wishes = 0
    for _ in 0..<30 {
      let effects = client.step(.timerFired(TimerID(0)), after: .milliseconds(20))
      guard client.now > .zero + .milliseconds(1_010) else { continue }
      for case .openSession in sends(effects).map(\.message) { wishes += 1 }
    }
    #expect(wishes == 0)
  }

  @Test("A get through the log changes nothing either, and may be repeated without a session")
  func logRead() {
    var client = Self.with(sessions: false) { _ in }
    client.step(.request(RequestID(1), .get(KVKey(number: 1), .log)))
    #expect(replies(client.step(.connectionClosed(Endpoint(NodeID(0))))).isEmpty)
    #expect(Self.asked(client.step(.timerFired(TimerID(0)), after: .milliseconds(30))).map(\.attempt) == [2])
  }

  @Test("Every try is a span under its operation, and is counted by its end")
  func tries() throws {
    var client = Self.with(sessions: false) { _ in }
    var told = client.tell(.request(RequestID(1), Self.write))
    told += client.tell(
      .message(
        .response(KVResponse(request: RequestID(1), attempt: 1, answer: .refused(leader: NodeID(2)))),
        from: Endpoint(NodeID(0))))
    told += client.tell(
      .message(
        .response(KVResponse(request: RequestID(1), attempt: 2, answer: .outcome(Self.done))),
        from: Endpoint(NodeID(2))))
    var (starts, labels, retries): ([StaticText], [StaticText], UInt64) = ([], [], 0)
    var (parents, operation): ([SpanParent], SpanKey?) = ([], nil)
    for effect in told {
      switch effect {
      case .start(_, let name, _, parent: let parent, _):
        starts.append(name)
        if name == "client.attempt" { parents.append(parent) }
        if case .start(let key, "client.put", _, _, _) = effect { operation = key }
      case .add(.clientAttempts, 1, label: let label?): labels.append(label)
      case .add(.clientRetries, let count, _): retries += count
      default: break
      }
    }
    #expect(starts == ["client.put", "client.attempt", "client.attempt"])
    #expect(labels == ["refused", "ok"] && retries == 1)
    let key = try #require(operation)
    #expect(parents == [.key(key), .key(key)])
  }
}

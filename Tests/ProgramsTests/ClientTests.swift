import Node
import Primitives
import Programs
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
    Bench(RaftKV(client: NodeID(3), settings: RaftKVSettings(servers: 3, timeout: .seconds(1))))
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
}

import Node
import Primitives
import Programs
import Raft
import Testing

/// A server that is its own majority: what it is asked is committed with its next write.
struct LoneServer {
  var bench: Bench<RaftKV>
  private var written: UInt64 = 1
  /// By client.
  private(set) var sessions: [UInt32: LogIndex] = [:]

  init(sessions: Int = 16) {
    bench = Bench(RaftKV(server: NodeID(0), settings: RaftKVSettings(servers: 1, sessions: sessions)))
    bench.start()
    bench.step(.timerFired(TimerID(0)), after: .milliseconds(400))
    bench.step(.writeCompleted(WriteToken(1)))
    complete()
  }

  @discardableResult
  mutating func open(for client: UInt32) -> LogIndex {
    bench.hear(.openSession(SessionRequest(wish: RequestID(0))), from: client)
    guard case .sessionOpened(let answer)? = sends(complete()).first?.message else { return 0 }
    sessions[client] = answer.session
    return answer.session
  }

  var fingerprint: UInt64 { bench.program.fingerprint }

  @discardableResult
  mutating func complete() -> [Effect<RaftKV>] {
    // What was asked goes to the disk with the timer that ends an instant.
    bench.step(.timerFired(TimerID(2)))
    written += 1
    return bench.step(.writeCompleted(WriteToken(written)))
  }

  /// Returns the answer; nil where there is none.
  @discardableResult
  mutating func ask(
    _ operation: KVOperation, as number: UInt64, attempt: UInt32 = 1, oldestOpen: UInt64? = nil,
    from client: UInt32 = 5
  ) -> KVResponse.Answer? {
    let session = sessions[client] ?? open(for: client)
    let request = KVRequest(
      request: RequestID(number), attempt: attempt, session: session, oldestOpen: RequestID(oldestOpen ?? number),
      operation: operation)
    bench.hear(.request(request), from: client)
    guard case .response(let response)? = sends(complete()).first?.message else { return nil }
    return response.answer
  }

  /// The outcome without its index.
  mutating func result(_ operation: KVOperation, as number: UInt64) -> KVOutcome.Result? {
    guard case .outcome(let outcome)? = ask(operation, as: number) else { return nil }
    return outcome.result
  }
}

@Suite("The key-value store")
struct StoreTests {
  static let key = KVKey(number: 1)

  @Test("It reads what was written, deletes, and compares before it sets")
  func semantics() {
    var server = LoneServer()
    let absent: [UInt8]? = nil
    #expect(server.result(.get(Self.key, .log), as: 1) == .value(absent))
    #expect(server.result(.put(Self.key, [1]), as: 2) == .done)
    #expect(server.result(.get(Self.key, .log), as: 3) == .value([1]))
    #expect(server.result(.compareAndSet(Self.key, expected: [2], new: [3]), as: 4) == .mismatch)
    #expect(server.result(.compareAndSet(Self.key, expected: nil, new: [3]), as: 5) == .mismatch)
    #expect(server.result(.compareAndSet(Self.key, expected: [1], new: [3]), as: 6) == .done)
    #expect(server.result(.delete(Self.key), as: 7) == .done)
    #expect(server.result(.compareAndSet(Self.key, expected: nil, new: [4]), as: 8) == .done)
    #expect(server.result(.get(Self.key, .log), as: 9) == .value([4]))
  }

  @Test("A request that comes twice is applied once and answered alike")
  func duplicate() {
    var server = LoneServer()
    let operation = KVOperation.compareAndSet(Self.key, expected: nil, new: [1])
    #expect(server.ask(operation, as: 1) == .outcome(KVOutcome(.done, index: 3)))
    let fingerprint = server.fingerprint
    // With the index of the entry that was applied, not of the copy.
    #expect(server.ask(operation, as: 1, attempt: 2) == .outcome(KVOutcome(.done, index: 3)))
    #expect(server.fingerprint == fingerprint)
  }

  @Test("A late copy of a request that is over for its client is not applied")
  func closed() {
    var server = LoneServer()
    server.ask(.put(Self.key, [1]), as: 1)
    server.ask(.put(Self.key, [2]), as: 2, oldestOpen: 2)
    #expect(server.ask(.put(Self.key, [1]), as: 1) == nil)
    #expect(server.result(.get(Self.key, .log), as: 3) == .value([2]))
  }

  @Test("Each client has its own session")
  func sessions() {
    var server = LoneServer()
    server.ask(.put(Self.key, [1]), as: 1, from: 5)
    server.ask(.put(Self.key, [2]), as: 9, from: 6)
    #expect(server.ask(.put(Self.key, [3]), as: 2, from: 5) == .outcome(KVOutcome(.done, index: 6)))
  }

  @Test("A session too many closes the one that was used longest ago, and its requests are refused as expired")
  func expiry() {
    var server = LoneServer(sessions: 2)
    server.open(for: 5)
    server.open(for: 6)
    #expect(server.result(.put(Self.key, [1]), as: 1) == .done)
    server.open(for: 7)
    #expect(server.ask(.put(Self.key, [2]), as: 2, from: 6) == .expired)
    #expect(server.result(.get(Self.key, .log), as: 3) == .value([1]))
    let fingerprint = server.fingerprint
    server.open(for: 6)
    #expect(server.fingerprint != fingerprint)
  }

  @Test("Equal content has an equal fingerprint, whatever the order it came in")
  func fingerprints() {
    let requests: [(KVOperation, UInt64, UInt32)] = [
      (.put(KVKey(number: 1), [1]), 1, 5), (.put(KVKey(number: 2), [2]), 2, 6),
      (.put(KVKey(number: 3), [3]), 3, 7),
    ]
    var prints: Set<UInt64> = []
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      var server = LoneServer()
      for client in 5...7 as ClosedRange<UInt32> { server.open(for: client) }
      // The same entries at any place in the log: terms and bytes are equal.
      for position in order {
        let (operation, number, client) = requests[position]
        server.ask(operation, as: number, from: client)
      }
      prints.insert(server.fingerprint)
    }
    #expect(prints.count == 1)
  }

  @Test("Other content has another fingerprint")
  func otherFingerprints() {
    var prints: Set<UInt64> = []
    for value in 0..<4 {
      var server = LoneServer()
      server.open(for: 5)
      prints.insert(server.fingerprint)
      server.ask(.put(Self.key, [UInt8(value)]), as: 1)
      prints.insert(server.fingerprint)
      server.ask(.delete(Self.key), as: 1, attempt: 2)
      prints.insert(server.fingerprint)
    }
    #expect(prints.count == 5, "empty, and four values; the second request of a number changes nothing")
  }
}

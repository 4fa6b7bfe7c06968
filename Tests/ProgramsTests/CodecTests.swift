import Node
import Primitives
import Programs
import Raft
import Testing

@Suite("The wire form of messages")
struct CodecTests {
  static let operations: [KVOperation] = [
    .get(KVKey(number: 1), .log), .get(KVKey(number: 1), .stale), .put(KVKey([]), []),
    .put(KVKey(number: 2), [1, 2, 3]), .delete(KVKey([0, 255])),
    .compareAndSet(KVKey(number: 3), expected: nil, new: [4]),
    .compareAndSet(KVKey(number: 3), expected: [], new: [4]),
    .compareAndSet(KVKey(number: 3), expected: [5, 6], new: []),
  ]

  static let results: [KVOutcome.Result] = [
    .value(nil), .value([]), .value([7, 8]), .done, .mismatch, .refused, .unknown, .overloaded,
  ]

  static let answers: [KVResponse.Answer] =
    results.map { .outcome(KVOutcome($0, index: 4)) }
    + [.refused(leader: nil), .refused(leader: NodeID(2)), .expired]

  static let raft: [Message] = [
    .requestVote(RequestVote(term: 1, lastIndex: 2, lastTerm: 3)),
    .voteReply(VoteReply(term: 1, granted: true)), .voteReply(VoteReply(term: 1, granted: false)),
    .appendEntries(AppendEntries(term: 4, previousIndex: 3, previousTerm: 2, commit: 1, entries: [])),
    .appendEntries(
      AppendEntries(
        term: 4, previousIndex: 3, previousTerm: 2, commit: 1,
        entries: [.noop(term: 4), Entry(term: 4, command: [1, 2, 3])])),
    .appendReply(AppendReply(term: 5, result: .matched(6))),
    .appendReply(AppendReply(term: 5, result: .rejected(previous: 6, conflictTerm: 7, conflictIndex: 8))),
    .appendReply(AppendReply(term: 5, round: 9, result: .stale)),
    .requestVote(RequestVote(term: 1, lastIndex: 2, lastTerm: 3, isPreVote: true)),
    .voteReply(VoteReply(term: 1, granted: true, isPreVote: true)),
    .readIndex(ReadIndex(term: 3, ticket: 4)),
    .readIndexReply(ReadIndexReply(term: 3, ticket: 4, index: 5)),
    .readIndexReply(ReadIndexReply(term: 3, ticket: 4, index: nil)),
    .installSnapshot(
      InstallSnapshot(term: 6, round: 7, name: snapshot, offset: 1, piece: [8, 9])),
    .installSnapshot(InstallSnapshot(term: 6, round: 7, name: snapshot, offset: 1, piece: [8, 10])),
    .snapshotReply(
      SnapshotReply(term: 6, round: 7, life: 2, memory: .partial, lastIndex: 5, result: .holds(3))),
    .snapshotReply(SnapshotReply(term: 6, round: 7, life: 2, memory: .whole, lastIndex: 5, result: .refused)),
    .snapshotReply(SnapshotReply(term: 6, round: 7, life: 2, memory: .whole, lastIndex: 5, result: .stale)),
  ]

  static let snapshot = Snapshot.Name(lastIndex: 5, lastTerm: 4, size: 3, fingerprint: 99)

  static let messages: [KVMessage] =
    raft.map { .raft($0) }
    + raft.map { .raft($0.written(in: .lowest), WireHeader(version: .lowest, highest: .newest)) }
    + [.versionRefused(WireHeader(version: .lowest, highest: .newest))]
    + operations.map {
      .request(
        KVRequest(request: RequestID(9), attempt: 2, session: 3, oldestOpen: RequestID(8), seen: 7, operation: $0))
    }
    + answers.map { .response(KVResponse(request: RequestID(9), attempt: 2, answer: $0)) }
    + [
      .openSession(SessionRequest(wish: RequestID(3))),
      .sessionOpened(SessionAnswer(wish: RequestID(3), session: 4, leader: nil)),
      .sessionOpened(SessionAnswer(wish: RequestID(3), session: 0, leader: NodeID(1))),
    ]

  static func encoded(_ message: some WireMessage) -> [UInt8] {
    var writer = WireWriter()
    message.encode(into: &writer)
    return writer.bytes
  }

  static func decoded<M: WireMessage>(_ bytes: [UInt8], as type: M.Type) throws -> M {
    var reader = WireReader(bytes)
    return try M.decode(from: &reader)
  }

  static func digest(_ message: some WireMessage) -> String {
    var digest = Digest()
    message.fold(into: &digest)
    return digest.hexadecimal
  }

  @Test("Every message comes back as it went, in as many bytes as it said", arguments: 0..<messages.count)
  func roundTrip(_ number: Int) throws {
    let message = Self.messages[number]
    let bytes = Self.encoded(message)
    #expect(bytes.count == message.wireSize)
    let back = try Self.decoded(bytes, as: KVMessage.self)
    #expect(back.kind == message.kind)
    #expect(Self.digest(back) == Self.digest(message))
    #expect(Self.encoded(back) == bytes)
  }

  @Test("Different messages have different digests")
  func digests() { #expect(Set(Self.messages.map(Self.digest)).count == Self.messages.count) }

  @Test("A message that ends early or late is refused", arguments: 0..<messages.count)
  func truncated(_ number: Int) {
    let bytes = Self.encoded(Self.messages[number])
    for count in 0..<bytes.count {
      #expect(throws: WireError.self) { try Self.decoded(Array(bytes[..<count]), as: KVMessage.self) }
    }
    #expect(throws: WireError.self) { try Self.decoded(bytes + [0], as: KVMessage.self) }
  }

  @Test("Damaged and random bytes are decoded or refused, never more")
  func hostile() {
    var dice = Dice(seed: 1)
    for round in 0..<20_000 {
      var bytes = Self.encoded(Self.messages[round % Self.messages.count])
      if round % 3 == 0 { bytes = dice.bytes(upTo: 80) }
      if round % 3 == 1 { bytes[Int(dice.below(UInt64(bytes.count)))] = UInt8(dice.below(256)) }
      if round % 3 == 2 { bytes[Int(dice.below(UInt64(bytes.count)))] ^= 1 << UInt8(dice.below(8)) }
      if let message = try? Self.decoded(bytes, as: KVMessage.self) {
        #expect(message.wireSize == Self.encoded(message).count)
      }
      _ = try? Self.decoded(bytes, as: GossipMessage.self)
    }
  }

  @Test("A server survives any message that can be decoded", arguments: 0..<8)
  func hostileToServers(_ seed: UInt64) {
    var dice = Dice(seed: seed)
    let version = WireVersion(rawValue: UInt8(1 + seed % 2))
    var server = Bench(RaftKV(server: NodeID(0), settings: RaftKVSettings(servers: 3, wireVersion: version)))
    server.start()
    for round in 0..<5_000 {
      var bytes = Self.encoded(Self.messages[Int(dice.below(UInt64(Self.messages.count)))])
      for _ in 0..<dice.below(4) { bytes[Int(dice.below(UInt64(bytes.count)))] = UInt8(dice.below(256)) }
      if let message = try? Self.decoded(bytes, as: KVMessage.self) {
        server.hear(message, from: UInt32(dice.below(4)))
      }
      if round % 50 == 0 { server.step(.timerFired(TimerID(0)), after: .milliseconds(400)) }
      if round % 3 == 0 { server.step(.timerFired(TimerID(2))) }
      if round % 7 == 0 { server.step(.timerFired(TimerID(1))) }
      if round % 5 == 0 { server.step(.writeCompleted(WriteToken(UInt64(round)))) }
    }
  }

  @Test("A term that leaves no room for another is refused")
  func lastTerm() {
    let message = KVMessage.raft(.voteReply(VoteReply(term: .max, granted: false)))
    #expect(throws: WireError.self) { try Self.decoded(Self.encoded(message), as: KVMessage.self) }
  }

  @Test("A gossip message comes back as it went", arguments: [[], [1], [1, 5, UInt64.max]])
  func gossip(_ rumours: [UInt64]) throws {
    let message = GossipMessage(rumours: rumours)
    let bytes = Self.encoded(message)
    #expect(bytes.count == message.wireSize)
    #expect(try Self.decoded(bytes, as: GossipMessage.self) == message)
    #expect(throws: WireError.self) { try Self.decoded(Array(bytes.dropLast()), as: GossipMessage.self) }
  }
}

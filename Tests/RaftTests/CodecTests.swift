import Primitives
import Raft
import Testing

@Suite("Messages on the wire")
struct CodecTests {
  static let messages: [Message] = [
    voteRequest(3, last: (7, 2)), voteRequest((1 << 63) - 1, last: (.max, (1 << 63) - 1)),
    .voteReply(VoteReply(term: 4, granted: true)), .voteReply(VoteReply(term: 4, granted: false)),
    append(5),
    append(6, after: (8, 5), commit: 7, [.noop(term: 6), entry(6, 10), Entry(term: 6, command: Array(0...255))]),
    .appendReply(AppendReply(term: 1, result: .matched(99))), .appendReply(AppendReply(term: 2, result: .stale)),
    .appendReply(AppendReply(term: 3, result: .rejected(previous: 9, conflictTerm: 2, conflictIndex: 5))),
    .installSnapshot(InstallSnapshot(term: 3, round: 4, name: name, offset: 2, piece: [1, 2, 3])),
    .installSnapshot(InstallSnapshot(term: 3, round: 4, name: name, offset: 5, piece: [])),
    .snapshotReply(SnapshotReply(term: 3, round: 4, life: 1, memory: .whole, lastIndex: 9, result: .holds(5))),
    .snapshotReply(SnapshotReply(term: 3, round: 4, life: 1, memory: .none, lastIndex: 9, result: .refused)),
    append(6, after: (8, 5), commit: 7, [entry(6, 10), Entry(term: 6, configuration: joint)]),
    .installSnapshot(InstallSnapshot(term: 3, round: 4, name: jointName, offset: 2, piece: [1, 2, 3])),
    .timeoutNow(TimeoutNow(term: 7)),
    .requestVote(RequestVote(term: 3, lastIndex: 7, lastTerm: 2, isHandedOver: true)),
  ]

  static let joint = Configuration(
    voters: [NodeID(0), NodeID(3)], outgoing: [NodeID(0), NodeID(1)], learners: [NodeID(5)])
  static let jointName = Snapshot.Name(
    lastIndex: 9, lastTerm: 2, configuration: joint, size: 5, fingerprint: 77)

  static let name = Snapshot.Name(lastIndex: 9, lastTerm: 2, size: 5, fingerprint: 77)

  static func bytes(_ message: Message) -> [UInt8] {
    var writer = WireWriter()
    message.encode(into: &writer)
    return writer.bytes
  }

  static func decode(_ kind: UInt8, _ bytes: [UInt8]) throws(WireError) -> Message {
    var reader = WireReader(bytes)
    let message = try Message.decode(kind: kind, from: &reader)
    try reader.end()
    return message
  }

  @Test("What is read is what was written, of the size foretold", arguments: messages)
  func roundTrip(message: Message) throws {
    let bytes = Self.bytes(message)
    #expect(bytes.count == message.wireSize())
    #expect(try Self.decode(message.kind, bytes) == message)
  }

  @Test("Without hints a rejection is shorter by them, and all else is the same", arguments: messages)
  func withoutHints(message: Message) throws {
    var writer = WireWriter()
    message.encode(into: &writer, hints: false)
    #expect(writer.bytes.count == message.wireSize(hints: false))
    var reader = WireReader(writer.bytes)
    #expect(try Message.decode(kind: message.kind, from: &reader, hints: false) == message.withoutHint())
    try reader.end()
  }

  @Test("No part of a message is a message, nor is one with a byte too many", arguments: messages)
  func truncated(message: Message) {
    let bytes = Self.bytes(message)
    for count in bytes.indices {
      #expect(throws: WireError.self) { try Self.decode(message.kind, Array(bytes.prefix(count))) }
    }
    #expect(throws: WireError.self) { try Self.decode(message.kind, bytes + [0]) }
  }

  @Test("Bytes of no message are refused or are another message, and never trap", arguments: messages)
  func hostile(message: Message) {
    let bytes = Self.bytes(message)
    for position in bytes.indices {
      for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
        var damaged = bytes
        damaged[position] = value
        guard let other = try? Self.decode(message.kind, damaged) else { continue }
        #expect(other.kind == message.kind)
        // Whatever decodes encodes to bytes of its own size.
        #expect(Self.bytes(other).count == other.wireSize())
        #expect((other == message) == (Self.bytes(other) == bytes))
      }
    }
    for kind: UInt8 in [8, 12, 16, 255] {
      #expect(throws: WireError.self) { try Self.decode(kind, bytes) }
    }
  }

  @Test("A count that no message could hold is refused without reserving its memory")
  func hugeCount() {
    var writer = WireWriter()
    for _ in 0..<4 { writer.write(UInt64(1)) }
    writer.write(UInt32.max)
    #expect(throws: WireError.self) { try Self.decode(2, writer.bytes) }
  }

  @Test("Every field of a message is in its digest")
  func digests() {
    let variants: [Message] =
      Self.messages + [
        voteRequest(4, last: (7, 2)), voteRequest(3, last: (8, 2)), voteRequest(3, last: (7, 3)),
        append(5, after: (1, 0)), append(5, after: (0, 1)), append(5, commit: 1), append(5, [entry(1, 1)]),
        append(5, [entry(1, 2)]), .appendReply(AppendReply(term: 1, result: .matched(98))),
        .appendReply(AppendReply(term: 3, result: .rejected(previous: 8, conflictTerm: 2, conflictIndex: 5))),
        .appendReply(AppendReply(term: 3, result: .rejected(previous: 9, conflictTerm: 1, conflictIndex: 5))),
        .appendReply(AppendReply(term: 3, result: .rejected(previous: 9, conflictTerm: 2, conflictIndex: 4))),
        .installSnapshot(InstallSnapshot(term: 3, round: 5, name: Self.name, offset: 2, piece: [1, 2, 3])),
        .installSnapshot(InstallSnapshot(term: 3, round: 4, name: Self.name, offset: 1, piece: [1, 2, 3])),
        .installSnapshot(InstallSnapshot(term: 3, round: 4, name: Self.name, offset: 2, piece: [1, 2, 4])),
        .snapshotReply(SnapshotReply(term: 3, round: 4, life: 1, memory: .whole, lastIndex: 9, result: .holds(4))),
        .snapshotReply(SnapshotReply(term: 3, round: 4, life: 1, memory: .whole, lastIndex: 8, result: .holds(5))),
        .snapshotReply(SnapshotReply(term: 3, round: 4, life: 2, memory: .whole, lastIndex: 9, result: .holds(5))),
      ]
    let digests = variants.map { message in
      var digest = Digest()
      message.fold(into: &digest)
      return digest
    }
    #expect(Set(digests).count == variants.count)
  }

  @Test("A timing is refused where the heartbeat is not below the time-out")
  func timing() throws {
    let timing = try Timing(electionTimeout: .milliseconds(100), .milliseconds(200), heartbeat: .milliseconds(99))
    #expect(timing.electionTimeout == .uniform(.milliseconds(100), .milliseconds(200)))
    let refused: [(Int64, Int64, Int64)] = [(100, 100, 10), (200, 100, 10), (100, 200, 100), (100, 200, 0)]
    for (low, high, heartbeat) in refused {
      #expect(throws: InvalidTiming.self) {
        try Timing(electionTimeout: .milliseconds(low), .milliseconds(high), heartbeat: .milliseconds(heartbeat))
      }
    }
  }
}

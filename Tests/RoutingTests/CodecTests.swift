import Primitives
import Routing
import Testing

@Suite("Routing messages on the wire")
struct CodecTests {
  static let messages: [Message] = [
    .adverts([]),
    .adverts([Advert(origin: node(0), sequence: 1, links: [])]),
    .adverts([
      Advert(
        origin: node(7), sequence: 3,
        links: [
          LinkReport(neighbour: node(1), cost: 1, isDown: true),
          LinkReport(neighbour: node(9_999), cost: 65_535, isDown: false),
        ]),
      Advert(origin: node(2), sequence: (1 << 62) - 1, links: []),
    ]),
    .summary(Summary(count: 0, sum: 0, isAnswer: false)),
    .summary(Summary(count: .max, sum: .max, isAnswer: true)),
  ]

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
    #expect(bytes.count == message.wireSize)
    #expect(try Self.decode(message.kind, bytes) == message)
    #expect(Int(message.kind) < Message.kinds.count)
  }

  @Test("No part of a message is a message, nor is one with a byte too many", arguments: messages)
  func truncated(message: Message) {
    let bytes = Self.bytes(message)
    for count in bytes.indices {
      #expect(throws: WireError.self) { try Self.decode(message.kind, Array(bytes.prefix(count))) }
    }
    #expect(throws: WireError.self) { try Self.decode(message.kind, bytes + [0]) }
  }

  @Test(
    "Damaged bytes are refused or are another message, and nobody who takes them for true traps",
    arguments: messages)
  func damaged(message: Message) throws {
    let bytes = Self.bytes(message)
    var state = LinkState(id: node(2), topology: try Topology(nodes: 10, shape: .full))
    for position in bytes.indices {
      for value in UInt8.min...UInt8.max {
        var damaged = bytes
        damaged[position] = value
        guard let other = try? Self.decode(message.kind, damaged) else { continue }
        #expect(Self.bytes(other) == damaged)
        #expect((other == message) == (damaged == bytes))
        var actions = Outbox<Action>()
        state.receive(other, from: node(1), &actions)
        _ = state.nextHop(to: node(5))
        state.linkDown(node(4), &actions)
        state.linkUp(node(4), &actions)
      }
    }
    for kind: UInt8 in [2, 255] {
      #expect(throws: WireError.self) { try Self.decode(kind, bytes) }
    }
  }

  @Test("Arbitrary bytes never trap", arguments: 1...20)
  func arbitrary(seed: Int) {
    var draws = Draws(UInt64(seed))
    for _ in 0..<500 {
      // Small numbers, so that counts are sometimes true.
      let bytes = (0..<draws.below(60)).map { _ in UInt8(draws.below(4) == 0 ? draws.below(3) : 0) }
      for kind: UInt8 in [0, 1] {
        guard let message = try? Self.decode(kind, bytes) else { continue }
        #expect(Self.bytes(message) == bytes)
      }
    }
  }

  @Test("A count that no message could hold is refused without reserving its memory")
  func hugeCount() {
    var writer = WireWriter()
    writer.write(UInt32.max)
    writer.write(UInt32(1))
    writer.write(UInt64(1))
    writer.write(UInt32.max)
    #expect(throws: WireError.self) { try Self.decode(0, writer.bytes) }
  }

  @Test("Every field of a message is in its digest")
  func digests() {
    func advert(_ origin: Int, _ sequence: UInt64, _ neighbour: Int, _ cost: UInt32, _ isDown: Bool) -> Message {
      let report = LinkReport(neighbour: node(neighbour), cost: cost, isDown: isDown)
      return .adverts([Advert(origin: node(origin), sequence: sequence, links: [report])])
    }
    let variants: [Message] =
      Self.messages + [
        advert(1, 1, 1, 1, true), advert(2, 1, 1, 1, true), advert(1, 2, 1, 1, true), advert(1, 1, 2, 1, true),
        advert(1, 1, 1, 2, true), advert(1, 1, 1, 1, false),
        .summary(Summary(count: 1, sum: 0, isAnswer: false)), .summary(Summary(count: 0, sum: 1, isAnswer: false)),
        .summary(Summary(count: 0, sum: 0, isAnswer: true)),
      ]
    let digests = variants.map { message in
      var digest = Digest()
      message.fold(into: &digest)
      return digest
    }
    #expect(Set(digests).count == variants.count)
  }

  @Test("People read who says what")
  func words() {
    #expect(
      Self.messages[2].words
        == "n8 no. 3: n2 down, n10000 costs 65535; n3 no. 4611686018427387903: as planned")
    #expect(Self.messages[4].words == "4,294,967,295\u{A0}adverts, sum ffffffffffffffff, an answer")
  }
}

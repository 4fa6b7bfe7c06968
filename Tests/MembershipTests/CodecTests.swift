import Membership
import Primitives
import Testing

@Suite("Messages on the wire")
struct CodecTests {
  static let messages: [Membership.Message] = [
    Membership.Message(.ping, sequence: 1, initiator: n(0), target: n(1)),
    Membership.Message(
      .ack, sequence: .max, initiator: n(.max), target: n(7),
      updates: [
        Membership.Update(n(3), .alive, incarnation: .max), Membership.Update(n(.max), .dead, incarnation: 0),
      ]),
    Membership.Message(
      .pingRequest, sequence: 77, initiator: n(2), target: n(9_999),
      updates: (0..<255).map { Membership.Update(n($0), .suspect, incarnation: $0 * 9) }),
  ]

  static func bytes(_ message: Membership.Message) -> [UInt8] {
    var writer = WireWriter()
    message.encode(into: &writer)
    return writer.bytes
  }

  static func decode(_ kind: UInt8, _ bytes: [UInt8]) throws(WireError) -> Membership.Message {
    var reader = WireReader(bytes)
    let message = try Membership.Message.decode(kind: kind, from: &reader)
    try reader.end()
    return message
  }

  @Test("What is read is what was written, of the size foretold", arguments: messages)
  func roundTrip(message: Membership.Message) throws {
    let bytes = Self.bytes(message)
    #expect(bytes.count == message.wireSize)
    #expect(try Self.decode(message.kind, bytes) == message)
    #expect(Int(message.kind) < Membership.Message.kinds.count)
  }

  @Test("No part of a message is a message, nor is one with a byte too many", arguments: messages)
  func truncated(message: Membership.Message) {
    let bytes = Self.bytes(message)
    for count in bytes.indices {
      #expect(throws: WireError.self) { try Self.decode(message.kind, Array(bytes.prefix(count))) }
    }
    #expect(throws: WireError.self) { try Self.decode(message.kind, bytes + [0]) }
    #expect(throws: WireError.self) { try Self.decode(3, bytes) }
  }

  @Test("Damaged bytes are refused or are another message, and no member traps on it", arguments: messages)
  func damaged(message: Membership.Message) {
    let bytes = Self.bytes(message)
    for position in bytes.indices {
      for value: UInt8 in [0, 1, 2, 0x7F, 0xFF] {
        var damaged = bytes
        damaged[position] = value
        guard let other = try? Self.decode(message.kind, damaged) else { continue }
        #expect(Self.bytes(other) == damaged && other.wireSize == damaged.count)
        var member = Membership(id: n(3), members: 5)
        var actions = Outbox<Membership.Action>()
        for sender: UInt32 in [0, 2, 3, 9] { member.receive(other, from: n(sender), at: .zero, &actions) }
        #expect(member.deviations.allSatisfy { $0.node.index < 5 && $0.node != n(3) })
      }
    }
  }

  @Test("Messages that differ have digests that differ, and words for people")
  func digests() {
    let digests = Self.messages.map { message in
      var digest = Digest()
      message.fold(into: &digest)
      return digest
    }
    #expect(Set(digests).count == Self.messages.count)
    #expect(Self.messages[0].words == "1 of n1 for n2")
    #expect(Self.messages[1].words.hasSuffix("n4 alive in 4294967295, n4294967296 dead in 0"))
  }
}

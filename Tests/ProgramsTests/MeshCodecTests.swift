import CRDT
import ControlLoop
import Membership
import Node
import Primitives
import Programs
import Routing
import Testing

@Suite("The wire form of a mesh's messages")
struct MeshCodecTests {
  static let lessons: Lessons = {
    var pupil = LessonsTests.Pupil(2)
    for report in LessonsTests.reports { _ = pupil.learn(report) }
    return pupil.lessons
  }()

  static let contents: [MeshPacket.Content] =
    [
      .membership(
        Membership.Message(
          .ping, sequence: 7, initiator: NodeID(1), target: NodeID(2),
          updates: [Membership.Update(NodeID(3), .suspect, incarnation: 2)])),
      .membership(Membership.Message(.ack, sequence: .max, initiator: NodeID(.max), target: NodeID(2))),
      .membership(Membership.Message(.pingRequest, sequence: 0, initiator: NodeID(1), target: NodeID(2))),
      .ask(RequestID(5), MeshOperation(key: 6)),
      .ask(RequestID(.max), MeshOperation(key: .max, work: .seconds(315_576_000))),
      .answer(RequestID(5)), .refusal(RequestID(.max)),
    ]
    + CodecTests.raft.map { .council($0) } + [.call(isAnswer: false), .call(isAnswer: true)]
    + Registry.Standing.allCases.map { .proposal(Registry.Decision(NodeID(9), $0)) }

  static let messages: [MeshMessage] =
    [
      .hello(Hello(number: 0, heard: 0, ago: 0, missed: 0, registry: 0)),
      .hello(Hello(number: 1, heard: 2, ago: 3, missed: 4, registry: 5)),
      .hello(Hello(number: .max, heard: .max, ago: .max, missed: .max, registry: .max)),
      .routing(.summary(Summary(count: 3, sum: 99, isAnswer: true))),
      .routing(.adverts([Advert(origin: NodeID(1), sequence: 4, links: [])])),
    ]
    + contents.map { .packet(MeshPacket(from: NodeID(1), to: NodeID(2), hops: 3, $0)) }
    + RegistryTests.registries.map { .registry($0) }
    + [
      .lessons(LessonsParcel(.init(life: 0, number: 0, receiver: nil, state: Lessons()))),
      .lessons(LessonsParcel(.init(life: 1, number: 2, receiver: 0, state: lessons))),
      .lessons(LessonsParcel(.init(life: .max, number: .max, receiver: nil, state: lessons))),
      .learned(number: 1, of: 2, in: 3), .learned(number: .max, of: .max, in: .max),
    ]

  @Test("There is a message of every kind, and no two have the same digest")
  func kinds() {
    #expect(Set(Self.messages.map { Int($0.kind) }) == Set(MeshMessage.kinds.indices))
    #expect(Set(Self.messages.map(CodecTests.digest)).count == Self.messages.count)
    #expect(Set(Self.messages.filter(\.isOfHealing).map(\.kind)) == [9, 10, 11, 12, 13, 14])
  }

  @Test("Every message comes back as it went, in as many bytes as it said", arguments: messages.indices)
  func roundTrip(_ number: Int) throws {
    let message = Self.messages[number]
    let bytes = CodecTests.encoded(message)
    #expect(bytes.count == message.wireSize && bytes.first == message.kind)
    let back = try CodecTests.decoded(bytes, as: MeshMessage.self)
    #expect(back == message && CodecTests.encoded(back) == bytes)
    #expect(CodecTests.digest(back) == CodecTests.digest(message) && !message.words.isEmpty)
    for count in 0..<bytes.count {
      #expect(throws: WireError.self) { try CodecTests.decoded(Array(bytes[..<count]), as: MeshMessage.self) }
    }
    #expect(throws: WireError.self) { try CodecTests.decoded(bytes + [0], as: MeshMessage.self) }
  }

  @Test(
    "A message of which one byte is another is decoded to what it says, or refused", arguments: messages.indices)
  func damaged(_ number: Int) {
    let bytes = CodecTests.encoded(Self.messages[number])
    for position in bytes.indices {
      for change: UInt8 in [0xFF, 0x01, 0x80] {
        var damaged = bytes
        damaged[position] ^= change
        guard let other = try? CodecTests.decoded(damaged, as: MeshMessage.self) else { continue }
        // Whatever it is, it can be told and counted.
        #expect(other.wireSize == damaged.count && !other.words.isEmpty)
      }
    }
  }

  @Test("Damaged and random bytes are decoded or refused, never more")
  func hostile() {
    var dice = Dice(seed: 2)
    for round in 0..<20_000 {
      var bytes = CodecTests.encoded(Self.messages[round % Self.messages.count])
      if round % 4 == 0 { bytes = [UInt8(dice.below(14))] + dice.bytes(upTo: 80) }
      for _ in 0..<round % 4 { bytes[Int(dice.below(UInt64(bytes.count)))] = UInt8(dice.below(256)) }
      guard let message = try? CodecTests.decoded(bytes, as: MeshMessage.self) else { continue }
      #expect(message.wireSize == CodecTests.encoded(message).count)
    }
  }

  @Test("Work that is negative or takes more than ten years is refused")
  func work() {
    func bytes(_ work: UInt64) -> [UInt8] {
      let ask = MeshPacket(from: NodeID(1), to: NodeID(2), .ask(RequestID(1), MeshOperation(key: 2)))
      var writer = WireWriter()
      writer.write(work)
      return CodecTests.encoded(MeshMessage.packet(ask)).dropLast(8) + writer.bytes
    }
    func isRefused(_ work: UInt64) -> Bool { (try? CodecTests.decoded(bytes(work), as: MeshMessage.self)) == nil }
    #expect(!isRefused(315_576_000_000_000_000) && isRefused(315_576_000_000_000_001))
    #expect(isRefused(.max) && isRefused(1 << 63))
  }

  @Test("A flag of lessons that is neither whole nor part is refused")
  func flag() {
    var bytes = CodecTests.encoded(Self.messages.first { $0.kind == 13 }!)
    bytes[1] = 2
    #expect(throws: WireError.self) { try CodecTests.decoded(bytes, as: MeshMessage.self) }
  }
}

import CRDT
import Membership
import Node
import Primitives
import Routing

/// What nodes of a mesh say to each other: neighbours directly, others by packets that are handed on.
public enum MeshMessage: WireMessage, Hashable {
  /// The link works.
  case hello(Hello)
  case routing(Routing.Message)
  case packet(MeshPacket)
  /// What the council has decided.
  case registry(Registry)
  /// Lessons that the receiver may lack. Indirect, so that no hello is as large as what is rarely said.
  indirect case lessons(LessonsParcel)
  /// All of the receiver's lessons up to that number of that life of its are known.
  case learned(number: UInt64, of: UInt32, in: UInt32)

  public static let kinds: [StaticString] = [
    "Hello", "Adverts", "Summary", "Ping", "Ack", "PingRequest", "Ask", "Answer", "Refusal", "Council", "Proposal",
    "Call",
    "Registry", "Lessons", "Learned",
  ]

  public var kind: UInt8 {
    switch self {
    case .hello: 0
    case .routing(let message): 1 + message.kind
    case .packet(let packet):
      switch packet.content {
      case .membership(let message): 3 + message.kind
      case .ask: 6
      case .answer: 7
      case .refusal: 8
      case .council: 9
      case .proposal: 10
      case .call: 11
      }
    case .registry: 12
    case .lessons: 13
    case .learned: 14
    }
  }

  /// Whether it is there for the sake of healing alone.
  public var isOfHealing: Bool { kind >= 9 }

  public var wireSize: Int {
    switch self {
    case .hello: 22
    case .routing(let message): 1 + message.wireSize
    case .packet(let packet): 1 + packet.wireSize
    case .registry(let registry): 1 + registry.wireSize
    case .lessons(let parcel): 2 + parcel.content.wireSize
    case .learned: 17
    }
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(kind)
    switch self {
    case .hello(let hello):
      writer.write(hello.number)
      writer.write(hello.heard)
      writer.write(hello.ago)
      writer.write(hello.missed)
      writer.write(hello.registry)
    case .routing(let message): message.encode(into: &writer)
    case .packet(let packet): packet.encode(into: &writer)
    case .registry(let registry): registry.encode(into: &writer)
    case .lessons(let parcel):
      writer.write(UInt8(parcel.content.receiver == nil ? 1 : 0))
      parcel.content.encode(into: &writer)
    case .learned(let number, let life, let own):
      writer.write(number)
      writer.write(life)
      writer.write(own)
    }
  }

  public static func decode(from reader: inout WireReader) throws(WireError) -> MeshMessage {
    let position = reader.position
    let message: MeshMessage
    switch try reader.byte() {
    case 0:
      message = .hello(
        Hello(
          number: try reader.word32(), heard: try reader.word32(), ago: try reader.word32(),
          missed: try reader.byte(),
          registry: try reader.word64()))
    case let kind where kind <= 2: message = .routing(try Routing.Message.decode(kind: kind - 1, from: &reader))
    case let kind where kind <= 11: message = .packet(try MeshPacket.decode(kind: kind, from: &reader))
    case 12: message = .registry(try Registry.decode(from: &reader))
    case 13:
      let flag = try reader.byte()
      guard flag <= 1 else { throw WireError(position: position + 1, expected: "0 or 1") }
      message = .lessons(LessonsParcel(try .decode(isWhole: flag == 1, from: &reader)))
    case 14: message = .learned(number: try reader.word64(), of: try reader.word32(), in: try reader.word32())
    default: throw WireError(position: position, expected: "a kind of mesh message")
    }
    try reader.end()
    return message
  }

  public func fold(into digest: inout Digest) {
    digest.fold(UInt64(kind))
    switch self {
    case .hello(let hello):
      digest.fold(UInt64(hello.number) << 32 | UInt64(hello.heard), UInt64(hello.ago) << 8 | UInt64(hello.missed))
      digest.fold(hello.registry)
    case .routing(let message): message.fold(into: &digest)
    case .packet(let packet): packet.fold(into: &digest)
    case .registry(let registry): registry.fold(into: &digest)
    case .lessons(let parcel): parcel.content.fold(into: &digest)
    case .learned(let number, let life, let own): digest.fold(number, UInt64(life) << 32 | UInt64(own))
    }
  }

  public var words: String {
    switch self {
    case .hello(let hello): "number \(hello.number)"
    case .routing(let message): message.words
    case .packet(let packet): packet.words
    case .registry(let registry): registry.words
    case .lessons(let parcel): "up to \(parcel.content.number) of life \(parcel.content.life)"
    case .learned(let number, let life, _): "\(number) of life \(life)"
    }
  }
}

/// What a node of a mesh keeps on its disk: what it holds as a member of the council, and why it is about to restart. All
/// else a new life learns from the others.
public enum MeshRecord: StoredRecord, Hashable {
  case council(KVRecord)
  case restart(Restart)

  /// A restart that the node chose, as the next life finds it.
  public struct Restart: Hashable, Sendable {
    /// On the wall clock.
    public let at: Instant
    /// Against what: a cause's number.
    public let cause: UInt8

    public init(at: Instant, cause: UInt8) {
      self.at = at
      self.cause = cause
    }
  }

  /// Beside those of the council.
  static let restartFile = FileID(3)

  public var storedSize: Int {
    switch self {
    case .council(let record): record.storedSize
    case .restart: 9
    }
  }

  public func fold(into digest: inout Digest) {
    switch self {
    case .council(let record): record.fold(into: &digest)
    case .restart(let restart): digest.fold(UInt64(bitPattern: restart.at.nanoseconds), UInt64(restart.cause))
    }
  }
}

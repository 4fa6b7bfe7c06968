import Membership
import Node
import Primitives
import Routing

/// What nodes of a mesh say to each other: neighbours directly, others by packets that are handed on.
public enum MeshMessage: WireMessage, Hashable {
  /// The link works.
  case hello
  case routing(Routing.Message)
  case packet(MeshPacket)

  public static let kinds: [StaticString] = [
    "Hello", "Adverts", "Summary", "Ping", "Ack", "PingRequest", "Ask", "Answer",
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
      }
    }
  }

  public var wireSize: Int {
    switch self {
    case .hello: 1
    case .routing(let message): 1 + message.wireSize
    case .packet(let packet): 1 + packet.wireSize
    }
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(kind)
    switch self {
    case .hello: break
    case .routing(let message): message.encode(into: &writer)
    case .packet(let packet): packet.encode(into: &writer)
    }
  }

  public static func decode(from reader: inout WireReader) throws(WireError) -> MeshMessage {
    let position = reader.position
    let message: MeshMessage
    switch try reader.byte() {
    case 0: message = .hello
    case let kind where kind <= 2: message = .routing(try Routing.Message.decode(kind: kind - 1, from: &reader))
    case let kind where kind <= 7: message = .packet(try MeshPacket.decode(kind: kind, from: &reader))
    default: throw WireError(position: position, expected: "a kind of mesh message")
    }
    try reader.end()
    return message
  }

  public func fold(into digest: inout Digest) {
    digest.fold(UInt64(kind))
    switch self {
    case .hello: break
    case .routing(let message): message.fold(into: &digest)
    case .packet(let packet): packet.fold(into: &digest)
    }
  }

  public var words: String {
    switch self {
    case .hello: ""
    case .routing(let message): message.words
    case .packet(let packet): packet.words
    }
  }
}

/// Something for a node that may be many links away.
public struct MeshPacket: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    case membership(Membership.Message)
    /// Please serve this key's request.
    case ask(RequestID, key: UInt64)
    case answer(RequestID)
  }

  public let source: NodeID
  public let destination: NodeID
  /// Links that it has gone over.
  public var hops: UInt16
  public let content: Content

  public init(from source: NodeID, to destination: NodeID, hops: UInt16 = 0, _ content: Content) {
    self.source = source
    self.destination = destination
    self.hops = hops
    self.content = content
  }

  var wireSize: Int {
    switch content {
    case .membership(let message): 12 + message.wireSize
    case .ask: 28
    case .answer: 20
    }
  }

  func encode(into writer: inout WireWriter) {
    writer.write(source.rawValue)
    writer.write(destination.rawValue)
    writer.write(UInt32(hops))
    switch content {
    case .membership(let message): message.encode(into: &writer)
    case .ask(let request, let key):
      writer.write(request.rawValue)
      writer.write(key)
    case .answer(let request): writer.write(request.rawValue)
    }
  }

  static func decode(kind: UInt8, from reader: inout WireReader) throws(WireError) -> MeshPacket {
    let source = NodeID(try reader.word32())
    let destination = NodeID(try reader.word32())
    let position = reader.position
    guard let hops = UInt16(exactly: try reader.word32()) else {
      throw WireError(position: position, expected: "a number of links up to 65,535")
    }
    let content: Content =
      switch kind {
      case 6: .ask(RequestID(try reader.word64()), key: try reader.word64())
      case 7: .answer(RequestID(try reader.word64()))
      default: .membership(try Membership.Message.decode(kind: kind - 3, from: &reader))
      }
    return MeshPacket(from: source, to: destination, hops: hops, content)
  }

  func fold(into digest: inout Digest) {
    digest.fold(UInt64(source.rawValue) << 32 | UInt64(destination.rawValue), UInt64(hops))
    switch content {
    case .membership(let message): message.fold(into: &digest)
    case .ask(let request, let key): digest.fold(request.rawValue, key)
    case .answer(let request): digest.fold(request.rawValue)
    }
  }

  var words: String {
    let way = "n\(UInt64(source.rawValue) + 1) to n\(UInt64(destination.rawValue) + 1)"
    switch content {
    case .membership(let message): return "\(way), \(message.words)"
    case .ask(let request, let key): return "\(way), request \(request.rawValue) for key \(key)"
    case .answer(let request): return "\(way), request \(request.rawValue)"
    }
  }
}

/// A mesh keeps nothing on its disks: a new life learns from the others.
public enum MeshRecord: StoredRecord {
  public var storedSize: Int { switch self {} }
  public func fold(into digest: inout Digest) { switch self {} }
}

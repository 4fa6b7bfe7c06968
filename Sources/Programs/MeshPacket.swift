import Membership
import Node
import Primitives

/// Something for a node that may be many links away.
public struct MeshPacket: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    case membership(Membership.Message)
    /// Please serve this request.
    case ask(RequestID, MeshOperation)
    /// It is served.
    case answer(RequestID)
    /// It is not: there is too much to do.
    case refusal(RequestID)
    /// From one member of the council to another. Indirect, for the others are many and small.
    indirect case council(CouncilMessage)
    /// Please have this decided.
    case proposal(Registry.Decision)
    /// To somebody who is held dead: are you there? And what he answers.
    case call(isAnswer: Bool)
  }

  public let source: NodeID
  public internal(set) var destination: NodeID
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
    case .ask: 36
    case .answer, .refusal: 20
    case .council(let message): 13 + message.wireSize()
    case .proposal: 12 + Registry.Decision.wireSize
    case .call: 13
    }
  }

  func encode(into writer: inout WireWriter) {
    writer.write(source.rawValue)
    writer.write(destination.rawValue)
    writer.write(UInt32(hops))
    switch content {
    case .membership(let message): message.encode(into: &writer)
    case .ask(let request, let operation):
      writer.write(request.rawValue)
      writer.write(operation.key)
      writer.write(UInt64(bitPattern: operation.work.count))
    case .answer(let request), .refusal(let request): writer.write(request.rawValue)
    case .council(let message):
      writer.write(message.kind)
      message.encode(into: &writer)
    case .proposal(let decision): decision.encode(into: &writer)
    case .call(let isAnswer): writer.write(UInt8(isAnswer ? 1 : 0))
    }
  }

  static func decode(kind: UInt8, from reader: inout WireReader) throws(WireError) -> MeshPacket {
    let source = NodeID(try reader.word32())
    let destination = NodeID(try reader.word32())
    let position = reader.position
    guard let hops = UInt16(exactly: try reader.word32()) else {
      throw WireError(position: position, expected: "a number of links up to 65,535")
    }
    let content: Content
    switch kind {
    case 6: content = .ask(RequestID(try reader.word64()), try operation(from: &reader))
    case 7: content = .answer(RequestID(try reader.word64()))
    case 8: content = .refusal(RequestID(try reader.word64()))
    case 9: content = .council(try CouncilMessage.decode(kind: try reader.byte(), from: &reader))
    case 10: content = .proposal(try Registry.Decision.decode(from: &reader))
    case 11:
      let position = reader.position
      let flag = try reader.byte()
      guard flag <= 1 else { throw WireError(position: position, expected: "0 or 1") }
      content = .call(isAnswer: flag == 1)
    default: content = .membership(try Membership.Message.decode(kind: kind - 3, from: &reader))
    }
    return MeshPacket(from: source, to: destination, hops: hops, content)
  }

  private static func operation(from reader: inout WireReader) throws(WireError) -> MeshOperation {
    let key = try reader.word64()
    let position = reader.position
    let work = Int64(bitPattern: try reader.word64())
    // Ten years are enough for anybody.
    guard (0...315_576_000_000_000_000).contains(work) else {
      throw WireError(position: position, expected: "work of at most ten years")
    }
    return MeshOperation(key: key, work: Nanoseconds(work))
  }

  func fold(into digest: inout Digest) {
    digest.fold(UInt64(source.rawValue) << 32 | UInt64(destination.rawValue), UInt64(hops))
    switch content {
    case .membership(let message): message.fold(into: &digest)
    case .ask(let request, let operation):
      digest.fold(request.rawValue)
      operation.fold(into: &digest)
    case .answer(let request), .refusal(let request): digest.fold(request.rawValue)
    case .council(let message): message.fold(into: &digest)
    case .proposal(let decision): digest.fold(UInt64(decision.node.rawValue), UInt64(decision.standing.rawValue))
    case .call(let isAnswer): digest.fold(isAnswer ? 1 : 0)
    }
  }

  var words: String {
    let way = "n\(UInt64(source.rawValue) + 1) to n\(UInt64(destination.rawValue) + 1)"
    switch content {
    case .membership(let message): return "\(way), \(message.words)"
    case .ask(let request, let operation): return "\(way), request \(request.rawValue) for key \(operation.key)"
    case .answer(let request), .refusal(let request): return "\(way), request \(request.rawValue)"
    case .council(let message): return "\(way), \(message.words)"
    case .proposal(let decision): return "\(way), n\(UInt64(decision.node.rawValue) + 1) \(decision.standing)"
    case .call(let isAnswer): return "\(way), \(isAnswer ? "here" : "are you there")"
    }
  }
}

import Node
import Primitives
import Raft

/// What travels between the processes of a `raft-kv` cluster.
public enum KVMessage: Sendable {
  case raft(Message)
  case request(KVRequest)
  case response(KVResponse)
}

/// A client's request to a server. The server that gets it through the log applies it once, however often
/// it was sent (Raft paper, section 8).
public struct KVRequest: Hashable, Sendable {
  public let request: RequestID
  /// Counts the client's tries, so that a late answer to an earlier one is not taken for the last one's.
  public let attempt: UInt32
  /// The client's oldest request without an outcome: results of older ones may be forgotten.
  public let oldestOpen: RequestID
  public let operation: KVOperation

  public init(request: RequestID, attempt: UInt32, oldestOpen: RequestID, operation: KVOperation) {
    self.request = request
    self.attempt = attempt
    self.oldestOpen = oldestOpen
    self.operation = operation
  }
}

public struct KVResponse: Hashable, Sendable {
  public enum Answer: Hashable, Sendable {
    case outcome(KVOutcome)
    /// This attempt certainly was not applied and will not be; the leader, where one is known.
    case refused(leader: NodeID?)
  }

  public let request: RequestID
  public let attempt: UInt32
  public let answer: Answer

  public init(request: RequestID, attempt: UInt32, answer: Answer) {
    self.request = request
    self.attempt = attempt
    self.answer = answer
  }
}

extension KVMessage: WireMessage {
  public static let kinds: [StaticString] = Message.kinds + ["ClientRequest", "ClientResponse"]

  @inlinable
  public var kind: UInt8 {
    switch self {
    case .raft(let message): message.kind
    case .request: 4
    case .response: 5
    }
  }

  public var wireSize: Int {
    switch self {
    case .raft(let message): 1 + message.wireSize
    case .request(let request): 1 + 20 + request.operation.wireSize
    case .response(let response): 1 + 12 + response.answer.wireSize
    }
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(kind)
    switch self {
    case .raft(let message): message.encode(into: &writer)
    case .request(let request):
      writer.write(request.request.rawValue)
      writer.write(request.attempt)
      writer.write(request.oldestOpen.rawValue)
      request.operation.encode(into: &writer)
    case .response(let response):
      writer.write(response.request.rawValue)
      writer.write(response.attempt)
      response.answer.encode(into: &writer)
    }
  }

  public static func decode(from reader: inout WireReader) throws(WireError) -> KVMessage {
    let position = reader.position
    let message: KVMessage
    switch try reader.byte() {
    case 4:
      message = .request(
        KVRequest(
          request: RequestID(try reader.word64()), attempt: try reader.word32(),
          oldestOpen: RequestID(try reader.word64()), operation: try KVOperation.decode(from: &reader)))
    case 5:
      message = .response(
        KVResponse(
          request: RequestID(try reader.word64()), attempt: try reader.word32(),
          answer: try KVResponse.Answer.decode(from: &reader)))
    case let kind where Int(kind) < Message.kinds.count:
      message = .raft(try Message.decode(kind: kind, from: &reader))
    default: throw WireError(position: position, expected: "a message kind from 0 to 5")
    }
    try reader.end()
    return message
  }

  public func fold(into digest: inout Digest) {
    switch self {
    case .raft(let message): message.fold(into: &digest)
    case .request(let request):
      digest.fold(request.request.rawValue, UInt64(request.attempt))
      digest.fold(request.oldestOpen.rawValue)
      request.operation.fold(into: &digest)
    case .response(let response):
      digest.fold(response.request.rawValue, UInt64(response.attempt))
      switch response.answer {
      case .outcome(let outcome): outcome.fold(into: &digest)
      case .refused(let leader): digest.fold(6, leader.map { UInt64($0.rawValue) + 1 } ?? 0)
      }
    }
  }
}

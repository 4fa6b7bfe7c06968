import Node
import Primitives
import Raft

/// What travels between the processes of a `raft-kv` cluster.
public enum KVMessage: Sendable {
  case raft(Message, WireHeader = .newest)
  case request(KVRequest)
  case response(KVResponse)
  case openSession(SessionRequest)
  case sessionOpened(SessionAnswer)
  /// A server does not speak the version that it was written to in; the header says which ones it does.
  case versionRefused(WireHeader)
}

/// A client's request to a server. The server that gets it through the log applies it once, however often
/// it was sent (Raft paper, section 8).
public struct KVRequest: Hashable, Sendable {
  public let request: RequestID
  /// Counts the client's tries, so that a late answer to an earlier one is not taken for the last one's.
  public let attempt: UInt32
  /// The client's session; 0 for reads that need no entry.
  public let session: LogIndex
  /// The client's oldest request without an outcome: results of older ones may be forgotten.
  public let oldestOpen: RequestID
  /// How much of the log the client has seen the effects of.
  public let seen: LogIndex
  public let operation: KVOperation

  public init(
    request: RequestID, attempt: UInt32, session: LogIndex, oldestOpen: RequestID, seen: LogIndex = 0,
    operation: KVOperation
  ) {
    self.request = request
    self.attempt = attempt
    self.session = session
    self.oldestOpen = oldestOpen
    self.seen = seen
    self.operation = operation
  }
}

public struct KVResponse: Hashable, Sendable {
  public enum Answer: Hashable, Sendable {
    case outcome(KVOutcome)
    /// This attempt certainly was not applied and will not be; the leader, where one is known.
    case refused(leader: NodeID?)
    /// The session is over: this attempt was not applied, and whether an earlier one was is forgotten.
    case expired
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

/// A client asks for a session, within which its requests are applied once (dissertation, 6.3).
public struct SessionRequest: Hashable, Sendable {
  /// Names this wish: the client's request that needs the session first.
  public let wish: RequestID

  public init(wish: RequestID) { self.wish = wish }
}

public struct SessionAnswer: Hashable, Sendable {
  public let wish: RequestID
  /// The index of the entry that opened it; 0 where the server did not.
  public let session: LogIndex
  /// Who leads, where the server knows and it is not itself.
  public let leader: NodeID?

  public init(wish: RequestID, session: LogIndex, leader: NodeID?) {
    self.wish = wish
    self.session = session
    self.leader = leader
  }
}

extension KVMessage: WireMessage {
  public static let kinds: [StaticString] =
    Message.kinds + ["ClientRequest", "ClientResponse", "OpenSession", "SessionOpened", "VersionRefused"]
    + Message.laterKinds

  @inlinable
  public var kind: UInt8 {
    switch self {
    case .raft(let message, _): message.kind
    case .request: 8
    case .response: 9
    case .openSession: 10
    case .sessionOpened: 11
    case .versionRefused: 12
    }
  }

  public var words: String {
    switch self {
    case .raft(let message, let header):
      header.version == .newest ? message.words : "\(message.words), in version \(header.version.rawValue)"
    case .request(let request): "operation \(request.request.rawValue), try \(request.attempt)"
    case .response(let response):
      "operation \(response.request.rawValue), try \(response.attempt), \(response.answer.words)"
    case .openSession(let request): "wish \(request.wish.rawValue)"
    case .sessionOpened(let answer):
      answer.session == 0
        ? "wish \(answer.wish.rawValue) refused" : "wish \(answer.wish.rawValue), session \(answer.session)"
    case .versionRefused(let header): "speaks versions up to \(header.highest.rawValue)"
    }
  }

  public var wireSize: Int {
    switch self {
    case .raft(let message, let header): 1 + WireHeader.wireSize + message.wireSize(hints: header.version.hints)
    case .request(let request): 1 + 36 + request.operation.wireSize
    case .response(let response): 1 + 12 + response.answer.wireSize
    case .openSession: 1 + 8
    case .sessionOpened: 1 + 20
    case .versionRefused: 1 + WireHeader.wireSize
    }
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(kind)
    switch self {
    case .raft(let message, let header):
      header.encode(into: &writer)
      message.encode(into: &writer, hints: header.version.hints)
    case .request(let request):
      writer.write(request.request.rawValue)
      writer.write(request.attempt)
      writer.write(request.session)
      writer.write(request.oldestOpen.rawValue)
      writer.write(request.seen)
      request.operation.encode(into: &writer)
    case .response(let response):
      writer.write(response.request.rawValue)
      writer.write(response.attempt)
      response.answer.encode(into: &writer)
    case .openSession(let request): writer.write(request.wish.rawValue)
    case .sessionOpened(let answer):
      writer.write(answer.wish.rawValue)
      writer.write(answer.session)
      writer.write(answer.leader.map { $0.rawValue } ?? UInt32.max)
    case .versionRefused(let header): header.encode(into: &writer)
    }
  }

  public static func decode(from reader: inout WireReader) throws(WireError) -> KVMessage {
    let position = reader.position
    let message: KVMessage
    switch try reader.byte() {
    case 8:
      message = .request(
        KVRequest(
          request: RequestID(try reader.word64()), attempt: try reader.word32(),
          session: try reader.word64(), oldestOpen: RequestID(try reader.word64()), seen: try reader.word64(),
          operation: try KVOperation.decode(from: &reader)))
    case 9:
      message = .response(
        KVResponse(
          request: RequestID(try reader.word64()), attempt: try reader.word32(),
          answer: try KVResponse.Answer.decode(from: &reader)))
    case 10: message = .openSession(SessionRequest(wish: RequestID(try reader.word64())))
    case 11:
      let (wish, session) = (RequestID(try reader.word64()), try reader.word64())
      let leader = try reader.word32()
      message = .sessionOpened(
        SessionAnswer(wish: wish, session: session, leader: leader == .max ? nil : NodeID(leader)))
    case 12: message = .versionRefused(try WireHeader.decode(from: &reader))
    case let kind where Int(kind) < kinds.count:
      let header = try WireHeader.decode(from: &reader)
      message = .raft(try Message.decode(kind: kind, from: &reader, hints: header.version.hints), header)
    default: throw WireError(position: position, expected: "a message kind from 0 to 15")
    }
    try reader.end()
    return message
  }

  public func fold(into digest: inout Digest) {
    switch self {
    case .raft(let message, let header):
      header.fold(into: &digest)
      message.fold(into: &digest)
    case .request(let request):
      digest.fold(request.request.rawValue, UInt64(request.attempt))
      digest.fold(request.session, request.oldestOpen.rawValue)
      digest.fold(request.seen)
      request.operation.fold(into: &digest)
    case .response(let response):
      digest.fold(response.request.rawValue, UInt64(response.attempt))
      switch response.answer {
      case .outcome(let outcome): outcome.fold(into: &digest)
      case .refused(let leader): digest.fold(7, leader.map { UInt64($0.rawValue) + 1 } ?? 0)
      case .expired: digest.fold(8)
      }
    case .openSession(let request): digest.fold(request.wish.rawValue)
    case .sessionOpened(let answer):
      digest.fold(answer.wish.rawValue, answer.session)
      digest.fold(answer.leader.map { UInt64($0.rawValue) + 1 } ?? 0)
    case .versionRefused(let header):
      header.fold(into: &digest)
      digest.fold(9)
    }
  }
}

extension KVResponse.Answer {
  fileprivate var words: String {
    switch self {
    case .outcome: "done"
    case .refused(let leader): leader.map { "refused for \($0)" } ?? "refused"
    case .expired: "the session is over"
    }
  }
}

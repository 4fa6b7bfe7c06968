import Node
import Primitives
import Telemetry

/// Everything a node has heard: rumour numbers, ascending.
public struct GossipMessage: WireMessage, Hashable {
  public let rumours: [UInt64]

  public init(rumours: [UInt64]) { self.rumours = rumours }

  public static let kinds: [StaticString] = ["Rumours"]
  public var kind: UInt8 { 0 }
  public var wireSize: Int { 4 + 8 * rumours.count }

  public func encode(into writer: inout WireWriter) {
    writer.write(UInt32(rumours.count))
    for rumour in rumours { writer.write(rumour) }
  }

  public static func decode(from reader: inout WireReader) throws(WireError) -> GossipMessage {
    var rumours: [UInt64] = []
    for _ in 0..<(try reader.word32()) { rumours.append(try reader.word64()) }
    try reader.end()
    return GossipMessage(rumours: rumours)
  }

  public func fold(into digest: inout Digest) {
    digest.fold(UInt64(rumours.count))
    for rumour in rumours { digest.fold(rumour) }
  }
}

/// What a node has heard, on disk.
public struct GossipRecord: StoredRecord, Hashable {
  public let rumours: [UInt64]

  public var storedSize: Int { 8 * rumours.count }

  public func fold(into digest: inout Digest) {
    for rumour in rumours { digest.fold(rumour) }
  }
}

/// A workload that begins rumours: operation number n begins rumour n.
public struct RumourSource: RequestSource {
  public typealias Request = Rumour
  public typealias Response = Answer

  public struct Rumour: RecordedOperation, Hashable {
    public let number: UInt64

    public var name: StaticText { "begin" }
    public var arguments: [(name: StaticText, value: HistoryValue)] {
      [("rumour", .integer(Int64(clamping: number)))]
    }
    public func fold(into digest: inout Digest) { digest.fold(number) }
  }

  public enum Answer: RecordedOutcome, Hashable {
    /// The rumour is on the disk of its first node.
    case begun

    public var kind: OutcomeKind { .ok }
    public var results: [(name: StaticText, value: HistoryValue)] { [] }
    public func fold(into digest: inout Digest) { digest.fold(1) }
  }

  public init() {}

  public func request(number: UInt64, choices: Choices) -> Rumour { Rumour(number: number) }
}

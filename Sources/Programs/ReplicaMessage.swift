import CRDT
import Node
import Primitives
import Telemetry

/// What replicas say to each other.
public enum ReplicaMessage: WireMessage, Hashable {
  /// Changes that the receiver may lack, or all of them.
  case parcel(Parcel)
  /// All of the receiver's changes up to that number of that life of its are on the sender's disk.
  case acknowledgement(number: UInt64, of: UInt32, in: UInt32)

  public typealias Parcel = ReplicaParcel

  public static let kinds: [StaticString] = ["Delta", "State", "Acknowledgement"]

  public var kind: UInt8 {
    switch self {
    case .parcel(let parcel): parcel.content.receiver == nil ? 1 : 0
    case .acknowledgement: 2
    }
  }

  public var wireSize: Int {
    switch self {
    case .parcel(let parcel): 1 + parcel.content.wireSize
    case .acknowledgement: 1 + 8 + 4 + 4
    }
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(kind)
    switch self {
    case .parcel(let parcel): parcel.content.encode(into: &writer)
    case .acknowledgement(let number, let life, let own):
      writer.write(number)
      writer.write(life)
      writer.write(own)
    }
  }

  public static func decode(from reader: inout WireReader) throws(WireError) -> ReplicaMessage {
    let position = reader.position
    let kind = try reader.byte()
    let message: ReplicaMessage
    switch kind {
    case 0, 1: message = .parcel(Parcel(try .decode(isWhole: kind == 1, from: &reader)))
    case 2:
      message = .acknowledgement(
        number: try reader.word64(), of: try reader.word32(), in: try reader.word32())
    default: throw WireError(position: position, expected: "a kind of replica message")
    }
    try reader.end()
    return message
  }

  public func fold(into digest: inout Digest) {
    switch self {
    case .parcel(let parcel):
      digest.fold(UInt64(parcel.content.life) << 8 | UInt64(kind), parcel.content.number)
      digest.fold(parcel.content.receiver.map { UInt64($0) + 1 } ?? 0)
      parcel.content.state.fold(into: &digest)
    case .acknowledgement(let number, let life, let own):
      digest.fold(UInt64(life) << 8 | UInt64(kind), number)
      digest.fold(UInt64(own))
    }
  }

  public var words: String {
    switch self {
    case .parcel(let parcel):
      (["up to \(parcel.content.number) of life \(parcel.content.life)"] + parcel.content.state.contents)
        .joined(separator: ", ")
    case .acknowledgement(let number, let life, _): "\(number) of life \(life)"
    }
  }
}

/// A parcel of shared objects.
public struct ReplicaParcel: Hashable, Sendable {
  package let content: DeltaSync<SharedObjects>.Parcel

  package init(_ content: DeltaSync<SharedObjects>.Parcel) { self.content = content }
}

/// A change, or all there is, on disk.
public struct ReplicaRecord: StoredRecord, Hashable {
  package let objects: SharedObjects

  package init(objects: SharedObjects) { self.objects = objects }

  public var storedSize: Int { objects.wireSize }

  public func fold(into digest: inout Digest) { objects.fold(into: &digest) }
}

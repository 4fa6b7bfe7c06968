import Primitives
import Raft

/// A version of what servers write to each other. Clients and servers have spoken one and the same from the start.
public struct WireVersion: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt8

  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A rejected AppendEntries names the entry that is lacking, and a leader steps back by one.
  public static let lowest = WireVersion(rawValue: 1)
  /// In version 2 it tells too where the logs may agree; in version 3 there are snapshots; in version 4 members come and go,
  /// and leaders hand over.
  public static let newest = WireVersion(rawValue: 4)

  /// Whether rejections carry their hint.
  var hints: Bool { rawValue > 1 }

  /// Whether a snapshot can be sent.
  var hasSnapshots: Bool { rawValue > 2 }

  /// Whether a configuration can be told of, and a leader's wish that another should lead.
  var hasMembership: Bool { rawValue > 3 }

  @inlinable
  public static func < (left: WireVersion, right: WireVersion) -> Bool { left.rawValue < right.rawValue }
}

/// What stands before each message between servers, in every version there will be: the rest can be read by whom it
/// tells that it can.
public struct WireHeader: Hashable, Sendable {
  static let wireSize = 2

  /// In which the message is written.
  public let version: WireVersion
  /// The highest that its sender speaks.
  public let highest: WireVersion

  @inlinable
  public init(version: WireVersion, highest: WireVersion) {
    self.version = version
    self.highest = highest
  }

  public static let newest = WireHeader(version: .newest, highest: .newest)

  func encode(into writer: inout WireWriter) {
    writer.write(version.rawValue)
    writer.write(highest.rawValue)
  }

  /// - Throws: for a version that this program could not read, whatever the receiver speaks. A sender may announce one.
  static func decode(from reader: inout WireReader) throws(WireError) -> WireHeader {
    let position = reader.position
    let version = WireVersion(rawValue: try reader.byte())
    guard version >= .lowest, version <= .newest else {
      throw WireError(position: position, expected: "a wire version from 1 to 4")
    }
    let highest = WireVersion(rawValue: try reader.byte())
    guard highest >= version else {
      throw WireError(position: position + 1, expected: "a highest wire version not below the message's")
    }
    return WireHeader(version: version, highest: highest)
  }

  func fold(into digest: inout Digest) {
    // Nearly every message is of the newest version: what that is costs nothing.
    guard self != .newest else { return }
    digest.fold(UInt64(version.rawValue), UInt64(highest.rawValue))
  }
}

/// What a server knows of the versions that its peers speak, and so in which it writes to each.
///
/// What was heard last counts, not what was heard of the highest: a peer may have gone back to an older program. Where
/// messages overtake each other, one from before that may be heard after one from later; what is then written in a
/// version that the peer has no longer is refused, and the refusal is heard. Messages of a life that is over
/// run out, so this ends.
package struct WireVersions: Sendable {
  package let own: WireVersion
  /// By member, as heard last; nil for nothing. Everybody speaks the lowest.
  private var heard: ContiguousArray<WireVersion?>

  /// - Parameter own: the highest that the server speaks.
  package init(own: WireVersion, members: Int) {
    self.own = own
    heard = ContiguousArray(repeating: nil, count: members)
  }

  /// - Parameter daring: whoever has not been heard is taken to know of members, as this server does, and may refuse it.
  package func header(to peer: NodeID, daring: Bool = false) -> WireHeader {
    WireHeader(
      version: min(own, heard[peer.index] ?? (daring && own.hasMembership ? own : .lowest)), highest: own)
  }

  /// The answer to a message that cannot be read, in the version that everybody can.
  package var refusal: WireHeader { WireHeader(version: .lowest, highest: own) }

  /// Whether the message behind this header can be read. What its sender speaks is known either way.
  package mutating func understands(_ header: WireHeader, from peer: NodeID) -> Bool {
    _ = learns(header, from: peer)
    return header.version <= own
  }

  /// Whether it is news what the peer speaks.
  package mutating func learns(_ header: WireHeader, from peer: NodeID) -> Bool {
    guard heard.indices.contains(peer.index), heard[peer.index] != header.highest else { return false }
    heard[peer.index] = header.highest
    return true
  }

  /// The connection is closed: who opens the next one may be another program.
  package mutating func forget(_ peer: NodeID) {
    if heard.indices.contains(peer.index) { heard[peer.index] = nil }
  }

  func fold(into digest: inout Digest) {
    digest.fold(UInt64(own.rawValue))
    for version in heard { digest.fold(version.map { UInt64($0.rawValue) } ?? 0) }
  }
}

extension Message {
  /// Whether an older version would take away what it is sent for: a vote in an election that the leader has asked for is refused by
  /// whoever hears that leader, unless it is told. Who cannot read it says so, and is asked again.
  @inline(__always)
  var isDaring: Bool {
    if case .requestVote(let request) = self { request.isHandedOver } else { false }
  }

  /// The message as it can be told in this version.
  @inline(__always)
  package consuming func written(in version: WireVersion) -> Message {
    // An election that a leader has asked for is an election.
    if case .requestVote(var request) = self, request.isHandedOver, !version.hasMembership {
      request.isHandedOver = false
      return .requestVote(request)
    }
    return version.hints ? self : withoutHint()
  }

  /// Whether there is such a message in this version.
  package func exists(in version: WireVersion) -> Bool {
    switch self {
    case .installSnapshot(let message):
      version.hasSnapshots && (version.hasMembership || message.name.configuration == nil)
    case .snapshotReply: version.hasSnapshots
    case .timeoutNow: version.hasMembership
    case .appendEntries(let message): version.hasMembership || !message.entries.contains { $0.isConfiguration }
    default: true
    }
  }
}

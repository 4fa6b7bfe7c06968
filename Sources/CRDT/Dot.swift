import Primitives

/// Who changes values: a node, in one of its lives. A life that has lost its memory is another replica, since its
/// changes would otherwise take the names of earlier ones.
@usableFromInline package struct ReplicaID: Hashable, Comparable, Sendable {
  /// Node in the upper half, life in the lower.
  @usableFromInline package let rawValue: UInt64

  @usableFromInline package init(_ node: NodeID, life: UInt32 = 0) {
    rawValue = UInt64(node.rawValue) << 32 | UInt64(life)
  }

  init(rawValue: UInt64) { self.rawValue = rawValue }

  @usableFromInline package var node: NodeID { NodeID(UInt32(rawValue >> 32)) }

  @usableFromInline package static func < (left: ReplicaID, right: ReplicaID) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension ReplicaID: WireValue {
  @usableFromInline package var wireSize: Int { 8 }
  @usableFromInline package func encode(into writer: inout WireWriter) { writer.write(rawValue) }
  @usableFromInline package static func decode(from reader: inout WireReader) throws(WireError) -> ReplicaID {
    ReplicaID(rawValue: try reader.word64())
  }
  @usableFromInline package func fold(into digest: inout Digest) { digest.fold(rawValue) }
}

/// The name of one change: the replica that made it, and which of its changes it was, from 1 to `highest`.
@usableFromInline package struct Dot: Hashable, Comparable, Sendable {
  /// What damaged bytes may claim leaves room to count on.
  static let highest: UInt64 = 1 << 62

  @usableFromInline package let replica: ReplicaID
  @usableFromInline package let number: UInt64

  @usableFromInline package init(_ replica: ReplicaID, _ number: UInt64) {
    self.replica = replica
    self.number = number
  }

  @usableFromInline package static func < (left: Dot, right: Dot) -> Bool {
    (left.replica, left.number) < (right.replica, right.number)
  }
}

extension Dot: WireValue {
  @usableFromInline package var wireSize: Int { 16 }
  @usableFromInline package func encode(into writer: inout WireWriter) {
    replica.encode(into: &writer)
    writer.write(number)
  }
  @usableFromInline package static func decode(from reader: inout WireReader) throws(WireError) -> Dot {
    let replica = try ReplicaID.decode(from: &reader)
    let position = reader.position
    let number = try reader.word64()
    guard (1...highest).contains(number) else {
      throw WireError(position: position, expected: "a number from 1 to 2⁶²")
    }
    return Dot(replica, number)
  }
  @usableFromInline package func fold(into digest: inout Digest) { digest.fold(replica.rawValue, number) }
}

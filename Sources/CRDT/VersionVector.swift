import Primitives

/// How many changes of each replica are known, from its first without a gap ("Detection of mutual inconsistency in
/// distributed systems", Parker et al., 1983).
@usableFromInline package struct VersionVector: Sendable {
  @usableFromInline var counts = AscendingMap<ReplicaID, UInt64>()

  @usableFromInline package init() {}

  /// 0 for a replica of which nothing is known.
  @usableFromInline package subscript(replica: ReplicaID) -> UInt64 {
    get { counts[replica] ?? 0 }
    set { counts[replica] = newValue == 0 ? nil : newValue }
  }

  @usableFromInline package func contains(_ dot: Dot) -> Bool { dot.number <= self[dot.replica] }

  /// Ascending by replica; none has zero.
  @usableFromInline package var entries: some RandomAccessCollection<(replica: ReplicaID, count: UInt64)> {
    counts.entries.lazy.map { (replica: $0.key, count: $0.value) }
  }

  /// Names the next change of a replica.
  @usableFromInline package mutating func next(_ replica: ReplicaID) -> Dot {
    let dot = Dot(replica, self[replica] + 1)
    self[replica] = dot.number
    return dot
  }

  /// Whether everything that the other knows is known here.
  @usableFromInline package func covers(_ other: VersionVector) -> Bool {
    other.counts.entries.allSatisfy { $0.value <= self[$0.key] }
  }
}

extension VersionVector: CRDT {
  @discardableResult
  @usableFromInline package mutating func merge(_ other: VersionVector) -> Bool {
    counts.join(other.counts) { max($1 ?? 0, $2 ?? 0) }
  }

  @usableFromInline package var wireSize: Int { counts.wireSize }
  @usableFromInline package func encode(into writer: inout WireWriter) { counts.encode(into: &writer) }

  @usableFromInline package static func decode(from reader: inout WireReader) throws(WireError) -> VersionVector {
    let position = reader.position
    var vector = VersionVector()
    vector.counts = try AscendingMap.decode(from: &reader)
    guard vector.counts.entries.allSatisfy({ (1...Dot.highest).contains($0.value) }) else {
      throw WireError(position: position, expected: "counts from 1 to 2⁶²")
    }
    return vector
  }

  @usableFromInline package func fold(into digest: inout Digest) { counts.fold(into: &digest) }
}

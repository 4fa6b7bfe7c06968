import Primitives

/// Which changes are known, with or without gaps: a version vector, and single dots beyond it (Almeida et al., section
/// 7.2).
@usableFromInline package struct CausalContext: Sendable {
  @usableFromInline package private(set) var vector = VersionVector()
  /// Known although one before them is not; ascending, and none is next to the vector.
  @usableFromInline var cloud = AscendingMap<Dot, Nothing>()

  @usableFromInline package init() {}

  @usableFromInline package func contains(_ dot: Dot) -> Bool { vector.contains(dot) || cloud[dot] != nil }

  @usableFromInline package mutating func insert(_ dot: Dot) {
    guard !contains(dot) else { return }
    cloud[dot] = Nothing()
    compact()
  }

  @usableFromInline package mutating func next(_ replica: ReplicaID) -> Dot {
    var dot = Dot(replica, vector[replica] + 1)
    // A replica knows all of its own changes, unless it was told of some by mistake.
    while cloud[dot] != nil { dot = Dot(replica, dot.number + 1) }
    insert(dot)
    return dot
  }

  /// Takes into the vector what has no gap before it any more.
  @usableFromInline mutating func compact() {
    var rest = AscendingMap<Dot, Nothing>()
    for dot in cloud.entries.map(\.key) where !vector.contains(dot) {
      if dot.number == vector[dot.replica] + 1 { vector[dot.replica] = dot.number } else { rest[dot] = Nothing() }
    }
    cloud = rest
  }
}

extension CausalContext: CRDT {
  @discardableResult
  @usableFromInline package mutating func merge(_ other: CausalContext) -> Bool {
    let before = self
    vector.merge(other.vector)
    _ = cloud.join(other.cloud) { _, _, _ in Nothing() }
    compact()
    return self != before
  }

  @usableFromInline package var wireSize: Int { vector.wireSize + cloud.wireSize }
  @usableFromInline package func encode(into writer: inout WireWriter) {
    vector.encode(into: &writer)
    cloud.encode(into: &writer)
  }
  @usableFromInline package static func decode(from reader: inout WireReader) throws(WireError) -> CausalContext {
    var context = CausalContext()
    context.vector = try VersionVector.decode(from: &reader)
    let position = reader.position
    let cloud = try AscendingMap<Dot, Nothing>.decode(from: &reader)
    guard cloud.entries.allSatisfy({ $0.key.number - 1 > context.vector[$0.key.replica] }) else {
      throw WireError(position: position, expected: "changes beyond a gap")
    }
    context.cloud = cloud
    return context
  }
  @usableFromInline package func fold(into digest: inout Digest) {
    vector.fold(into: &digest)
    cloud.fold(into: &digest)
  }
}

/// The value of a map that is a set.
@usableFromInline package struct Nothing: WireValue, Hashable {
  @inlinable
  init() {}

  @usableFromInline package var wireSize: Int { 0 }
  @usableFromInline package func encode(into writer: inout WireWriter) {}
  @usableFromInline package static func decode(from reader: inout WireReader) throws(WireError) -> Nothing {
    Nothing()
  }
  @usableFromInline package func fold(into digest: inout Digest) {}
}

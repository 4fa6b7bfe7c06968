import Primitives

/// A moment on a hybrid logical clock: near the wall clock, and later than everything that led to it ("Logical physical
/// clocks", Kulkarni et al., 2014).
@usableFromInline package struct HybridTimestamp: Hashable, Comparable, Sendable {
  /// Nanoseconds since 1970: the latest wall clock that was heard of.
  @usableFromInline package let wall: Int64
  /// Orders what has the same `wall`.
  @usableFromInline package let logical: UInt32
  /// Orders what two replicas did at one moment.
  @usableFromInline package let replica: ReplicaID

  @usableFromInline package init(wall: Int64, logical: UInt32, replica: ReplicaID) {
    self.wall = wall
    self.logical = logical
    self.replica = replica
  }

  @usableFromInline package static func < (left: HybridTimestamp, right: HybridTimestamp) -> Bool {
    (left.wall, left.logical, left.replica) < (right.wall, right.logical, right.replica)
  }
}

extension HybridTimestamp: WireValue {
  @usableFromInline package var wireSize: Int { 20 }

  @usableFromInline package func encode(into writer: inout WireWriter) {
    writer.write(UInt64(bitPattern: wall))
    writer.write(logical)
    replica.encode(into: &writer)
  }

  @usableFromInline package static func decode(from reader: inout WireReader) throws(WireError) -> HybridTimestamp {
    let position = reader.position
    let wall = Int64(bitPattern: try reader.word64())
    // Later than any clock, and a replica that hears of it can still go on.
    guard wall < 1 << 62 else { throw WireError(position: position, expected: "a time before the year 2116") }
    return HybridTimestamp(
      wall: wall, logical: try reader.word32(), replica: try ReplicaID.decode(from: &reader))
  }

  @usableFromInline package func fold(into digest: inout Digest) {
    digest.fold(UInt64(bitPattern: wall), UInt64(logical))
    digest.fold(replica.rawValue)
  }
}

/// One replica's hybrid logical clock.
@usableFromInline package struct HybridClock: Hashable, Sendable {
  @usableFromInline var wall = Int64.min
  @usableFromInline var logical: UInt32 = 0

  @usableFromInline package init() {}

  /// A moment for something that happens here: after all that this clock has given or heard of, whatever the wall clock
  /// does.
  @usableFromInline package mutating func tick(_ now: Instant, _ replica: ReplicaID) -> HybridTimestamp {
    if now.nanoseconds > wall {
      wall = now.nanoseconds
      logical = 0
    } else {
      advance()
    }
    return HybridTimestamp(wall: wall, logical: logical, replica: replica)
  }

  /// Something that happened at that moment is known here from now on.
  @usableFromInline package mutating func hear(_ timestamp: HybridTimestamp) {
    guard (timestamp.wall, timestamp.logical) > (wall, logical) else { return }
    wall = timestamp.wall
    logical = timestamp.logical
  }

  /// Four billion changes at one moment of the wall clock carry into it.
  @usableFromInline mutating func advance() {
    (logical, wall) = logical == .max ? (0, wall + 1) : (logical + 1, wall)
  }

  @usableFromInline package func fold(into digest: inout Digest) {
    digest.fold(UInt64(bitPattern: wall), UInt64(logical))
  }
}

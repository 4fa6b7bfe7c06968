import Primitives

/// A value that replicas change apart from one another and bring together again: a join-semilattice.
///
/// `merge` is commutative, associative and idempotent, and its result is above both. What changes a value returns the
/// change as a *delta*, a small value of the same type: to merge it anywhere does there what the change did here, and
/// the deltas of all changes, merged in any order and any number of times, come to the full state ("Delta state
/// replicated data types", Almeida, Shoker and Baquero, 2018, section 4). A version vector alone takes a delta for all that
/// came before it; whoever has one in its state needs those of each replica without gaps, as `DeltaSync` sends them.
@usableFromInline package protocol CRDT: WireValue, Hashable {
  /// The bottom, which every replica begins with: merged into anything it changes nothing.
  init()

  /// Brings the other's changes into this one.
  ///
  /// - Returns: whether there was one that this had not.
  @discardableResult
  @inlinable
  mutating func merge(_ other: Self) -> Bool
}

extension CRDT {
  @inlinable
  package func merged(with other: Self) -> Self {
    var merged = self
    merged.merge(other)
    return merged
  }
}

/// A value with a wire form and a place in digests.
@usableFromInline package protocol WireValue: Sendable {
  /// Exactly the number of bytes that `encode` writes.
  var wireSize: Int { get }
  @inlinable
  func encode(into writer: inout WireWriter)
  /// - Throws: where the bytes are not the wire form of any value.
  static func decode(from reader: inout WireReader) throws(WireError) -> Self
  @inlinable
  func fold(into digest: inout Digest)
}

extension UInt64: WireValue {
  @inlinable
  package var wireSize: Int { 8 }
  @inlinable
  package func encode(into writer: inout WireWriter) { writer.write(self) }
  @inlinable
  package static func decode(from reader: inout WireReader) throws(WireError) -> UInt64 { try reader.word64() }
  @inlinable
  package func fold(into digest: inout Digest) { digest.fold(self) }
}

/// A value or none.
extension Optional: WireValue where Wrapped: WireValue {
  @inlinable
  package var wireSize: Int { 1 + (self?.wireSize ?? 0) }

  @inlinable
  package func encode(into writer: inout WireWriter) {
    writer.write(UInt8(self == nil ? 0 : 1))
    self?.encode(into: &writer)
  }

  @inlinable
  package static func decode(from reader: inout WireReader) throws(WireError) -> Wrapped? {
    let position = reader.position
    switch try reader.byte() {
    case 0: return nil
    case 1: return try Wrapped.decode(from: &reader)
    default: throw WireError(position: position, expected: "0 or 1")
    }
  }

  @inlinable
  package func fold(into digest: inout Digest) {
    digest.fold(self == nil ? 0 : 1)
    self?.fold(into: &digest)
  }
}

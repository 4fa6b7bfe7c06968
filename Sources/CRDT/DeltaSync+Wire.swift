import Primitives

/// The wire form of parcels. Whether a parcel is all there is travels outside, with the kind of its message.
extension DeltaSync.Parcel {
  @inlinable
  package var wireSize: Int { 12 + (receiver == nil ? 0 : 4) + state.wireSize }

  @inlinable
  package func encode(into writer: inout WireWriter) {
    writer.write(life)
    writer.write(number)
    if let receiver { writer.write(receiver) }
    state.encode(into: &writer)
  }

  /// - Parameter isWhole: whether it takes nothing for granted.
  @inlinable
  package static func decode(isWhole: Bool, from reader: inout WireReader) throws(WireError) -> Self {
    let (life, number) = (try reader.word32(), try reader.word64())
    let receiver: UInt32? = isWhole ? nil : try reader.word32()
    return Self(life: life, number: number, receiver: receiver, state: try State.decode(from: &reader))
  }

  @inlinable
  package func fold(into digest: inout Digest) {
    digest.fold(UInt64(life), number)
    digest.fold(receiver.map { UInt64($0) + 1 } ?? 0)
    state.fold(into: &digest)
  }
}

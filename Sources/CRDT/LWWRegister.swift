import Primitives

/// One value, the last that was written: by hybrid time, and among writes of one moment by replica (Shapiro et al.,
/// specification 8). A register that was never written is empty, and nothing that merges with it is lost.
@usableFromInline package struct LWWRegister<Value: WireValue & Hashable>: Sendable {
  @usableFromInline package internal(set) var written: Written?

  @usableFromInline package struct Written: Hashable, Sendable {
    @usableFromInline package let value: Value
    @usableFromInline package let at: HybridTimestamp

    @inlinable
    init(value: Value, at: HybridTimestamp) {
      self.value = value
      self.at = at
    }
  }

  @inlinable
  package init() {}

  @inlinable
  package var value: Value? { written?.value }

  /// - Parameter at: from the replica's clock, which has heard of what it read here.
  /// - Returns: the delta; the bottom where a later value is here.
  @inlinable
  package mutating func write(_ value: Value, at timestamp: HybridTimestamp) -> LWWRegister {
    var delta = LWWRegister()
    delta.written = Written(value: value, at: timestamp)
    return merge(delta) ? delta : LWWRegister()
  }
}

extension LWWRegister: CRDT {
  @discardableResult
  @inlinable
  package mutating func merge(_ other: LWWRegister) -> Bool {
    guard let theirs = other.written, written.map({ $0.at < theirs.at }) ?? true else { return false }
    written = theirs
    return true
  }

  @inlinable
  package var wireSize: Int { written.wireSize }
  @inlinable
  package func encode(into writer: inout WireWriter) { written.encode(into: &writer) }
  @inlinable
  package static func decode(from reader: inout WireReader) throws(WireError) -> LWWRegister {
    var register = LWWRegister()
    register.written = try Written?.decode(from: &reader)
    return register
  }
  @inlinable
  package func fold(into digest: inout Digest) { written.fold(into: &digest) }
}

extension LWWRegister.Written: WireValue {
  @inlinable
  package var wireSize: Int { value.wireSize + at.wireSize }
  @inlinable
  package func encode(into writer: inout WireWriter) {
    value.encode(into: &writer)
    at.encode(into: &writer)
  }
  @inlinable
  package static func decode(from reader: inout WireReader) throws(WireError) -> Self {
    Self(value: try Value.decode(from: &reader), at: try HybridTimestamp.decode(from: &reader))
  }
  @inlinable
  package func fold(into digest: inout Digest) {
    value.fold(into: &digest)
    at.fold(into: &digest)
  }
}

/// Values by key, each the last that was written under it. A key that was removed keeps the moment of its removal.
@usableFromInline
package struct LWWMap<Key: WireValue & Comparable & Hashable, Value: WireValue & Hashable>: Sendable {
  @usableFromInline var registers = AscendingMap<Key, LWWRegister<Value?>>()

  @inlinable
  package init() {}

  @inlinable
  package subscript(key: Key) -> Value? { registers[key]?.value ?? nil }

  /// Of the last write or removal; nil where there was none.
  @inlinable
  package func timestamp(of key: Key) -> HybridTimestamp? { registers[key]?.written?.at }

  /// The latest of all writes and removals.
  @inlinable
  package var latest: HybridTimestamp? { registers.entries.lazy.compactMap { $0.value.written?.at }.max() }

  /// Ascending.
  @inlinable
  package var keys: [Key] { registers.entries.lazy.filter { $0.value.value ?? nil != nil }.map(\.key) }

  /// - Parameter value: nil removes the key.
  /// - Returns: the delta.
  @inlinable
  package mutating func write(_ value: Value?, under key: Key, at timestamp: HybridTimestamp) -> LWWMap {
    var register = registers[key] ?? LWWRegister()
    let change = register.write(value, at: timestamp)
    registers[key] = register
    var delta = LWWMap()
    if change != LWWRegister() { delta.registers[key] = change }
    return delta
  }
}

extension LWWMap: CRDT {
  @discardableResult
  @inlinable
  package mutating func merge(_ other: LWWMap) -> Bool {
    registers.join(other.registers) { ($1 ?? LWWRegister()).merged(with: $2 ?? LWWRegister()) }
  }

  @inlinable
  package var wireSize: Int { registers.wireSize }
  @inlinable
  package func encode(into writer: inout WireWriter) { registers.encode(into: &writer) }
  @inlinable
  package static func decode(from reader: inout WireReader) throws(WireError) -> LWWMap {
    let position = reader.position
    var map = LWWMap()
    map.registers = try AscendingMap.decode(from: &reader)
    guard map.registers.entries.allSatisfy({ $0.value.written != nil }) else {
      throw WireError(position: position, expected: "keys that were written")
    }
    return map
  }
  @inlinable
  package func fold(into digest: inout Digest) { registers.fold(into: &digest) }
}

import Primitives

/// A map that is always walked from its lowest key to its highest, so that its order shows nothing but its content.
/// Small: a change costs as much as there are entries.
@usableFromInline
package struct AscendingMap<Key: Comparable & Hashable & Sendable, Value: Hashable & Sendable>: Hashable, Sendable {
  @usableFromInline package struct Entry: Hashable, Sendable {
    @usableFromInline package let key: Key
    @usableFromInline package var value: Value

    @inlinable
    init(key: Key, value: Value) {
      self.key = key
      self.value = value
    }
  }

  @usableFromInline package internal(set) var entries: ContiguousArray<Entry> = []

  @inlinable
  package init() {}

  @inlinable
  package var isEmpty: Bool { entries.isEmpty }
  @inlinable
  package var count: Int { entries.count }

  @inlinable
  package subscript(key: Key) -> Value? {
    get {
      let place = place(of: key)
      return holds(key, at: place) ? entries[place].value : nil
    }
    set {
      let place = place(of: key)
      switch (holds(key, at: place), newValue) {
      case (true, let value?): entries[place].value = value
      case (true, nil): entries.remove(at: place)
      case (false, let value?): entries.insert(Entry(key: key, value: value), at: place)
      case (false, nil): break
      }
    }
  }

  /// Walks both maps at once. `combine` gets what each has under a key and says what remains: nil for nothing.
  ///
  /// - Returns: whether anything here is another than before.
  @inlinable
  package mutating func join(_ other: AscendingMap, _ combine: (Key, Value?, Value?) -> Value?) -> Bool {
    if entries.isEmpty, other.entries.isEmpty { return false }
    var joined = ContiguousArray<Entry>()
    joined.reserveCapacity(entries.count + other.entries.count)
    var (mine, theirs) = (0, 0)
    while mine < entries.count || theirs < other.entries.count {
      let left = mine < entries.count ? entries[mine] : nil
      let right = theirs < other.entries.count ? other.entries[theirs] : nil
      let key = left.map { mine in right.map { min(mine.key, $0.key) } ?? mine.key } ?? right!.key
      let isMine = left?.key == key
      let isTheirs = right?.key == key
      if let value = combine(key, isMine ? left!.value : nil, isTheirs ? right!.value : nil) {
        joined.append(Entry(key: key, value: value))
      }
      if isMine { mine += 1 }
      if isTheirs { theirs += 1 }
    }
    defer { entries = joined }
    return entries != joined
  }

  @inlinable
  func holds(_ key: Key, at place: Int) -> Bool { place < entries.count && entries[place].key == key }

  /// Where the key is, or would be.
  @inlinable
  func place(of key: Key) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension AscendingMap: WireValue where Key: WireValue, Value: WireValue {
  @inlinable
  package var wireSize: Int { entries.reduce(4) { $0 + $1.key.wireSize + $1.value.wireSize } }

  @inlinable
  package func encode(into writer: inout WireWriter) {
    writer.write(UInt32(entries.count))
    for entry in entries {
      entry.key.encode(into: &writer)
      entry.value.encode(into: &writer)
    }
  }

  @inlinable
  package static func decode(from reader: inout WireReader) throws(WireError) -> AscendingMap {
    var map = AscendingMap()
    for _ in 0..<(try reader.word32()) {
      let position = reader.position
      let key = try Key.decode(from: &reader)
      if let last = map.entries.last, last.key >= key {
        throw WireError(position: position, expected: "a key above the one before")
      }
      map.entries.append(Entry(key: key, value: try Value.decode(from: &reader)))
    }
    return map
  }

  @inlinable
  package func fold(into digest: inout Digest) {
    digest.fold(UInt64(entries.count))
    for entry in entries {
      entry.key.fold(into: &digest)
      entry.value.fold(into: &digest)
    }
  }
}

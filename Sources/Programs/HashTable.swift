/// Values by hashes that are well mixed already: open addressing with linear probing, at most half full. A
/// dictionary would mix each hash again, which costs more than to find it.
package struct HashTable<Value: Sendable>: Sendable {
  /// By place; what is there means something where there is a value.
  private var hashes = ContiguousArray<UInt64>(repeating: 0, count: 16)
  private var values = ContiguousArray<Value?>(repeating: nil, count: 16)
  package private(set) var count = 0

  package init() {}

  /// Where the value of `hash` lies; nil where there is none.
  package func place(of hash: UInt64) -> Int? {
    var place = home(of: hash)
    while values[place] != nil {
      if hashes[place] == hash { return place }
      place = next(place)
    }
    return nil
  }

  /// - Precondition: `place` is one that `place(of:)` gave, and nothing was inserted or removed since.
  package subscript(place: Int) -> Value {
    _read { yield values[place]! }
    _modify { yield &values[place]! }
  }

  /// Places in ascending order of their hashes, which is the same for equal content.
  package var placesByHash: [Int] {
    values.indices.filter { values[$0] != nil }.sorted { hashes[$0] < hashes[$1] }
  }

  package func hash(at place: Int) -> UInt64 { hashes[place] }

  /// - Precondition: there is no value of `hash`.
  package mutating func insert(_ value: Value, _ hash: UInt64) {
    if (count + 1) * 2 > values.count {
      let (formerHashes, former) = (hashes, values)
      hashes = ContiguousArray(repeating: 0, count: former.count * 2)
      values = ContiguousArray(repeating: nil, count: former.count * 2)
      for place in former.indices {
        if let value = former[place] { put(value, formerHashes[place]) }
      }
    }
    put(value, hash)
    count += 1
  }

  /// - Precondition: as for the subscript.
  package mutating func remove(at place: Int) {
    count -= 1
    var free = place
    values[free] = nil
    // What lies behind it was pushed away by it, perhaps, and could not be found across a free slot.
    var candidate = next(free)
    while values[candidate] != nil {
      let distance = (candidate - home(of: hashes[candidate])) & (values.count - 1)
      if distance >= (candidate - free) & (values.count - 1) {
        hashes[free] = hashes[candidate]
        values.swapAt(free, candidate)
        free = candidate
      }
      candidate = next(candidate)
    }
  }

  private mutating func put(_ value: Value, _ hash: UInt64) {
    var place = home(of: hash)
    while values[place] != nil { place = next(place) }
    hashes[place] = hash
    values[place] = value
  }

  private func home(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (values.count - 1) }
  private func next(_ place: Int) -> Int { (place + 1) & (values.count - 1) }
}

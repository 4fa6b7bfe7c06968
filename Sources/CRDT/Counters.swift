import Primitives

/// A counter that only grows: each replica counts for itself ("A comprehensive study of convergent and commutative
/// replicated data types", Shapiro et al., 2011, specification 6).
package struct GCounter: Sendable {
  private var counts = AscendingMap<ReplicaID, UInt64>()

  package init() {}

  /// Stands still at the highest number that there is.
  package var value: UInt64 { counts.entries.reduce(0) { $0.addingSaturated($1.value) } }

  /// - Returns: the delta; the bottom where nothing is added.
  package mutating func add(_ amount: UInt64, by replica: ReplicaID) -> GCounter {
    var delta = GCounter()
    guard amount > 0 else { return delta }
    let count = (counts[replica] ?? 0).addingSaturated(amount)
    counts[replica] = count
    delta.counts[replica] = count
    return delta
  }
}

extension GCounter: CRDT {
  @discardableResult
  package mutating func merge(_ other: GCounter) -> Bool { counts.join(other.counts) { max($1 ?? 0, $2 ?? 0) } }

  package var wireSize: Int { counts.wireSize }
  package func encode(into writer: inout WireWriter) { counts.encode(into: &writer) }
  package static func decode(from reader: inout WireReader) throws(WireError) -> GCounter {
    let position = reader.position
    var counter = GCounter()
    counter.counts = try AscendingMap.decode(from: &reader)
    guard counter.counts.entries.allSatisfy({ $0.value > 0 }) else {
      throw WireError(position: position, expected: "counts above zero")
    }
    return counter
  }
  package func fold(into digest: inout Digest) { counts.fold(into: &digest) }
}

/// A counter that goes up and down: two that grow (Shapiro et al., specification 7).
package struct PNCounter: Sendable {
  private var up = GCounter()
  private var down = GCounter()

  package init() {}

  /// Stands still at the lowest and the highest number that there are.
  package var value: Int64 {
    let (rises, falls) = (up.value, down.value)
    return rises >= falls
      ? Int64(clamping: rises - falls) : falls - rises > UInt64(Int64.max) ? .min : -Int64(falls - rises)
  }

  /// - Returns: the delta.
  package mutating func add(_ amount: Int64, by replica: ReplicaID) -> PNCounter {
    var delta = PNCounter()
    if amount >= 0 {
      delta.up = up.add(amount.magnitude, by: replica)
    } else {
      delta.down = down.add(amount.magnitude, by: replica)
    }
    return delta
  }
}

extension PNCounter: CRDT {
  @discardableResult
  package mutating func merge(_ other: PNCounter) -> Bool {
    let rises = up.merge(other.up)
    return down.merge(other.down) || rises
  }

  package var wireSize: Int { up.wireSize + down.wireSize }
  package func encode(into writer: inout WireWriter) {
    up.encode(into: &writer)
    down.encode(into: &writer)
  }
  package static func decode(from reader: inout WireReader) throws(WireError) -> PNCounter {
    var counter = PNCounter()
    counter.up = try GCounter.decode(from: &reader)
    counter.down = try GCounter.decode(from: &reader)
    return counter
  }
  package func fold(into digest: inout Digest) {
    up.fold(into: &digest)
    down.fold(into: &digest)
  }
}

extension UInt64 {
  fileprivate func addingSaturated(_ other: UInt64) -> UInt64 {
    let (sum, isOver) = addingReportingOverflow(other)
    return isOver ? .max : sum
  }
}

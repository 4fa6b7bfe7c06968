import CRDT
import Node
import Primitives
import Telemetry

/// One object of each kind, and what is known of their changes: a replica's whole state, and in its deltas a change.
package struct SharedObjects: Sendable {
  package private(set) var counter = GCounter()
  package private(set) var balance = PNCounter()
  package private(set) var set = ORSet<UInt64>()
  package private(set) var register = LWWRegister<UInt64>()
  package private(set) var map = LWWMap<UInt64, UInt64>()
  /// Every change has a number, whichever object it is of. Whoever merges a delta is taken to have those of its replica
  /// before it.
  package private(set) var known = VersionVector()

  package init() {}

  /// The latest write or removal in register and map.
  package var latest: HybridTimestamp? { [register.written?.at, map.latest].lazy.compactMap(\.self).max() }

  /// - Parameter timestamp: for what needs one.
  /// - Returns: the delta; nil where the operation changes nothing.
  package mutating func perform(
    _ operation: ReplicaOperation, by replica: ReplicaID, at timestamp: () -> HybridTimestamp
  ) -> SharedObjects? {
    var delta = SharedObjects()
    switch operation {
    case .read: return nil
    case .increment(let amount): delta.counter = counter.add(amount, by: replica)
    case .adjust(let amount): delta.balance = balance.add(amount, by: replica)
    case .add(let element): delta.set = set.add(element, by: replica)
    case .remove(let element):
      guard set.contains(element) else { return nil }
      delta.set = set.remove(element)
    case .write(let value): delta.register = register.write(value, at: timestamp())
    case .put(let key, let value): delta.map = map.write(value, under: key, at: timestamp())
    case .delete(let key):
      guard map[key] != nil else { return nil }
      delta.map = map.write(nil, under: key, at: timestamp())
    }
    delta.known[replica] = known.next(replica).number
    return delta
  }

  /// What a delta brings, for people: objects that are not empty.
  package var contents: [String] {
    let heard = known.entries.map { "n\($0.replica.node.rawValue + 1) to \($0.count)" }.joined(separator: ", ")
    return ["knowing \(heard.isEmpty ? "nobody" : heard)"]
      + details.filter { !["0", "", "empty"].contains($0.value) }.map { "\($0.name) \($0.value)" }
  }

  /// For people: each object and its value.
  package var details: [(name: StaticText, value: Detail)] {
    [
      ("counter", "\(counter.value)"), ("balance", "\(balance.value)"),
      ("set", .text(set.elements.map { "\($0)" }.joined(separator: " "))),
      ("register", register.value.map { "\($0)" } ?? "empty"),
      ("map", .text(map.keys.map { "\($0) is \(map[$0] ?? 0)" }.joined(separator: ", "))),
    ]
  }
}

extension SharedObjects: CRDT {
  @discardableResult
  package mutating func merge(_ other: SharedObjects) -> Bool {
    let changes = [
      counter.merge(other.counter), balance.merge(other.balance), set.merge(other.set),
      register.merge(other.register),
      map.merge(other.map), known.merge(other.known),
    ]
    return changes.contains(true)
  }

  package var wireSize: Int {
    counter.wireSize + balance.wireSize + set.wireSize + register.wireSize + map.wireSize + known.wireSize
  }

  package func encode(into writer: inout WireWriter) {
    counter.encode(into: &writer)
    balance.encode(into: &writer)
    set.encode(into: &writer)
    register.encode(into: &writer)
    map.encode(into: &writer)
    known.encode(into: &writer)
  }

  package static func decode(from reader: inout WireReader) throws(WireError) -> SharedObjects {
    var objects = SharedObjects()
    objects.counter = try GCounter.decode(from: &reader)
    objects.balance = try PNCounter.decode(from: &reader)
    objects.set = try ORSet.decode(from: &reader)
    objects.register = try LWWRegister.decode(from: &reader)
    objects.map = try LWWMap.decode(from: &reader)
    objects.known = try VersionVector.decode(from: &reader)
    return objects
  }

  package func fold(into digest: inout Digest) {
    counter.fold(into: &digest)
    balance.fold(into: &digest)
    set.fold(into: &digest)
    register.fold(into: &digest)
    map.fold(into: &digest)
    known.fold(into: &digest)
  }
}

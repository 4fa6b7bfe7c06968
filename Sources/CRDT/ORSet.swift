import Primitives

/// A set in which an addition wins over a removal that did not know of it, and no tombstone is kept: "An optimized
/// conflict-free replicated set", Bieniusa et al., 2012, in the form with deltas of Almeida et al., section 7.4.
///
/// An element is here for as long as one of the dots that added it is. Whoever knows a dot and does not hold it has seen
/// it removed.
@usableFromInline package struct ORSet<Element: WireValue & Comparable & Hashable>: Sendable {
  @usableFromInline var dots = AscendingMap<Element, DotSet>()
  @usableFromInline var context = CausalContext()

  @usableFromInline typealias DotSet = AscendingMap<Dot, Nothing>

  @inlinable
  package init() {}

  /// Ascending.
  @inlinable
  package var elements: [Element] { dots.entries.map(\.key) }

  @inlinable
  package var count: Int { dots.count }

  @inlinable
  package func contains(_ element: Element) -> Bool { dots[element] != nil }

  /// - Returns: the delta.
  @inlinable
  package mutating func add(_ element: Element, by replica: ReplicaID) -> ORSet {
    let dot = context.next(replica)
    // What is known of the element is replaced, so that it does not grow by being added again.
    let delta = change(of: element, to: dot)
    dots[element] = delta.dots[element]
    return delta
  }

  /// - Returns: the delta; the bottom where the element is not here.
  @inlinable
  package mutating func remove(_ element: Element) -> ORSet {
    let delta = change(of: element, to: nil)
    dots[element] = nil
    return delta
  }

  @inlinable
  func change(of element: Element, to dot: Dot?) -> ORSet {
    var delta = ORSet()
    for entry in dots[element]?.entries ?? [] { delta.context.insert(entry.key) }
    guard let dot else { return delta }
    delta.context.insert(dot)
    var only = DotSet()
    only[dot] = Nothing()
    delta.dots[element] = only
    return delta
  }
}

extension ORSet: CRDT {
  @discardableResult
  @inlinable
  package mutating func merge(_ other: ORSet) -> Bool {
    let mine = context
    let changes = dots.join(other.dots) { _, left, right in
      var kept = left ?? DotSet()
      // Held by both, or by one while the other has never heard of it.
      _ = kept.join(right ?? DotSet()) { dot, held, heldThere in
        switch (held != nil, heldThere != nil) {
        case (true, true): Nothing()
        case (true, false): other.context.contains(dot) ? nil : Nothing()
        case (false, _): mine.contains(dot) ? nil : Nothing()
        }
      }
      return kept.isEmpty ? nil : kept
    }
    return context.merge(other.context) || changes
  }

  @inlinable
  package var wireSize: Int { dots.wireSize + context.wireSize }
  @inlinable
  package func encode(into writer: inout WireWriter) {
    dots.encode(into: &writer)
    context.encode(into: &writer)
  }
  @inlinable
  package static func decode(from reader: inout WireReader) throws(WireError) -> ORSet {
    var set = ORSet()
    let position = reader.position
    set.dots = try AscendingMap.decode(from: &reader)
    set.context = try CausalContext.decode(from: &reader)
    for entry in set.dots.entries {
      guard !entry.value.isEmpty, entry.value.entries.allSatisfy({ set.context.contains($0.key) }) else {
        throw WireError(position: position, expected: "elements with dots that are known")
      }
    }
    return set
  }
  @inlinable
  package func fold(into digest: inout Digest) {
    dots.fold(into: &digest)
    context.fold(into: &digest)
  }
}

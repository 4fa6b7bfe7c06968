/// What one part of a step hands to the next: filled at one end, emptied at the other, and no element is copied
/// on its way, but when it grows. Its memory is kept for the next step.
///
/// A value like any other: a copy shares the elements until one of the two changes, which is why outboxes may be
/// sent between threads.
public struct Outbox<Element: Sendable>: @unchecked Sendable {
  @usableFromInline var storage: OutboxStorage<Element>

  @inlinable
  public init() { storage = .make(capacity: 2) }

  public init(_ elements: some Sequence<Element>) {
    self.init()
    for element in elements { append(element) }
  }

  @inlinable
  public var count: Int { storage.head.pointee.end &- storage.head.pointee.first }

  @inlinable
  public var isEmpty: Bool { storage.head.pointee.end == storage.head.pointee.first }

  @inlinable
  public mutating func append(_ element: consuming Element) {
    if !isKnownUniquelyReferenced(&storage) || !storage.hasRoom { storage = .copy(of: storage) }
    let head = storage.head
    (storage.elements + head.pointee.end).initialize(to: element)
    head.pointee.end &+= 1
  }

  /// The element that was appended first, which is then no longer here.
  @inlinable
  public mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    if !isKnownUniquelyReferenced(&storage) { storage = .copy(of: storage) }
    let head = storage.head
    let element = (storage.elements + head.pointee.first).move()
    head.pointee.first &+= 1
    if head.pointee.first == head.pointee.end {
      head.pointee.first = 0
      head.pointee.end = 0
    }
    return element
  }

  @inlinable
  public mutating func removeAll() {
    while popFirst() != nil {}
  }

  /// Lends the elements, in order.
  @inlinable
  public func withElements<R>(_ body: (UnsafeBufferPointer<Element>) -> R) -> R {
    defer { withExtendedLifetime(storage) {} }
    return body(UnsafeBufferPointer(start: storage.elements + storage.head.pointee.first, count: count))
  }

  /// Lends each element, in order. A large enum that is read where it lies in memory is copied by the compiler, with all that
  /// it refers to; so its bits are taken to where it is known that nobody writes, and forgotten there.
  ///
  /// - Precondition: elements can be moved by their bits, as all can that hold no weak reference.
  @inlinable
  @inline(__always)
  package func lendEach(_ body: (Element) -> Void) {
    withUnsafeTemporaryAllocation(of: Element.self, capacity: 1) { place in
      guard let place = place.baseAddress else { return }
      for number in storage.head.pointee.first..<storage.head.pointee.end {
        UnsafeMutableRawPointer(place).copyMemory(
          from: storage.elements + number, byteCount: MemoryLayout<Element>.size)
        let element = place.move()
        body(element)
        place.initialize(to: consume element)
      }
    }
    withExtendedLifetime(storage) {}
  }
}

extension Outbox: Sequence {
  /// Over copies of the elements.
  public func makeIterator() -> IndexingIterator<[Element]> { withElements { Array($0) }.makeIterator() }
}

/// Written only while one outbox alone refers to it.
@usableFromInline
final class OutboxStorage<Element: Sendable>: ManagedBuffer<OutboxStorage.Header, Element> {
  @usableFromInline
  struct Header {
    @usableFromInline var first = 0
    @usableFromInline var end = 0
    @usableFromInline let capacity: Int

    @inlinable
    init(capacity: Int) { self.capacity = capacity }
  }

  @inlinable
  static func make(capacity: Int) -> OutboxStorage {
    unsafeDowncast(create(minimumCapacity: capacity) { _ in Header(capacity: capacity) }, to: OutboxStorage.self)
  }

  // By pointer: the property would be checked for exclusive access each time.
  @inlinable
  var head: UnsafeMutablePointer<Header> { withUnsafeMutablePointerToHeader { $0 } }

  @inlinable
  var elements: UnsafeMutablePointer<Element> { withUnsafeMutablePointerToElements { $0 } }

  @inlinable
  var hasRoom: Bool { head.pointee.end < head.pointee.capacity }

  /// The same elements elsewhere, with room for more.
  @usableFromInline
  static func copy(of other: OutboxStorage) -> OutboxStorage {
    let count = other.head.pointee.end - other.head.pointee.first
    let copy = make(capacity: Swift.max(4, count * 2))
    copy.elements.initialize(from: other.elements + other.head.pointee.first, count: count)
    copy.head.pointee.end = count
    return copy
  }

  deinit {
    (elements + head.pointee.first).deinitialize(count: head.pointee.end - head.pointee.first)
  }
}

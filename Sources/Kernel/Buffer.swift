/// A growing row of plain values in raw memory, without an owner: whoever holds it frees it once, and copies
/// it by `copy()`. It checks no bounds and no uniqueness, which is half of what an event costs; the queue's
/// storage owns every buffer, and numbers within it are the wheel's own.
@usableFromInline
struct Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
  @usableFromInline var base: UnsafeMutablePointer<Element>
  @usableFromInline var count: Int
  @usableFromInline var capacity: Int

  @inlinable
  init(capacity: Int = 16) {
    base = .allocate(capacity: capacity)
    count = 0
    self.capacity = capacity
  }

  @inlinable
  init(repeating element: Element, count: Int) {
    self.init(capacity: count)
    base.initialize(repeating: element, count: count)
    self.count = count
  }

  func copy() -> Buffer {
    var copy = Buffer(capacity: capacity)
    copy.base.initialize(from: base, count: count)
    copy.count = count
    return copy
  }

  func free() { base.deallocate() }

  @inlinable
  var indices: Range<Int> { 0..<count }

  @inlinable
  var isEmpty: Bool { count == 0 }

  @inlinable
  subscript(index: Int) -> Element {
    @inline(__always) get { base[index] }
    @inline(__always) nonmutating _modify { yield &base[index] }
  }

  @inlinable
  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count &+= 1
  }

  @usableFromInline
  mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = larger
    capacity *= 2
  }

  @inlinable
  mutating func insert(_ element: Element, at index: Int) {
    append(element)
    var position = count &- 1
    while position > index {
      base[position] = base[position &- 1]
      position &-= 1
    }
    base[index] = element
  }

  @inlinable
  mutating func removeFirst(_ removed: Int) {
    for position in removed..<count { base[position &- removed] = base[position] }
    count &-= removed
  }

  @inlinable
  mutating func remove(at index: Int) {
    for position in (index &+ 1)..<count { base[position &- 1] = base[position] }
    count &-= 1
  }

  @inlinable
  mutating func removeLast(_ removed: Int) { count &-= removed }

  @inlinable
  @inline(__always)
  mutating func removeAll() { count = 0 }
}

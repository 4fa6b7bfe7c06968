/// A large value in a place of its own: what holds it is one word, is moved without moving it, and lends it for
/// reading and writing without a copy. A copy shares the value until one of the two is written.
public struct Boxed<Value: Sendable>: Sendable {
  // One element. An array has copy-on-write of its own, and no check for exclusive access at each use, as a
  // class's stored property would.
  @usableFromInline var storage: ContiguousArray<Value>

  @inlinable
  public init(_ value: Value) { storage = [value] }

  @inlinable
  public var value: Value {
    _read { yield storage[0] }
    _modify { yield &storage[0] }
  }
}

extension Boxed: Equatable where Value: Equatable {}
extension Boxed: Hashable where Value: Hashable {}

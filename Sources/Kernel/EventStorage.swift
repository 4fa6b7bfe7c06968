/// What an event queue owns: the wheel, and the payloads by slot. One object for all of it, so that one check
/// of uniqueness serves a whole operation.
@usableFromInline
final class EventStorage<Payload> {
  // Nobody else can be inside: every access is within one mutating call of the queue that owns this.
  @exclusivity(unchecked)
  @usableFromInline var wheel: TimingWheel
  /// Initialised exactly where the wheel's node is pending.
  @exclusivity(unchecked)
  @usableFromInline var payloads: UnsafeMutablePointer<Payload>
  @exclusivity(unchecked)
  @usableFromInline var capacity: Int

  @usableFromInline
  init() {
    wheel = TimingWheel()
    capacity = 16
    payloads = .allocate(capacity: capacity)
  }

  private init(copying other: EventStorage) {
    wheel = other.wheel.copy()
    capacity = other.capacity
    payloads = .allocate(capacity: capacity)
    for slot in wheel.nodes.indices where wheel.nodes[slot].isPending {
      (payloads + slot).initialize(to: other.payloads[slot])
    }
  }

  @usableFromInline
  func copy() -> EventStorage { EventStorage(copying: self) }

  deinit {
    for slot in wheel.nodes.indices where wheel.nodes[slot].isPending { (payloads + slot).deinitialize(count: 1) }
    payloads.deallocate()
    wheel.free()
  }

  @usableFromInline
  func grow() {
    let larger = UnsafeMutablePointer<Payload>.allocate(capacity: capacity * 2)
    // The slot that asked for more room is pending already, and beyond the old capacity.
    for slot in 0..<capacity where wheel.nodes[slot].isPending {
      (larger + slot).moveInitialize(from: payloads + slot, count: 1)
    }
    payloads.deallocate()
    payloads = larger
    capacity *= 2
  }
}

// A value's worth of mutable state behind a reference: the queue copies it before it changes one that is shared.
extension EventStorage: @unchecked Sendable where Payload: Sendable {}

/// What a scheduler asks of an event.
@usableFromInline package protocol Schedulable {
  /// The lane that the event is in; nil for what happens at its time and at no other, such as a fault.
  var lane: Lane? { get }
}

/// A directed link between two processes, or what one process does by itself, where both ends are that process.
/// Events of one lane go in the order of (time, sequence) whatever the scheduler: a stream stays one.
@usableFromInline package struct Lane: Hashable, Sendable {
  @usableFromInline package let from: UInt32
  @usableFromInline package let to: UInt32

  @inlinable
  package init(from: UInt32, to: UInt32) {
    self.from = from
    self.to = to
  }

  /// What a process does by itself.
  @inlinable
  package init(of process: UInt32) { self.init(from: process, to: process) }
}

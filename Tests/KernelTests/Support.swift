import Kernel
import Primitives

/// Draws one after the other, all named by one seed.
struct Draws {
  private let choices: Choices
  private var occurrence: UInt64 = 0

  init(seed: UInt64) { choices = Choices(seed: seed) }

  mutating func next(below bound: UInt64) -> UInt64 {
    defer { occurrence += 1 }
    return choices.choose(Purpose(900, "test"), Entities(0), occurrence, below: bound)
  }

  mutating func index(in count: Int) -> Int { Int(next(below: UInt64(count))) }
}

/// Every payload by itself.
extension Int: Schedulable {
  @usableFromInline package var lane: Lane? { Lane(of: UInt32(truncatingIfNeeded: self)) }
}

/// An event as a test compares it: payloads are the numbers of the pushes.
struct Popped: Hashable {
  let time: Int64
  let sequence: UInt64
  let payload: Int
}

extension Popped {
  init(_ event: EventQueue<Int>.Event) {
    self.init(time: event.time.nanoseconds, sequence: event.sequence, payload: event.payload)
  }
}

extension EventQueue<Int> {
  mutating func popped(notAfter limit: Int64 = .max) -> Popped? {
    popFirst(notAfter: Instant(nanoseconds: limit)).map(Popped.init)
  }

  mutating func drained() -> [Popped] {
    var all: [Popped] = []
    while let event = popped() { all.append(event) }
    return all
  }

  var pending: [Popped] {
    var all: [Popped] = []
    pendingInOrder { all.append(Popped(time: $0.nanoseconds, sequence: $1, payload: copy $2)) }
    return all
  }
}

/// What the queue should do, in the most obvious way: a list that is searched.
struct NaiveQueue {
  private(set) var events: [Popped] = []
  private var nextSequence: UInt64 = 0

  mutating func push(_ payload: Int, at time: Int64) {
    events.append(Popped(time: time, sequence: nextSequence, payload: payload))
    nextSequence += 1
  }

  mutating func cancel(_ payload: Int) -> Int? {
    guard let index = events.firstIndex(where: { $0.payload == payload }) else { return nil }
    return events.remove(at: index).payload
  }

  mutating func rearm(_ payload: Int, at time: Int64) -> Bool {
    guard cancel(payload) != nil else { return false }
    push(payload, at: time)
    return true
  }

  var inOrder: [Popped] { events.sorted { ($0.time, $0.sequence) < ($1.time, $1.sequence) } }

  var first: Popped? { events.min { ($0.time, $0.sequence) < ($1.time, $1.sequence) } }

  mutating func popped(notAfter limit: Int64 = .max) -> Popped? {
    guard let first, first.time <= limit else { return nil }
    events.removeAll { $0.payload == first.payload }
    return first
  }
}

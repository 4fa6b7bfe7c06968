import Kernel
import Primitives
import Testing

@Suite("Handles")
struct HandleTests {
  @Test("are stale once their event was popped, even when the slot is lent again")
  func stale() {
    var queue = EventQueue<Int>()
    let old = queue.push(1, at: Instant(nanoseconds: 5))
    #expect(queue.isPending(old))
    #expect(queue.popped()?.payload == 1)
    #expect(!queue.isPending(old))
    let new = queue.push(2, at: Instant(nanoseconds: 6))
    #expect(new != old)
    #expect(queue.slotCount == 1)
    #expect(queue.cancel(old) == nil)
    #expect(queue.rearm(old, at: Instant(nanoseconds: 7)) == nil)
    #expect(queue.popped() == Popped(time: 6, sequence: 1, payload: 2))
  }

  @Test("stay good through a re-arm, which takes the next sequence number")
  func rearm() {
    var queue = EventQueue<Int>()
    let handle = queue.push(1, at: Instant(nanoseconds: 5))
    queue.push(2, at: Instant(nanoseconds: 9))
    #expect(queue.rearm(handle, at: Instant(nanoseconds: 9)) == handle)
    #expect(queue.rearm(handle, at: Instant(nanoseconds: 9)) == handle)
    #expect(queue.count == 2)
    #expect(
      queue.drained() == [
        Popped(time: 9, sequence: 1, payload: 2), Popped(time: 9, sequence: 3, payload: 1),
      ])
  }

  @Test("of another queue that has fewer slots are not pending")
  func foreign() {
    var queue = EventQueue<Int>()
    queue.push(1, at: .zero)
    let handle = queue.push(2, at: .zero)
    #expect(!EventQueue<Int>().isPending(handle))
  }

  @Test("cancel gives the payload back, once")
  func cancel() {
    var queue = EventQueue<Int>()
    let handle = queue.push(42, at: Instant(nanoseconds: 5))
    #expect(queue.cancel(handle) == 42)
    #expect(queue.cancel(handle) == nil)
    #expect(queue.isEmpty && queue.popped() == nil)
  }
}

import Kernel
import Primitives
import Testing

@Suite("Forks")
struct ForkTests {
  private func filled() -> (EventQueue<Int>, [EventHandle]) {
    var draws = Draws(seed: 11)
    var queue = EventQueue<Int>()
    var handles: [EventHandle] = []
    for payload in 0..<500 {
      handles.append(queue.push(payload, at: Instant(nanoseconds: Int64(draws.next(below: 300_000)))))
    }
    for _ in 0..<100 { _ = queue.popFirst() }
    return (queue, handles)
  }

  @Test("of one queue pop the same events")
  func equal() {
    var (queue, _) = filled()
    var fork = queue
    let order = queue.drained()
    #expect(order.count == 400)
    #expect(fork.drained() == order)
  }

  @Test("do not see what is done to the other")
  func independent() {
    var (queue, handles) = filled()
    let untouched = queue.pending
    var fork = queue
    for handle in handles { fork.cancel(handle) }
    fork.push(-1, at: Instant(nanoseconds: 400_000))
    #expect(fork.drained().map(\.payload) == [-1])
    #expect(queue.pending == untouched)
    #expect(queue.drained() == untouched)
  }

  @Test("share handles as long as the event is pending in them")
  func handles() {
    var queue = EventQueue<Int>()
    let handle = queue.push(1, at: Instant(nanoseconds: 4))
    var fork = queue
    #expect(fork.cancel(handle) == 1)
    #expect(queue.isPending(handle) && !fork.isPending(handle))
    #expect(queue.rearm(handle, at: Instant(nanoseconds: 8)) == handle)
    #expect(queue.popped()?.time == 8)
  }
}

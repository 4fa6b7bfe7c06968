import Kernel
import Primitives
import Testing

@Suite("Popping up to a limit")
struct LimitTests {
  @Test("leaves the queue as it was when the next event is later", arguments: [1, 20, 200])
  func untouched(count: Int) {
    var queue = EventQueue<Int>()
    for payload in 0..<count { queue.push(payload, at: Instant(nanoseconds: 1_000_000 + Int64(payload))) }
    let before = queue.pending
    for limit: Int64 in [-5, 0, 999, 999_999] { #expect(queue.popped(notAfter: limit) == nil) }
    #expect(queue.count == count)
    #expect(queue.pending == before)
    #expect(queue.nextTime == Instant(nanoseconds: 1_000_000))
    #expect(queue.popped(notAfter: 1_000_000)?.payload == 0)
  }

  @Test("events pushed before the next one after a vain try still come first", arguments: [1, 20, 200])
  func earlierPush(count: Int) {
    var queue = EventQueue<Int>()
    for payload in 0..<count { queue.push(payload, at: Instant(nanoseconds: 1_000_000 + Int64(payload))) }
    #expect(queue.popped(notAfter: 999_999) == nil)
    queue.push(-1, at: Instant(nanoseconds: 999_999))
    queue.push(-2, at: Instant(nanoseconds: 3))
    queue.push(-3, at: Instant(nanoseconds: 1_000_000))
    #expect(queue.nextTime == Instant(nanoseconds: 3))
    let order = queue.drained().map(\.payload)
    #expect(order.prefix(4) == [-2, -1, 0, -3])
    #expect(order.count == count + 3)
  }

  @Test("a cancelled event before the limit does not move the clock past it", arguments: [1, 40])
  func cancelledBeforeLimit(count: Int) {
    var queue = EventQueue<Int>()
    let cancelled = queue.push(-1, at: Instant(nanoseconds: 800_000))
    for payload in 0..<count { queue.push(payload, at: Instant(nanoseconds: 1_000_000 + Int64(payload))) }
    queue.cancel(cancelled)
    #expect(queue.popped(notAfter: 900_000) == nil)
    queue.push(-2, at: Instant(nanoseconds: 5))
    #expect(queue.popped()?.payload == -2)
    #expect(queue.popped()?.payload == 0)
  }

  @Test("choosing among ties keeps to the limit and is not asked in vain")
  func choosing() {
    var queue = EventQueue<Int>()
    for payload in 0..<4 { queue.push(payload, at: Instant(nanoseconds: 70)) }
    queue.push(4, at: Instant(nanoseconds: 71))
    let vain = queue.popFirst(notAfter: Instant(nanoseconds: 69)) { _ in
      Issue.record("nothing was due")
      return 0
    }
    #expect(vain == nil)
    var asked: [Int] = []
    var order: [Int] = []
    while let event = queue.popFirst(choosing: { count in
      asked.append(count)
      return count / 2
    }) {
      order.append(event.payload)
    }
    #expect(asked == [4, 3, 2, 1, 1])
    #expect(order == [2, 1, 3, 0, 4])
  }
}

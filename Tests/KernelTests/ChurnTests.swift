import Kernel
import Primitives
import Testing

@Suite("Churn")
struct ChurnTests {
  @Test("re-arming timers for ever needs no more slots than there are timers")
  func rearm() {
    var queue = EventQueue<Int>()
    let handles = (0..<50).map { queue.push($0, at: Instant(nanoseconds: 1_000)) }
    for round in 0..<20_000 {
      #expect(queue.rearm(handles[round % 50], at: Instant(nanoseconds: 1_000 + Int64(round))) != nil)
    }
    #expect(queue.slotCount == 50)
    #expect(queue.count == 50)
    #expect(queue.drained().map(\.time) == Array(20_950..<21_000))
  }

  @Test("cancelled slots are lent again")
  func cancel() {
    var queue = EventQueue<Int>()
    for round in 0..<20_000 {
      let time = Int64(round % 977) * 1_000_003
      let handle = queue.push(round, at: Instant(nanoseconds: time))
      #expect(queue.cancel(handle) == round)
    }
    #expect(queue.slotCount == 1)
    #expect(queue.isEmpty && queue.nextTime == nil)
  }

  @Test("a hold of many events with timeouts that are nearly always cancelled stays within its slots")
  func timeouts() {
    var draws = Draws(seed: 3)
    var queue = EventQueue<Int>()
    var timeouts: [EventHandle] = []
    for index in 0..<100 {
      queue.push(index, at: Instant(nanoseconds: Int64(draws.next(below: 1_000_000))))
      timeouts.append(queue.push(-1, at: Instant(nanoseconds: 1_000_000_000)))
    }
    for _ in 0..<20_000 {
      guard let event = queue.popFirst() else { break }
      #expect(event.payload >= 0)
      let delay = Nanoseconds(Int64(draws.next(below: 1_000_000)))
      #expect(queue.cancel(timeouts[event.payload]) == -1)
      timeouts[event.payload] = queue.push(-1, at: event.time + .seconds(1))
      queue.push(event.payload, at: event.time + delay)
    }
    #expect(queue.count == 200)
    #expect(queue.slotCount <= 201)
  }
}

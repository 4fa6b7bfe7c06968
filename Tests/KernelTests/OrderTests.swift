import Kernel
import Primitives
import Testing

@Suite("Order of events")
struct OrderTests {
  @Test("events of one instant leave in the order in which they were pushed", arguments: [3, 100, 5_000])
  func ties(count: Int) {
    var queue = EventQueue<Int>()
    for payload in 0..<count { queue.push(payload, at: Instant(nanoseconds: 123_456_789)) }
    #expect(queue.tiesAtNext == count)
    let order = queue.drained()
    #expect(order.map(\.payload) == Array(0..<count))
    #expect(order.map(\.sequence) == Array(0..<UInt64(count)))
  }

  @Test("an event pushed while its instant is under way leaves after those that were waiting")
  func tieUnderWay() {
    var queue = EventQueue<Int>()
    for payload in 0..<3 { queue.push(payload, at: Instant(nanoseconds: 500)) }
    #expect(queue.popped()?.payload == 0)
    queue.push(3, at: Instant(nanoseconds: 500))
    queue.push(4, at: Instant(nanoseconds: 501))
    #expect(queue.drained().map(\.payload) == [1, 2, 3, 4])
  }

  @Test("times from one nanosecond to ten years apart leave in order")
  func farApart() {
    var times: [Int64] = [0, 1]
    while let last = times.last, last < 315_576_000_000_000_000 {
      times += [last * 2 - 1, last * 2, last * 2 + 1].filter { $0 > last }
    }
    times.append(.max)
    var queue = EventQueue<Int>()
    var draws = Draws(seed: 7)
    var shuffled = Array(times.indices)
    for index in shuffled.indices { shuffled.swapAt(index, draws.index(in: shuffled.count)) }
    for index in shuffled { queue.push(index, at: Instant(nanoseconds: times[index])) }
    let order = queue.drained()
    #expect(order.map(\.time) == times)
    #expect(order.map(\.payload) == Array(times.indices))
  }

  @Test("an instant that is refilled as fast as it empties keeps its order and its size")
  func endlessInstant() {
    var queue = EventQueue<Int>()
    for payload in 0..<10 { queue.push(payload, at: Instant(nanoseconds: 99)) }
    for payload in 10..<20_000 {
      #expect(queue.popped()?.payload == payload - 10)
      queue.push(payload, at: Instant(nanoseconds: 99))
    }
    #expect(queue.slotCount == 10)
  }

  @Test("events pushed ever earlier, into what is about to leave, still leave in order")
  func everEarlier() {
    var queue = EventQueue<Int>()
    for payload in 0..<20 { queue.push(payload, at: Instant(nanoseconds: 60_000 + Int64(payload))) }
    queue.push(20, at: Instant(nanoseconds: 10))
    #expect(queue.popped()?.payload == 20)
    for payload in 21..<2_000 { queue.push(payload, at: Instant(nanoseconds: 60_000 - Int64(payload))) }
    let order = queue.drained()
    #expect(order.count == 1_999)
    #expect(zip(order, order.dropFirst()).allSatisfy { $0.time < $1.time })
  }
}

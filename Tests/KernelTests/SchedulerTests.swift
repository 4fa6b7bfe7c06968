import Kernel
import Primitives
import Testing

@Suite("Schedulers")
struct SchedulerTests {
  /// Three instants of seven events each, and a lone one between them.
  private func order(_ start: Scheduler) -> [Popped] {
    var scheduler = start
    var queue = EventQueue<Int>()
    for payload in 0..<21 { queue.push(payload, at: Instant(nanoseconds: Int64(payload % 3) * 1_000)) }
    queue.push(21, at: Instant(nanoseconds: 1_500))
    var all: [Popped] = []
    while let event = scheduler.next(from: &queue) { all.append(Popped(event)) }
    return all
  }

  @Test("the earliest goes by time and sequence")
  func earliest() {
    let order = order(.earliest)
    #expect(order == order.sorted { ($0.time, $0.sequence) < ($1.time, $1.sequence) })
  }

  @Test("seeded ties are a permutation that keeps the order of time", arguments: 0..<50 as Range<UInt64>)
  func permutation(seed: UInt64) {
    let order = order(.seededTies(Choices(seed: seed)))
    #expect(order.map(\.payload).sorted() == Array(0..<22))
    #expect(zip(order, order.dropFirst()).allSatisfy { $0.time <= $1.time })
  }

  @Test("seeded ties are the same for the same seed and others for another")
  func seeds() {
    let orders = (0..<50).map { order(.seededTies(Choices(seed: $0))) }
    let again = (0..<50).map { order(.seededTies(Choices(seed: $0))) }
    #expect(orders == again)
    #expect(Set(orders).count == 50)
  }

  @Test("every event of an instant goes first under some seed, each about as often")
  func fair() {
    var firsts = [Int](repeating: 0, count: 7)
    for seed in 0..<UInt64(1_400) {
      firsts[order(.seededTies(Choices(seed: seed)))[0].payload / 3] += 1
    }
    // 200 are expected; five standard deviations are 65.
    #expect(firsts.allSatisfy { (135...265).contains($0) })
  }

  @Test("a lone event uses up no choice")
  func lone() {
    var scheduler = Scheduler.seededTies(Choices(seed: 1))
    let before = scheduler
    var queue = EventQueue<Int>()
    queue.push(1, at: Instant(nanoseconds: 1))
    #expect(scheduler.next(from: &queue, notAfter: .zero) == nil)
    #expect(scheduler.next(from: &queue)?.payload == 1)
    #expect(scheduler == before)
  }
}

import Kernel
import Primitives
import Testing

@Suite("The queue against a naive model")
struct ModelTests {
  /// Delays of one scale of time; every fourth is zero or a repetition, so that ties are common.
  static let scales: [UInt64] = [2, 50, 1_000, 70_000, 20_000_000, 5_000_000_000, 315_576_000_000_000_000]

  @Test("does the same over long random sequences", arguments: scales, 1...4 as ClosedRange<UInt64>)
  func random(scale: UInt64, seed: UInt64) {
    var draws = Draws(seed: seed &* 1_000 &+ scale)
    var queue = EventQueue<Int>()
    var model = NaiveQueue()
    var handles: [EventHandle] = []
    var now: Int64 = 0
    // The pressure changes, so that the queue grows large and runs dry.
    for step in 0..<6_000 {
      let growing = step / 700 % 2 == 0
      // The longest scale reaches the end of time, and stays there.
      let (later, isOver) = now.addingReportingOverflow(
        draws.next(below: 4) == 0 ? 0 : Int64(draws.next(below: scale)))
      let time = isOver ? .max : later
      switch draws.next(below: 10) {
      case 0..<(growing ? 5 : 2):
        let payload = handles.count
        handles.append(queue.push(payload, at: Instant(nanoseconds: time)))
        model.push(payload, at: time)
      case 5 where !handles.isEmpty:
        let payload = recent(of: handles.count, &draws)
        #expect(queue.isPending(handles[payload]) == model.events.contains { $0.payload == payload })
        #expect(queue.cancel(handles[payload]) == model.cancel(payload))
      case 6 where !handles.isEmpty:
        let payload = recent(of: handles.count, &draws)
        let rearmed = queue.rearm(handles[payload], at: Instant(nanoseconds: time))
        #expect(rearmed == (model.rearm(payload, at: time) ? handles[payload] : nil))
      case 7:
        let popped = queue.popped(notAfter: time)
        #expect(popped == model.popped(notAfter: time))
        now = popped?.time ?? now
      default:
        let popped = queue.popped()
        #expect(popped == model.popped())
        now = popped?.time ?? now
      }
      #expect(queue.count == model.events.count)
      if step % 16 == 0 { expectSameView(queue, model) }
    }
    #expect(queue.pending == model.inOrder)
    #expect(queue.drained() == model.inOrder)
    #expect(queue.isEmpty && queue.nextTime == nil && queue.tiesAtNext == 0)
  }

  /// One of the last hundred: among them both pending and stale handles are common.
  private func recent(of count: Int, _ draws: inout Draws) -> Int {
    count - 1 - draws.index(in: min(count, 100))
  }

  private func expectSameView(_ queue: EventQueue<Int>, _ model: NaiveQueue) {
    let first = model.first
    #expect(queue.nextTime?.nanoseconds == first?.time)
    #expect(queue.tiesAtNext == model.events.count { $0.time == first?.time })
  }
}

import Kernel
import Primitives
import Testing

@Suite("Payloads with a life of their own")
struct ReleaseTests {
  private final class Probe {}

  @Test("are let go when they are cancelled, and only then")
  func cancelled() {
    var queue = EventQueue<Probe>()
    weak var probe: Probe?
    let handle: EventHandle
    do {
      let made = Probe()
      probe = made
      handle = queue.push(made, at: Instant(nanoseconds: 5))
    }
    #expect(probe != nil)
    queue.rearm(handle, at: Instant(nanoseconds: 50))
    #expect(probe != nil)
    queue.cancel(handle)
    #expect(probe == nil)
  }

  @Test("are let go when they are popped, and with the queue")
  func popped() {
    weak var first: Probe?
    weak var second: Probe?
    do {
      var queue = EventQueue<Probe>()
      do {
        let made = (Probe(), Probe())
        (first, second) = made
        queue.push(made.0, at: Instant(nanoseconds: 5))
        queue.push(made.1, at: Instant(nanoseconds: 6))
      }
      _ = queue.popFirst()
      #expect(first == nil)
      #expect(second != nil)
      #expect(queue.count == 1)
    }
    #expect(second == nil)
  }

  @Test("live on in a fork")
  func forked() {
    var queue = EventQueue<Probe>()
    weak var probe: Probe?
    let handle: EventHandle
    do {
      let made = Probe()
      probe = made
      handle = queue.push(made, at: Instant(nanoseconds: 5))
    }
    var fork = queue
    queue.cancel(handle)
    #expect(probe != nil)
    fork.cancel(handle)
    #expect(probe == nil)
  }
}

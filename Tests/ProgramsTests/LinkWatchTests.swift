import Primitives
import Programs
import Testing

@Suite("Which links work, and how well")
struct LinkWatchTests {
  /// One end of a link, and all that it hears of the other.
  struct End {
    var watch = LinkWatch(links: 1, patience: 3)
    var now = Instant.zero

    mutating func hear(_ numbers: UInt32..., missed: UInt8 = 0) {
      for number in numbers {
        watch.hear(Hello(number: number, heard: 0, ago: 0, missed: missed, registry: 0), over: 0, at: now)
      }
    }

    /// - Returns: whether the link has changed.
    @discardableResult
    mutating func endRound() -> Bool {
      now = now + .milliseconds(100)
      var changed = false
      watch.endRound(at: now) { _, _ in changed = true }
      return changed
    }

    /// Lost of the last 64.
    var lost: UInt64 { watch.loss(over: 0) * 64 / 1_000_000 }
  }

  @Test("Nothing is lost before there was anything to lose")
  func beginning() {
    var end = End()
    #expect(end.lost == 0)
    end.hear(17)
    #expect(end.lost == 0, "what came before this life is none of its business")
  }

  @Test("Numbers that are lacking are hellos that were lost")
  func lost() {
    var end = End()
    end.hear(1, 2, 5, 6, 10)
    #expect(end.lost == 5)
    #expect(end.watch.loss(over: 0) == 5 * 1_000_000 / 64)
    #expect(end.watch.hello(over: 0, registry: 9, at: end.now).missed == 5)
  }

  @Test("After 64 more a loss is forgotten")
  func forgotten() {
    var end = End()
    end.hear(1, 3)
    for number in UInt32(4)...65 { end.hear(number) }
    #expect(end.lost == 1)
    end.hear(66)
    #expect(end.lost == 0)
  }

  @Test("A gap of 64 and more is all of them but the one that came")
  func everything() {
    var end = End()
    end.hear(1, 65)
    #expect(end.lost == 63)
    end.hear(1_000)
    #expect(end.lost == 63)
  }

  @Test("A hello that was overtaken was not lost, and counts once")
  func overtaken() {
    var end = End()
    end.hear(1, 4)
    #expect(end.lost == 2)
    end.hear(2)
    #expect(end.lost == 1)
    end.hear(2, 4)
    #expect(end.lost == 1)
    #expect(end.watch.hello(over: 0, registry: 0, at: end.now).heard == 4, "the last one is the last one")
    end.hear(5)
    #expect(end.lost == 1)
  }

  @Test("A number far below is the first of another life, in which nothing was lost yet")
  func restarted() {
    var end = End()
    end.hear(20, 30)
    #expect(end.lost == 9)
    end.hear(21)
    #expect(end.watch.hello(over: 0, registry: 0, at: end.now).heard == 21)
    #expect(end.lost == 0)
    end.hear(23)
    #expect(end.lost == 1)
  }

  @Test("What the other end has missed is the loss of the other direction; the worse of the two counts")
  func bothWays() {
    var end = End()
    end.hear(1, 4, missed: 7)
    #expect(end.lost == 7)
    end.hear(14, missed: 7)
    #expect(end.lost == 11)
    end.hear(15, missed: 200)
    #expect(end.lost == 64, "nobody has missed more than there were")
  }

  @Test("What was missed while a link was down tells nothing of how it works when it does")
  func down() {
    var end = End()
    end.hear(1)
    end.endRound()
    let changes = (1...3).map { _ in end.endRound() }
    #expect(changes == [false, false, true], "three silent rounds")
    #expect(!end.watch.isUp(0) && end.lost == 0)
    for number: UInt32 in [40, 41, 42] {
      end.hear(number)
      end.endRound()
    }
    #expect(end.watch.isUp(0) && end.lost == 0)
    end.hear(44)
    #expect(end.lost == 1)
  }

  @Test("What a link lets through while it is down does not make up for what it lost before")
  func downAndLossy() {
    var end = End()
    end.hear(1, 3, 5, 7, 9, 11)
    #expect(end.lost == 5)
    end.endRound()
    for _ in 0..<3 { end.endRound() }
    #expect(!end.watch.isUp(0))
    // Every other round is silent, and so it stays down.
    for number in stride(from: UInt32(16), to: 300, by: 2) {
      end.hear(number)
      end.endRound()
      end.endRound()
    }
    #expect(!end.watch.isUp(0) && end.lost == 5)
    end.hear(297)
    #expect(end.lost == 5, "nor does what was overtaken meanwhile")
  }

  @Test("A silence that the link survives is a loss")
  func silence() {
    var end = End()
    end.hear(1)
    for _ in 0..<3 { end.endRound() }
    #expect(end.watch.isUp(0))
    end.hear(4)
    #expect(end.lost == 2)
  }

  @Test("The round trip is from the hello to its echo, without the time that the other end kept it")
  func roundTrip() {
    var end = End()
    for _ in 0..<3 { end.endRound() }
    #expect(end.watch.takeLatency(over: 0) == nil)
    func echo(of number: UInt32, ago: UInt32, after time: Nanoseconds) {
      let hello = Hello(number: 1, heard: number, ago: ago, missed: 0, registry: 0)
      end.watch.hear(hello, over: 0, at: end.now + time)
    }
    // The third left now, the second 100 ms ago.
    echo(of: 3, ago: 15_000, after: .milliseconds(25))
    #expect(end.watch.takeLatency(over: 0) == .milliseconds(10))
    #expect(end.watch.takeLatency(over: 0) == nil, "it was taken")
    echo(of: 3, ago: 0, after: .milliseconds(10))
    echo(of: 2, ago: 90_000, after: .milliseconds(20))
    #expect(end.watch.takeLatency(over: 0) == .milliseconds(20))
    echo(of: 3, ago: 30_000, after: .milliseconds(25))
    #expect(end.watch.takeLatency(over: 0) == .zero, "clocks that differ take nobody back in time")
  }

  @Test(
    "Echoes of what was never said, of another life, or of long ago tell nothing",
    arguments: [UInt32(0), 2, 11, .max])
  func strangeEchoes(heard: UInt32) {
    var end = End()
    for _ in 0..<10 { end.endRound() }
    let hello = Hello(number: 1, heard: heard, ago: 0, missed: 0, registry: 0)
    end.watch.hear(hello, over: 0, at: end.now)
    #expect(end.watch.takeLatency(over: 0) == nil)
  }

  @Test("A hello tells its number, the last one heard and how long ago that was, and the registry")
  func hellos() {
    var end = End()
    #expect(
      end.watch.hello(over: 0, registry: 3, at: .zero + .seconds(5))
        == Hello(number: 0, heard: 0, ago: 0, missed: 0, registry: 3))
    end.hear(7)
    end.endRound()
    #expect(
      end.watch.hello(over: 0, registry: 4, at: end.now)
        == Hello(number: 1, heard: 7, ago: 100_000, missed: 0, registry: 4))
    let late = end.watch.hello(over: 0, registry: 4, at: end.now + .seconds(100_000))
    #expect(late.ago == .max, "more than it can say")
  }

  @Test("Numbers at the end of their range are heard like others")
  func lastNumbers() {
    var end = End()
    end.hear(.max - 2, .max)
    #expect(end.lost == 1)
    end.hear(.max - 1)
    #expect(end.lost == 0)
    end.hear(1)
    #expect(end.lost == 0 && end.watch.hello(over: 0, registry: 0, at: end.now).heard == 1)
  }
}

import Primitives
import Testing

@Suite("Instants and lengths of time")
struct InstantTests {
  @Test("units are powers of a thousand")
  func units() {
    #expect(Nanoseconds.microseconds(3) == Nanoseconds(3_000))
    #expect(Nanoseconds.milliseconds(3) == .microseconds(3_000))
    #expect(Nanoseconds.seconds(3) == .milliseconds(3_000))
    #expect(Nanoseconds.milliseconds(1_500).seconds == 1.5)
  }

  @Test("a moment and a length give a moment; two moments a length, which may be negative")
  func arithmetic() {
    let moment = Instant.zero + .seconds(2)
    #expect(moment.nanoseconds == 2_000_000_000)
    #expect(moment - .seconds(1) == Instant(nanoseconds: 1_000_000_000))
    #expect(moment - .zero == moment)
    #expect(Instant.zero - moment == Nanoseconds(-2_000_000_000))
    #expect(Nanoseconds(7) * 3 - Nanoseconds(1) == Nanoseconds(20))
    #expect(Nanoseconds(7) / 2 == Nanoseconds(3))
    #expect(Nanoseconds(-7) / 2 == Nanoseconds(-3))
  }

  @Test("are ordered as their numbers are")
  func order() {
    #expect(Instant.zero < Instant(nanoseconds: 1))
    #expect(Nanoseconds(-1) < .zero)
    #expect(Nanoseconds.seconds(315_576_000) < Distribution.longest)
    #expect(NodeID(1) < NodeID(2) && NodeID(7).index == 7)
  }
}

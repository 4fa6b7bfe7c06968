import Primitives
import Testing

@Suite("Numbers as people read them")
struct PeopleTextTests {
  /// As a terminal shows it.
  private func plain(_ text: String) -> String { String(text.map { $0 == "\u{A0}" ? " " : $0 }) }

  @Test(
    "durations have three digits and a fitting unit",
    arguments: [
      (0, "0 ns"), (850, "850 ns"), (999, "999 ns"), (1_000, "1.00 µs"), (999_499, "999 µs"),
      (999_500, "1.00 ms"), (12_400_000, "12.4 ms"), (1_200_000_000, "1.20 s"), (59_949_999_999, "59.9 s"),
      (59_950_000_000, "1 min 00 s"), (125_000_000_000, "2 min 05 s"), (12_000_000_000_000, "3 h 20 min"),
      (90_000_000_000_000, "1 d 01 h"), (-1_500_000, "−1.50 ms"),
    ] as [(Int64, String)])
  func duration(nanoseconds: Int64, text: String) {
    #expect(plain(PeopleText.duration(nanoseconds)) == text)
  }

  @Test("a number and its unit are never parted")
  func noBreak() {
    #expect(PeopleText.duration(850) == "850\u{A0}ns")
    #expect(PeopleText.count(2, "operation") == "2\u{A0}operations")
  }

  @Test(
    "moments have every digit to the millisecond that counts",
    arguments: [
      (0, "0 s"), (10_000_000_000, "10 s"), (12_437_000_000, "12.437 s"), (12_430_000_000, "12.43 s"),
      (5_000_000, "0.005 s"), (499_999, "0 s"), (999_999_999, "1 s"),
    ] as [(Int64, String)])
  func moment(nanoseconds: Int64, text: String) {
    #expect(plain(PeopleText.moment(nanoseconds)) == text)
  }

  @Test("counts are grouped by thousands and agree with their noun")
  func counts() {
    #expect(PeopleText.count(0) == "0")
    #expect(PeopleText.count(999) == "999")
    #expect(PeopleText.count(1_234_567) == "1,234,567")
    #expect(PeopleText.count(.max) == "18,446,744,073,709,551,615")
    #expect(plain(PeopleText.count(0, "operation")) == "0 operations")
    #expect(plain(PeopleText.count(1, "operation")) == "1 operation")
    #expect(plain(PeopleText.count(1_000, one: "history", many: "histories")) == "1,000 histories")
  }

  @Test(
    "rates have three digits and a letter",
    arguments: [
      (0.4, "0"), (.infinity, "0"), (850.2, "850"), (999.6, "1.00 k"), (12_340, "12.3 k"),
      (1_200_000, "1.20 M"), (2.5e9, "2.50 G"),
    ] as [(Double, String)])
  func rate(value: Double, text: String) {
    #expect(plain(PeopleText.rate(value)) == text)
  }

  @Test(
    "none and all are said only where they are exact",
    arguments: [
      (0, 10, "0 %"), (10, 10, "100 %"), (0, 0, "0 %"), (9_999, 10_000, "99.99 %"), (984, 1_000, "98.4 %"),
      (99_999, 100_000, ">99.99 %"), (1, 100_000, "<0.01 %"), (1, 200, "0.50 %"), (1, 3, "33.3 %"),
    ] as [(UInt64, UInt64, String)])
  func share(part: UInt64, whole: UInt64, text: String) {
    #expect(plain(PeopleText.share(part, of: whole)) == text)
  }

  @Test("figures follow the unit of their measure")
  func figures() {
    #expect(plain(PeopleText.figure(12_400_000, unit: "ns")) == "12.4 ms")
    #expect(plain(PeopleText.figure(98.4, unit: "%")) == "98.4 %")
    #expect(PeopleText.figure(1_234, unit: "1") == "1,234")
    #expect(plain(PeopleText.figure(1.257, unit: "MB")) == "1.25 MB")
    #expect(plain(PeopleText.figure(-1.5, unit: "MB")) == "−1.50 MB")
    #expect(PeopleText.figure(.nan, unit: "ns") == "–")
  }
}

import Primitives
import Testing

@Suite("Choices that chance does not make")
struct FixedChoiceTests {
  private static let purpose = Purpose(7, "test")
  private static let other = Purpose(8, "other")
  private static let about = Entities(4, 5)

  private func choices(_ fixed: FixedChoice...) -> Choices { Choices(seed: 3, fixed: fixed) }

  @Test("A fixed choice has its value, and all others keep their luck")
  func alone() {
    let fixed = choices(FixedChoice(Self.purpose, Self.about, 6, .number(41)))
    let free = choices()
    for occurrence in UInt64(0)..<20 where occurrence != 6 {
      #expect(
        fixed.choose(Self.purpose, Self.about, occurrence, below: 1_000_000)
          == free.choose(Self.purpose, Self.about, occurrence, below: 1_000_000))
    }
    #expect(fixed.choose(Self.purpose, Self.about, 6, below: 100) == 41)
    #expect(
      fixed.choose(Self.other, Self.about, 6, below: 1 << 40)
        == free.choose(Self.other, Self.about, 6, below: 1 << 40))
    #expect(
      fixed.choose(Self.purpose, Entities(4, 6), 6, below: 1 << 40)
        == free.choose(Self.purpose, Entities(4, 6), 6, below: 1 << 40))
  }

  @Test("What has no chance happens where it is fixed, and what is certain does not")
  func chances() {
    let fixed = choices(
      FixedChoice(Self.purpose, Self.about, 0, .truth(true)),
      FixedChoice(Self.purpose, Self.about, 1, .truth(false)))
    #expect(fixed.choose(Self.purpose, Self.about, 0, chance: .zero))
    #expect(!fixed.choose(Self.purpose, Self.about, 1, chance: .one))
    #expect(!fixed.choose(Self.purpose, Self.about, 2, chance: .zero))
  }

  @Test("A length of time is fixed whatever its distribution")
  func lengths() {
    let fixed = choices(FixedChoice(Self.purpose, Self.about, 0, .length(.seconds(9))))
    for distribution in [Distribution.constant(.zero), .uniform(.zero, .seconds(1))] {
      #expect(fixed.choose(Self.purpose, Self.about, 0, from: distribution) == .seconds(9))
    }
  }

  @Test("Of fewer than there were the last is taken; another kind of value leaves the choice to chance")
  func misfits() {
    let fixed = choices(
      FixedChoice(Self.purpose, Self.about, 0, .number(12)), FixedChoice(Self.purpose, Self.about, 1, .truth(true)))
    #expect(fixed.choose(Self.purpose, Self.about, 0, below: 3) == 2)
    #expect(
      fixed.choose(Self.purpose, Self.about, 1, below: 1 << 40)
        == choices().choose(Self.purpose, Self.about, 1, below: 1 << 40))
  }

  @Test("Of many, given in any order and some of them twice, each is found and the last one counts")
  func many() {
    var fixed: [FixedChoice] = []
    for occurrence in [UInt64(5), 1, 9, 3, 7, 5, 0] {
      fixed.append(
        FixedChoice(Self.purpose, Self.about, occurrence, .number(occurrence * 10 + UInt64(fixed.count))))
    }
    let choices = Choices(seed: 1, fixed: fixed)
    let found = [UInt64(0), 1, 3, 5, 7, 9].map { choices.choose(Self.purpose, Self.about, $0, below: 1_000) }
    #expect(found == [6, 11, 33, 55, 74, 92])
  }
}

@Suite("Digests that are read back")
struct DigestTextTests {
  @Test("A digest's text gives the digest again, which goes on as the first would")
  func inverse() throws {
    var digest = Digest()
    for step in UInt64(0)..<500 {
      digest.fold(step &* 0x9E37_79B9_7F4A_7C15, step)
      var other = try #require(Digest(hexadecimal: digest.hexadecimal))
      #expect(other == digest)
      var first = digest
      first.fold(step)
      other.fold(step)
      #expect(other.hexadecimal == first.hexadecimal)
    }
  }

  @Test(
    "Nothing else is a digest",
    arguments: ["", "00", String(repeating: "g", count: 32), String(repeating: "A", count: 32)])
  func refused(text: String) { #expect(Digest(hexadecimal: text) == nil) }
}

import Primitives
import Testing

@Suite("Choices")
struct ChoicesTests {
  private static let purpose = Purpose(77, "test")

  private func draw(_ occurrence: UInt64, below bound: UInt64, seed: UInt64 = 1) -> UInt64 {
    Choices(seed: seed).choose(Self.purpose, Entities(4, 5), occurrence, below: bound)
  }

  @Test("are uniform: chi-square over sixteen cells", arguments: 0..<20 as Range<UInt64>)
  func uniformity(seed: UInt64) {
    var cells = [Double](repeating: 0, count: 16)
    for occurrence in 0..<UInt64(16_000) { cells[Int(draw(occurrence, below: 16, seed: seed))] += 1 }
    let square = cells.reduce(0) { $0 + ($1 - 1_000) * ($1 - 1_000) / 1_000 }
    // 15 degrees of freedom: a value above 44.3 has a chance of one in ten thousand, so has one below 1.7.
    #expect((1.7...44.3).contains(square))
  }

  enum Part: CaseIterable { case seed, first, second, purpose, occurrence, word }

  @Test("are uniform whichever part of the key counts up", arguments: Part.allCases)
  func uniformity(in part: Part) {
    var cells = [Double](repeating: 0, count: 256)
    for number in 0..<UInt64(25_600) {
      let word =
        switch part {
        case .seed: Choices(seed: number).word(Self.purpose, Entities(0), 0)
        case .first: Choices(seed: 1).word(Self.purpose, Entities(number), 0)
        case .second: Choices(seed: 1).word(Self.purpose, Entities(0, number), 0)
        case .purpose: Choices(seed: 1).word(Purpose(UInt16(number), "test"), Entities(0), 0)
        case .occurrence: Choices(seed: 1).word(Self.purpose, Entities(0), number)
        case .word: Choices(seed: 1).word(Self.purpose, Entities(0), 0, word: number)
        }
      cells[Int(word & 255)] += 1
    }
    let square = cells.reduce(0) { $0 + ($1 - 100) * ($1 - 100) / 100 }
    // 255 degrees of freedom: mean 255, deviation 22.6.
    #expect((165...345).contains(square))
  }

  @Test("with the same key are the same, and no other draw matters")
  func keyed() {
    let choices = Choices(seed: 9)
    let alone = choices.choose(Self.purpose, Entities(1, 2), 3, below: 1_000_000)
    for occurrence in 0..<UInt64(100) {
      _ = choices.choose(Self.purpose, Entities(1, 2), occurrence, below: 7)
      _ = choices.choose(Purpose(78, "other"), Entities(1, 2), occurrence, below: 7)
    }
    #expect(choices.choose(Self.purpose, Entities(1, 2), 3, below: 1_000_000) == alone)
    #expect(Choices(seed: 9).choose(Purpose(77, "renamed"), Entities(1, 2), 3, below: 1_000_000) == alone)
  }

  @Test("differ as soon as any part of the key does")
  func distinct() {
    let choices = Choices(seed: 9)
    let words: Set<UInt64> = [
      choices.word(Self.purpose, Entities(1, 2), 3),
      Choices(seed: 10).word(Self.purpose, Entities(1, 2), 3),
      choices.word(Purpose(78, "other"), Entities(1, 2), 3),
      choices.word(Self.purpose, Entities(2, 2), 3),
      choices.word(Self.purpose, Entities(1, 3), 3),
      choices.word(Self.purpose, Entities(1, 2), 4),
      choices.word(Self.purpose, Entities(1, 2), 3, word: 1),
      choices.word(Self.purpose, .message(from: 1, to: 2, kind: 3, group: 4), 3),
      choices.word(Self.purpose, .message(from: 2, to: 1, kind: 3, group: 4), 3),
      choices.word(Self.purpose, .message(from: 1, to: 2, kind: 4, group: 3), 3),
    ]
    #expect(words.count == 10)
  }

  @Test("below one are zero")
  func boundOne() {
    for occurrence in 0..<UInt64(100) { #expect(draw(occurrence, below: 1) == 0) }
  }

  @Test(
    "below huge bounds stay within them and use their whole range",
    arguments: [1 << 63 - 1, 1 << 63, 1 << 63 + 1, 3 << 62, .max] as [UInt64])
  func hugeBounds(bound: UInt64) {
    // Just above 2⁶³ nearly every second word is rejected.
    var quarters = [Int](repeating: 0, count: 4)
    for occurrence in 0..<UInt64(4_000) {
      let value = draw(occurrence, below: bound)
      #expect(value < bound)
      quarters[Int(value / (bound / 4 + 1))] += 1
    }
    #expect(quarters.allSatisfy { (850...1_150).contains($0) })
  }

  @Test("happen as often as their chance says", arguments: [(1, 2), (1, 10), (999, 1_000), (2, 3)])
  func chances(numerator: UInt64, denominator: UInt64) {
    let chance = Ratio(numerator, denominator)
    let choices = Choices(seed: 2)
    let hits = (0..<UInt64(20_000)).count { choices.choose(Self.purpose, Entities(0), $0, chance: chance) }
    let deviation = (20_000 * chance.double * (1 - chance.double)).squareRoot()
    #expect(abs(Double(hits) - 20_000 * chance.double) < 4 * deviation)
  }

  @Test("of chance zero never happen, of chance one always")
  func certainties() {
    let choices = Choices(seed: 2)
    for occurrence in 0..<UInt64(1_000) {
      #expect(!choices.choose(Self.purpose, Entities(0), occurrence, chance: .zero))
      #expect(!choices.choose(Self.purpose, Entities(0), occurrence, chance: Ratio(0, 1_000_000)))
      #expect(choices.choose(Self.purpose, Entities(0), occurrence, chance: .one))
      #expect(choices.choose(Self.purpose, Entities(0), occurrence, chance: Ratio(7, 7)))
    }
  }

  @Test("are the published values")
  func golden() {
    let words = (0..<3).map { Choices(seed: $0).word(Purpose(1, "a"), Entities(2, 3), 4, word: 5) }
    #expect(words.map(Digest.hexadecimal) == ["60cb0bb25c6c7467", "88b3daeb1d940cd4", "c4a9d9f9a3fed750"])
    #expect((0..<8).map { draw($0, below: 1_000) } == [103, 642, 404, 574, 360, 946, 212, 972])
  }
}

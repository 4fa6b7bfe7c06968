import Primitives
import Testing

@Suite("Digest")
struct DigestTests {
  private func digest(_ words: UInt64...) -> Digest {
    var digest = Digest()
    for word in words { digest.fold(word) }
    return digest
  }

  private func digest(bytes: [UInt8]) -> Digest {
    var digest = Digest()
    digest.fold(bytes: bytes)
    return digest
  }

  @Test("depends on the order of words")
  func order() {
    #expect(digest(1, 2) == digest(1, 2))
    #expect(digest(1, 2) != digest(2, 1))
    #expect(digest(1, 2).words != digest(2, 1).words)
    #expect(digest(0) != digest(0, 0))
    var pair = Digest()
    pair.fold(1, 2)
    var swapped = Digest()
    swapped.fold(2, 1)
    #expect(pair != swapped)
  }

  @Test("tells byte strings apart by content, length and boundaries")
  func bytes() {
    let strings: [[UInt8]] = [
      [], [0], [0, 0], [1], [0, 1], [1, 0], Array(repeating: 0, count: 8), Array(repeating: 0, count: 9),
      Array(1...8), Array(1...9), Array(1...16),
    ]
    #expect(Set(strings.map { digest(bytes: $0) }).count == strings.count)
    var parted = digest(bytes: [1])
    parted.fold(bytes: [2])
    var other = digest(bytes: [1, 2])
    other.fold(bytes: [])
    #expect(parted != other)
  }

  @Test("every single bit of a word changes about half of the digest")
  func spread() {
    let base = digest(0x1234_5678, 0)
    for bit in 0..<UInt64(64) {
      let changed = digest(0x1234_5678 ^ (1 << bit), 0)
      let difference =
        (base.words.high ^ changed.words.high).nonzeroBitCount
        + (base.words.low ^ changed.words.low).nonzeroBitCount
      #expect((32...96).contains(difference))
    }
  }

  @Test("is printed as 32 digits, and its published values stand")
  func golden() {
    #expect(Digest().hexadecimal == "a2731cd798548ef8d36329e2067b7d34")
    #expect(digest(1, 2, 3).hexadecimal == "5cf8dde214cfb6a85d5c8a806a4fba20")
    #expect(digest(bytes: Array("faultline".utf8)).hexadecimal == "86b4bd1875b2d0e211cf27bef6a903f2")
    var nested = Digest()
    nested.fold(digest(7))
    #expect(nested.hexadecimal == "e9451dc3750f39834c8b02c3659061f9")
    #expect(Digest.hexadecimal(255) == "00000000000000ff")
  }
}

import Compression
import Testing

@Suite("Frames around stored bytes")
struct FrameTests {
  static let contents: [[UInt8]] = [
    [], [7], Array("a snapshot of a store".utf8), [UInt8](repeating: 65, count: 100_000),
    (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) },
  ]

  @Test("What is wrapped is what is unwrapped", arguments: contents, [0, 1, 9])
  func wholly(_ content: [UInt8], level: Int) throws {
    let frame = Frame.wrap(content, as: "TEST", level: level)
    #expect(try Frame.unwrap(frame, as: "TEST", limit: 1 << 20) == content)
    #expect(Frame.contentSize(of: frame) == UInt64(content.count))
    #expect(frame.count <= content.count + Frame.headerSize, "never larger than without compression")
  }

  @Test("Compression is worth it where there is something to compress")
  func smaller() {
    #expect(Frame.wrap(Self.contents[3], as: "TEST", level: 1).count < 1_000)
    #expect(Frame.wrap(Self.contents[3], as: "TEST", level: 0).count == 100_032)
  }

  @Test("The bytes of version 1 are these, for as long as it is read")
  func golden() throws {
    let plain: [UInt8] = [
      0x54, 0x45, 0x53, 0x54, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0xC2, 0x41, 0x24, 0x35,
      0, 0, 0, 0, 0x61, 0x62, 0x63,
    ]
    let made = Frame.wrap(Array("abc".utf8), as: "TEST", level: 1)
    #expect(made.count == plain.count && made[..<28] == plain[..<28] && made[32...] == plain[32...])
    #expect(try Frame.unwrap(made, as: "TEST", limit: 3) == Array("abc".utf8))
  }

  @Test("No single damaged bit goes unnoticed", arguments: [0, 1])
  func damaged(level: Int) {
    let content = [UInt8](repeating: 3, count: 40) + Array("end".utf8)
    let frame = Frame.wrap(content, as: "TEST", level: level)
    for bit in 0..<(frame.count * 8) {
      var other = frame
      other[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: Frame.Fault.self, "bit \(bit)") { try Frame.unwrap(other, as: "TEST", limit: 1 << 20) }
    }
  }

  @Test("What was cut short, or goes on, is refused")
  func length() {
    let frame = Frame.wrap(Self.contents[2], as: "TEST", level: 0)
    for count in 0..<frame.count {
      #expect(throws: Frame.Fault.self) { try Frame.unwrap(Array(frame[..<count]), as: "TEST", limit: 1 << 20) }
    }
    #expect(throws: Frame.Fault.length(expected: 21, found: 22)) {
      try Frame.unwrap(frame + [0], as: "TEST", limit: 1 << 20)
    }
    #expect(throws: Frame.Fault.foreign) { try Frame.unwrap(frame, as: "FILE", limit: 1 << 20) }
  }

  @Test("A frame that unfolds to more than it says, or than is wanted, is refused before there is so much of it")
  func bomb() {
    let frame = Frame.wrap(Self.contents[3], as: "TEST", level: 9)
    #expect(throws: Frame.Fault.tooLarge(100_000, limit: 99_999)) {
      try Frame.unwrap(frame, as: "TEST", limit: 99_999)
    }
    // The same compressed bytes under a header that names fewer.
    let small = Frame.wrap([UInt8](repeating: 65, count: 99_000), as: "TEST", level: 9)
    var liar = Array(small[..<Frame.headerSize])
    liar += frame[Frame.headerSize...]
    #expect(throws: Frame.Fault.self) { try Frame.unwrap(liar, as: "TEST", limit: 1 << 20) }
  }
}

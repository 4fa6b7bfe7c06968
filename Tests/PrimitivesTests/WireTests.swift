import Primitives
import Testing

@Suite("Wire format")
struct WireTests {
  private struct Message: Equatable {
    var kind: UInt8
    var term: UInt32
    var index: UInt64
    var key: [UInt8]
    var value: [UInt8]

    var encoded: [UInt8] {
      var writer = WireWriter()
      writer.write(kind)
      writer.write(term)
      writer.write(index)
      writer.write(key)
      writer.write(value)
      return writer.bytes
    }

    init(kind: UInt8, term: UInt32, index: UInt64, key: [UInt8], value: [UInt8]) {
      (self.kind, self.term, self.index, self.key, self.value) = (kind, term, index, key, value)
    }

    init(_ bytes: [UInt8]) throws(WireError) {
      var reader = WireReader(bytes)
      kind = try reader.byte()
      term = try reader.word32()
      index = try reader.word64()
      key = try reader.string()
      value = try reader.string()
      try reader.end()
    }
  }

  private static let messages = [
    Message(kind: 0, term: 0, index: 0, key: [], value: []),
    Message(kind: 255, term: .max, index: .max, key: [255], value: Array(0...255)),
    Message(kind: 3, term: 0x0102_0304, index: 0x0102_0304_0506_0708, key: Array("key".utf8), value: [9]),
  ]

  @Test("what was written is read back")
  func roundTrip() throws {
    for message in Self.messages { #expect(try Message(message.encoded) == message) }
  }

  @Test("integers are little-endian and strings stand behind their length")
  func layout() {
    #expect(
      Self.messages[2].encoded == [
        3, 4, 3, 2, 1, 8, 7, 6, 5, 4, 3, 2, 1, 3, 0, 0, 0, 107, 101, 121, 1, 0, 0, 0, 9,
      ])
  }

  @Test("every truncated message is refused, and so is a longer one")
  func truncated() {
    for message in Self.messages {
      let bytes = message.encoded
      for length in bytes.indices {
        #expect(throws: WireError.self) { try Message(Array(bytes.prefix(length))) }
      }
      #expect(throws: WireError(position: bytes.count, expected: "the end of the message")) {
        try Message(bytes + [0])
      }
    }
  }

  @Test("a length beyond the message is refused where it stands, however large")
  func wrongLength() {
    for length in [2, 1_000, .max] as [UInt32] {
      var writer = WireWriter()
      writer.write(UInt8(1))
      writer.write(length)
      writer.write(UInt8(7))
      var reader = WireReader(writer.bytes)
      #expect(throws: Never.self) { try reader.byte() }
      #expect(throws: WireError(position: 1, expected: "a length within the message")) {
        try reader.string()
      }
    }
  }

  @Test("an error says where and what")
  func description() {
    let error = WireError(position: 12, expected: "a 32-bit integer")
    #expect(error.description == "byte 12: expected a 32-bit integer")
  }
}

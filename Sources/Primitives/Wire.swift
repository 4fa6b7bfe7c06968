/// Why bytes are not a message: where, and what was wanted there.
public struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
  public let position: Int
  public let expected: StaticString

  public init(position: Int, expected: StaticString) {
    self.position = position
    self.expected = expected
  }

  public var description: String { "byte \(position): expected \(expected)" }

  public static func == (left: WireError, right: WireError) -> Bool {
    left.position == right.position && left.expected.description == right.expected.description
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(position) }
}

/// Writes the wire format: fixed-width little-endian integers, and byte strings behind a 32-bit length.
/// Widths are fixed so that a message's size is known without encoding it.
public struct WireWriter: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  /// - Parameter capacity: bytes that are going to be written.
  public init(capacity: Int) { bytes.reserveCapacity(capacity) }

  public mutating func write(_ byte: UInt8) { bytes.append(byte) }

  public mutating func write(_ word: UInt32) {
    for shift in 0..<UInt32(4) { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * shift))) }
  }

  public mutating func write(_ word: UInt64) {
    for shift in 0..<UInt64(8) { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * shift))) }
  }

  /// A length and the bytes: `4 + count` on the wire.
  public mutating func write(_ string: [UInt8]) {
    write(UInt32(string.count))
    bytes += string
  }
}

/// Reads what `WireWriter` wrote. Damaged input throws and never traps, whatever its lengths claim.
public struct WireReader: Sendable {
  private let bytes: [UInt8]
  public private(set) var position = 0

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public var remaining: Int { bytes.count - position }

  public mutating func byte() throws(WireError) -> UInt8 {
    guard remaining >= 1 else { throw WireError(position: position, expected: "one more byte") }
    defer { position += 1 }
    return bytes[position]
  }

  public mutating func word32() throws(WireError) -> UInt32 {
    guard remaining >= 4 else { throw WireError(position: position, expected: "a 32-bit integer") }
    var word: UInt32 = 0
    for offset in 0..<4 { word |= UInt32(bytes[position + offset]) << UInt32(offset * 8) }
    position += 4
    return word
  }

  public mutating func word64() throws(WireError) -> UInt64 {
    guard remaining >= 8 else { throw WireError(position: position, expected: "a 64-bit integer") }
    var word: UInt64 = 0
    for offset in 0..<8 { word |= UInt64(bytes[position + offset]) << UInt64(offset * 8) }
    position += 8
    return word
  }

  public mutating func string() throws(WireError) -> [UInt8] {
    let start = position
    let count = Int(try word32())
    guard count <= remaining else { throw WireError(position: start, expected: "a length within the message") }
    defer { position += count }
    return Array(bytes[position..<(position + count)])
  }

  public mutating func end() throws(WireError) {
    guard remaining == 0 else { throw WireError(position: position, expected: "the end of the message") }
  }
}

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
  // Longer than what is written: one check for room, then a store.
  private var storage: [UInt8]
  private var count = 0

  public init() { storage = [] }

  /// - Parameter capacity: bytes that are going to be written.
  public init(capacity: Int) { storage = [UInt8](repeating: 0, count: capacity) }

  /// What was written so far.
  public var bytes: [UInt8] { count == storage.count ? storage : Array(storage[..<count]) }

  public mutating func write(_ byte: UInt8) {
    let place = take(1)
    storage[place] = byte
  }

  public mutating func write(_ word: UInt32) { store(word.littleEndian, at: take(4)) }

  public mutating func write(_ word: UInt64) { store(word.littleEndian, at: take(8)) }

  /// A length and the bytes: `4 + count` on the wire.
  public mutating func write(_ string: [UInt8]) { string.withUnsafeBytes { write($0) } }

  /// The same of bytes that lie anywhere.
  public mutating func write(_ string: UnsafeRawBufferPointer) {
    let place = take(4 + string.count)
    store(UInt32(string.count).littleEndian, at: place)
    storage.withUnsafeMutableBytes { room in
      UnsafeMutableRawBufferPointer(rebasing: room[(place + 4)...]).copyMemory(from: string)
    }
  }

  /// Where the next `length` bytes go.
  @inline(__always)
  private mutating func take(_ length: Int) -> Int {
    defer { count += length }
    if storage.count - count < length { grow(by: length) }
    return count
  }

  @inline(never)
  private mutating func grow(by length: Int) {
    storage += [UInt8](repeating: 0, count: max(length, 64, storage.count))
  }

  @inline(__always)
  private mutating func store<Word: FixedWidthInteger & BitwiseCopyable>(_ word: Word, at place: Int) {
    storage.withUnsafeMutableBytes { $0.storeBytes(of: word, toByteOffset: place, as: Word.self) }
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

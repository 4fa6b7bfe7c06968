/// A rolling 128-bit digest over words in order. Two runs are the same run when their digests are.
///
/// It detects differences that come from mistakes, not from an adversary: the mixing is fast and well
/// spread, and not cryptographic.
public struct Digest: Hashable, Sendable {
  @usableFromInline var high: UInt64
  @usableFromInline var low: UInt64

  @inlinable
  public init() {
    high = MixingConstant.a
    low = MixingConstant.b
  }

  @inlinable
  @inline(__always)
  public mutating func fold(_ first: UInt64, _ second: UInt64) {
    let left = (high ^ first).multipliedFullWidth(by: MixingConstant.c)
    let right = (low ^ second).multipliedFullWidth(by: MixingConstant.d)
    high = (left.high ^ right.low) &+ second &+ MixingConstant.e
    low = (right.high ^ left.low) &+ first &+ MixingConstant.a
  }

  @inlinable
  @inline(__always)
  public mutating func fold(_ word: UInt64) { fold(word, MixingConstant.e) }

  @inlinable
  public mutating func fold(_ other: Digest) { fold(other.high, other.low) }

  /// Length and content.
  public mutating func fold(bytes: [UInt8]) { bytes.withUnsafeBytes { fold(bytes: $0) } }

  /// The same of bytes that lie anywhere; sixteen a step, the last ones filled up with zeros, which the length tells
  /// from zeros of their own.
  public mutating func fold(bytes: UnsafeRawBufferPointer) {
    fold(UInt64(bytes.count), MixingConstant.b)
    var position = 0
    while position &+ 16 <= bytes.count {
      fold(Self.word(bytes, at: position), Self.word(bytes, at: position &+ 8))
      position &+= 16
    }
    guard position < bytes.count else { return }
    let first = position &+ 8 <= bytes.count ? Self.word(bytes, at: position) : Self.lastWord(bytes, from: position)
    fold(first, Self.lastWord(bytes, from: position &+ 8))
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawBufferPointer, at position: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  /// The bytes from `start` on, fewer than eight or none.
  @inline(__always)
  private static func lastWord(_ bytes: UnsafeRawBufferPointer, from start: Int) -> UInt64 {
    let count = bytes.count &- start
    guard count > 0 else { return 0 }
    if bytes.count >= 8 { return word(bytes, at: bytes.count &- 8) >> UInt64((8 &- count) &* 8) }
    var word: UInt64 = 0
    for position in start..<bytes.count { word |= UInt64(bytes[position]) << UInt64((position &- start) &* 8) }
    return word
  }

  /// The halves, the more significant first.
  @inlinable
  public var words: (high: UInt64, low: UInt64) {
    // Each half depends on both: the last word that was folded may have left no trace in one of them, and
    // fingerprints and file names use one alone.
    let second = avalanche(low ^ high)
    return (avalanche(high &+ second), second)
  }

  /// 32 lowercase hexadecimal digits.
  public var hexadecimal: String {
    let (high, low) = words
    return Self.hexadecimal(high) + Self.hexadecimal(low)
  }

  /// The digest that has come to this text; nil where the text is not of 32 lowercase hexadecimal digits.
  package init?(hexadecimal text: String) {
    guard text.utf8.count == 32, text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
      let upper = UInt64(text.prefix(16), radix: 16), let lower = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    // The inverse of `words`.
    high = unavalanche(upper) &- lower
    low = unavalanche(lower) ^ high
  }

  /// 16 lowercase hexadecimal digits.
  package static func hexadecimal(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

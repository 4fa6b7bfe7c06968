import Checkers
import Primitives

/// Why a file is no history: where, what was found, and what was expected.
package struct HistoryError: Error, Hashable, Sendable, CustomStringConvertible {
  package let file: String
  package let line: Int
  package let column: Int
  package let message: String

  package var description: String { "\(file):\(line):\(column): \(message)" }
}

/// Bytes of a history, and the place that is read. Shared by the two formats; nothing here traps, whatever the
/// bytes are.
struct HistoryScanner {
  let file: String
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0

  /// Nested deeper than this nothing in a history is.
  static let deepest = 32

  var isAtEnd: Bool { position >= bytes.count }

  var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  func error(_ message: String, at place: Int? = nil) -> HistoryError {
    let end = min(place ?? position, bytes.count)
    var line = 1
    var start = 0
    for index in 0..<end where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      start = index + 1
    }
    return HistoryError(file: file, line: line, column: end - start + 1, message: message)
  }

  /// The next byte, for messages.
  var found: String {
    guard let byte else { return "the end of the file" }
    switch byte {
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return "the end of the line"
    case 0x20..<0x7F: return "'\(Character(UnicodeScalar(byte)))'"
    default: return "the byte 0x\(String(byte, radix: 16))"
    }
  }

  mutating func take(_ expected: Character) throws(HistoryError) {
    guard byte == expected.asciiValue else { throw error("found \(found); expected '\(expected)'") }
    position += 1
  }

  mutating func skip(while isSkipped: (UInt8) -> Bool) {
    while position < bytes.count, isSkipped(bytes[position]) { position += 1 }
  }

  /// The bytes up to where `isPart` fails.
  mutating func word(_ isPart: (UInt8) -> Bool) -> Range<Int> {
    let start = position
    skip(while: isPart)
    return start..<position
  }

  func text(_ range: Range<Int>) throws(HistoryError) -> String {
    guard let text = String(validating: bytes[range], as: UTF8.self) else {
      throw error("found bytes that are not UTF-8; expected text", at: range.lowerBound)
    }
    return text
  }

  /// A string in double quotes, with the escapes that JSON and EDN share.
  mutating func string() throws(HistoryError) -> String {
    let start = position
    try take("\"")
    let plain = word { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 >= 0x20 }
    if byte == UInt8(ascii: "\"") {
      position += 1
      return try text(plain)
    }
    var scalars = [UInt8](bytes[plain])
    while let next = byte, next != UInt8(ascii: "\"") {
      guard next >= 0x20 else { throw error("found \(found) within a string; expected '\"'") }
      position += 1
      guard next == UInt8(ascii: "\\") else {
        scalars.append(next)
        continue
      }
      scalars += Array(String(try escape()).utf8)
    }
    guard !isAtEnd else { throw error("this string does not end; expected '\"'", at: start) }
    position += 1
    guard let text = String(validating: scalars, as: UTF8.self) else {
      throw error("found bytes that are not UTF-8; expected text", at: start)
    }
    return text
  }

  private mutating func escape() throws(HistoryError) -> Character {
    let start = position - 1
    guard let byte else { throw error("this string does not end; expected '\"'", at: start) }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(UnicodeScalar(byte))
    case UInt8(ascii: "u"):
      let high = try hexadecimal(start)
      var scalar = high
      if (0xD800..<0xDC00).contains(high), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u")
      {
        position += 2
        let low = try hexadecimal(start)
        guard (0xDC00..<0xE000).contains(low) else {
          throw error("found half of a surrogate pair; expected a character", at: start)
        }
        scalar = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let character = UnicodeScalar(scalar) else {
        throw error("found half of a surrogate pair; expected a character", at: start)
      }
      return Character(character)
    default:
      throw error("found an unknown escape; expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u", at: start)
    }
  }

  private mutating func hexadecimal(_ start: Int) throws(HistoryError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte, let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
        throw error("found an unfinished \\u; expected four hexadecimal digits", at: start)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  /// A whole number; with a fraction or an exponent it is kept as text.
  mutating func number() throws(HistoryError) -> HistoryDatum {
    let range = word {
      (48...57).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: ".")
        || $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") || $0 == UInt8(ascii: "N") || $0 == UInt8(ascii: "M")
    }
    var value: Int64 = 0
    var index = range.lowerBound
    let isNegative = index < range.upperBound && bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    let isWhole =
      index < range.upperBound
      && (index..<range.upperBound).allSatisfy { (48...57).contains(bytes[$0]) }
    guard isWhole else {
      let text = try text(range)
      if text.hasSuffix("N"), let integer = Int64(text.dropLast()) { return .integer(integer) }
      guard Double(text) != nil else { throw error("found '\(text)'; expected a number", at: range.lowerBound) }
      return .text(text)
    }
    while index < range.upperBound {
      let (shifted, first) = value.multipliedReportingOverflow(by: 10)
      let digit = Int64(bytes[index] - 48)
      let (sum, second) =
        isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
      guard !first, !second else { return .text(try text(range)) }
      value = sum
      index += 1
    }
    return .integer(value)
  }
}

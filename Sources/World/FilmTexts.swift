import Node
import Primitives
import Telemetry

/// Texts by the million, most of which differ in their numbers alone: those share a template, and their numbers stand in a
/// column of their own.
package struct FilmTexts: Sendable {
  /// The mark that stands for a number in a template.
  package static let number: UInt8 = 1
  /// The mark that stands for a fingerprint of sixteen hexadecimal digits, of which the first twelve are kept: as a number.
  package static let fingerprint: UInt8 = 2
  /// Longer texts are cut here, and say so.
  static let longest = 400

  /// One text a row.
  package struct Column: Sendable {
    /// By row: a template's place.
    package fileprivate(set) var templates: [UInt32] = []
    /// Those of each row follow those of the one before.
    package fileprivate(set) var numbers: [Int64] = []

    package init() {}
  }

  package private(set) var templates: [String] = []
  private var places: [String: UInt32] = [:]
  private var patterns: [StaticText: (template: String, numbers: Int)] = [:]
  private var buffer: [UInt8] = []

  package init() {}

  package mutating func append(_ text: String, to column: inout Column) {
    buffer.removeAll(keepingCapacity: true)
    var text = text
    text.withUTF8 { bytes in
      if let fingerprint = Self.digits(ofFingerprint: bytes) {
        buffer.append(Self.fingerprint)
        column.numbers.append(fingerprint)
      } else {
        takeNumbers(from: bytes, into: &column)
      }
    }
    column.templates.append(place(of: String(decoding: buffer, as: UTF8.self)))
  }

  /// As its words; for a number alone, or one with words that were met before, without making any.
  mutating func append(_ detail: Detail, to column: inout Column) {
    switch detail {
    case .number(let number) where number < Self.firstUnkept: append("\u{1}", [number], to: &column)
    case .node(let node?): append("n\u{1}", [UInt64(node.rawValue) + 1], to: &column)
    case .numbers(let words, let first, let second, let third)
    where max(first, second, third) < Self.firstUnkept:
      let pattern = pattern(of: words)
      append(pattern.template, [first, second, third].prefix(pattern.numbers), to: &column)
    default: append(detail.description, to: &column)
    }
  }

  /// Sixteen digits are kept as text.
  private static let firstUnkept: UInt64 = 1_000_000_000_000_000

  private mutating func append(_ template: String, _ numbers: some Sequence<UInt64>, to column: inout Column) {
    for number in numbers { column.numbers.append(Int64(number)) }
    column.templates.append(place(of: template))
  }

  private mutating func place(of template: String) -> UInt32 {
    if let place = places[template] { return place }
    let place = UInt32(templates.count)
    places[template] = place
    templates.append(template)
    return place
  }

  /// A pattern's words as a template, and how many numbers it takes.
  private mutating func pattern(of words: StaticText) -> (template: String, numbers: Int) {
    if let known = patterns[words] { return known }
    let text = words.description
    let pattern = (
      text.map { $0 == "%" ? "\u{1}" : String($0) }.joined(), text.utf8.count { $0 == UInt8(ascii: "%") }
    )
    patterns[words] = pattern
    return pattern
  }

  /// Numbers of at most fifteen digits, without zeros before them: what a double holds, and what comes back the same.
  private mutating func takeNumbers(from bytes: UnsafeBufferPointer<UInt8>, into column: inout Column) {
    let count = min(bytes.count, Self.longest)
    var place = 0
    while place < count {
      let start = place
      var value: Int64 = 0
      while place < bytes.count, let digit = Self.digit(bytes[place]), place - start < 16 {
        value = value * 10 + digit
        place += 1
      }
      if place > start, place - start <= 15, bytes[start] != UInt8(ascii: "0") || place == start + 1 {
        buffer.append(Self.number)
        column.numbers.append(value)
      } else if place > start {
        buffer.append(contentsOf: bytes[start..<place])
      } else {
        buffer.append(bytes[place] < 32 ? UInt8(ascii: " ") : bytes[place])
        place += 1
      }
    }
    // The rest of a character that is cut goes with it.
    while place < bytes.count, bytes[place] & 0xC0 == 0x80 {
      buffer.append(bytes[place])
      place += 1
    }
    guard place < bytes.count else { return }
    buffer.append(contentsOf: "… (".utf8)
    buffer.append(Self.number)
    column.numbers.append(Int64(bytes.count - place))
    buffer.append(contentsOf: " more bytes)".utf8)
  }

  private static func digit(_ byte: UInt8) -> Int64? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int64(byte - UInt8(ascii: "0")) : nil
  }

  private static func digits(ofFingerprint bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard bytes.count == 16 else { return nil }
    var value: Int64 = 0
    var hasLetter = false
    for (place, byte) in bytes.enumerated() {
      let letter = (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      guard let digit = letter ? Int64(byte - UInt8(ascii: "a") + 10) : digit(byte) else { return nil }
      hasLetter = hasLetter || letter
      if place < 12 { value = value << 4 | digit }
    }
    return hasLetter ? value : nil
  }

  // MARK: Reading

  /// - Parameter body: told each row and the place of its first number; stops where it returns false.
  package func forEachRow(of column: Column, _ body: (_ row: Int, _ firstNumber: Int) -> Bool) {
    let counts = templates.map { $0.utf8.count { $0 == Self.number || $0 == Self.fingerprint } }
    var number = 0
    for row in column.templates.indices {
      guard body(row, number) else { return }
      number += counts[Int(column.templates[row])]
    }
  }

  /// The text of a row whose first number stands at this place.
  package func text(_ column: Column, row: Int, firstNumber: Int) -> String {
    var bytes: [UInt8] = []
    var number = firstNumber
    for byte in templates[Int(column.templates[row])].utf8 {
      switch byte {
      case Self.number:
        bytes += String(column.numbers[number]).utf8
        number += 1
      case Self.fingerprint:
        let digits = String(column.numbers[number], radix: 16)
        bytes += (String(repeating: "0", count: 12 - digits.utf8.count) + digits + "…").utf8
        number += 1
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

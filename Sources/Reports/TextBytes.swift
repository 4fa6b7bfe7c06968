import Telemetry

/// A growing buffer of UTF-8: what every artifact is written into. It exists because building a `String`
/// for each field costs more than everything else that the writers do.
package struct TextBytes: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// Forgets the content and keeps the memory.
  package mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  package mutating func append(_ byte: UInt8) { bytes.append(byte) }

  package mutating func append(_ run: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: run) }

  package mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  package mutating func append(text: String) { bytes.append(contentsOf: text.utf8) }

  /// Decimal digits, with a minus sign where there is need of one.
  package mutating func append(decimal value: some FixedWidthInteger) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = UInt64(value.magnitude)
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  /// 16 lowercase hexadecimal digits.
  package mutating func append(hexadecimal word: UInt64) {
    for shift in stride(from: UInt64(60), through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: word >> shift) & 15
      bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }

  /// Nanoseconds as seconds, exactly: every digit that counts and no other, and at least `places`
  /// (0...9) of them after the point.
  package mutating func append(seconds nanoseconds: Int64, places: Int = 0) {
    let billion: UInt64 = 1_000_000_000
    if nanoseconds < 0 { bytes.append(UInt8(ascii: "-")) }
    append(decimal: nanoseconds.magnitude / billion)
    var fraction = nanoseconds.magnitude % billion
    var scale = billion / 10
    var left = places
    if fraction > 0 || left > 0 { bytes.append(UInt8(ascii: ".")) }
    while scale > 0, fraction > 0 || left > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction / scale))
      fraction %= scale
      scale /= 10
      left -= 1
    }
  }
}

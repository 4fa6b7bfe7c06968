import Primitives

/// Why a text is no duration, rate, share or size: what was expected instead.
struct Malformed: Error {
  let message: String
}

/// The texts for quantities, read and written. Everything is a whole number of its smallest unit, computed
/// in 128 bits from at most 19 digits, so that nothing overflows and nothing is rounded.
enum Units {
  /// Ten Julian years.
  static let longestDuration = Nanoseconds.seconds(315_576_000)

  private static let durationUnits: [(name: String, nanoseconds: UInt128)] = [
    ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
    ("ms", 1_000_000), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ns", 1),
  ]

  private static let sizeUnits: [(name: String, bytes: UInt128)] = [
    ("GB", 1_000_000_000), ("GiB", 1 << 30), ("MB", 1_000_000), ("MiB", 1 << 20), ("kB", 1_000), ("KiB", 1 << 10),
    ("B", 1),
  ]

  // MARK: Decimals

  /// `digits / 10^scale`, without zeros at the end of the fraction.
  private struct Decimal {
    var digits: UInt128
    var scale: Int

    /// Times `factor`; nil where that is no whole number.
    func whole(times factor: UInt128) -> UInt128? {
      var divisor: UInt128 = 1
      for _ in 0..<scale { divisor *= 10 }
      let (quotient, rest) = (digits * factor).quotientAndRemainder(dividingBy: divisor)
      return rest == 0 ? quotient : nil
    }
  }

  /// Takes `123` or `1.5` from the front; nil where there is no number or one with more than 19 digits.
  private static func decimal(_ text: inout Substring) -> Decimal? {
    var value = Decimal(digits: 0, scale: 0)
    let whole = text.prefix { $0.isASCII && $0.isNumber }
    guard !whole.isEmpty else { return nil }
    text = text.dropFirst(whole.count)
    var fraction: Substring = ""
    if text.first == "." {
      fraction = text.dropFirst().prefix { $0.isASCII && $0.isNumber }
      guard !fraction.isEmpty else { return nil }
      text = text.dropFirst(fraction.count + 1)
    }
    while fraction.last == "0" { fraction.removeLast() }
    let significant = whole.drop { $0 == "0" }
    guard significant.utf8.count + fraction.utf8.count <= 19 else { return nil }
    for digit in significant.utf8 { value.digits = value.digits * 10 + UInt128(digit - 48) }
    for digit in fraction.utf8 { value.digits = value.digits * 10 + UInt128(digit - 48) }
    value.scale = fraction.utf8.count
    return value
  }

  /// `digits / 10^scale` without zeros at the end of the fraction.
  static func decimalText(_ digits: UInt64, scale: Int) -> String {
    var power: UInt64 = 1
    for _ in 0..<scale { power *= 10 }
    var fraction = String(digits % power)
    fraction = String(repeating: "0", count: scale - (scale == 0 ? 0 : fraction.utf8.count)) + fraction
    while fraction.last == "0" { fraction.removeLast() }
    return fraction.isEmpty ? String(digits / power) : "\(digits / power).\(fraction)"
  }

  static func integer(_ text: String) throws(Malformed) -> UInt64 {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let value = UInt64(text) else {
      throw Malformed(message: "a whole number")
    }
    return value
  }

  // MARK: Durations

  /// A number and its unit, or several of falling units as in `1m30s`; at most ten years.
  static func duration(_ text: some StringProtocol) throws(Malformed) -> Nanoseconds {
    var rest = Substring(text)
    var sum: UInt128 = 0
    var smallest = UInt128.max
    repeat {
      guard let number = decimal(&rest) else { throw Malformed(message: "a duration such as 10ms or 2s") }
      let name = rest.prefix { !$0.isASCII || !$0.isNumber }
      rest = rest.dropFirst(name.count)
      guard !name.isEmpty else {
        throw Malformed(message: "a duration with its unit: ns, us, ms, s, m, h or d")
      }
      guard let unit = durationUnits.first(where: { $0.name == name })?.nanoseconds, unit < smallest else {
        throw Malformed(message: "a duration such as 10ms or 2s; its units are ns, us, ms, s, m, h and d")
      }
      guard let nanoseconds = number.whole(times: unit) else {
        throw Malformed(message: "a duration of whole nanoseconds")
      }
      smallest = unit
      sum += nanoseconds
      guard sum <= UInt128(longestDuration.count) else {
        throw Malformed(message: "a duration of at most 10 years")
      }
    } while !rest.isEmpty
    return Nanoseconds(Int64(sum))
  }

  static func text(_ duration: Nanoseconds) -> String {
    guard duration.count > 0 else { return "0s" }
    let count = UInt128(duration.count)
    for unit in durationUnits where count % unit.nanoseconds == 0 {
      return "\(count / unit.nanoseconds)\(unit.name)"
    }
    return "\(count)ns"
  }

  /// `1ms..5ms`; nil where there are no two dots.
  static func range(_ text: String) throws(Malformed) -> (low: Nanoseconds, high: Nanoseconds)? {
    let bytes = Array(text.utf8)
    guard let dots = bytes.indices.dropLast().first(where: { bytes[$0] == 46 && bytes[$0 + 1] == 46 }) else {
      return nil
    }
    let low = try duration(String(decoding: bytes[..<dots], as: UTF8.self))
    let high = try duration(String(decoding: bytes[(dots + 2)...], as: UTF8.self))
    guard low < high else { throw Malformed(message: "a range whose lower end is below its upper end") }
    return (low, high)
  }

  // MARK: Shares

  /// `0.1%` with up to `decimals` decimals, in parts of `100 × 10^decimals`.
  static func parts(_ text: String, decimals: Int) throws(Malformed) -> UInt64 {
    var rest = Substring(text)
    guard let number = decimal(&rest), rest == "%" else { throw Malformed(message: "a percentage such as 0.1%") }
    var unit: UInt128 = 1
    for _ in 0..<decimals { unit *= 10 }
    guard let parts = number.whole(times: unit) else {
      throw Malformed(message: "a percentage with at most \(decimals) decimals")
    }
    guard parts <= 100 * unit else { throw Malformed(message: "a percentage from 0% to 100%") }
    return UInt64(parts)
  }

  static func percentage(_ text: String) throws(Malformed) -> Ratio {
    let parts = try parts(text, decimals: 6)
    guard parts > 0 else { return .zero }
    var (divisor, rest) = (UInt64(100_000_000), parts)
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    return Ratio(parts / divisor, 100_000_000 / divisor)
  }

  /// To the nearest millionth of a per cent; exact for every ratio that was read.
  static func text(_ ratio: Ratio) -> String {
    let product = UInt128(ratio.numerator) * 100_000_000 + UInt128(ratio.denominator) / 2
    return decimalText(UInt64(product / UInt128(ratio.denominator)), scale: 6) + "%"
  }

  // MARK: Rates

  /// `200/s`, `30/m` or `5/h`, in thousandths of an operation a second; up to a million a second.
  static func rate(_ text: String) throws(Malformed) -> UInt64 {
    var rest = Substring(text)
    let periods: [Substring: UInt128] = ["/s": 1, "/m": 60, "/h": 3600]
    guard let number = decimal(&rest), let seconds = periods[rest] else {
      throw Malformed(message: "a rate such as 200/s or 30/m")
    }
    guard let scaled = number.whole(times: 1000), scaled % seconds == 0 else {
      throw Malformed(message: "a rate of whole thousandths of an operation a second")
    }
    let rate = scaled / seconds
    guard rate > 0, rate <= 1_000_000_000 else { throw Malformed(message: "a rate above 0 and up to 1000000/s") }
    return UInt64(rate)
  }

  // MARK: Sizes

  /// `64B`, `64kB`, `1MiB` within `bounds` in bytes.
  static func size(_ text: String, in bounds: ClosedRange<UInt64>) throws(Malformed) -> UInt64 {
    var rest = Substring(text)
    guard let number = decimal(&rest), let unit = sizeUnits.first(where: { $0.name == rest })?.bytes else {
      throw Malformed(message: "a size such as 64kB or 1MiB; its units are B, kB, MB, GB, KiB, MiB and GiB")
    }
    guard let bytes = number.whole(times: unit) else { throw Malformed(message: "a size of whole bytes") }
    guard bytes >= bounds.lowerBound, bytes <= bounds.upperBound else {
      throw Malformed(message: "a size from \(sizeText(bounds.lowerBound)) to \(sizeText(bounds.upperBound))")
    }
    return UInt64(bytes)
  }

  /// `10MB/s`, in bytes a second; up to 1000GB/s.
  static func bandwidth(_ text: String) throws(Malformed) -> UInt64 {
    var rest = Substring(text)
    let units: [Substring: UInt128] = ["B/s": 1, "kB/s": 1_000, "MB/s": 1_000_000, "GB/s": 1_000_000_000]
    guard let number = decimal(&rest), let unit = units[rest] else {
      throw Malformed(message: "a bandwidth such as 10MB/s; its units are B/s, kB/s, MB/s and GB/s")
    }
    guard let bytes = number.whole(times: unit) else {
      throw Malformed(message: "a bandwidth of whole bytes a second")
    }
    guard bytes >= 1, bytes <= 1_000_000_000_000 else {
      throw Malformed(message: "a bandwidth from 1B/s to 1000GB/s")
    }
    return UInt64(bytes)
  }

  static func sizeText(_ bytes: UInt64) -> String {
    for unit in sizeUnits where bytes > 0 && UInt128(bytes) % unit.bytes == 0 {
      return "\(UInt128(bytes) / unit.bytes)\(unit.name)"
    }
    return "\(bytes)B"
  }

  static func bandwidthText(_ bytes: UInt64) -> String {
    for (name, unit) in [("GB/s", UInt64(1_000_000_000)), ("MB/s", 1_000_000), ("kB/s", 1_000)]
    where bytes > 0 && bytes % unit == 0 {
      return "\(bytes / unit)\(name)"
    }
    return "\(bytes)B/s"
  }

  // MARK: Plain decimals

  /// `0.99` in thousandths, from 0 to `limit` thousandths.
  static func thousandths(_ text: String, upTo limit: UInt64) throws(Malformed) -> UInt64 {
    var rest = Substring(text)
    guard let number = decimal(&rest), rest.isEmpty, let value = number.whole(times: 1000), value <= limit else {
      throw Malformed(message: "a number from 0 to \(decimalText(limit, scale: 3)) with at most 3 decimals")
    }
    return UInt64(value)
  }
}

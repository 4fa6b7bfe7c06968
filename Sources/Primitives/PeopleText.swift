/// Numbers as people read them. A no-break space stands between a number and its unit, so that wrapping
/// never parts them; the terminal shows it as a plain one.
package enum PeopleText {
  /// Nanoseconds to three significant digits: `850 ns`, `12.4 ms`, `1.20 s`, `2 min 05 s`, `3 h 20 min`.
  package static func duration(_ nanoseconds: Int64) -> String {
    let sign = nanoseconds < 0 ? "−" : ""
    let count = nanoseconds.magnitude
    // What would be rounded to 1,000 of a unit belongs to the next one.
    if count < 1_000 { return "\(sign)\(count)\u{A0}ns" }
    if count < 999_500 { return "\(sign)\(threeDigits(count, unit: 1_000))\u{A0}µs" }
    if count < 999_500_000 { return "\(sign)\(threeDigits(count, unit: 1_000_000))\u{A0}ms" }
    if count < 59_950_000_000 { return "\(sign)\(threeDigits(count, unit: 1_000_000_000))\u{A0}s" }
    let seconds = (count + 500_000_000) / 1_000_000_000
    if seconds < 3_600 { return "\(sign)\(pair(seconds, 60, "min", "s"))" }
    if seconds < 86_400 { return "\(sign)\(pair(seconds / 60, 60, "h", "min"))" }
    return "\(sign)\(pair(seconds / 3_600, 24, "d", "h"))"
  }

  /// A moment of a run: every digit to the millisecond that counts (`10 s`, `12.437 s`), since it is
  /// looked up in the trace afterwards.
  package static func moment(_ nanoseconds: Int64) -> String {
    let milliseconds = (nanoseconds + 500_000) / 1_000_000
    var text = String(milliseconds / 1_000)
    var fraction = milliseconds % 1_000
    if fraction > 0 {
      var digits = String(fraction + 1_000).dropFirst()
      while fraction % 10 == 0 {
        fraction /= 10
        digits = digits.dropLast()
      }
      text += "." + digits
    }
    return text + "\u{A0}s"
  }

  /// `1,234,567`.
  package static func count(_ value: UInt64) -> String {
    let digits = String(value)
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { grouped += "," }
      grouped.append(digit)
    }
    return grouped
  }

  /// `1 operation`, `2 operations`, `0 operations`.
  package static func count(_ value: UInt64, _ noun: String) -> String {
    count(value, one: noun, many: noun + "s")
  }

  package static func count(_ value: UInt64, one: String, many: String) -> String {
    "\(count(value))\u{A0}\(value == 1 ? one : many)"
  }

  /// To three significant digits with a letter for the power of a thousand: `850`, `1.20 M`.
  package static func rate(_ value: Double) -> String {
    guard value.isFinite, value >= 0.5 else { return "0" }
    let whole = UInt64(min(value, 9e15) + 0.5)
    if whole < 1_000 { return String(whole) }
    if whole < 999_500 { return threeDigits(whole, unit: 1_000) + "\u{A0}k" }
    if whole < 999_500_000 { return threeDigits(whole, unit: 1_000_000) + "\u{A0}M" }
    return threeDigits(whole, unit: 1_000_000_000) + "\u{A0}G"
  }

  /// A share in per cent. 100 % and 0 % are said only where they are exact: 9,999 of 10,000 is `99.99 %`.
  package static func share(_ part: UInt64, of whole: UInt64) -> String {
    guard whole > 0, part > 0 else { return "0\u{A0}%" }
    guard part < whole else { return "100\u{A0}%" }
    return percent(Double(part) / Double(whole) * 100)
  }

  /// The same for a number of per cent.
  package static func percent(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return "0\u{A0}%" }
    if value == 100 { return "100\u{A0}%" }
    if value < 0.01 { return "<0.01\u{A0}%" }
    if value > 99.99, value < 100 { return ">99.99\u{A0}%" }
    let places = value > 99.9 || value < 1 ? 2 : 1
    return decimal(value, places: places) + "\u{A0}%"
  }

  /// A figure of a measure in the measure's own unit.
  package static func figure(_ value: Double, unit: String) -> String {
    guard value.isFinite, abs(value) < 9e18 else { return "–" }
    switch unit {
    case "ns": return duration(Int64(value.rounded()))
    case "%": return percent(value)
    default:
      let isCount = value == value.rounded() && value >= 0 && value < 9e15
      let number = isCount ? count(UInt64(value)) : decimal(value, places: 2)
      return unit.isEmpty || unit == "1" ? number : "\(number)\u{A0}\(unit)"
    }
  }

  /// Towards zero, so that nothing is shown that was not reached.
  private static func decimal(_ value: Double, places: Int) -> String {
    var scale: Int64 = 1
    for _ in 0..<places { scale *= 10 }
    guard abs(value) < 9e15 else { return value.description }
    // A share such as 98.4 is stored a hair below itself; half a millionth brings it back.
    let scaled = Int64(abs(value) * Double(scale) + 1e-6)
    let fraction = String(scaled % scale)
    let zeros = String(repeating: "0", count: places - fraction.count)
    return (value < 0 ? "−" : "") + "\(scaled / scale).\(zeros)\(fraction)"
  }

  /// `count / unit` with three digits that count; `count` is at least one and below 999.5 units.
  private static func threeDigits(_ count: UInt64, unit: UInt64) -> String {
    let hundredths = (count * 100 + unit / 2) / unit
    if hundredths < 1_000 { return "\(hundredths / 100).\(twoDigits(hundredths % 100))" }
    let tenths = (count * 10 + unit / 2) / unit
    if tenths < 1_000 { return "\(tenths / 10).\(tenths % 10)" }
    return String((count + unit / 2) / unit)
  }

  private static func twoDigits(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func pair(_ value: UInt64, _ base: UInt64, _ large: String, _ small: String) -> String {
    "\(value / base)\u{A0}\(large)\u{A0}\(twoDigits(value % base))\u{A0}\(small)"
  }
}

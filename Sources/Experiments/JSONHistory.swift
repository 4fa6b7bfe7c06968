import Checkers
import Primitives

/// Reads a history of JSON lines: one flat object for each event.
///
/// Keys: `type` (invoke, ok, fail, info), `process` (text or number), `op` or `f`, `time_ns` or `time` (nanoseconds;
/// without either the lines' order counts), `operation` (a number that ties an outcome to its invocation; without it
/// a process has one operation open at a time), `key`, `value`, `expected`, `result`, `index`, `consistency`.
/// Others are passed over.
package enum JSONHistory {
  /// - Parameter progress: told the bytes read so far now and then.
  package static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, file: String, model: Linearizability.Model,
    progress: (Int) -> Void = { _ in }
  ) throws(HistoryError) -> ClientHistory {
    var scanner = HistoryScanner(file: file, bytes: bytes)
    var assembly = HistoryAssembly(model)
    var line: Int64 = 0
    while true {
      scanner.skip { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
      guard !scanner.isAtEnd else { break }
      let record = try object(&scanner, line)
      line += 1
      try assembly.add(record, scanner)
      if line & 0xFFFF == 0 { progress(scanner.position) }
    }
    guard line > 0 else { throw scanner.error("the file is empty; expected a history, a JSON object a line") }
    return assembly.history
  }

  private static func object(_ scanner: inout HistoryScanner, _ line: Int64) throws(HistoryError) -> HistoryRecord {
    let start = scanner.position
    var record = HistoryRecord(kind: .invoke, process: "", function: "", time: line, place: start)
    var (hasKind, hasProcess, hasFunction) = (false, false, false)
    try scanner.take("{")
    blank(&scanner)
    while scanner.byte != UInt8(ascii: "}") {
      let keyPlace = scanner.position
      let key = try scanner.string()
      blank(&scanner)
      try scanner.take(":")
      blank(&scanner)
      let place = scanner.position
      let value = try datum(&scanner, depth: 0)
      switch key {
      case "type":
        record.kind = try kind(value, scanner, place)
        hasKind = true
      case "process":
        record.process = value.text
        hasProcess = true
      case "op", "f":
        record.function = value.text
        hasFunction = true
      case "time_ns", "time": record.time = try integer(value, key, scanner, place)
      case "operation": record.number = UInt64(bitPattern: try integer(value, key, scanner, place))
      case "index": record.index = UInt64(bitPattern: try integer(value, key, scanner, place))
      case "key": record.key = value
      case "value": record.value = value
      case "expected": record.expected = value
      case "result": record.result = value.text
      case "consistency": record.consistency = value.text
      default: break
      }
      blank(&scanner)
      guard scanner.byte != UInt8(ascii: "}") else { break }
      guard scanner.byte == UInt8(ascii: ",") else {
        throw scanner.error("found \(scanner.found) after '\(key)'; expected ',' or '}'")
      }
      scanner.position += 1
      blank(&scanner)
      guard scanner.byte == UInt8(ascii: "\"") else {
        throw scanner.error("found \(scanner.found); expected another key", at: max(keyPlace, scanner.position))
      }
    }
    try scanner.take("}")
    for (has, name) in [(hasKind, "type"), (hasProcess, "process"), (hasFunction, "op")] where !has {
      throw scanner.error("this line has no key '\(name)'; it is required", at: start)
    }
    return record
  }

  private static func kind(
    _ value: HistoryDatum, _ scanner: HistoryScanner, _ place: Int
  ) throws(HistoryError) -> HistoryRecord.Kind {
    switch value {
    case .text("invoke"): .invoke
    case .text("ok"): .ok
    case .text("fail"): .fail
    case .text("info"): .info
    default: throw scanner.error("found the type \(value.text); expected invoke, ok, fail or info", at: place)
    }
  }

  private static func integer(
    _ value: HistoryDatum, _ key: String, _ scanner: HistoryScanner, _ place: Int
  ) throws(HistoryError) -> Int64 {
    guard case .integer(let integer) = value, integer >= 0 else {
      throw scanner.error("\(key): found \(value.text); expected a whole number from 0", at: place)
    }
    return integer
  }

  private static func blank(_ scanner: inout HistoryScanner) {
    scanner.skip { $0 == 0x20 || $0 == 0x09 }
  }

  private static func datum(_ scanner: inout HistoryScanner, depth: Int) throws(HistoryError) -> HistoryDatum {
    guard depth < HistoryScanner.deepest else {
      throw scanner.error("found more than \(HistoryScanner.deepest) brackets in one another; expected fewer")
    }
    switch scanner.byte {
    case UInt8(ascii: "\""): return .text(try scanner.string())
    case let digit? where (48...57).contains(digit) || digit == UInt8(ascii: "-"): return try scanner.number()
    case UInt8(ascii: "["):
      scanner.position += 1
      var elements: [HistoryDatum] = []
      blank(&scanner)
      while scanner.byte != UInt8(ascii: "]") {
        elements.append(try datum(&scanner, depth: depth + 1))
        blank(&scanner)
        guard scanner.byte != UInt8(ascii: "]") else { break }
        try scanner.take(",")
        blank(&scanner)
      }
      scanner.position += 1
      return .list(elements)
    default:
      let place = scanner.position
      let range = scanner.word { (97...122).contains($0) }
      switch try scanner.text(range) {
      case "null": return .none
      case "true": return .truth(true)
      case "false": return .truth(false)
      default:
        scanner.position = place
        throw scanner.error("found \(scanner.found); expected a text, a number, a list, true, false or null")
      }
    }
  }
}

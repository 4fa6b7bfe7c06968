import Checkers
import Primitives

/// Reads a history as Jepsen writes it: maps of EDN, bare or in one vector. Operations of processes that are no
/// numbers, such as `:nemesis`, are passed over.
package enum EDNHistory {
  package static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, file: String, model: Linearizability.Model,
    progress: (Int) -> Void = { _ in }
  ) throws(HistoryError) -> ClientHistory {
    var scanner = HistoryScanner(file: file, bytes: bytes)
    var assembly = HistoryAssembly(model)
    var count: Int64 = 0
    var opening: Int?
    try blank(&scanner)
    if scanner.byte == UInt8(ascii: "[") || scanner.byte == UInt8(ascii: "(") {
      opening = scanner.position
      scanner.position += 1
    }
    while true {
      try blank(&scanner)
      if opening != nil, scanner.byte == UInt8(ascii: "]") || scanner.byte == UInt8(ascii: ")") {
        scanner.position += 1
        opening = nil
        try blank(&scanner)
        guard scanner.isAtEnd else { throw scanner.error("found \(scanner.found); expected the end of the file") }
      }
      guard !scanner.isAtEnd else { break }
      let place = scanner.position
      guard case .map(let pairs) = try form(&scanner, depth: 0) else {
        throw scanner.error("found no map; expected an operation such as {:type :invoke, :f :read, …}", at: place)
      }
      if let record = try record(pairs, count, scanner, place) { try assembly.add(record, scanner) }
      count += 1
      if count & 0xFFFF == 0 { progress(scanner.position) }
    }
    if let opening { throw scanner.error("this vector does not end; expected ']'", at: opening) }
    guard count > 0 else { throw scanner.error("the file is empty; expected a history, a map for each event") }
    return assembly.history
  }

  /// A form as far as histories need it.
  private enum Form {
    case datum(HistoryDatum)
    case map([(String, HistoryDatum)])
  }

  private static func record(
    _ pairs: [(String, HistoryDatum)], _ count: Int64, _ scanner: HistoryScanner, _ place: Int
  ) throws(HistoryError) -> HistoryRecord? {
    func field(_ name: String) -> HistoryDatum? { pairs.first { $0.0 == name }?.1 }
    guard let process = field("process") else {
      throw scanner.error("this operation has no :process; it is required", at: place)
    }
    guard case .integer(let number) = process else { return nil }
    let kind: HistoryRecord.Kind
    switch field("type") {
    case .text("invoke"): kind = .invoke
    case .text("ok"): kind = .ok
    case .text("fail"): kind = .fail
    case .text("info"): kind = .info
    case let other:
      throw scanner.error(
        "found \(other.map { "the :type \($0.text)" } ?? "no :type"); expected :invoke, :ok, :fail or :info",
        at: place)
    }
    guard case .text(let function)? = field("f") else {
      throw scanner.error("this operation has no :f; it is required", at: place)
    }
    var record = HistoryRecord(kind: kind, process: "\(number)", function: function, time: count, place: place)
    record.value = field("value")
    if let time = field("time") {
      guard case .integer(let moment) = time else {
        throw scanner.error("found the :time \(time.text); expected nanoseconds", at: place)
      }
      record.time = moment
    }
    return record
  }

  // MARK: Forms

  private static func isNumeric(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
  }

  private static func isDelimiter(_ byte: UInt8) -> Bool {
    byte <= 0x20 || "()[]{}\",;".utf8.contains(byte)
  }

  /// Whitespace, commas, comments and discarded forms.
  private static func blank(_ scanner: inout HistoryScanner, depth: Int = 0) throws(HistoryError) {
    while let byte = scanner.byte {
      if byte <= 0x20 || byte == UInt8(ascii: ",") {
        scanner.position += 1
      } else if byte == UInt8(ascii: ";") {
        scanner.skip { $0 != UInt8(ascii: "\n") }
      } else if byte == UInt8(ascii: "#"), scanner.position + 1 < scanner.bytes.count,
        scanner.bytes[scanner.position + 1] == UInt8(ascii: "_")
      {
        scanner.position += 2
        _ = try form(&scanner, depth: depth + 1)
      } else {
        return
      }
    }
  }

  private static func form(_ scanner: inout HistoryScanner, depth: Int) throws(HistoryError) -> Form {
    guard depth < HistoryScanner.deepest else {
      throw scanner.error("found more than \(HistoryScanner.deepest) brackets in one another; expected fewer")
    }
    try blank(&scanner, depth: depth)
    switch scanner.byte {
    case nil: throw scanner.error("found the end of the file; expected a form")
    case UInt8(ascii: "{"): return .map(try pairs(&scanner, depth))
    case UInt8(ascii: "["): return .datum(.list(try sequence(&scanner, "]", depth)))
    case UInt8(ascii: "("): return .datum(.list(try sequence(&scanner, ")", depth)))
    case UInt8(ascii: "\""): return .datum(.text(try scanner.string()))
    case UInt8(ascii: "#"): return try dispatch(&scanner, depth)
    case let digit? where isNumeric(digit): return .datum(try number(&scanner))
    case UInt8(ascii: ":"):
      scanner.position += 1
      return .datum(.text(try symbol(&scanner)))
    default:
      switch try symbol(&scanner) {
      case "nil": return .datum(.none)
      case "true": return .datum(.truth(true))
      case "false": return .datum(.truth(false))
      case let name: return .datum(.text(name))
      }
    }
  }

  private static func number(_ scanner: inout HistoryScanner) throws(HistoryError) -> HistoryDatum {
    if scanner.byte == UInt8(ascii: "+") { scanner.position += 1 }
    return try scanner.number()
  }

  private static func symbol(_ scanner: inout HistoryScanner) throws(HistoryError) -> String {
    let range = scanner.word { !isDelimiter($0) }
    guard !range.isEmpty else { throw scanner.error("found \(scanner.found); expected a form") }
    return try scanner.text(range)
  }

  /// A set, or a tag and its form.
  private static func dispatch(_ scanner: inout HistoryScanner, _ depth: Int) throws(HistoryError) -> Form {
    scanner.position += 1
    guard scanner.byte == UInt8(ascii: "{") else {
      _ = try symbol(&scanner)
      return try form(&scanner, depth: depth + 1)
    }
    return .datum(.list(try sequence(&scanner, "}", depth)))
  }

  private static func sequence(
    _ scanner: inout HistoryScanner, _ end: Character, _ depth: Int
  ) throws(HistoryError) -> [HistoryDatum] {
    let start = scanner.position
    scanner.position += 1
    var elements: [HistoryDatum] = []
    while true {
      try blank(&scanner, depth: depth)
      guard let byte = scanner.byte else {
        throw scanner.error("this form does not end; expected '\(end)'", at: start)
      }
      guard byte != end.asciiValue else { break }
      elements.append(try datum(&scanner, depth + 1))
    }
    scanner.position += 1
    return elements
  }

  private static func pairs(
    _ scanner: inout HistoryScanner, _ depth: Int
  ) throws(HistoryError) -> [(String, HistoryDatum)] {
    let start = scanner.position
    scanner.position += 1
    var pairs: [(String, HistoryDatum)] = []
    while true {
      try blank(&scanner, depth: depth)
      guard let byte = scanner.byte else { throw scanner.error("this map does not end; expected '}'", at: start) }
      guard byte != UInt8(ascii: "}") else { break }
      let key = try datum(&scanner, depth + 1).text
      try blank(&scanner, depth: depth)
      guard scanner.byte != UInt8(ascii: "}") else {
        throw scanner.error("found '}' after '\(key)'; expected its value")
      }
      pairs.append((key, try datum(&scanner, depth + 1)))
    }
    scanner.position += 1
    return pairs
  }

  /// A map within a value is the list of its pairs.
  private static func datum(_ scanner: inout HistoryScanner, _ depth: Int) throws(HistoryError) -> HistoryDatum {
    switch try form(&scanner, depth: depth) {
    case .datum(let datum): datum
    case .map(let pairs): .list(pairs.map { .list([.text($0.0), $0.1]) })
    }
  }
}

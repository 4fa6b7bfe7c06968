/// A strict JSON reader for these tests: refuses what RFC 8259 does not allow, and keys that occur twice.
/// Numbers stay text, so that their spelling can be judged.
indirect enum JSONValue: Hashable {
  case text(String)
  case number(String)
  case flag(Bool)
  case null
  case array([JSONValue])
  case object([Member])

  struct Member: Hashable {
    var key: String
    var value: JSONValue
  }

  subscript(_ key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  var keys: [String] {
    guard case .object(let members) = self else { return [] }
    return members.map(\.key)
  }

  var elements: [JSONValue] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  var string: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  var integer: Int? {
    guard case .number(let digits) = self else { return nil }
    return Int(digits)
  }
}

struct JSONReader {
  struct Fault: Error {
    let position: Int
  }

  private let bytes: [UInt8]
  private var position = 0

  static func read(_ bytes: [UInt8]) throws -> JSONValue {
    var reader = JSONReader(bytes: bytes)
    let value = try reader.value()
    reader.space()
    guard reader.position == bytes.count else { throw reader.fault }
    return value
  }

  static func read(_ text: String) throws -> JSONValue { try read(Array(text.utf8)) }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var fault: Fault { Fault(position: position) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func space() {
    while let byte = next, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { position += 1 }
  }

  private mutating func take(_ literal: String) throws {
    for byte in literal.utf8 {
      guard next == byte else { throw fault }
      position += 1
    }
  }

  private mutating func value() throws -> JSONValue {
    space()
    switch next {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"):
      try take("true")
      return .flag(true)
    case UInt8(ascii: "f"):
      try take("false")
      return .flag(false)
    case UInt8(ascii: "n"):
      try take("null")
      return .null
    default: return try number()
    }
  }

  private mutating func object() throws -> JSONValue {
    try take("{")
    var members: [JSONValue.Member] = []
    space()
    if next == UInt8(ascii: "}") {
      position += 1
      return .object([])
    }
    while true {
      space()
      let key = try string()
      guard !members.contains(where: { $0.key == key }) else { throw fault }
      space()
      try take(":")
      members.append(.init(key: key, value: try value()))
      space()
      if next == UInt8(ascii: "}") {
        position += 1
        return .object(members)
      }
      try take(",")
    }
  }

  private mutating func array() throws -> JSONValue {
    try take("[")
    var elements: [JSONValue] = []
    space()
    if next == UInt8(ascii: "]") {
      position += 1
      return .array([])
    }
    while true {
      elements.append(try value())
      space()
      if next == UInt8(ascii: "]") {
        position += 1
        return .array(elements)
      }
      try take(",")
    }
  }

  private mutating func string() throws -> String {
    try take("\"")
    var content: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else { throw fault }
        return text
      case UInt8(ascii: "\\"): try escape(into: &content)
      case 0x00..<0x20: throw fault
      default: content.append(byte)
      }
    }
    throw fault
  }

  private mutating func escape(into content: inout [UInt8]) throws {
    guard let byte = next else { throw fault }
    position += 1
    let plain: [UInt8: UInt8] = [
      0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
    ]
    if let meant = plain[byte] { return content.append(meant) }
    guard byte == UInt8(ascii: "u"), position + 4 <= bytes.count,
      let code = UInt32(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16),
      let scalar = Unicode.Scalar(code)
    else { throw fault }
    position += 4
    content += Array(String(Character(scalar)).utf8)
  }

  private mutating func number() throws -> JSONValue {
    let start = position
    while let byte = next, "+-.eE0123456789".utf8.contains(byte) { position += 1 }
    let digits = String(decoding: bytes[start..<position], as: UTF8.self)
    guard digits.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil else { throw fault }
    return .number(digits)
  }
}

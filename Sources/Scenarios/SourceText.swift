#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file's text, once it is certain that it is text: at most 1 MiB of UTF-8 without the characters that
/// YAML forbids, and without YAML directives. A byte order mark at the start is dropped.
enum SourceText {
  /// Bytes.
  static let limit = 1 << 20

  /// - Throws: at 1:1 where the file cannot be read; else as `checked(bytes:file:)`.
  static func read(path: String) throws(Complaint) -> String {
    let start = Place(file: path)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Complaint(at: start, "cannot open the file: \(lastError())") }
    defer { _ = close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw Complaint(at: start, "cannot read the file: \(lastError())")
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw Complaint(at: start, "this is a directory; expected a scenario file")
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    // One byte beyond the limit is enough to know; a device or a pipe may have no end.
    while bytes.count <= limit {
      let count = chunk.withUnsafeMutableBytes { systemRead(descriptor, $0) }
      if count == 0 { break }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw Complaint(at: start, "cannot read the file: \(lastError())")
      }
      bytes.append(contentsOf: chunk[..<count])
    }
    return try checked(bytes: bytes, file: path)
  }

  private static func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    #elseif canImport(Musl)
      Musl.read(descriptor, buffer.baseAddress, buffer.count)
    #else
      Darwin.read(descriptor, buffer.baseAddress, buffer.count)
    #endif
  }

  private static func lastError() -> String { String(cString: strerror(errno)) }

  /// - Throws: where there are too many bytes, or at the first one that is no character of a YAML text.
  static func checked(bytes: some Collection<UInt8>, file: String) throws(Complaint) -> String {
    guard bytes.count <= limit else {
      throw Complaint(at: Place(file: file), "the file has more than 1 MiB; a scenario has at most 1,048,576 bytes")
    }
    var text = String.UnicodeScalarView()
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var line = 1
    var column = 1
    var first = true
    var afterReturn = false
    while true {
      let place = Place(file: file, line: line, column: column)
      switch decoder.decode(&iterator) {
      case .emptyInput: return String(text)
      case .error: throw Complaint(at: place, "this byte is not UTF-8; expected a text file in UTF-8")
      case .scalarValue(let scalar):
        defer { first = false }
        if first, scalar == "\u{FEFF}" { continue }
        guard isText(scalar) else {
          let code = String(scalar.value, radix: 16, uppercase: true)
          let padded = String(repeating: "0", count: max(0, 4 - code.count)) + code
          throw Complaint(at: place, "the character U+\(padded) is not allowed; expected a text file in UTF-8")
        }
        // A thousand `%TAG` lines would cost the parser a million comparisons, and no scenario needs one.
        guard scalar != "%" || column > 1 else {
          throw Complaint(at: place, "a line that begins with '%' is a YAML directive; scenarios have none")
        }
        text.append(scalar)
        // The line breaks that YAML 1.1 knows, so that places agree with the parser's.
        switch scalar {
        case "\n" where afterReturn: break
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
          line += 1
          column = 1
        default: column += 1
        }
        afterReturn = scalar == "\r"
      }
    }
  }

  /// YAML's printable characters, without the private ones that `YAMLTree` marks its own places with.
  private static func isText(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
    case 0x10000..<0x10FFF0: true
    default: false
    }
  }
}

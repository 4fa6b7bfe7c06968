import Telemetry

/// Writes JSON (RFC 8259): keys in the order given, one spelling for each value, no state but the buffer.
///
/// - Text is UTF-8 as it stands; the quotation mark, the backslash and U+0000…U+001F are escaped
///   (section 7). U+2028, U+2029 and `<` are left alone: whoever embeds a file in a page escapes for the
///   page. A lone surrogate cannot occur, since a `String` holds scalar values.
/// - Integers are written in full. Readers that keep numbers as doubles lose those above 2⁵³ (section 6).
/// - Doubles are the shortest text that reads back the same, always with a point or an exponent, so that
///   a column keeps its type. NaN and infinities are no JSON, and a statistic that has become one is a
///   mistake of ours: a precondition refuses them.
package struct JSONText: Sendable {
  package enum Layout: Sendable {
    /// No white space at all.
    case line
    /// Two spaces a level, an element a line.
    case indented
  }

  private var text = TextBytes()
  private let layout: Layout
  private var depth = 0
  /// Nothing was written into the innermost container yet.
  private var first = true
  private var afterKey = false

  package init(_ layout: Layout = .line) { self.layout = layout }

  package var bytes: [UInt8] { text.bytes }

  /// Ends a line of a file of lines.
  package mutating func newline() {
    precondition(depth == 0, "a line ends outside every object")
    text.append(UInt8(ascii: "\n"))
    first = true
  }

  /// Forgets what was written and keeps the memory.
  package mutating func clear() {
    precondition(depth == 0, "a document ends outside every object")
    text.clear()
    first = true
  }

  // MARK: Containers

  package mutating func object(_ members: (inout JSONText) -> Void) {
    open(UInt8(ascii: "{"))
    members(&self)
    close(UInt8(ascii: "}"))
  }

  package mutating func array(_ elements: (inout JSONText) -> Void) {
    open(UInt8(ascii: "["))
    elements(&self)
    close(UInt8(ascii: "]"))
  }

  package mutating func object(_ name: StaticString, _ members: (inout JSONText) -> Void) {
    key(name)
    object(members)
  }

  package mutating func array(_ name: StaticString, _ elements: (inout JSONText) -> Void) {
    key(name)
    array(elements)
  }

  private mutating func open(_ bracket: UInt8) {
    begin()
    text.append(bracket)
    depth += 1
    first = true
  }

  private mutating func close(_ bracket: UInt8) {
    precondition(!afterKey, "a key without a value")
    depth -= 1
    if !first { breakLine() }
    text.append(bracket)
    first = false
  }

  // MARK: Members

  package mutating func key(_ name: StaticString) {
    separate()
    name.withUTF8Buffer { quote($0) }
    colon()
  }

  package mutating func key(text name: String) {
    separate()
    quote(name)
    colon()
  }

  package mutating func member(_ name: StaticString, _ value: String) {
    key(name)
    self.value(value)
  }

  package mutating func member(_ name: StaticString, _ value: StaticText) {
    key(name)
    self.value(value)
  }

  package mutating func member(_ name: StaticString, _ value: some FixedWidthInteger) {
    key(name)
    self.value(value)
  }

  package mutating func member(_ name: StaticString, _ value: Bool) {
    key(name)
    self.value(value)
  }

  package mutating func member(_ name: StaticString, _ value: Double) {
    key(name)
    self.value(value)
  }

  // MARK: Values

  package mutating func value(_ value: String) {
    begin()
    quote(value)
  }

  package mutating func value(_ value: StaticText) {
    begin()
    value.text.withUTF8Buffer { quote($0) }
  }

  package mutating func value(_ value: some FixedWidthInteger) {
    begin()
    text.append(decimal: value)
  }

  package mutating func value(_ value: Bool) {
    begin()
    text.append(value ? "true" : "false")
  }

  package mutating func value(_ value: Double) {
    precondition(value.isFinite, "JSON has no NaN and no infinity")
    begin()
    text.append(text: value.description)
  }

  package mutating func null() {
    begin()
    text.append("null")
  }

  /// An integer as text: how Protobuf's JSON mapping writes 64 bits.
  package mutating func value(quoted value: some FixedWidthInteger) {
    begin()
    text.append(UInt8(ascii: "\""))
    text.append(decimal: value)
    text.append(UInt8(ascii: "\""))
  }

  /// Words as one text of 16 hexadecimal digits each.
  package mutating func value(hexadecimal words: UInt64...) {
    begin()
    text.append(UInt8(ascii: "\""))
    for word in words { text.append(hexadecimal: word) }
    text.append(UInt8(ascii: "\""))
  }

  // MARK: Punctuation

  private mutating func begin() {
    if afterKey { afterKey = false } else if depth > 0 { separate() }
  }

  private mutating func separate() {
    precondition(!afterKey, "a key without a value")
    if !first { text.append(UInt8(ascii: ",")) }
    first = false
    breakLine()
  }

  private mutating func colon() {
    text.append(UInt8(ascii: ":"))
    if layout == .indented { text.append(UInt8(ascii: " ")) }
    afterKey = true
  }

  private mutating func breakLine() {
    guard layout == .indented else { return }
    text.append(UInt8(ascii: "\n"))
    for _ in 0..<depth { text.append("  ") }
  }

  private mutating func quote(_ string: String) {
    var string = string
    string.withUTF8 { quote($0) }
  }

  /// Copies runs that need no escaping in one piece.
  private mutating func quote(_ utf8: UnsafeBufferPointer<UInt8>) {
    text.append(UInt8(ascii: "\""))
    var start = 0
    for index in 0..<utf8.count {
      let byte = utf8[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      text.append(UnsafeBufferPointer(rebasing: utf8[start..<index]))
      escape(byte)
      start = index + 1
    }
    text.append(UnsafeBufferPointer(rebasing: utf8[start...]))
    text.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): text.append("\\\"")
    case UInt8(ascii: "\\"): text.append("\\\\")
    case 0x08: text.append("\\b")
    case 0x09: text.append("\\t")
    case 0x0A: text.append("\\n")
    case 0x0C: text.append("\\f")
    case 0x0D: text.append("\\r")
    default:
      text.append(byte < 0x10 ? "\\u000" : "\\u001")
      let digit = byte & 15
      text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }
}

import Primitives

/// Takes a line's tokens one after the other as what they must be.
struct LineReader {
  private let tokens: [Token]
  private var place = 0
  /// How many nodes there are to be named.
  let nodes: Int

  init(_ line: String, nodes: Int) throws(ScriptError) {
    tokens = try Token.all(in: line)
    self.nodes = nodes
  }

  var next: Token { tokens[place] }
  var isAtEnd: Bool { next.kind == .end }

  mutating func take() -> Token {
    let token = next
    if !isAtEnd { place += 1 }
    return token
  }

  mutating func takeSign(_ text: String) -> Bool {
    guard next.kind == .sign, next.text == text else { return false }
    place += 1
    return true
  }

  func end() throws(ScriptError) {
    guard isAtEnd else { throw ScriptError(at: next, expected: "the end of the line") }
  }

  /// One of these words; the last ones are taken in any case of letters.
  mutating func choice(_ words: [String]) throws(ScriptError) -> String {
    let token = take()
    if token.kind == .word, let word = words.first(where: { $0.lowercased() == token.text.lowercased() }) {
      return word
    }
    throw ScriptError(at: token, expected: Self.list(words), of: words)
  }

  static func list(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }

  // MARK: Nodes

  func isNode(_ token: Token) -> Bool {
    token.kind == .word && token.text.first == "n" && Self.whole(token.text.dropFirst()) != nil
  }

  mutating func node() throws(ScriptError) -> Int {
    let token = take()
    guard let node = Self.node(token.text, nodes: nodes), token.kind == .word else {
      throw ScriptError(at: token, expected: nodeRange)
    }
    return node
  }

  var nodeRange: String { nodes == 0 ? "add nodes first" : nodes == 1 ? "the node n1" : "a node, n1 to n\(nodes)" }

  static func node(_ text: some StringProtocol, nodes: Int) -> Int? {
    guard text.first == "n", let number = whole(text.dropFirst()), number >= 1, number <= nodes else { return nil }
    return Int(number) - 1
  }

  // MARK: Numbers

  /// Digits alone: at most nine of them, so that no sum of them leaves its range.
  static func whole(_ text: some StringProtocol) -> UInt64? {
    guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return UInt64(text)
  }

  mutating func count(_ range: ClosedRange<Int>, of what: String) throws(ScriptError) -> Int {
    let token = take()
    guard let number = Self.whole(token.text), range.contains(Int(number)) else {
      throw ScriptError(at: token, expected: "\(what), \(range.lowerBound) to \(range.upperBound)")
    }
    return Int(number)
  }

  /// `250us`, `50ms`, `2s`.
  static func duration(_ text: some StringProtocol) -> Nanoseconds? {
    let units: [(String, Int64)] = [("ms", 1_000_000), ("us", 1_000), ("s", 1_000_000_000)]
    for (unit, size) in units where text.hasSuffix(unit) {
      return whole(text.dropLast(unit.count)).flatMap { $0 <= 1_000_000 ? Nanoseconds(Int64($0) * size) : nil }
    }
    return nil
  }

  mutating func duration(upTo longest: Nanoseconds, _ what: String) throws(ScriptError) -> Nanoseconds {
    let token = take()
    guard let value = Self.duration(token.text), value > .zero, value <= longest else {
      throw ScriptError(
        at: token, expected: "\(what) such as 250us, 50ms or 2s, above 0 and at most \(Words.duration(longest))")
    }
    return value
  }
}

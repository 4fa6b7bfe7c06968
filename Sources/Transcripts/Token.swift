/// A word, a quoted text, or one of the signs `|` and `->`, and where it stands.
struct Token: Hashable, Sendable {
  enum Kind: Hashable, Sendable { case word, quoted, sign, end }

  let kind: Kind
  let text: String
  /// In characters, from 1.
  let column: Int

  /// For an error: on one line and not long.
  var shown: String {
    if kind == .end { return "the end of the line" }
    var legible = String(String.UnicodeScalarView())
    for scalar in text.unicodeScalars.prefix(40) {
      legible.unicodeScalars.append(scalar.value < 32 || scalar.value == 127 ? "?" : scalar)
    }
    return text.unicodeScalars.count > 40 ? "'\(legible)…'" : "'\(legible)'"
  }

  /// A line's tokens, the end among them. A `#` where a token could begin opens a comment.
  static func all(in line: String) throws(ScriptError) -> [Token] {
    let letters = Array(line)
    var tokens: [Token] = []
    var place = 0
    while place < letters.count {
      let letter = letters[place]
      if letter.isWhitespace {
        place += 1
      } else if letter == "#" {
        break
      } else if letter == "\"" {
        tokens.append(try quoted(letters, &place))
      } else if letter == "|" {
        tokens.append(Token(kind: .sign, text: "|", column: place + 1))
        place += 1
      } else if isArrow(letters, place) {
        tokens.append(Token(kind: .sign, text: "->", column: place + 1))
        place += 2
      } else {
        let start = place
        while place < letters.count, !letters[place].isWhitespace, letters[place] != "|", letters[place] != "\"",
          !isArrow(letters, place)
        { place += 1 }
        tokens.append(Token(kind: .word, text: String(letters[start..<place]), column: start + 1))
      }
    }
    tokens.append(Token(kind: .end, text: "", column: place + 1))
    return tokens
  }

  private static func isArrow(_ letters: [Character], _ place: Int) -> Bool {
    letters[place] == "-" && place + 1 < letters.count && letters[place + 1] == ">"
  }

  private static func quoted(_ letters: [Character], _ place: inout Int) throws(ScriptError) -> Token {
    let start = place
    var text = ""
    place += 1
    while place < letters.count, letters[place] != "\"" {
      if letters[place] == "\\" {
        place += 1
        guard place < letters.count, letters[place] == "\"" || letters[place] == "\\" else {
          throw ScriptError(place, "found a lone '\\' in a quoted text, expected \\\" or \\\\")
        }
      }
      text.append(letters[place])
      place += 1
    }
    guard place < letters.count else {
      throw ScriptError(start + 1, "found a quoted text without an end, expected a closing '\"'")
    }
    place += 1
    return Token(kind: .quoted, text: text, column: start + 1)
  }
}

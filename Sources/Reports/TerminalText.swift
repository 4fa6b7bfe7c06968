/// How the terminal's text is dressed.
package enum TerminalStyle: Sendable {
  /// No escape codes: for files, pipes and `NO_COLOR`.
  case plain
  /// The terminal's own colours by SGR codes (ECMA-48, section 8.3.117).
  case colour
}

/// A role of text; the colour is the terminal's business.
enum Tone {
  case plain, strong, faint, good, bad, doubtful, accent

  var code: String {
    switch self {
    case .plain: ""
    case .strong: "1"
    case .faint: "2"
    case .good: "32"
    case .bad: "1;31"
    case .doubtful: "33"
    case .accent: "36"
    }
  }
}

/// Text in one tone.
struct Piece {
  var text: String
  var tone: Tone

  init(_ text: String, _ tone: Tone = .plain) {
    self.text = text
    self.tone = tone
  }
}

/// Lines for a terminal of a width: wraps at spaces, never within U+00A0, which leaves as a plain space.
/// Whatever could steer a terminal (control characters, bidirectional overrides) is shown as U+FFFD, since
/// names and details come from files and from external programs.
struct TerminalText {
  let style: TerminalStyle
  let width: Int
  private(set) var text = ""
  /// The line so far; neighbours of one tone are one piece, for the sake of fewer escape codes.
  private var current: [Piece] = []

  init(style: TerminalStyle, width: Int) {
    self.style = style
    self.width = max(width, 20)
  }

  mutating func gap() { endLine() }

  /// Wraps within the width; continued lines begin at `hanging`.
  mutating func line(_ pieces: [Piece], indent: Int = 2, hanging: Int? = nil) {
    let hanging = hanging ?? indent
    var column = indent
    var empty = true
    dress(Piece(Self.spaces(indent)))
    for word in Self.words(pieces) {
      let length = word.reduce(0) { $0 + Self.columns($1.text) }
      if !empty {
        if column + 1 + length <= width {
          // A space looks the same in every tone.
          dress(Piece(" ", current.last?.tone ?? .plain))
          column += 1
        } else {
          endLine()
          dress(Piece(Self.spaces(hanging)))
          column = hanging
        }
      }
      if column + length > width {
        broken(word, column: &column, hanging: hanging)
      } else {
        for piece in word { dress(piece) }
        column += length
      }
      empty = false
    }
    endLine()
  }

  /// Never wrapped, for what is copied (commands, paths) and for rows that were fitted already.
  mutating func verbatim(_ pieces: [Piece], indent: Int = 2) {
    dress(Piece(Self.spaces(indent)))
    for piece in pieces { dress(Piece(Self.harmless(piece.text), piece.tone)) }
    endLine()
  }

  /// A word longer than a line is cut where the line ends.
  private mutating func broken(_ word: [Piece], column: inout Int, hanging: Int) {
    for piece in word {
      var part = ""
      for character in piece.text {
        let wide = Self.columns(of: character)
        if column + wide > width {
          dress(Piece(part, piece.tone))
          part = ""
          endLine()
          dress(Piece(Self.spaces(hanging)))
          column = hanging
        }
        part.append(character)
        column += wide
      }
      dress(Piece(part, piece.tone))
    }
  }

  private mutating func dress(_ piece: Piece) {
    if piece.text.isEmpty { return }
    if current.last?.tone == piece.tone {
      current[current.count - 1].text += piece.text
    } else {
      current.append(piece)
    }
  }

  private mutating func endLine() {
    for piece in current {
      let shown = String(piece.text.map { $0 == "\u{A0}" ? " " : $0 })
      text += style == .plain || piece.tone == .plain ? shown : "\u{1B}[\(piece.tone.code)m\(shown)\u{1B}[0m"
    }
    current = []
    text += "\n"
  }

  // MARK: Measuring

  static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(count, 0)) }

  /// Words as runs of pieces without a space between them.
  private static func words(_ pieces: [Piece]) -> [[Piece]] {
    var words: [[Piece]] = []
    var word: [Piece] = []
    for piece in pieces {
      var part = ""
      for character in harmless(piece.text) {
        guard character == " " else {
          part.append(character)
          continue
        }
        if !part.isEmpty { word.append(Piece(part, piece.tone)) }
        part = ""
        if !word.isEmpty { words.append(word) }
        word = []
      }
      if !part.isEmpty { word.append(Piece(part, piece.tone)) }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  static func harmless(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control where scalar == "\n" || scalar == "\t": shown += " "
      // The joiner holds families of emoji together and steers nothing.
      case .format where scalar == "\u{200D}": shown.unicodeScalars.append(scalar)
      case .control, .format, .lineSeparator, .paragraphSeparator: shown += "\u{FFFD}"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  /// Columns that a terminal gives the text.
  static func columns(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + columns(of: $1) }
  }

  /// Two for East Asian wide characters and emoji (Unicode Standard Annex 11), otherwise one.
  private static func columns(of character: Character) -> Int {
    let first = character.unicodeScalars.first!
    if first.value < 0x1100 { return 1 }
    if first.properties.isEmojiPresentation { return 2 }
    if character.unicodeScalars.contains("\u{FE0F}") { return 2 }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  static func left(_ text: String, _ width: Int) -> String { text + spaces(width - columns(text)) }

  static func right(_ text: String, _ width: Int) -> String { spaces(width - columns(text)) + text }

  /// At most `width` columns, the last an ellipsis where something is missing.
  static func cut(_ text: String, to width: Int) -> String {
    let shown = harmless(text)
    guard columns(shown) > width else { return shown }
    var part = ""
    var used = 0
    for character in shown {
      used += columns(of: character)
      if used > width - 1 { break }
      part.append(character)
    }
    return part + "…"
  }
}

/// Writes HTML: what is not a tag is escaped, wherever it comes from.
struct HTMLText {
  private(set) var text = ""

  /// A tag, or several: nothing in it may come from a run.
  mutating func raw(_ html: String) { text += html }

  /// Content, or the value of an attribute in quotation marks.
  mutating func add(_ content: String) { text += Self.escaped(content) }

  /// An element with content that is escaped.
  mutating func element(_ name: StaticString, _ content: String) { element(name, "", content) }

  mutating func element(_ name: StaticString, _ attributes: StaticString, _ content: String) {
    open(name, attributes)
    add(content)
    text += "</\(name)>\n"
  }

  mutating func element(_ name: StaticString, _ content: (inout HTMLText) -> Void) { element(name, "", content) }

  mutating func element(_ name: StaticString, _ attributes: StaticString, _ content: (inout HTMLText) -> Void) {
    open(name, attributes)
    content(&self)
    text += "</\(name)>\n"
  }

  private mutating func open(_ name: StaticString, _ attributes: StaticString) {
    let attributes = "\(attributes)"
    text += attributes.isEmpty ? "<\(name)>" : "<\(name) \(attributes)>"
  }

  static func escaped(_ content: String) -> String {
    var text = ""
    text.reserveCapacity(content.utf8.count)
    for character in content.unicodeScalars {
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      // A control character is none in HTML.
      case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}": text += "\u{FFFD}"
      default: text.unicodeScalars.append(character)
      }
    }
    return text
  }
}

/// A YAML document as the scenario reader sees it: texts, lists and maps with their places, aliases
/// resolved. Whether a text is a number or a duration is for the field to say that it stands in.
struct Tree: Sendable {
  enum Content: Sendable {
    /// `plain` is without quotation marks.
    case text(String, plain: Bool)
    case list([Tree])
    /// In the order of the file; no key twice.
    case map([Entry])
  }

  struct Entry: Sendable {
    let key: String
    let place: Place
    var value: Tree
  }

  let place: Place
  var content: Content
  /// Levels below this one.
  var height = 0
  /// Alias expansions within, those inside expanded ones included.
  var aliases = 0

  init(place: Place, content: Content) {
    self.place = place
    self.content = content
  }

  /// Nothing written where a value belongs: `key:`, `null` or `~`.
  var isNothing: Bool {
    guard case .text(let text, plain: true) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// For messages: what stands here.
  var found: String {
    if isNothing { return "nothing" }
    return switch content {
    case .text(let text, _): quoted(text)
    case .list: "a list"
    case .map: "a map"
    }
  }
}

import Primitives

/// A map whose keys are known: unknown ones are refused when it is opened, so that a mistyped key is told
/// before its absence is.
struct FieldReader {
  /// For messages: `network`, `cluster.raft`; empty for the whole file.
  let name: String
  private let called: String
  let place: Place
  private let entries: [Tree.Entry]

  /// - Throws: where `tree` is no map, or at the first key that is neither in `keys` nor, with other words,
  ///   in `later`.
  init(
    _ tree: Tree, name: String, keys: [String], later: [String] = [], whole: String = "the scenario"
  ) throws(Complaint) {
    let called = name.isEmpty ? whole : name
    guard case .map(let entries) = tree.content else {
      throw Complaint(at: tree.place, "\(called): found \(tree.found); expected a map with \(alternatives(keys))")
    }
    for entry in entries where !keys.contains(entry.key) {
      guard !later.contains(entry.key) else {
        throw Complaint(at: entry.place, "\(quoted(entry.key)) is not available in this version")
      }
      let offer = suggestion(for: entry.key, among: keys)
      throw Complaint(
        at: entry.place,
        "unknown key \(quoted(entry.key)) in \(called)"
          + (offer.isEmpty ? "; expected \(alternatives(keys))" : offer))
    }
    self.name = name
    self.called = called
    place = tree.place
    self.entries = entries
  }

  func optional(_ key: String) -> Field? {
    guard let entry = entries.first(where: { $0.key == key }) else { return nil }
    return Field(name: name.isEmpty ? key : "\(name).\(key)", keyPlace: entry.place, value: entry.value)
  }

  /// - Throws: where the key is missing, at the map's own place.
  func required(_ key: String) throws(Complaint) -> Field {
    guard let field = optional(key) else {
      throw Complaint(at: place, "\(called) has no key '\(key)'; it is required")
    }
    return field
  }

  /// The one key of `choices` that is there.
  func exactlyOne(of choices: [String]) throws(Complaint) -> (key: String, field: Field) {
    var found: (key: String, field: Field)?
    for entry in entries where choices.contains(entry.key) {
      guard let field = optional(entry.key) else { continue }
      if let found {
        throw Complaint(at: entry.place, "\(name) has both '\(found.key)' and '\(entry.key)'; expected one of them")
      }
      found = (entry.key, field)
    }
    guard let found else {
      throw Complaint(at: place, "\(name) has none of \(alternatives(choices)); expected one")
    }
    return found
  }
}

/// The value of one key.
struct Field {
  let name: String
  let keyPlace: Place
  let value: Tree

  func complaint(expected: String) -> Complaint {
    Complaint(at: value.place, "\(name): found \(value.found); expected \(expected)")
  }

  func element(_ tree: Tree) -> Field { Field(name: name, keyPlace: tree.place, value: tree) }

  // MARK: Texts

  func text(_ expected: String) throws(Complaint) -> String {
    guard case .text(let text, _) = value.content, !value.isNothing else { throw complaint(expected: expected) }
    return text
  }

  func flag() throws(Complaint) -> Bool {
    guard case .text(let text, plain: true) = value.content, text == "true" || text == "false" else {
      throw complaint(expected: "true or false")
    }
    return text == "true"
  }

  func word(of words: [String], later: [String] = []) throws(Complaint) -> String {
    let word = try text(alternatives(words))
    guard !words.contains(word) else { return word }
    guard !later.contains(word) else {
      throw Complaint(at: value.place, "\(name): \(quoted(word)) is not available in this version")
    }
    throw complaint(expected: alternatives(words) + suggestion(for: word, among: words))
  }

  func word<Word: CaseIterable & RawRepresentable>(_: Word.Type) throws(Complaint) -> Word
  where Word.RawValue == String {
    let text = try word(of: Word.allCases.map(\.rawValue))
    guard let word = Word(rawValue: text) else { throw complaint(expected: "a word") }
    return word
  }

  // MARK: Quantities

  func quantity<Value>(_ expected: String, _ parse: (String) throws(Malformed) -> Value) throws(Complaint) -> Value
  {
    let text = try text(expected)
    do throws(Malformed) { return try parse(text) } catch { throw complaint(expected: error.message) }
  }

  func integer(in bounds: ClosedRange<UInt64>) throws(Complaint) -> UInt64 {
    let expected = "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
    guard case .text(let text, plain: true) = value.content,
      let number = try? Units.integer(text), bounds.contains(number)
    else { throw complaint(expected: expected) }
    return number
  }

  func duration() throws(Complaint) -> Nanoseconds {
    try quantity("a duration such as 10ms or 2s") { text throws(Malformed) in try Units.duration(text) }
  }

  func positiveDuration() throws(Complaint) -> Nanoseconds {
    let duration = try duration()
    guard duration > .zero else { throw complaint(expected: "a duration above 0") }
    return duration
  }

  func percentage() throws(Complaint) -> Ratio {
    try quantity("a percentage such as 0.1%") { text throws(Malformed) in try Units.percentage(text) }
  }

  // MARK: Lists

  func list(_ expected: String) throws(Complaint) -> [Field] {
    guard case .list(let elements) = value.content else { throw complaint(expected: expected) }
    return elements.map(element)
  }

  /// One text, or a list of at least one.
  func oneOrMore(_ expected: String) throws(Complaint) -> [Field] {
    guard case .list(let elements) = value.content else { return [self] }
    guard !elements.isEmpty else {
      throw Complaint(at: value.place, "\(name): found an empty list; expected \(expected)")
    }
    return elements.map(element)
  }
}

import Yams

/// Text → `Tree`, by way of Yams. Whatever the text, it ends with a tree or a complaint, in memory
/// proportional to the text.
///
/// Yams expands aliases before anybody can count them and compares mapping keys in depth, so a few lines
/// of aliases in keys would keep it busy for years. Therefore the marks of aliases (`*`) and of complex keys
/// (`?`) are replaced by characters that no source contains before Yams sees them; aliases are then
/// resolved here, where they are counted. libyaml itself stops at 1,000 levels of nesting.
struct YAMLTree {
  /// Alias expansions in all.
  static let aliasLimit = 1_000
  /// Levels of lists and maps.
  static let nestingLimit = 64

  private static let aliasMark: Unicode.Scalar = "\u{10FFFD}"
  private static let keyMark: Unicode.Scalar = "\u{10FFFC}"
  private static let keyLetters: [Unicode.Scalar] = ["\u{10FFF0}", "\u{10FFF1}", "\u{10FFF2}", "\u{10FFF3}"]

  private let file: String
  /// Columns before the text's first one.
  private let indent: Int
  /// The column behind a text of one line; nil where there are more lines.
  private let end: Int?
  private var anchors: [String: Tree] = [:]
  private var expansions = 0

  private init(text: String, file: String, indent: Int) {
    self.file = file
    self.indent = indent
    end = text.utf8.contains(UInt8(ascii: "\n")) ? nil : indent + text.unicodeScalars.count + 1
  }

  /// The one document of a text that `SourceText` has let through; nil where there is none.
  ///
  /// - Parameter indent: columns before the text in what the user wrote, for texts of one line.
  /// - Throws: at the first place that is not YAML, or not the part of YAML that scenarios are written in.
  static func read(text: String, file: String, indent: Int = 0) throws(Complaint) -> Tree? {
    var reading = YAMLTree(text: text, file: file, indent: indent)
    let masked = masked(text)
    let parser: Parser
    let root: Node?
    do {
      parser = try Parser(yaml: masked, resolver: .basic, encoding: .utf8)
      root = try parser.singleRoot()
    } catch {
      throw reading.complaint(about: error, in: masked)
    }
    // The parser owns the anchors that nodes refer to weakly.
    defer { withExtendedLifetime(parser) {} }
    guard let root else { return nil }
    return try reading.tree(root, depth: 0)
  }

  // MARK: Masks

  /// The text with every mark that may begin an alias or a complex key replaced, character for character.
  private static func masked(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      case "*": result.append(aliasMark)
      case "?" where index + 1 == scalars.count || scalars[index + 1].properties.isWhitespace:
        result.append(keyMark)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private static func unmasked(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      result.append(scalar == aliasMark ? "*" : scalar == keyMark ? "?" : scalar)
    }
    return String(result)
  }

  // MARK: Nodes

  private func place(_ mark: Mark?) -> Place {
    guard let mark else { return Place(file: file) }
    // libyaml ends a last line that has no end, and then finds what is missing behind it.
    if let end, mark.line > 1 { return Place(file: file, column: end) }
    return Place(file: file, line: mark.line, column: mark.line == 1 ? mark.column + indent : mark.column)
  }

  private mutating func tree(_ node: Node, depth: Int) throws(Complaint) -> Tree {
    let place = place(node.mark)
    try refuseTag(node.tag.rawValue, at: place)
    var tree: Tree
    switch node {
    case .scalar(let scalar):
      let plain = scalar.style == .plain
      if plain { try refuseComplexKey(scalar, at: place) }
      if plain, scalar.string.unicodeScalars.first == Self.aliasMark {
        tree = try expansion(of: String(scalar.string.unicodeScalars.dropFirst()), at: place, depth: depth)
      } else {
        tree = Tree(place: place, content: .text(Self.unmasked(scalar.string), plain: plain))
      }
    case .sequence(let sequence):
      try refuseDepth(depth + 1, at: place)
      var elements: [Tree] = []
      for element in sequence { elements.append(try self.tree(element, depth: depth + 1)) }
      tree = Tree(place: place, content: .list(elements))
      tree.height = 1 + (elements.map(\.height).max() ?? 0)
      tree.aliases = elements.reduce(0) { $0 + $1.aliases }
    case .mapping(let mapping):
      try refuseDepth(depth + 1, at: place)
      let entries = try entries(mapping, depth: depth + 1)
      tree = Tree(place: place, content: .map(entries))
      tree.height = 1 + (entries.map(\.value.height).max() ?? 0)
      tree.aliases = entries.reduce(0) { $0 + $1.value.aliases }
    case .alias:
      throw Complaint(at: place, "this alias cannot be read; expected a value")
    }
    // An anchor inside its own value is not there yet: nothing can contain itself.
    if let anchor = node.anchor { anchors[anchor.rawValue] = tree }
    return tree
  }

  private mutating func entries(_ mapping: Node.Mapping, depth: Int) throws(Complaint) -> [Tree.Entry] {
    var entries: [Tree.Entry] = []
    var seen: Set<String> = []
    for (key, value) in mapping {
      let place = place(key.mark)
      guard case .scalar(let scalar) = key, scalar.string.unicodeScalars.first != Self.aliasMark else {
        throw Complaint(at: place, "found a list, a map or an alias as a key; expected a word")
      }
      try refuseTag(scalar.tag.rawValue, at: place)
      if scalar.style == .plain { try refuseComplexKey(scalar, at: place) }
      let name = Self.unmasked(scalar.string)
      guard name != "<<" else {
        throw Complaint(at: place, "merge keys ('<<') are not allowed in a scenario; write the keys out")
      }
      guard seen.insert(name).inserted else { throw duplicate(name, at: place) }
      entries.append(Tree.Entry(key: name, place: place, value: try tree(value, depth: depth)))
    }
    return entries
  }

  private mutating func expansion(of name: String, at place: Place, depth: Int) throws(Complaint) -> Tree {
    guard let target = anchors[name] else {
      throw Complaint(
        at: place,
        "found alias \(quoted("*" + Self.unmasked(name))); expected one of an anchor that is complete before it")
    }
    expansions += 1 + target.aliases
    guard expansions <= Self.aliasLimit else {
      throw Complaint(at: place, "more than 1,000 alias expansions; a scenario has at most 1,000")
    }
    try refuseDepth(depth + target.height, at: place)
    var tree = target
    tree.aliases = 1 + target.aliases
    return tree
  }

  private func refuseDepth(_ depth: Int, at place: Place) throws(Complaint) {
    guard depth <= Self.nestingLimit else {
      throw Complaint(at: place, "lists and maps are nested more than \(Self.nestingLimit) deep")
    }
  }

  private func refuseComplexKey(_ scalar: Node.Scalar, at place: Place) throws(Complaint) {
    guard scalar.string.unicodeScalars.first != Self.keyMark else {
      throw Complaint(at: place, "found '?', which begins a complex key; expected a word as a key")
    }
  }

  private func refuseTag(_ tag: String, at place: Place) throws(Complaint) {
    let prefix = "tag:yaml.org,2002:"
    if tag.isEmpty || tag == "!" || ["str", "seq", "map"].contains(where: { tag == prefix + $0 }) { return }
    let short = tag.hasPrefix(prefix) ? "!!" + tag.dropFirst(prefix.count) : tag
    throw Complaint(at: place, "the tag \(quoted(short)) is not allowed; scenarios have no tags")
  }

  private func duplicate(_ key: String, at place: Place) -> Complaint {
    Complaint(at: place, "key \(quoted(key)) is there twice; expected it once")
  }

  // MARK: What Yams complains about

  private func complaint(about error: any Error, in masked: String) -> Complaint {
    guard let error = error as? YamlError else { return Complaint(at: Place(file: file), "this is not YAML") }
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
      if problem.hasPrefix("Maximum nesting level") {
        return Complaint(at: place(mark), "lists and maps are nested more than \(Self.nestingLimit) deep")
      }
      let words = [context?.text, problem].compactMap { $0 }.joined(separator: ", ")
      return Complaint(at: place(mark), "this is not YAML: \(words)")
    case .composer(_, let problem, let mark, _):
      if problem.contains("another document") {
        return Complaint(at: place(mark), "a second document begins here; a scenario file holds one")
      }
      return Complaint(at: place(mark), "this is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? ""
      let second = secondPlace(of: key, after: context.mark, in: masked) ?? context.mark
      return duplicate(Self.unmasked(key), at: place(second))
    default:
      return Complaint(at: Place(file: file), "this is not YAML")
    }
  }

  /// Where a duplicate key stands for the second time. Yams tells the first place alone, so that one is
  /// written over and the text parsed again: then either the second one is the only one left, in the map
  /// with the overwritten key, or it is now the first of several. Other duplicates get the same treatment
  /// until they are out of the way, a few times: it is only for the place.
  private func secondPlace(of key: String, after first: Mark, in masked: String) -> Mark? {
    var text = masked
    var mark = first
    // One letter for each, or two overwritten keys might be duplicates in turn.
    for letter in Self.keyLetters {
      text = Self.overwritten(text, at: mark, with: letter)
      do {
        let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
        guard let root = try parser.singleRoot() else { return nil }
        return twin(of: key, at: first, in: root)
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        if keys.first == key { return context.mark }
        mark = context.mark
      } catch {
        return nil
      }
    }
    return nil
  }

  /// The text with the first letter of the key at `mark` replaced; no column moves.
  private static func overwritten(_ text: String, at mark: Mark, with letter: Unicode.Scalar) -> String {
    var line = 1
    var column = 1
    var result = String.UnicodeScalarView()
    var pending = true
    for scalar in text.unicodeScalars {
      let reached = line == mark.line && column >= mark.column
      if pending, reached, scalar != "'", scalar != "\"" {
        result.append(letter)
        pending = false
      } else {
        result.append(scalar)
      }
      column += 1
      if scalar == "\n" {
        line += 1
        column = 1
      }
    }
    return String(result)
  }

  private func twin(of key: String, at first: Mark, in node: Node) -> Mark? {
    switch node {
    case .mapping(let mapping):
      let marks = mapping.keys.compactMap(\.mark)
      if marks.contains(where: { $0.line == first.line && $0.column == first.column }),
        let second = mapping.keys.first(where: { $0.scalar?.string == key })
      {
        return second.mark
      }
      for (_, value) in mapping { if let found = twin(of: key, at: first, in: value) { return found } }
    case .sequence(let sequence):
      for element in sequence { if let found = twin(of: key, at: first, in: element) { return found } }
    default: break
    }
    return nil
  }
}

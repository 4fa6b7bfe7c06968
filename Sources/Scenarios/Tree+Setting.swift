extension Tree {
  /// Puts a value in the place that a path of keys names. Whether the keys exist is for the reader to say,
  /// which meets them as it meets those of the file.
  ///
  /// - Throws: where the value is not YAML, or the path leads through something that has no parts.
  mutating func set(_ path: String, to value: String) throws(Complaint) {
    let file = "--set"
    let width = path.unicodeScalars.count + 1
    let text = try SourceText.checked(bytes: value.utf8, file: file)
    let place = Place(file: file, column: width + 1)
    let tree =
      try YAMLTree.read(text: text, file: file, indent: width)
      ?? Tree(place: place, content: .text("", plain: true))
    try set(path, at: Place(file: file), to: tree)
  }

  /// - Parameter start: where the path is written.
  mutating func set(_ path: String, at start: Place, to tree: Tree) throws(Complaint) {
    var steps: [(key: String, place: Place)] = []
    var column = start.column
    for key in path.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false) {
      let place = Place(file: start.file, line: start.line, column: column)
      guard !key.isEmpty else {
        throw Complaint(
          at: place, "found \(quoted(path)); expected keys with dots between them, such as cluster.nodes")
      }
      steps.append((String(key), place))
      column += key.count + 1
    }
    // A file nests no deeper, and replacing goes one call deeper for each step.
    guard steps.count <= YAMLTree.nestingLimit else {
      throw Complaint(at: start, "the path has more than \(YAMLTree.nestingLimit) keys")
    }
    try replace(steps[...], with: tree)
  }

  private mutating func replace(
    _ steps: ArraySlice<(key: String, place: Place)>, with value: Tree
  ) throws(Complaint) {
    guard let step = steps.first else {
      self = value
      return
    }
    let rest = steps.dropFirst()
    switch content {
    case .map(var entries):
      if let index = entries.firstIndex(where: { $0.key == step.key }) {
        try entries[index].value.replace(rest, with: value)
      } else {
        entries.append(try Self.entry(step, rest, value))
      }
      content = .map(entries)
    case .list(var elements):
      guard let index = Int(step.key), elements.indices.contains(index) else {
        throw Complaint(
          at: step.place,
          "\(quoted(step.key)) is no element of this list of \(elements.count); expected a number from 0")
      }
      try elements[index].replace(rest, with: value)
      content = .list(elements)
    case .text:
      guard isNothing else {
        throw Complaint(
          at: step.place, "\(quoted(step.key)) is a key of nothing: there is \(found) instead of a map")
      }
      self = Tree(place: place, content: .map([try Self.entry(step, rest, value)]))
    }
  }

  private static func entry(
    _ step: (key: String, place: Place), _ rest: ArraySlice<(key: String, place: Place)>, _ value: Tree
  ) throws(Complaint) -> Entry {
    guard let next = rest.first else { return Entry(key: step.key, place: step.place, value: value) }
    var inner = Tree(place: next.place, content: .map([]))
    try inner.replace(rest, with: value)
    return Entry(key: step.key, place: step.place, value: inner)
  }
}

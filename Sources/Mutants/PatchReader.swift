/// Reads a patch: `key: value` lines, and a unified diff behind them.
package struct PatchReader {
  private let path: String
  private let text: String
  private let lines: [Substring]
  private var next = 0

  private init(_ text: String, path: String) {
    self.path = path
    self.text = text
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    self.lines = lines
  }

  /// - Parameter path: `…/<id>.patch`.
  package static func read(_ text: String, path: String) throws(PatchError) -> Mutant {
    var reader = PatchReader(text, path: path)
    let header = try reader.header()
    return try reader.mutant(header)
  }

  private func complaint(_ line: Int, found: String, expected: String) -> PatchError {
    PatchError(file: path, line: line, found: found, expected: expected)
  }

  // MARK: Header

  private static let required = ["id", "sentence", "source", "kind"]
  private static let known = required + ["fault", "oracle"]

  private mutating func header() throws(PatchError) -> [String: (value: String, line: Int)] {
    var header: [String: (value: String, line: Int)] = [:]
    while next < lines.count, !lines[next].hasPrefix("--- ") {
      defer { next += 1 }
      let line = lines[next]
      guard !line.isEmpty else { continue }
      let key = line.prefix { $0 != ":" }
      guard Self.known.contains(String(key)), line.dropFirst(key.count).hasPrefix(": ") else {
        throw complaint(
          next + 1, found: "'\(line)'", expected: "one of \(Self.known.joined(separator: ", ")) and ': '")
      }
      guard header[String(key)] == nil else {
        throw complaint(next + 1, found: "'\(key)' again", expected: "each key once")
      }
      header[String(key)] = (String(line.dropFirst(key.count + 2)), next + 1)
    }
    for key in Self.required where header[key]?.value.isEmpty ?? true {
      throw complaint(header[key]?.line ?? 1, found: "no '\(key)'", expected: "a line '\(key): …' before the diff")
    }
    return header
  }

  private mutating func mutant(_ header: [String: (value: String, line: Int)]) throws(PatchError) -> Mutant {
    let name = path.split(separator: "/").last.map { $0.prefix { $0 != "." } } ?? ""
    let (id, line) = header["id"]!
    guard id == name else {
      throw complaint(line, found: "id '\(id)'", expected: "'\(name)', as the file is called")
    }
    guard let kind = Mutant.Kind(rawValue: header["kind"]!.value) else {
      throw complaint(
        header["kind"]!.line, found: "kind '\(header["kind"]!.value)'",
        expected: "safety, liveness or nondeterminism")
    }
    var changes: [FileChange] = []
    while next < lines.count { changes.append(try change()) }
    guard !changes.isEmpty else {
      throw complaint(lines.count, found: "the end", expected: "a unified diff, beginning with '--- a/Sources/…'")
    }
    return Mutant(
      id: id, sentence: header["sentence"]!.value, source: header["source"]!.value, kind: kind,
      fault: header["fault"]?.value, oracle: header["oracle"]?.value, path: path, changes: changes, text: text)
  }

  // MARK: Diff

  private mutating func change() throws(PatchError) -> FileChange {
    let old = try file(marked: "--- a/")
    let new = try file(marked: "+++ b/")
    guard old == new else { throw complaint(next, found: "'\(new)'", expected: "'\(old)', as in the line before") }
    var hunks: [FileChange.Hunk] = []
    while next < lines.count, lines[next].hasPrefix("@@ ") { hunks.append(try hunk()) }
    guard !hunks.isEmpty else {
      throw complaint(next + 1, found: next < lines.count ? "'\(lines[next])'" : "the end", expected: "'@@ -…'")
    }
    return FileChange(path: old, hunks: hunks)
  }

  private mutating func file(marked mark: String) throws(PatchError) -> String {
    guard next < lines.count, lines[next].hasPrefix(mark + "Sources/"), !lines[next].contains("/../") else {
      let found = next < lines.count ? "'\(lines[next])'" : "the end"
      throw complaint(next + 1, found: found, expected: "'\(mark)Sources/…'")
    }
    defer { next += 1 }
    return String(lines[next].dropFirst(mark.count).prefix { $0 != "\t" })
  }

  private mutating func hunk() throws(PatchError) -> FileChange.Hunk {
    let line = next + 1
    let words = lines[next].split(separator: " ")
    guard words.count >= 4, words[3] == "@@", let old = range(words[1], "-"), let new = range(words[2], "+") else {
      throw complaint(line, found: "'\(lines[next])'", expected: "'@@ -line,count +line,count @@'")
    }
    next += 1
    var (before, after): ([String], [String]) = ([], [])
    while before.count < old.count || after.count < new.count {
      guard next < lines.count else {
        throw complaint(
          next, found: "the end after \(before.count) old and \(after.count) new lines",
          expected: "\(old.count) and \(new.count)")
      }
      let text = String(lines[next].dropFirst())
      switch lines[next].first {
      case " ", nil:
        before.append(text)
        after.append(text)
      case "-": before.append(text)
      case "+": after.append(text)
      default:
        throw complaint(next + 1, found: "'\(lines[next])'", expected: "a line that begins with ' ', '-' or '+'")
      }
      next += 1
    }
    guard before.count == old.count, after.count == new.count else {
      throw complaint(
        line, found: "\(before.count) old and \(after.count) new lines", expected: "\(old.count) and \(new.count)")
    }
    return FileChange.Hunk(line: line, start: old.count == 0 ? old.start + 1 : old.start, old: before, new: after)
  }

  /// `-12,3`; a count of one may be left out.
  private func range(_ word: Substring, _ sign: Character) -> (start: Int, count: Int)? {
    guard word.first == sign else { return nil }
    let numbers = word.dropFirst().split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(numbers.count), let start = numbers[0], start >= 0 else { return nil }
    guard numbers.count == 2 else { return (start, 1) }
    return numbers[1].flatMap { $0 >= 0 ? (start, $0) : nil }
  }
}

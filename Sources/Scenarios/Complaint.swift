/// A spot in a text: line and column from 1, columns counted in Unicode scalars.
package struct Place: Hashable, Sendable {
  package let file: String
  package let line: Int
  package let column: Int

  package init(file: String, line: Int = 1, column: Int = 1) {
    self.file = file
    self.line = line
    self.column = column
  }
}

/// Why a scenario was refused: what was found, where, and what was expected instead.
package struct Complaint: Error, Hashable, Sendable, CustomStringConvertible {
  package let file: String
  package let line: Int
  package let column: Int
  package let message: String

  package init(at place: Place, _ message: String) {
    file = place.file
    line = place.line
    column = place.column
    self.message = message
  }

  package var description: String { "\(file):\(line):\(column): \(message)" }
}

/// A text in quotation marks for a message: cut after 40 characters, and nothing in it that could break
/// a line or drive a terminal.
func quoted(_ text: String) -> String {
  var shown = ""
  var length = 0
  for scalar in text.unicodeScalars {
    if length == 40 { return "'\(shown)…'" }
    let invisible: Bool =
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: true
      default: false
      }
    shown.unicodeScalars.append(invisible ? "␣" : scalar)
    length += 1
  }
  return "'\(shown)'"
}

/// `a, b or c`.
func alternatives(_ words: [String]) -> String {
  guard words.count > 1, let last = words.last else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " or " + last
}

/// `; did you mean 'latency'?` where a candidate is near `word`, else nothing.
func suggestion(for word: String, among candidates: some Sequence<String>) -> String {
  nearest(to: word, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
}

/// The candidate with the fewest edits to `word`, the first of equals; where none is within a third of the
/// word's length, one that the word begins; else nil.
func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let letters = Array(word.utf8)
  // Nobody mistypes a word of this length into a key, and distance costs the product of the lengths.
  guard letters.count <= 64 else { return nil }
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let distance = editDistance(letters, Array(candidate.utf8))
    if distance < best?.distance ?? Int.max { best = (candidate, distance) }
  }
  if let best, best.distance <= max(1, max(letters.count, best.candidate.utf8.count) / 3) { return best.candidate }
  return letters.count < 3 ? nil : candidates.first { $0.utf8.starts(with: letters) }
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other (optimal
/// string alignment).
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var before = [Int](repeating: 0, count: right.count + 1)
  var previous = Array(0...right.count)
  for row in 0..<left.count {
    var current = [row + 1]
    for column in 0..<right.count {
      var cost = min(
        previous[column + 1] + 1, current[column] + 1, previous[column] + (left[row] == right[column] ? 0 : 1))
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        cost = min(cost, before[column - 1] + 1)
      }
      current.append(cost)
    }
    before = previous
    previous = current
  }
  return previous[right.count]
}

/// Why a line of a script cannot be carried out. The line's number is known to whoever read it.
package struct ScriptError: Error, Hashable, Sendable, CustomStringConvertible {
  /// In characters, from 1.
  package let column: Int
  package let message: String

  package var description: String { "column \(column): \(message)" }

  init(_ column: Int, _ message: String) {
    self.column = column
    self.message = message
  }

  /// - Parameter words: where `expected` is one of a few, so that a slip of the finger finds its word.
  init(at token: Token, expected: String, of words: [String] = []) {
    let hint = Self.nearest(to: token.text, among: words).map { "; did you mean '\($0)'?" } ?? ""
    self.init(token.column, "found \(token.shown), expected \(expected)\(hint)")
  }

  /// The word that fewest changed letters make of `text`; nil where it takes more than a third of them.
  static func nearest(to text: String, among words: [String]) -> String? {
    guard text.count <= 40 else { return nil }
    let ranked = words.map { (word: $0, distance: distance(Array(text.lowercased()), Array($0.lowercased()))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, best.word.count / 3) ? best.word : nil
  }

  /// Letters to insert, remove or replace, after Levenshtein.
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (position, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = position + 1
      for (place, other) in right.enumerated() {
        let replaced = diagonal + (letter == other ? 0 : 1)
        diagonal = row[place + 1]
        row[place + 1] = min(replaced, row[place] + 1, row[place + 1] + 1)
      }
    }
    return row[right.count]
  }
}

import Foundation

/// What every hunt has come to, as JSON lines: the last line of a hunt counts, so that an interrupted scoreboard goes
/// on where it was.
package struct HuntLedger: Sendable {
  private let path: String
  private var states: [String: Hunt.State] = [:]

  package struct Unwritable: Error, CustomStringConvertible {
    package let description: String
  }

  /// Reads what is there. A last line that was cut short is no reason to forget the others.
  package init(path: String) {
    self.path = path
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    for line in text.split(separator: "\n") {
      guard let state = try? JSONDecoder().decode(Hunt.State.self, from: Data(line.utf8)) else { continue }
      states[state.key] = state
    }
  }

  package subscript(key: String) -> Hunt.State? { states[key] }

  package mutating func note(_ state: Hunt.State) throws(Unwritable) {
    states[state.key] = state
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let line = try encoder.encode(state) + Data("\n".utf8)
      if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      defer { try? file.close() }
      try file.seekToEnd()
      try file.write(contentsOf: line)
    } catch {
      throw Unwritable(description: "\(path): cannot write the file")
    }
  }
}

/// A text that reads like a conversation: blocks of commands, each followed by `----` and the account of what
/// they did. The account is what the transcript expects.
package struct Transcript: Sendable {
  /// The commands' lines as they stand, comments among them, and what follows the rule.
  private struct Block {
    var commands: [String] = []
    var expected: [String] = []
  }

  private let blocks: [Block]

  package static let rule = "----"

  /// A block ends with the first blank line behind its rule; blank lines before the rule belong to it.
  package init(_ text: String) {
    var blocks: [Block] = []
    var block = Block()
    var isBehindRule = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if isBehindRule, line.isEmpty {
        blocks.append(block)
        block = Block()
        isBehindRule = false
      } else if isBehindRule {
        block.expected.append(line)
      } else if line == Self.rule {
        isBehindRule = true
      } else if !line.isEmpty || !block.commands.isEmpty {
        block.commands.append(line)
      }
    }
    while block.commands.last?.isEmpty ?? false { block.commands.removeLast() }
    if !block.commands.isEmpty || isBehindRule { blocks.append(block) }
    self.blocks = blocks
  }

  /// What was expected and what happened, where the two part first in a block.
  package struct Difference: Sendable, CustomStringConvertible {
    let commands: [String]
    let expected: [String]
    let found: [String]

    package var description: String {
      var same = 0
      while same < min(expected.count, found.count), expected[same] == found[same] { same += 1 }
      let lines =
        commands.map { "    \($0)" } + [Transcript.rule] + expected[..<same].map { "    \($0)" }
        + expected[same...].map { "  - \($0)" } + found[same...].map { "  + \($0)" }
      return lines.joined(separator: "\n")
    }
  }

  /// Runs the whole.
  ///
  /// - Returns: the text with what happened in place of what was expected, and every block that differs.
  package func run() -> (text: String, differences: [Difference]) {
    var script = Script()
    var differences: [Difference] = []
    var texts: [String] = []
    for block in blocks {
      let found = Self.account(of: block.commands, in: &script)
      if found != block.expected {
        differences.append(Difference(commands: block.commands, expected: block.expected, found: found))
      }
      texts.append((block.commands + [Self.rule] + found).joined(separator: "\n") + "\n")
    }
    return (texts.joined(separator: "\n"), differences)
  }

  /// Where a block has several commands, each stands before its account.
  private static func account(of commands: [String], in script: inout Script) -> [String] {
    var accounts: [(command: String, lines: [String])] = []
    for line in commands {
      do throws(ScriptError) {
        guard let lines = try script.execute(line) else { continue }
        accounts.append((line, lines))
      } catch {
        accounts.append((line, ["error at \(error)"]))
      }
    }
    guard accounts.count > 1 else { return accounts.first?.lines ?? [] }
    return accounts.flatMap { ["> \($0.command)"] + $0.lines }
  }
}

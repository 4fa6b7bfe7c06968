import Primitives
import World

extension ScenarioWriter {
  /// A scenario as a person would write it: without what would be the same anyway. Reading it gives an equal scenario.
  ///
  /// - Parameter comments: lines for its head, without their `#`.
  package static func brief(_ scenario: Scenario, comments: [String] = []) -> String {
    let head = comments.map { $0.isEmpty ? "#\n" : "# \($0)\n" }.joined()
    let full = yaml(scenario, isBrief: true)
    // What a scenario with the same few words would have by default.
    guard let plain = try? ScenarioReader.read(text: bare(scenario), file: "") else { return head + full }
    let defaults = Set(Leaf.all(of: yaml(plain, isBrief: true)).map(\.path))
    let kept = Leaf.all(of: full).filter { !defaults.contains($0.path) || $0.isRequired }
    let text = head + Leaf.text(kept)
    // A default that depends on others must not be left out without them.
    guard let again = try? ScenarioReader.read(text: text, file: ""), again == scenario else { return head + full }
    return text
  }

  private static func bare(_ scenario: Scenario) -> String {
    var text =
      "faultline: 1\nname: bare\nduration: \(Units.text(scenario.duration))\n"
      + "cluster: {nodes: \(scenario.cluster.nodes.count), program: \(scenario.cluster.program.name)}\n"
    if scenario.workload != nil { text += "workload: {rate: 1/s}\n" }
    return text + "expect: [{measure: messages_sent, at_least: 0}]\n"
  }

  /// A line of canonical YAML with the keys above it.
  private struct Leaf {
    let path: String
    /// The lines that open what it stands in.
    let parents: [String]
    let line: String

    /// Without these a scenario is none, whatever the defaults are.
    var isRequired: Bool {
      let first = parents.first ?? line
      let isRequired = ["faultline:", "name:", "duration:", "expect"].contains { first.hasPrefix($0) }
      if first.hasPrefix("cluster") {
        // What runs there by default runs without being named.
        let isProgram = line.hasPrefix("  program:") && !line.hasSuffix(" \(Grammar.programs[0].name)")
        return line.hasPrefix("  nodes:") || isProgram
      }
      return isRequired || first.hasPrefix("workload") && (line.hasPrefix("  rate:") || line.hasPrefix("  think:"))
    }

    static func all(of text: String) -> [Leaf] {
      var leaves: [Leaf] = []
      var parents: [(indent: Int, line: String)] = []
      for line in text.split(separator: "\n").map(String.init) {
        let indent = line.prefix { $0 == " " }.count
        parents.removeAll { $0.indent >= indent }
        if line.hasSuffix(":") {
          parents.append((indent, line))
        } else {
          let lines = parents.map(\.line)
          leaves.append(Leaf(path: (lines + [line]).joined(separator: "\n"), parents: lines, line: line))
          // The keys of an item stand deeper than its first line, which is one of them.
          if line.drop(while: { $0 == " " }).hasPrefix("- "), !line.hasSuffix("}") {
            parents.append((indent, line))
          }
        }
      }
      return leaves
    }

    static func text(_ leaves: [Leaf]) -> String {
      var text = ""
      var open: [String] = []
      for leaf in leaves {
        for (level, parent) in leaf.parents.enumerated() where level >= open.count || open[level] != parent {
          open.removeSubrange(min(level, open.count)...)
          open.append(parent)
          if parent.hasSuffix(":") { text += parent + "\n" }
        }
        open.removeSubrange(min(leaf.parents.count, open.count)...)
        text += leaf.line + "\n"
      }
      return text
    }
  }
}

extension Spelling {
  /// A fault that happens once, on one line.
  static func brief(
    _ fault: PlannedFault, position: Int, _ at: Instant, _ until: Instant, _ action: FaultAction, _ hosts: Hosts
  ) -> Pairs {
    var pairs: Pairs = [("at", moment(at))]
    if until > at { pairs.append(("for", Units.text(until - at))) }
    pairs += self.action(action, hosts).filter { !($0.key == "hold" && $0.value == "false") }
    if fault.id != UInt32(position + 1) { pairs.append(("id", "\(fault.id)")) }
    if fault.name != FaultWords(hosts: hosts).name(fault.schedule) { pairs.append(("name", quoted(fault.name))) }
    if let luck = fault.luck { pairs.append(("luck", "{fault: \(luck.fault), number: \(luck.number)}")) }
    return pairs
  }
}

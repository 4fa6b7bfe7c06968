import Testing

/// A text that no scenario may be, and the words that it is refused with.
struct HostileInput: Sendable, CustomTestStringConvertible {
  let title: String
  let text: String
  let complaint: String

  init(_ title: String, _ text: String, _ complaint: String) {
    self.title = title
    self.text = text
    self.complaint = complaint
  }

  var testDescription: String { title }

  static var all: [HostileInput] {
    files + headers + clusters + meshes + healings + resources + networks + workloads + faults + memberships
      + beginnings + retries
      + choices
      + expectations + heals + sweeps + schedules + rareEvents
  }

  /// A scenario with these lines as its fifth and following.
  static func section(_ lines: String) -> String {
    "faultline: 1\nname: a\nduration: 40s\ncluster: {nodes: 5}\n" + lines
      + "expect: [{measure: elections, at_most: 5}]\n"
  }

  /// A scenario of two zones with this fault, a flow map, in its fifth line.
  static func zoned(_ fault: String) -> String {
    "faultline: 1\nname: a\nduration: 40s\ncluster: {nodes: 3, zones: {east: n1, west: [n2, n3]}}\n"
      + "faults: [{at: 3s, \(fault.dropFirst())]\nexpect: [{measure: elections, at_most: 5}]\n"
  }

  /// A scenario of two variants and a client with this fault, a flow map, in its fifth line.
  static func varied(_ fault: String) -> String {
    "faultline: 1\nname: a\nduration: 40s\ncluster: {nodes: 3, variants: {eager: {raft: {batch: 1}}}}\n"
      + "faults: [{at: 3s, \(fault.dropFirst())]\nworkload: {rate: 1/s, mix: {get: 100%}}\nexpect: [safety]\n"
  }

  /// A scenario with this cluster in its fourth line.
  static func cluster(_ value: String) -> String {
    "faultline: 1\nname: a\nduration: 40s\ncluster: \(value)\nexpect: [{measure: elections, at_most: 5}]\n"
  }

  /// A scenario with these expectations in its fifth line.
  static func expect(_ value: String) -> String {
    "faultline: 1\nname: a\nduration: 40s\ncluster: {nodes: 5}\nexpect: \(value)\n"
  }

  /// Each anchor holds the one before it ten times: 10²⁰ texts in all.
  static func bomb(_ last: String) -> String {
    var text = "k0: &k0 x\n"
    for level in 1...20 {
      text +=
        "k\(level): &k\(level) [" + Array(repeating: "*k\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    return text + last + ": 1\n"
  }
}

/// What the command line asks for.
struct Options {
  enum Format: String { case text, json }

  var format = Format.text
  /// Rows to measure, by name or by its first parts; all where empty.
  var only: [String] = []
  var runs = 7
  /// The yardstick's source; nil looks for it above the executable.
  var referenceSource: String?
  var wantsHelp = false

  static let help = """
    usage: faultline-bench [--format text|json] [--only NAME]... [--runs N] [--reference-source FILE]

      --format text|json        a table (default), or one JSON object a row
      --only NAME               the row NAME, or rows that begin with NAME/; may be repeated
      --runs N                  runs of each side, from 1 to 1000 (default 7); medians are reported
      --reference-source FILE   the C++ yardstick (default: Reference/priority_queue.cpp of the package)
      --help                    this text

    Values are costs in CPU time; a ratio above 1 is faster than the reference.
    """

  init(_ arguments: [String]) throws(UsageError) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--help", "-h": wantsHelp = true
      case "--format":
        let value = try Self.value(of: argument, from: &rest)
        guard let format = Format(rawValue: value) else {
          throw UsageError("--format is text or json, not '\(value)'")
        }
        self.format = format
      case "--only": only.append(try Self.value(of: argument, from: &rest))
      case "--runs":
        let value = try Self.value(of: argument, from: &rest)
        guard let runs = Int(value), (1...1000).contains(runs) else {
          throw UsageError("--runs is a number from 1 to 1000, not '\(value)'")
        }
        self.runs = runs
      case "--reference-source": referenceSource = try Self.value(of: argument, from: &rest)
      default: throw UsageError("unknown option '\(argument)'")
      }
    }
  }

  func selects(_ row: String) -> Bool { only.isEmpty || only.contains { row == $0 || row.hasPrefix($0 + "/") } }

  private static func value(of option: String, from rest: inout ArraySlice<String>) throws(UsageError) -> String {
    guard let value = rest.popFirst() else { throw UsageError("\(option) needs a value") }
    return value
  }
}

/// A command line that cannot be understood.
struct UsageError: Error {
  let message: String
  init(_ message: String) { self.message = message }
}

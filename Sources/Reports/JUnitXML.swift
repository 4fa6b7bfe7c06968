/// Results as JUnit XML, which continuous-integration servers show: a suite for each point of a grid, a case for each
/// seed. What failed is a failure, what crashed, hung or ran out of memory an error, and what proved nothing skipped.
package struct JUnitXML {
  /// A seed.
  package struct Case: Hashable, Sendable {
    package var seed: Int64
    package var verdict: SeedVerdict
    package var fingerprint: String
    package var sentence: String
    package var replay: String
    package var wallNS: Int64

    package init(
      seed: Int64, verdict: SeedVerdict, fingerprint: String, sentence: String, replay: String, wallNS: Int64
    ) {
      self.seed = seed
      self.verdict = verdict
      self.fingerprint = fingerprint
      self.sentence = sentence
      self.replay = replay
      self.wallNS = wallNS
    }
  }

  private var suites = ""

  package init() {}

  /// - Parameter settings: of the point; empty where nothing varies.
  package mutating func suite(scenario: String, settings: String, cases: [Case]) {
    let failures = cases.count { $0.verdict == .violation || $0.verdict == .nondeterminism }
    let errors = cases.count { $0.verdict < .nondeterminism }
    let skipped = cases.count { $0.verdict == .inconclusive }
    let name = settings.isEmpty ? scenario : "\(scenario) at \(settings)"
    let seconds = Self.seconds(cases.reduce(0) { $0 + $1.wallNS })
    suites +=
      "  <testsuite name=\"\(Self.escaped(name))\" tests=\"\(cases.count)\" failures=\"\(failures)\" "
      + "errors=\"\(errors)\" skipped=\"\(skipped)\" time=\"\(seconds)\">\n"
    for one in cases { suites += Self.text(one, suite: name) }
    suites += "  </testsuite>\n"
  }

  package var text: String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"faultline\">\n\(suites)</testsuites>\n"
  }

  private static func text(_ one: Case, suite: String) -> String {
    let head =
      "    <testcase classname=\"\(escaped(suite))\" name=\"seed \(one.seed)\" time=\"\(seconds(one.wallNS))\""
    let message = escaped(one.sentence)
    switch one.verdict {
    case .pass: return head + "/>\n"
    case .inconclusive: return head + "><skipped message=\"\(message)\"/></testcase>\n"
    case .violation, .nondeterminism, .crashed, .hung, .outOfMemory:
      let element = one.verdict < .nondeterminism ? "error" : "failure"
      return head + "><\(element) type=\"\(escaped(one.fingerprint))\" message=\"\(message)\">"
        + "\(escaped(one.replay))</\(element)></testcase>\n"
    }
  }

  private static func seconds(_ nanoseconds: Int64) -> String {
    let thousandths = String(nanoseconds / 1_000_000 % 1_000)
    return "\(nanoseconds / 1_000_000_000).\(String(repeating: "0", count: 3 - thousandths.count))\(thousandths)"
  }

  /// For an attribute or a text; what XML 1.0 does not know at all becomes U+FFFD.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\r", "\t": result += "&#\(scalar.value);"
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

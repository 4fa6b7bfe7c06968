import Node
import Primitives
import Scenarios

/// What makes two failures the same one, over seeds and smaller scenarios: which promise was broken, by a process
/// in which role, and the shape of what was found. Names, numbers and moments are no part of it.
package struct FailureFingerprint: Hashable, Sendable, CustomStringConvertible {
  /// `log-matching · follower · n# and n# differ at #`.
  package let description: String

  /// - Parameters:
  ///   - promise: the invariant or expectation.
  ///   - role: of the process that it was seen on; empty where it belongs to none.
  package init(promise: String, role: String, detail: String) {
    let parts = [promise, role, Self.shape(of: detail)]
    description = parts.filter { !$0.isEmpty }.joined(separator: " · ")
  }

  /// The words of a sentence, each with its digits made one: `n3 voted twice in term 12` is `n# voted twice in
  /// term #`. Hexadecimal numbers of many digits are numbers too.
  static func shape(of detail: String) -> String {
    var shape = ""
    for word in detail.split(separator: " ") {
      if !shape.isEmpty { shape += " " }
      let isHexadecimal =
        word.utf8.count >= 8 && word.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
      guard !isHexadecimal else {
        shape += "#"
        continue
      }
      var wasDigit = false
      for character in word {
        let isDigit = character.isASCII && character.isNumber
        // A fraction and the groups of a great number belong to it.
        let goesOn = wasDigit && (character == "." || character == ",")
        if isDigit, !wasDigit { shape += "#" }
        if !isDigit, !goesOn { shape.append(character) }
        wasDigit = isDigit || goesOn
      }
    }
    return shape
  }
}

extension RunResult {
  /// Of the first promise that was broken; nil where none was.
  package var fingerprint: FailureFingerprint? {
    if let first = violations.first {
      return FailureFingerprint(promise: first.invariant.description, role: violatorRole, detail: first.detail)
    }
    if stop == .stall { return FailureFingerprint(promise: "stall", role: "", detail: "") }
    guard let missed = findings.first(where: { $0.outcome == .violated }) else { return nil }
    if let explanation, missed.name == "linearizable" {
      return FailureFingerprint(promise: missed.name, role: "", detail: explanation.culprit.shape)
    }
    // How far a bound was missed is no part of what went wrong.
    return FailureFingerprint(
      promise: missed.name, role: "", detail: missed.name == "recovers" ? recoveryShape(missed) : "")
  }

  /// Whether anything came at all, whether somebody asked in time (who is not asked cannot answer), and whether there was
  /// anything to recover from.
  private func recoveryShape(_ missed: Finding) -> String {
    let measuring = Measuring(scenario: scenario, recording: recording, end: end)
    guard let heal = measuring.lastHeal, let bound = scenario.recoveryBound else { return "" }
    let last: Instant = heal + bound
    let isAsked = measuring.operations.contains { heal <= $0.invoked && $0.invoked <= last }
    return (missed.detail.hasPrefix("nothing") ? "never" : "late") + (isAsked ? "" : ", asked late")
      + (measuring.struck ? "" : ", from the beginning")
  }
}

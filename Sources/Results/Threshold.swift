import Primitives
import Reports

/// How much worse a measure may be: `client_latency.p99=+5%`, `availability=-0.5%`, `recovery_time=+20ms`,
/// `leader_changes=+0.5`, `failures=+0`.
///
/// `+` bounds a rise, `-` a fall. A percentage is of what it was before; of shares, which are percentages themselves,
/// it is in points. `failures` are seeds that failed after and not before.
package struct Threshold: Hashable, Sendable {
  package enum Amount: Hashable, Sendable {
    /// Percent.
    case relative(Double)
    /// In the measure's unit.
    case absolute(Double)
    case duration(Nanoseconds)
  }

  package let text: String
  package let measure: String
  package let statistic: String?
  package let rises: Bool
  package let amount: Amount

  /// - Parameter duration: reads `20ms`.
  package init?(_ text: String, duration: (String) -> Nanoseconds?) {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    let name = text[..<equals].split(separator: ".", omittingEmptySubsequences: false)
    let value = text[text.index(after: equals)...]
    guard (1...2).contains(name.count), !name.contains(""), let sign = value.first, sign == "+" || sign == "-"
    else {
      return nil
    }
    let digits = value.dropFirst()
    guard let first = digits.utf8.first, (48...57).contains(first) else { return nil }
    if digits.hasSuffix("%"), let percent = Double(digits.dropLast()) {
      amount = .relative(percent)
    } else if let number = Double(digits) {
      amount = .absolute(number)
    } else if let length = duration(String(digits)) {
      amount = .duration(length)
    } else {
      return nil
    }
    if name.count == 2, !ResultSet.statistics.contains(String(name[1])) { return nil }
    self.text = text
    measure = String(name[0])
    statistic = name.count == 2 ? String(name[1]) : nil
    rises = sign == "+"
  }

  /// One gate for each point that has the measure.
  ///
  /// - Throws: where none has it, or the amount is in a unit that the measure has not.
  package func gates(_ comparison: SweepComparison, path: String) throws(ResultError) -> [SweepComparison.Gate] {
    if measure == "failures" { return try failures(comparison, path) }
    let found = comparison.differences.filter {
      $0.measure == measure && ($0.statistic == "value" || $0.statistic == statistic ?? "mean")
    }
    guard !found.isEmpty else {
      var known: [String] = ["failures"]
      for difference in comparison.differences where !known.contains(difference.measure) {
        known.append(difference.measure)
      }
      throw .bad(
        path: path,
        "--threshold \(text): nothing to compare by that name; there are \(known.joined(separator: ", "))")
    }
    var gates: [SweepComparison.Gate] = []
    for difference in found { gates.append(try gate(difference, path)) }
    return gates
  }

  private func failures(_ comparison: SweepComparison, _ path: String) throws(ResultError) -> [SweepComparison.Gate]
  {
    guard case .absolute(let most) = amount, rises, statistic == nil else {
      throw .bad(path: path, "--threshold \(text): expected a number of seeds, such as failures=+0")
    }
    return comparison.verdicts.map { found in
      SweepComparison.Gate(
        text: text, scenario: found.scenario, settings: found.settings, holds: Double(found.broken) <= most,
        detail: "\(PeopleText.count(UInt64(found.broken), "seed")) failed that did not before")
    }
  }

  /// A bound is broken where the mean difference is beyond it, and a difference at all is beyond doubt.
  private func gate(_ difference: SweepComparison.Difference, _ path: String) throws(ResultError)
    -> SweepComparison.Gate
  {
    let bound: Double
    switch amount {
    case .relative(let percent):
      bound = difference.unit == "%" ? percent : abs(difference.before) * percent / 100
    case .absolute(let number) where difference.unit != "ns": bound = number
    case .duration(let length) where difference.unit == "ns": bound = Double(length.count)
    case .absolute, .duration:
      throw .bad(
        path: path,
        "--threshold \(text): expected a percentage or \(difference.unit == "ns" ? "a duration such as 20ms" : "a number")"
      )
    }
    let sign = rises ? 1.0 : -1.0
    let distance = sign * difference.mean.value
    let surely = (rises ? difference.mean.low : difference.mean.high.map { -$0 }).map { $0 > 0 } ?? true
    func figure(_ value: Double) -> String { PeopleText.figure(value, unit: difference.unit) }
    let relative = difference.relative.map { " (\($0 < 0 ? "−" : "+")\(PeopleText.percent(abs($0) * 100)))" } ?? ""
    return SweepComparison.Gate(
      text: text, scenario: difference.scenario, settings: difference.settings,
      holds: distance <= bound || !surely,
      detail:
        "\(difference.name): \(figure(difference.before)) before, \(figure(difference.after)) after\(relative)")
  }
}

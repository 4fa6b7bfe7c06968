import Primitives
import World

/// How often a run's future fails, moment by moment, as lines with bars.
package enum BranchText {
  /// What is known of one moment.
  package struct Point: Sendable {
    package let at: Int64
    package let events: UInt64
    package let runs: Int
    package let failures: Int
    /// Those that failed as the run itself did.
    package let same: Int
    /// The ends of the share's interval, from 0 to 1.
    package let low: Double
    package let high: Double

    package init(at: Int64, events: UInt64, runs: Int, failures: Int, same: Int, low: Double, high: Double) {
      self.at = at
      self.events = events
      self.runs = runs
      self.failures = failures
      self.same = same
      self.low = low
      self.high = high
    }
  }

  private static let width = 40

  package static func heading(futures: Int, isFailure: Bool) -> String {
    "Of \(PeopleText.count(UInt64(futures), "future")) of each moment so many fail"
      + (isFailure ? ", █ as the run did, ▒ otherwise" : "") + ":\n\n"
  }

  /// `   12.5 s  ████▒          12 %  (7 % to 20 %)  12 of 100`
  package static func line(_ point: Point) -> String {
    let share = point.runs == 0 ? 0 : Double(point.failures) / Double(point.runs)
    let filled = Int((share * Double(width)).rounded())
    let alike = point.failures == 0 ? 0 : filled * point.same / point.failures
    let bar = String(repeating: "█", count: alike) + String(repeating: "▒", count: filled - alike)
    let time = PeopleText.moment(point.at)
    let interval = "\(PeopleText.percent(point.low * 100)) to \(PeopleText.percent(point.high * 100))"
    return String(repeating: " ", count: max(0, 10 - time.count)) + time + "  " + bar
      + String(repeating: " ", count: width - filled)
      + "  \(PeopleText.percent(share * 100))  (\(interval))  \(point.failures) of \(point.runs)\n"
  }

  package static func json(_ point: Point) -> [UInt8] {
    var json = JSONText()
    json.object { json in
      json.member("at_ns", point.at)
      json.member("events", point.events)
      json.member("runs", UInt64(point.runs))
      json.member("failures", UInt64(point.failures))
      json.member("same_failures", UInt64(point.same))
      json.member("low", point.low)
      json.member("high", point.high)
    }
    json.newline()
    return json.bytes
  }
}

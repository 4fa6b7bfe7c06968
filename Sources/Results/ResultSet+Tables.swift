import GRDB
import Reports

extension ResultSet {
  /// Each suite's seeds, for JUnit.
  package func junit() throws(ResultError) -> String {
    var xml = JUnitXML()
    for (id, set) in try sets() {
      for (number, point) in set.points.enumerated() {
        let cases = try read { database in
          try Row.fetchAll(
            database,
            sql: """
              SELECT seed, verdict, fingerprint, sentence, wall_ns FROM runs
              WHERE set_id = ? AND point = ? ORDER BY seed
              """,
            arguments: [id, number]
          ).map { row in
            let word: String = row[1]
            guard let verdict = SeedVerdict(rawValue: word) else {
              throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "'\(word)' is no verdict")
            }
            let seed: Int64 = row[0]
            return JUnitXML.Case(
              seed: seed, verdict: verdict, fingerprint: row[2] ?? "", sentence: row[3] ?? "",
              replay: "\(point.command) --seed \(seed)", wallNS: row[4])
          }
        }
        if !cases.isEmpty { xml.suite(scenario: set.scenario, settings: point.settings, cases: cases) }
      }
    }
    return xml.text
  }
}

/// The table of a summary as CSV: a line for each statistic of each measure at each point, in the measure's unit, and
/// one for the share of failing seeds.
package enum SummaryCSV {
  package static func file(_ summary: SweepSummary) -> [UInt8] {
    var bytes = ResultSet.line([
      "scenario", "settings", "measure", "statistic", "unit", "runs", "figure", "value", "low95", "high95",
    ])
    for point in summary.points where point.runs > 0 {
      let key = [point.scenario, point.settings]
      bytes += line(key + ["failing", "value", "1", "\(point.runs)", "share"], point.failing)
      for expectation in point.expectations {
        let judged = expectation.held + expectation.violated
        bytes += line(key + [expectation.name, "violated", "1", "\(judged)", "share"], expectation.violatedShare)
      }
      for figure in point.figures {
        let start = key + [figure.measure, figure.statistic, figure.unit, "\(figure.runs)"]
        let estimates = [
          ("mean", figure.mean), ("p50", figure.p50), ("p90", figure.p90), ("p95", figure.p95), ("p99", figure.p99),
          ("max", Estimate(value: figure.max, low: nil, high: nil)),
        ]
        for (name, estimate) in estimates { bytes += line(start + [name], estimate) }
      }
    }
    return bytes
  }

  private static func line(_ start: [String], _ estimate: Estimate) -> [UInt8] {
    ResultSet.line(
      start + [
        "\(estimate.value)", estimate.low.map { "\($0)" } ?? "", estimate.high.map { "\($0)" } ?? "",
      ])
  }
}

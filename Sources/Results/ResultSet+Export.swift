import Foundation
import GRDB
import Reports

/// Tables as text, for other people's tools: `runs.csv`, a line for each seed, `faults.csv`, `effects.csv`,
/// `expectations.csv`, `marks.csv`, and `costs.csv` with what depends on the machine. All but the last are the same to
/// the byte for the same seeds, wherever and in however many parts they ran.
extension ResultSet {
  package static let exported = [
    "runs.csv", "faults.csv", "effects.csv", "expectations.csv", "marks.csv", "costs.csv",
  ]

  /// - Parameter take: a file's name and its next lines.
  package func export(_ take: (String, [UInt8]) throws(ResultError) -> Void) throws(ResultError) {
    let sets = try sets()
    let columns = try measureColumns()
    try take("runs.csv", Self.line(Self.keys + Self.facts + columns.flatMap(\.titles)))
    for (name, titles, _) in Self.lists { try take(name, Self.line(Self.keys + titles)) }
    try take("costs.csv", Self.line(Self.keys + ["cpu_ns", "wall_ns"]))
    for (id, set) in sets {
      for number in set.points.indices {
        let key = [set.scenario, set.points[number].settings]
        try exportRuns(id, number, key, columns, take)
        for (name, _, sql) in Self.lists { try exportRows(name, sql, id, number, key, take) }
        try exportRows("costs.csv", Self.costs, id, number, key, take)
      }
    }
  }

  private static let keys = ["scenario", "settings", "seed"]
  private static let facts = ["verdict", "digest", "events", "virtual_ns", "fingerprint", "sentence"]
  private static let costs = "SELECT seed, cpu_ns, wall_ns FROM runs WHERE set_id = ? AND point = ? ORDER BY seed"

  private static let lists: [(file: String, titles: [String], sql: String)] = [
    (
      "faults.csv", ["place", "name", "timed", "occurrences", "bit"],
      """
      SELECT seed, place, name, timed, occurrences, bit FROM runs JOIN faults ON run = id
      WHERE set_id = ? AND point = ? ORDER BY seed, place
      """
    ),
    (
      "effects.csv", ["place", "effect", "count"],
      """
      SELECT seed, place, effect, count FROM runs JOIN effects ON run = id
      WHERE set_id = ? AND point = ? ORDER BY seed, place, effect
      """
    ),
    (
      "expectations.csv", ["place", "name", "verdict", "detail"],
      """
      SELECT seed, place, name, e.verdict, detail FROM runs JOIN expectations AS e ON run = id
      WHERE set_id = ? AND point = ? ORDER BY seed, place
      """
    ),
    (
      "marks.csv", ["name", "count"],
      """
      SELECT seed, name, count FROM runs JOIN marks ON run = id WHERE set_id = ? AND point = ? ORDER BY seed, name
      """
    ),
  ]

  // MARK: Runs

  private struct Columns {
    let name: String
    let unit: String

    /// The unit is a part of each name, so that a column has one type and one meaning.
    var titles: [String] {
      let suffix = unit == "ns" ? "_ns" : unit == "%" ? "_percent" : ""
      return ["\(name)_count"] + ResultSet.statistics.map { "\(name)_\($0)\(suffix)" }
    }
  }

  private func measureColumns() throws(ResultError) -> [Columns] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT name, max(unit) FROM measures GROUP BY name ORDER BY name").map {
        Columns(name: $0[0], unit: $0[1])
      }
    }
  }

  private func exportRuns(
    _ set: Int64, _ point: Int, _ key: [String], _ columns: [Columns],
    _ take: (String, [UInt8]) throws(ResultError) -> Void
  ) throws(ResultError) {
    var lines: [UInt8] = []
    let places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($0.element.name, $0.offset) })
    try read { database in
      let measures = try database.cachedStatement(
        sql: "SELECT name, count, mean, p50, p90, p95, p99, max FROM measures WHERE run = ? ORDER BY name")
      let runs = try Row.fetchCursor(
        database,
        sql: """
          SELECT seed, verdict, digest, events, virtual_ns, fingerprint, sentence, id
          FROM runs WHERE set_id = ? AND point = ? ORDER BY seed
          """,
        arguments: [set, point])
      while let run = try runs.next() {
        var fields = key
        for column in 0..<7 {
          let value: DatabaseValue = run[column]
          fields.append(Self.text(value))
        }
        var figures = [[String]](
          repeating: [String](repeating: "", count: Self.statistics.count + 1), count: columns.count)
        let rows = try Row.fetchCursor(measures, arguments: [run[7] as Int64])
        while let row = try rows.next() {
          guard let place = places[row[0] as String] else { continue }
          figures[place][0] = "\(row[1] as Int64)"
          let unit = columns[place].unit
          for index in Self.statistics.indices {
            // The mean of counts, which comes first, need not be one.
            let isWhole = unit == "ns" || unit == "1" && index > 0
            figures[place][index + 1] = Self.number(row[2 + index], isWhole: isWhole)
          }
        }
        fields += figures.flatMap { $0 }
        lines += Self.line(fields)
      }
    }
    try take("runs.csv", lines)
  }

  private func exportRows(
    _ name: String, _ sql: String, _ set: Int64, _ point: Int, _ key: [String],
    _ take: (String, [UInt8]) throws(ResultError) -> Void
  ) throws(ResultError) {
    var lines: [UInt8] = []
    try read { database in
      let rows = try Row.fetchCursor(database, sql: sql, arguments: [set, point])
      while let row = try rows.next() {
        var fields = key
        for column in 0..<row.count {
          let value: DatabaseValue = row[column]
          fields.append(Self.text(value))
        }
        lines += Self.line(fields)
      }
    }
    try take(name, lines)
  }

  // MARK: Fields

  private static func text(_ value: DatabaseValue) -> String {
    switch value.storage {
    case .null, .blob: ""
    case .int64(let number): "\(number)"
    case .double(let number): "\(number)"
    case .string(let text): text
    }
  }

  /// Lengths of time and counts are whole numbers, so that every reader infers the same type for a column.
  private static func number(_ value: Double, isWhole: Bool) -> String {
    isWhole ? "\(Int64(value.rounded()))" : "\(value)"
  }

  private static func quoted(_ field: String) -> String {
    let special: [UInt8] = [UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
    guard field.utf8.contains(where: special.contains) else { return field }
    let parts = field.split(separator: "\"", omittingEmptySubsequences: false)
    return "\"" + parts.joined(separator: "\"\"") + "\""
  }

  /// RFC 4180, but with a newline alone at the end.
  package static func line(_ fields: [String]) -> [UInt8] {
    var line: [UInt8] = []
    for (number, field) in fields.enumerated() {
      if number > 0 { line.append(UInt8(ascii: ",")) }
      line.append(contentsOf: quoted(field).utf8)
    }
    line.append(UInt8(ascii: "\n"))
    return line
  }
}

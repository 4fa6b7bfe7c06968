import GRDB
import Reports

extension ResultSet {
  /// Everything that the set says, with intervals. The same rows give the same summary, in whatever order they came.
  package func summary() throws(ResultError) -> SweepSummary {
    let sets = try sets()
    var points: [SweepSummary.Point] = []
    var groups: [SweepSummary.Group] = []
    for (id, set) in sets {
      for number in set.points.indices { points.append(try point(number, id, set)) }
      groups += try self.groups(id, set)
    }
    var versions: [String] = []
    for (_, set) in sets where !versions.contains(set.version) { versions.append(set.version) }
    return SweepSummary(version: versions.joined(separator: ", "), points: points, groups: groups)
  }

  private func point(_ number: Int, _ id: Int64, _ set: PlannedSet) throws(ResultError) -> SweepSummary.Point {
    try read { database in
      var verdicts: [SeedVerdict: Int] = [:]
      var (runs, events, virtual): (Int, Int64, Int64) = (0, 0, 0)
      for row in try Row.fetchAll(
        database,
        sql: """
          SELECT verdict, count(*), sum(events), sum(virtual_ns) FROM runs
          WHERE set_id = ? AND point = ? GROUP BY verdict
          """,
        arguments: [id, number])
      {
        let word: String = row[0]
        guard let verdict = SeedVerdict(rawValue: word) else {
          throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "'\(word)' is no verdict")
        }
        verdicts[verdict] = row[1]
        runs += row[1] as Int
        events += row[2] as Int64
        virtual += row[3] as Int64
      }
      let failing = SeedVerdict.allCases.filter(\.isFailure).reduce(0) { $0 + (verdicts[$1] ?? 0) }
      var point = SweepSummary.Point(
        scenario: set.scenario, settings: set.points[number].settings, runs: runs,
        asked: Int(clamping: set.seeds.upperBound - set.seeds.lowerBound) + 1, verdicts: verdicts,
        failing: Intervals.share(failing, of: runs), virtualNS: virtual, events: events)
      point.figures = try Self.figures(database, id, number)
      point.expectations = try Self.expectations(database, id, number)
      point.faults = try Self.faults(database, id, number)
      point.marks = try Self.marks(database, id, number, runs: runs)
      return point
    }
  }

  // MARK: Measures

  static let statistics = ["mean", "p50", "p90", "p95", "p99", "max"]

  /// Of one measure at one point: a value for each seed and statistic, in the order of the seeds.
  struct Observed {
    var unit = ""
    /// Whether a seed had several observations.
    var isDistribution = false
    var seeds: [Int64] = []
    var values: [[Double]] = Array(repeating: [], count: statistics.count)
  }

  /// By name.
  static func observations(
    _ database: Database, _ set: Int64, _ point: Int
  ) throws -> [(name: String, observed: Observed)] {
    var observed: [String: Observed] = [:]
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT seed, name, unit, count, mean, p50, p90, p95, p99, max
        FROM runs JOIN measures ON run = id WHERE set_id = ? AND point = ? ORDER BY seed
        """,
      arguments: [set, point])
    while let row = try rows.next() {
      let name: String = row[1]
      let count: Int64 = row[3]
      guard count > 0 else { continue }
      observed[name, default: Observed()].seeds.append(row[0])
      observed[name]!.unit = row[2]
      if count > 1 { observed[name]!.isDistribution = true }
      for index in statistics.indices { observed[name]!.values[index].append(row[4 + index]) }
    }
    return observed.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func figures(_ database: Database, _ set: Int64, _ point: Int) throws -> [SweepSummary.Figure] {
    try observations(database, set, point).flatMap { name, observed in
      let wanted = observed.isDistribution ? Array(statistics.indices) : [0]
      return wanted.map { index in
        let values = observed.values[index]
        let sorted = values.sorted()
        func percentile(_ percent: Int) -> Estimate { Intervals.percentile(percent, sorted: sorted) }
        return SweepSummary.Figure(
          measure: name, statistic: observed.isDistribution ? statistics[index] : "value", unit: observed.unit,
          runs: values.count, mean: Intervals.mean(values), p50: percentile(50), p90: percentile(90),
          p95: percentile(95), p99: percentile(99), max: sorted[sorted.count - 1])
      }
    }
  }

  // MARK: Expectations, faults, marks

  private static func expectations(
    _ database: Database, _ set: Int64, _ point: Int
  ) throws -> [SweepSummary.Expectation] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT name, sum(e.verdict = 'held'), sum(e.verdict = 'violated'), sum(e.verdict = 'inconclusive')
        FROM runs JOIN expectations AS e ON run = id WHERE set_id = ? AND point = ? GROUP BY place, name
        ORDER BY place, name
        """,
      arguments: [set, point])
    return rows.map { row in
      let (held, violated, inconclusive): (Int, Int, Int) = (row[1], row[2], row[3])
      return SweepSummary.Expectation(
        name: row[0], held: held, violated: violated, inconclusive: inconclusive,
        violatedShare: Intervals.share(violated, of: held + violated))
    }
  }

  private static func faults(_ database: Database, _ set: Int64, _ point: Int) throws -> [SweepSummary.Fault] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT name, sum(bit), count(*), max(timed) FROM runs JOIN faults ON run = id WHERE set_id = ? AND point = ?
        GROUP BY place, name ORDER BY place, name
        """,
      arguments: [set, point])
    return rows.map { SweepSummary.Fault(name: $0[0], bit: $0[1], runs: $0[2], timed: $0[3]) }
  }

  private static func marks(
    _ database: Database, _ set: Int64, _ point: Int, runs: Int
  ) throws -> [SweepSummary.Mark] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT name, sum(count > 0), sum(count) FROM runs JOIN marks ON run = id WHERE set_id = ? AND point = ?
        GROUP BY name ORDER BY name
        """,
      arguments: [set, point])
    return rows.map { SweepSummary.Mark(name: $0[0], seen: $0[1], runs: runs, times: $0[2]) }
  }

  // MARK: Failures

  /// The worst first, then the most frequent.
  private func groups(_ id: Int64, _ set: PlannedSet) throws(ResultError) -> [SweepSummary.Group] {
    let groups = try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT verdict, fingerprint, seeds, point, seed, sentence FROM (
            SELECT verdict, fingerprint, point, seed, sentence,
              count(*) OVER (PARTITION BY verdict, fingerprint) AS seeds,
              row_number() OVER (PARTITION BY verdict, fingerprint ORDER BY point, seed) AS place
            FROM runs WHERE set_id = ? AND verdict <> 'pass')
          WHERE place = 1
          """,
        arguments: [id]
      ).compactMap { row -> SweepSummary.Group? in
        let point: Int = row["point"]
        guard let verdict = SeedVerdict(rawValue: row[0]), set.points.indices.contains(point) else { return nil }
        let seed: Int64 = row["seed"]
        return SweepSummary.Group(
          scenario: set.scenario, verdict: verdict, fingerprint: row[1] ?? "", seeds: row[2],
          settings: set.points[point].settings, seed: seed, sentence: row["sentence"] ?? "",
          replay: "\(set.points[point].command) --seed \(seed)")
      }
    }
    return groups.sorted {
      if $0.verdict != $1.verdict { return $0.verdict < $1.verdict }
      return $0.seeds != $1.seeds ? $0.seeds > $1.seeds : $0.fingerprint < $1.fingerprint
    }
  }
}

import GRDB
import Reports

extension ResultSet {
  /// A seed that has its result, and where it belongs.
  package struct Finished: Sendable {
    package let set: Int64
    package let point: Int
    package let run: RunRow

    package init(set: Int64, point: Int, run: RunRow) {
      self.set = set
      self.point = point
      self.run = run
    }
  }

  /// Keeps runs, all of them or none.
  package func keep(_ finished: [Finished]) throws(ResultError) {
    guard !finished.isEmpty else { return }
    try write { database in
      for one in finished { try Self.insert(one, database) }
    }
  }

  private static func insert(_ finished: Finished, _ database: Database) throws {
    func statement(_ sql: String) throws -> Statement { try database.cachedStatement(sql: sql) }
    let run = finished.run
    try statement(
      """
      INSERT INTO runs
        (set_id, point, seed, verdict, digest, events, virtual_ns, cpu_ns, wall_ns, fingerprint, sentence)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    ).execute(arguments: [
      finished.set, finished.point, run.seed, run.verdict.rawValue, run.digest, run.events, run.virtualNS,
      run.cpuNS,
      run.wallNS, run.fingerprint, run.sentence,
    ])
    let id = database.lastInsertedRowID
    let measures = try statement("INSERT INTO measures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for measure in run.measures {
      try measures.execute(arguments: [
        id, measure.name, measure.unit, measure.count, measure.mean, measure.p50, measure.p90, measure.p95,
        measure.p99, measure.max,
      ])
    }
    let faults = try statement("INSERT INTO faults VALUES (?, ?, ?, ?, ?, ?)")
    let effects = try statement("INSERT INTO effects VALUES (?, ?, ?, ?)")
    for (place, fault) in run.faults.enumerated() {
      try faults.execute(arguments: [id, place, fault.name, fault.timed, fault.occurrences, fault.bit])
      for effect in fault.effects { try effects.execute(arguments: [id, place, effect.name, effect.count]) }
    }
    let expectations = try statement("INSERT INTO expectations VALUES (?, ?, ?, ?, ?)")
    for (place, expectation) in run.expectations.enumerated() {
      try expectations.execute(arguments: [id, place, expectation.name, expectation.verdict, expectation.detail])
    }
    let marks = try statement("INSERT INTO marks VALUES (?, ?, ?)")
    for mark in run.marks { try marks.execute(arguments: [id, mark.name, mark.count]) }
  }
}

import GRDB
import Reports

/// What a sweep is to run of a scenario; results belong to exactly this.
package struct PlannedSet: Hashable, Sendable {
  package struct Point: Hashable, Sendable {
    package var settings: String
    /// What runs it again, the seed apart.
    package var command: String

    package init(settings: String, command: String) {
      self.settings = settings
      self.command = command
    }
  }

  package var scenario: String
  package var path: String
  /// Canonical, without the seeds.
  package var text: String
  package var version: String
  /// Of the program's own file: two builds of one version may differ.
  package var build: String
  package var seeds: ClosedRange<Int64>
  package var points: [Point]

  package init(
    scenario: String, path: String, text: String, version: String, build: String, seeds: ClosedRange<Int64>,
    points: [Point]
  ) {
    self.scenario = scenario
    self.path = path
    self.text = text
    self.version = version
    self.build = build
    self.seeds = seeds
    self.points = points
  }
}

extension ResultSet {
  /// Makes room for what is planned, or finds that it is there.
  ///
  /// - Returns: the set's number.
  /// - Throws: where the folder holds a scenario of this name with another content, version or build.
  package func enter(_ plan: PlannedSet) throws(ResultError) -> Int64 {
    if let (id, found) = try sets().first(where: { $0.set.scenario == plan.scenario }) {
      if let reason = found.difference(from: plan) {
        throw .bad(path: folder, "\(reason); give the sweep another folder with --out")
      }
      let (low, high) =
        (min(found.seeds.lowerBound, plan.seeds.lowerBound), max(found.seeds.upperBound, plan.seeds.upperBound))
      try write { database in
        try database.execute(
          sql: "UPDATE sets SET first_seed = ?, last_seed = ? WHERE id = ?", arguments: [low, high, id])
      }
      return id
    }
    return try write { try Self.insert(plan, $0) }
  }

  static func insert(_ plan: PlannedSet, _ database: Database) throws -> Int64 {
    try database.execute(
      sql: """
        INSERT INTO sets (scenario, path, text, version, build, first_seed, last_seed) VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        plan.scenario, plan.path, plan.text, plan.version, plan.build, plan.seeds.lowerBound, plan.seeds.upperBound,
      ])
    let id = database.lastInsertedRowID
    for (number, point) in plan.points.enumerated() {
      try database.execute(
        sql: "INSERT INTO points (set_id, point, settings, command) VALUES (?, ?, ?, ?)",
        arguments: [id, number, point.settings, point.command])
    }
    return id
  }

  /// By scenario.
  package func sets() throws(ResultError) -> [(id: Int64, set: PlannedSet)] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM sets ORDER BY scenario").map { row in
        let id: Int64 = row["id"]
        let points = try Row.fetchAll(
          database, sql: "SELECT settings, command FROM points WHERE set_id = ? ORDER BY point", arguments: [id])
        let (low, high): (Int64, Int64) = (row["first_seed"], row["last_seed"])
        guard low <= high else {
          throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "seeds \(low)..\(high)")
        }
        return (
          id,
          PlannedSet(
            scenario: row["scenario"], path: row["path"], text: row["text"], version: row["version"],
            build: row["build"], seeds: low...high,
            points: points.map { PlannedSet.Point(settings: $0["settings"], command: $0["command"]) })
        )
      }
    }
  }

  /// Seeds that need not run again, by point.
  package func finished(_ set: Int64, points: Int) throws(ResultError) -> [Set<Int64>] {
    try read { database in
      var finished = [Set<Int64>](repeating: [], count: points)
      let rows = try Row.fetchCursor(
        database, sql: "SELECT point, seed FROM runs WHERE set_id = ?", arguments: [set])
      while let row = try rows.next() {
        let point: Int = row[0]
        if finished.indices.contains(point) { finished[point].insert(row[1]) }
      }
      return finished
    }
  }

  /// Forgets the seeds whose process ended before the run, so that they run again.
  ///
  /// - Returns: how many.
  package func forgetUnfinished(_ set: Int64) throws(ResultError) -> Int {
    try write { database in
      try database.execute(
        sql: "DELETE FROM runs WHERE set_id = ? AND verdict IN ('crashed', 'hung', 'out_of_memory')",
        arguments: [set])
      return database.changesCount
    }
  }
}

extension PlannedSet {
  /// Why results of the one are no results of the other; nil where they are.
  package func difference(from other: PlannedSet) -> String? {
    if text != other.text {
      return "holds another '\(scenario)': \(Self.firstDifference(text, other.text))"
    }
    if version != other.version {
      return "holds '\(scenario)' as version \(version) ran it, and this is version \(other.version)"
    }
    if build != other.build {
      return "holds '\(scenario)' as build \(build) of version \(version) ran it, and this is build \(other.build)"
    }
    return nil
  }

  /// The first line that is not the same.
  private static func firstDifference(_ one: String, _ other: String) -> String {
    let lines = one.split(separator: "\n", omittingEmptySubsequences: false)
    let others = other.split(separator: "\n", omittingEmptySubsequences: false)
    for index in 0..<max(lines.count, others.count) {
      let found = index < lines.count ? lines[index].trimmingPrefix { $0 == " " } : "nothing"
      let given = index < others.count ? others[index].trimmingPrefix { $0 == " " } : "nothing"
      if found != given { return "there it says \(found), here \(given)" }
    }
    return "the texts differ"
  }
}

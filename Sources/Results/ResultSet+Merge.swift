import Foundation
import GRDB
import Reports

extension ResultSet {
  /// Puts the runs of several sets into a new one, which is there whole or not at all.
  ///
  /// - Parameter note: told what is worth knowing and stops nothing.
  /// - Throws: where one is no result set, where two ran different things, and where two hold the same seed.
  package static func merge(
    _ folders: [String], into folder: String, note: (String) -> Void = { _ in }
  ) throws(ResultError) -> ResultSet {
    guard !exists(in: folder) else {
      throw .bad(path: folder, "holds results already; expected a folder without any for what is merged")
    }
    var parts: [ResultSet] = []
    for folder in folders { parts.append(try open(folder)) }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .inputOutput(path: folder, "cannot make the folder")
    }
    let partial = "\(folder)/.\(fileName).\(getpid()).partial"
    try? FileManager.default.removeItem(atPath: partial)
    do throws(ResultError) {
      let whole = ResultSet(folder: folder, queue: try connect(partial, readOnly: false))
      try whole.write { try ResultSchema.create($0) }
      for part in parts { try whole.take(part, note: note) }
      do { try whole.queue.close() } catch { throw failure(partial, error) }
    } catch {
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
    guard rename(partial, path(in: folder)) == 0 else {
      throw .inputOutput(path: folder, "cannot put the results in their place: \(String(cString: strerror(errno)))")
    }
    return try open(folder)
  }

  private func take(_ part: ResultSet, note: (String) -> Void) throws(ResultError) {
    for (theirs, set) in try part.sets() {
      let mine: Int64
      if let (id, found) = try sets().first(where: { $0.set.scenario == set.scenario }) {
        var sameBuild = set
        sameBuild.build = found.build
        if let reason = sameBuild.difference(from: found) {
          throw .bad(path: part.folder, "\(reason); expected parts of one sweep")
        }
        if set.build != found.build {
          note("\(part.folder): '\(set.scenario)' is of build \(set.build), others of build \(found.build)")
        }
        mine = id
        try widen(id, set.seeds)
      } else {
        mine = try write { try Self.insert(set, $0) }
      }
      try copy(part, theirs, to: mine, set)
    }
  }

  private func widen(_ id: Int64, _ seeds: ClosedRange<Int64>) throws(ResultError) {
    try write { database in
      try database.execute(
        sql: "UPDATE sets SET first_seed = min(first_seed, ?), last_seed = max(last_seed, ?) WHERE id = ?",
        arguments: [seeds.lowerBound, seeds.upperBound, id])
    }
  }

  private func copy(_ part: ResultSet, _ theirs: Int64, to mine: Int64, _ set: PlannedSet) throws(ResultError) {
    do {
      try queue.inDatabase { database in
        try database.execute(sql: "ATTACH DATABASE ? AS part", arguments: [part.path])
      }
      defer { try? queue.inDatabase { try $0.execute(sql: "DETACH DATABASE part") } }
      try queue.write { database in
        try refuseOverlap(database, part, theirs, mine, set)
        let offset = try Int64.fetchOne(database, sql: "SELECT coalesce(max(id), 0) FROM main.runs") ?? 0
        try database.execute(
          sql: """
            INSERT INTO main.runs
            SELECT id + ?, ?, point, seed, verdict, digest, events, virtual_ns, cpu_ns, wall_ns, fingerprint, sentence
            FROM part.runs WHERE set_id = ? ORDER BY point, seed
            """,
          arguments: [offset, mine, theirs])
        for (table, columns) in Self.attached {
          try database.execute(
            sql: """
              INSERT INTO main.\(table) SELECT run + ?, \(columns) FROM part.\(table)
              WHERE run IN (SELECT id FROM part.runs WHERE set_id = ?)
              """,
            arguments: [offset, theirs])
        }
      }
    } catch {
      throw Self.failure(part.path, error)
    }
  }

  /// Tables that hang on a run, and their columns beside it.
  private static let attached = [
    ("measures", "name, unit, count, mean, p50, p90, p95, p99, max"),
    ("faults", "place, name, timed, occurrences, bit"),
    ("effects", "place, effect, count"),
    ("expectations", "place, name, verdict, detail"),
    ("marks", "name, count"),
  ]

  private func refuseOverlap(
    _ database: Database, _ part: ResultSet, _ theirs: Int64, _ mine: Int64, _ set: PlannedSet
  ) throws {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT point, seed, count(*) OVER () AS many, min(a.digest = b.digest) OVER () AS same
        FROM main.runs AS a JOIN part.runs AS b USING (point, seed)
        WHERE a.set_id = ? AND b.set_id = ? ORDER BY point, seed LIMIT 1
        """,
      arguments: [mine, theirs])
    guard let row else { return }
    let (point, seed, many, same): (Int, Int64, Int, Bool) = (row[0], row[1], row[2], row[3])
    let settings = set.points.indices.contains(point) ? set.points[point].settings : ""
    let place = "'\(set.scenario)', seed \(seed)" + (settings.isEmpty ? "" : " at \(settings)")
    let others =
      many > 1 ? " and \(many - 1) more that are in an earlier part too" : ", which is in an earlier part too"
    let differing = same ? "" : ", and not all with the same digest"
    throw ResultError.bad(
      path: part.folder, "holds \(place)\(others)\(differing); expected parts that share no seed")
  }
}

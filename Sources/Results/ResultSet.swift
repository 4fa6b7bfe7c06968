import Foundation
import GRDB
import Reports

/// The results of a sweep: `DIR/results.sqlite`.
package struct ResultSet: Sendable {
  package let folder: String
  let queue: DatabaseQueue

  static let fileName = "results.sqlite"

  package var path: String { Self.path(in: folder) }

  static func path(in folder: String) -> String {
    (folder.hasSuffix("/") ? folder : folder + "/") + fileName
  }

  // MARK: Opening

  /// An existing result set, checked from end to end.
  ///
  /// - Throws: where there is none, or another file, or a damaged one.
  package static func open(_ folder: String, readOnly: Bool = true) throws(ResultError) -> ResultSet {
    let path = path(in: folder)
    guard FileManager.default.fileExists(atPath: folder) else {
      throw .bad(path: folder, "there is no such folder; expected one that a sweep has written")
    }
    guard FileManager.default.fileExists(atPath: path) else {
      throw .bad(path: folder, "holds no \(fileName); expected a folder that a sweep has written")
    }
    let set = ResultSet(folder: folder, queue: try connect(path, readOnly: readOnly))
    try set.check()
    return set
  }

  /// The set in a folder, made where there is none yet.
  package static func openOrCreate(_ folder: String) throws(ResultError) -> ResultSet {
    guard !FileManager.default.fileExists(atPath: path(in: folder)) else {
      return try open(folder, readOnly: false)
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .inputOutput(path: folder, "cannot make the folder: \(String(cString: strerror(errno)))")
    }
    let set = ResultSet(folder: folder, queue: try connect(path(in: folder), readOnly: false))
    try set.write { try ResultSchema.create($0) }
    return set
  }

  /// Whether a folder has results at all.
  package static func exists(in folder: String) -> Bool { FileManager.default.fileExists(atPath: path(in: folder)) }

  /// How many runs a folder holds, without a look at whether they are whole; nil where it has none.
  package static func count(in folder: String) -> Int? {
    guard exists(in: folder), let queue = try? connect(path(in: folder), readOnly: true) else { return nil }
    return try? queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM runs") }
  }

  static func connect(_ path: String, readOnly: Bool) throws(ResultError) -> DatabaseQueue {
    // A journal that a sweep has left which was killed has to be undone, and that is writing.
    let readOnly = readOnly && !FileManager.default.fileExists(atPath: path + "-journal")
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      // A journal beside the file for as long as a transaction lasts, and one file at all other times.
      if !readOnly { try database.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL") }
    }
    do {
      return try DatabaseQueue(path: path, configuration: configuration)
    } catch {
      throw failure(path, error)
    }
  }

  private func check() throws(ResultError) {
    let found = try read { database in
      (
        id: try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0,
        format: try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
      )
    }
    guard found.id == ResultSchema.applicationID else {
      throw .bad(path: path, "is a database of something else; expected the results of a sweep")
    }
    guard found.format == ResultSchema.format else {
      throw .bad(
        path: path, "has format \(found.format); expected \(ResultSchema.format), which this version reads")
    }
    let problem = try read { database -> String? in
      let answer = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "ok"
      guard answer == "ok" else { return answer }
      for table in ResultSchema.names where try !database.tableExists(table) { return "there is no table \(table)" }
      return nil
    }
    if let problem { throw .bad(path: path, "is damaged: \(problem); expected the results of a sweep, whole") }
  }

  // MARK: Access

  func read<Value>(_ body: (Database) throws -> Value) throws(ResultError) -> Value {
    do {
      return try queue.read(body)
    } catch {
      throw Self.failure(path, error)
    }
  }

  @discardableResult
  func write<Value>(_ body: (Database) throws -> Value) throws(ResultError) -> Value {
    do {
      return try queue.write(body)
    } catch {
      throw Self.failure(path, error)
    }
  }

  /// Damage is bad input; a full disk is not.
  static func failure(_ path: String, _ error: any Error) -> ResultError {
    if let error = error as? ResultError { return error }
    guard let error = error as? DatabaseError else { return .bad(path: path, "is damaged: \(error)") }
    let reason = error.message ?? "\(error.resultCode)"
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_SCHEMA, .SQLITE_MISMATCH:
      return .bad(path: path, "is damaged: \(reason); expected the results of a sweep, whole")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return .inputOutput(path: path, "is in use by another process")
    default:
      return .inputOutput(path: path, "cannot be read or written: \(reason)")
    }
  }
}

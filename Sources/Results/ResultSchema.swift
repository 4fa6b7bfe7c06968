import GRDB

/// The tables of a result set; `docs/sweeps.md` tells what they mean.
enum ResultSchema {
  /// `FLTR`, in the file's header: what tells a result set from other people's databases.
  static let applicationID = 0x464C_5452
  static let format = 1

  static let tables = """
    CREATE TABLE info (
      name TEXT PRIMARY KEY NOT NULL,
      value TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE sets (
      id INTEGER PRIMARY KEY,
      scenario TEXT NOT NULL UNIQUE,
      path TEXT NOT NULL,
      text TEXT NOT NULL,
      version TEXT NOT NULL,
      build TEXT NOT NULL,
      first_seed INTEGER NOT NULL,
      last_seed INTEGER NOT NULL
    );
    CREATE TABLE points (
      set_id INTEGER NOT NULL REFERENCES sets,
      point INTEGER NOT NULL,
      settings TEXT NOT NULL,
      command TEXT NOT NULL,
      PRIMARY KEY (set_id, point)
    ) WITHOUT ROWID;
    CREATE TABLE runs (
      id INTEGER PRIMARY KEY,
      set_id INTEGER NOT NULL,
      point INTEGER NOT NULL,
      seed INTEGER NOT NULL,
      verdict TEXT NOT NULL,
      digest TEXT NOT NULL,
      events INTEGER NOT NULL,
      virtual_ns INTEGER NOT NULL,
      cpu_ns INTEGER NOT NULL,
      wall_ns INTEGER NOT NULL,
      fingerprint TEXT,
      sentence TEXT,
      UNIQUE (set_id, point, seed),
      FOREIGN KEY (set_id, point) REFERENCES points
    );
    CREATE TABLE measures (
      run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      name TEXT NOT NULL,
      unit TEXT NOT NULL,
      count INTEGER NOT NULL,
      mean REAL NOT NULL,
      p50 REAL NOT NULL,
      p90 REAL NOT NULL,
      p95 REAL NOT NULL,
      p99 REAL NOT NULL,
      max REAL NOT NULL,
      PRIMARY KEY (run, name)
    ) WITHOUT ROWID;
    CREATE TABLE faults (
      run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      place INTEGER NOT NULL,
      name TEXT NOT NULL,
      timed INTEGER NOT NULL,
      occurrences INTEGER NOT NULL,
      bit INTEGER NOT NULL,
      PRIMARY KEY (run, place)
    ) WITHOUT ROWID;
    CREATE TABLE effects (
      run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      place INTEGER NOT NULL,
      effect TEXT NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (run, place, effect)
    ) WITHOUT ROWID;
    CREATE TABLE expectations (
      run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      place INTEGER NOT NULL,
      name TEXT NOT NULL,
      verdict TEXT NOT NULL,
      detail TEXT NOT NULL,
      PRIMARY KEY (run, place)
    ) WITHOUT ROWID;
    CREATE TABLE marks (
      run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      name TEXT NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (run, name)
    ) WITHOUT ROWID;
    CREATE VIEW failures AS
      SELECT scenario, settings, seed, verdict, fingerprint, sentence, command || ' --seed ' || seed AS replay
      FROM runs JOIN points USING (set_id, point) JOIN sets ON sets.id = set_id
      WHERE verdict <> 'pass'
      ORDER BY scenario, point, seed;
    """

  static let names = ["info", "sets", "points", "runs", "measures", "faults", "effects", "expectations", "marks"]

  static func create(_ database: Database) throws {
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    try database.execute(sql: "PRAGMA user_version = \(format)")
    try database.execute(sql: tables)
  }
}

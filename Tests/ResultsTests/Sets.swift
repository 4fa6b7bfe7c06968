import Foundation
import Reports
import Results

/// Result sets as a sweep of a scenario would leave them, without the sweep.
enum Sets {
  static func within<Value>(_ body: (String) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try body(folder)
  }

  static func plan(_ scenario: String = "storm", points: [String] = ["cluster.nodes=3", "cluster.nodes=5"])
    -> PlannedSet
  {
    PlannedSet(
      scenario: scenario, path: "\(scenario).yaml", text: "name: \(scenario)\nduration: 5s\n", version: "1",
      build: "b",
      seeds: 1...40,
      points: points.map { .init(settings: $0, command: "./faultline run \(scenario).yaml --set '\($0)'") })
  }

  /// The same for the same seed and point; every seventh seed fails.
  static func row(_ seed: Int64, point: Int = 0, slower: Double = 0) -> RunRow {
    let latency = Double(1_000_000 + seed * 7_919 % 1_000 * 100 + Int64(point) * 50_000) * (1 + slower)
    var summary = RunSummary(
      scenario: "storm", seed: UInt64(seed), version: "1", verdict: seed % 7 == 0 ? .violation : .pass,
      digest: String(repeating: "0", count: 31) + "\(seed % 10)", virtualNS: 5_000_000_000, wallNS: seed * 1_000,
      events: UInt64(1_000 + seed), replay: "")
    summary.measures = [
      .init(
        name: "client_latency", count: 50, mean: latency, p50: latency * 0.9, p90: latency * 2, p95: latency * 3,
        p99: latency * 4, max: latency * 5, unit: "ns"),
      .init(name: "leader_changes", value: Double(1 + seed % 3), unit: "1"),
      .init(name: "availability", value: 100 - Double(seed % 5) / 10, unit: "%"),
    ]
    summary.expectations = [
      .init(name: "safety", verdict: seed % 7 == 0 ? .violated : .held, detail: "a \"detail\", with a comma")
    ]
    return RunRow(
      summary, fingerprint: seed % 7 == 0 ? "log-matching · follower" : nil,
      marks: [.init(name: "split vote", count: seed % 2)],
      cpuNS: seed * 900)
  }

  /// - Parameter keeps: which seeds of 1...40.
  @discardableResult
  static func make(
    _ folder: String, _ plan: PlannedSet = plan(), slower: Double = 0, reversed: Bool = false,
    keeps: (Int64, Int) -> Bool = { _, _ in true }
  ) throws -> ResultSet {
    let results = try ResultSet.openOrCreate(folder)
    let id = try results.enter(plan)
    var rows: [ResultSet.Finished] = []
    for seed in plan.seeds {
      for point in plan.points.indices where keeps(seed, point) {
        rows.append(.init(set: id, point: point, run: row(seed, point: point, slower: slower)))
      }
    }
    try results.keep(reversed ? rows.reversed() : rows)
    return results
  }

  static func export(_ results: ResultSet) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    try results.export { name, bytes throws(ResultError) in files[name, default: []] += bytes }
    return files
  }
}

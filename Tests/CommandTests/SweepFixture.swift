import Foundation
import Testing

/// A sweep that takes a second or two.
enum SweepFixture {
  static let text = """
    faultline: 1
    name: quick
    duration: 3s
    cluster: {nodes: 3}
    workload: {clients: 2, rate: 50/s, mix: {put: 50%, get: 50%}}
    faults: [{at: 1s, for: 500ms, crash: leader}]
    expect: [safety, linearizable]
    sweep: {seeds: 1..20, vary: {network.latency: [1ms, 2ms]}}

    """

  /// A folder with `quick.yaml` in it.
  static func within<Result>(_ body: (String) throws -> Result) throws -> Result {
    try Tool.within { folder in
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/quick.yaml"))
      return try body(folder)
    }
  }

  /// The files of `export` by name, what depends on the machine left out.
  static func export(_ results: String) throws -> [String: Data] {
    try Tool.within { folder in
      let answer = try Tool.run("export", results, "--csv", folder)
      #expect(answer.status == 0, "\(answer.errors)")
      return try Tool.files(in: folder).filter { $0.key != "costs.csv" }
    }
  }

  static func costs(_ results: String) throws -> [String] {
    try Tool.within { folder in
      try Tool.run("export", results, "--csv", folder)
      return String(decoding: FileManager.default.contents(atPath: "\(folder)/costs.csv") ?? Data(), as: UTF8.self)
        .split(separator: "\n").map(String.init)
    }
  }

  static func json(_ results: String) throws -> [String: Any] {
    try Tool.object(try Tool.run("results", results, "--format", "json").output)
  }

  /// A sweep that goes on beside the test.
  static func start(_ arguments: String...) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Tool.path)
    process.arguments = ["sweep"] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Waits until a condition holds, for a minute at most.
  static func wait(until condition: () throws -> Bool) throws {
    for _ in 0..<600 {
      if try condition() { return }
      usleep(100_000)
    }
    Issue.record("it did not happen within a minute")
  }

  /// Processes that a process has started, from Linux's own list.
  static func children(of parent: Int32) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { state(of: $0)?.parent == parent }
  }

  /// nil where there is no such process, or where it has ended and nobody has asked how.
  static func state(of process: Int32) -> (parent: Int32, letter: String)? {
    guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return nil }
    let text = String(decoding: data, as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 1, fields[0] != "Z", let parent = Int32(fields[1]) else { return nil }
    return (parent, String(fields[0]))
  }
}

import Foundation
import Testing

/// The built program, run as a user runs it.
struct Tool {
  struct Answer {
    let status: Int32
    let output: String
    let errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  /// Beside the test's own executable.
  static let path = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("faultline").path

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static let leaderCrash = "\(root)/scenarios/raft/leader-crash.yaml"

  /// - Parameter environment: beside what the test itself has.
  @discardableResult
  static func run(
    _ arguments: String..., in folder: String? = nil, environment: [String: String] = [:]
  ) throws -> Answer {
    try run(arguments, in: folder, environment: environment)
  }

  @discardableResult
  static func run(
    _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:], program: String = path
  ) throws -> Answer {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    // Files and not pipes: nobody has to read both at once.
    let place = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    defer { for end in [".out", ".err"] { try? FileManager.default.removeItem(atPath: place + end) } }
    for (end, assign) in [(".out", { process.standardOutput = $0 }), (".err", { process.standardError = $0 })]
      as [(String, (FileHandle) -> Void)]
    {
      _ = FileManager.default.createFile(atPath: place + end, contents: nil)
      assign(FileHandle(forWritingAtPath: place + end)!)
    }
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    func text(_ end: String) -> String {
      String(decoding: FileManager.default.contents(atPath: place + end) ?? Data(), as: UTF8.self)
    }
    return Answer(
      status: process.terminationReason == .exit ? process.terminationStatus : 1000 + process.terminationStatus,
      output: text(".out"), errors: text(".err"))
  }

  /// A folder of its own for `body`, removed afterwards.
  static func within<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try body(folder)
  }

  static func object(_ line: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  /// Every file below a folder with its bytes, by path.
  static func files(in folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder)
      if !isFolder.boolValue { files[path] = FileManager.default.contents(atPath: "\(folder)/\(path)") }
    }
    return files
  }
}

import Foundation
import Testing

/// The order of the house, read from its sources.
@Suite("The house")
struct HouseTests {
  static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Sources")

  /// What each target of the floors 0 to 4 may import of ours; nothing else may.
  static let allowed: [String: Set<String>] = {
    let protocols: Set = ["Telemetry", "Compression", "RPC", "Raft", "CRDT", "Membership", "Routing", "Node"]
    let below4 = protocols.union(["Primitives", "ControlLoop", "Programs", "Kernel", "World", "Checkers"])
    return [
      "Primitives": [],
      "Telemetry": ["Primitives"],
      "Compression": [],
      "RPC": ["Primitives"],
      "Raft": ["Primitives"],
      "CRDT": ["Primitives"],
      "Membership": ["Primitives"],
      "Routing": ["Primitives"],
      "Node": ["Primitives", "Telemetry"],
      "ControlLoop": ["Primitives"],
      "Programs": protocols.union(["Primitives", "ControlLoop"]),
      "Kernel": ["Primitives"],
      "World": ["Primitives", "Telemetry", "Node", "RPC", "Kernel"],
      "Checkers": protocols.union(["Primitives", "ControlLoop", "Programs"]),
      "Transcripts": ["Primitives", "Raft"],
      "Scenarios": below4,
      "Experiments": below4.union(["Scenarios"]),
      "Reports": below4,
      "Pages": ["Primitives", "World", "Reports"],
      "Results": below4.union(["Reports"]),
      "Yardsticks": below4.union(["Scenarios", "Experiments", "Reports", "Results"]),
      "Mutants": ["Primitives"],
    ]
  }()

  /// Floors 0 to 3.
  static let pure = [
    "Primitives", "Telemetry", "Compression", "RPC", "Raft", "CRDT", "Membership", "Routing", "Node", "ControlLoop",
    "Programs", "Kernel", "World", "Checkers", "Transcripts",
  ]

  static func files(of target: String) throws -> [(name: String, lines: [String])] {
    let folder = sources.appendingPathComponent(target)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }.map {
      let text = try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
      return ("\(target)/\($0)", text.components(separatedBy: "\n"))
    }
  }

  @Test("Imports point downwards only", arguments: allowed.keys.sorted())
  func imports(target: String) throws {
    let ours = Set(Self.allowed.keys)
    for (name, lines) in try Self.files(of: target) {
      for line in lines where line.hasPrefix("import ") {
        let module = String(line.dropFirst("import ".count))
        if ours.contains(module) { #expect(Self.allowed[target]!.contains(module), "\(name) imports \(module)") }
      }
    }
  }

  @Test("Below the experiments nothing is ambient: no clock, no chance, no thread, no Foundation", arguments: pure)
  func nothingAmbient(target: String) throws {
    let banned = [
      "import Foundation", "import Glibc", "import Dispatch", "import Synchronization", "Date(", ".now", ".random(",
      ".shuffled(", ".randomElement(", "SystemRandomNumberGenerator", "Task {", "Task.", "async ", "await ",
      "DispatchQueue", "getenv", "ProcessInfo", "nonisolated(unsafe)", "print(",
    ]
    for (name, lines) in try Self.files(of: target) {
      for (number, line) in lines.enumerated() {
        let code = line.components(separatedBy: "//")[0]
        for word in banned { #expect(!code.contains(word), "\(name):\(number + 1) has \(word)") }
      }
    }
  }

  @Test("Every purpose of a choice has a number of its own: two with one number would draw the same")
  func purposes() throws {
    var places: [Substring: [String]] = [:]
    for target in Self.allowed.keys {
      for (name, lines) in try Self.files(of: target) {
        for line in lines {
          guard let found = line.firstMatch(of: /Purpose\((\d+), "/) else { continue }
          places[found.1, default: []].append(name)
        }
      }
    }
    #expect(places.count > 20)
    for (number, files) in places { #expect(files.count == 1, "\(number) is in \(files)") }
  }

  @Test("A file tells one story: none has more than 400 lines", arguments: allowed.keys.sorted())
  func length(target: String) throws {
    for (name, lines) in try Self.files(of: target) { #expect(lines.count <= 400, "\(name)") }
  }
}

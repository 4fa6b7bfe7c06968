import Experiments
import Foundation
import Testing

@Suite("The store of runs")
struct StoreTests {
  /// A folder of its own, removed afterwards.
  static func within(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try body(folder)
  }

  static let digest = "0123456789abcdef0123456789abcdef"

  @Test("A run has a folder by scenario, seed and digest, and nothing lies beside it")
  func writes() throws {
    try Self.within { root in
      let store = RunStore(root: root)
      try store.prepare()
      let place = try store.write(
        [.init("summary.json", Array("{}".utf8)), .init("history.jsonl", [])], scenario: "s", seed: 7,
        digest: Self.digest)
      #expect(place == "\(root)/s/7-01234567")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: place).sorted() == ["history.jsonl", "summary.json"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(root)/s") == ["7-01234567"])
    }
  }

  @Test("The same run again takes the place of the first, and other files stay")
  func replaces() throws {
    try Self.within { root in
      let store = RunStore(root: root)
      try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(root)/notes.txt"))
      _ = try store.write([.init("a", [1])], scenario: "s", seed: 7, digest: Self.digest)
      let place = try store.write([.init("b", [2])], scenario: "s", seed: 7, digest: Self.digest)
      #expect(try FileManager.default.contentsOfDirectory(atPath: place) == ["b"])
      #expect(FileManager.default.contents(atPath: "\(root)/notes.txt") == Data("mine".utf8))
    }
  }

  @Test("Where nothing can be written, nothing is left and one error says why")
  func unwritable() throws {
    try Self.within { root in
      try Data().write(to: URL(fileURLWithPath: "\(root)/file"))
      let store = RunStore(root: "\(root)/file/runs")
      #expect(throws: RunStore.WriteError.self) { try store.prepare() }
      // A file of the run that cannot be written takes the others with it.
      let other = RunStore(root: "\(root)/runs")
      #expect(throws: RunStore.WriteError.self) {
        try other.write(
          [.init("a", [1]), .init("no/such/folder", [2])], scenario: "s", seed: 1, digest: Self.digest)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(root)/runs/s").isEmpty)
    }
  }
}

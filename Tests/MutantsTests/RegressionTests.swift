import Foundation
import Mutants
import Testing

@Suite("Regressions of the package's mutants")
struct RegressionTests {
  static let folder = "\(Package.root)/scenarios/regressions"

  static let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".yaml") }.sorted()

  @Test("Each is called after a patch that is there, and after what breaks", arguments: files)
  func named(file: String) throws {
    let regression = try #require(Regression(path: "\(Self.folder)/\(file)"))
    let text = try String(contentsOfFile: regression.path, encoding: .utf8)
    let sentence = try Package.read(regression.mutant).sentence
    #expect(text.hasPrefix("# \(regression.mutant): \(sentence)\n"))
    #expect(text.contains(regression.judge))
    let expected = file.dropLast(".yaml".count).lowercased().map { $0 == "_" ? "-" : $0 }
    #expect(text.contains("\nname: \(String(expected))\n"))
  }

  @Test("There are at least twenty, of at least eight mutants")
  func many() {
    let regressions = Self.files.compactMap { Regression(path: $0) }
    #expect(regressions.count >= 20 && Set(regressions.map(\.mutant)).count >= 8)
  }

  @Test("Every defect that is not on the scoreboard has one")
  func others() {
    let mutants = Set(Self.files.compactMap { Regression(path: $0)?.mutant })
    #expect(Package.others.count >= 6 && mutants.isSuperset(of: Package.others.map(\.1)))
  }

  @Test("No chance is left to a seed: faults have their moments")
  func settled() throws {
    for file in Self.files {
      let text = try String(contentsOfFile: "\(Self.folder)/\(file)", encoding: .utf8)
      #expect(!text.contains("every:"), "\(file)")
    }
  }

  @Test(
    "A name has a mutant, a judge and a number",
    arguments: [
      ("a/D01-election-safety-2.yaml", "D01", "election-safety"),
      ("D44a-linearizable-10.yaml", "D44a", "linearizable"),
      ("D11-operations_ok-1.yaml", "D11", "operations_ok"),
    ])
  func reading(path: String, mutant: String, judge: String) throws {
    let regression = try #require(Regression(path: path))
    #expect(regression.mutant == mutant && regression.judge == judge && regression.path == path)
  }

  @Test(
    "Other names are refused",
    arguments: [
      "D01.yaml", "D01-2.yaml", "D01-election-safety.yaml", "D01-safety-2.yml", "-safety-2.yaml", "D01--2.yaml",
    ])
  func refused(path: String) { #expect(Regression(path: path) == nil) }

  /// Stands for a program: ten lines of shell that tell of each seed what they are told to tell.
  private func program(_ folder: URL, _ name: String, _ verdict: String, judge: String = "") throws -> String {
    let violation = judge.isEmpty ? "" : "{\\\"invariant\\\":\\\"\(judge)\\\",\\\"detail\\\":\\\"d\\\"}"
    let script = """
      #!/bin/sh
      first=${4%..*}; last=${4#*..}
      while [ "$first" -le "$last" ]; do
        echo "{\\"seed\\":$first,\\"verdict\\":\\"\(verdict)\\",\\"violations\\":[\(violation)],\\"expectations\\":[]}"
        first=$((first + 1))
      done
      """
    let file = folder.appendingPathComponent(name)
    try Data(script.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    return file.path
  }

  @Test("It is none where the mutant passes or fails otherwise, or the core fails or proves nothing")
  func complaints() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("regressions-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let broken = try program(folder, "broken", "violation", judge: "log-matching")
    let sound = try program(folder, "sound", "pass")
    let idle = try program(folder, "idle", "inconclusive")
    let matching = try #require(Regression(path: "D02-log-matching-1.yaml"))
    func complaint(_ regression: Regression, _ mutant: String, _ core: String) throws -> String? {
      try regression.complaint(
        mutant, core: core, firstSeed: 3, log: folder.appendingPathComponent("log").path, isInterrupted: { false })
    }
    #expect(try complaint(matching, broken, sound) == nil)
    #expect(try complaint(matching, sound, sound)?.contains("D02 passes it with seed 3") == true)
    #expect(try complaint(matching, broken, broken)?.contains("the core without the defect fails it") == true)
    #expect(try complaint(matching, broken, idle)?.contains("proves nothing") == true)
    let other = try #require(Regression(path: "D02-election-safety-1.yaml"))
    #expect(try complaint(other, broken, sound)?.contains("found log-matching with seed 3") == true)
  }
}

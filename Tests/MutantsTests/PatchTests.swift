import Foundation
import Mutants
import Testing

/// This package.
enum Package {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static let folder = "\(root)/Tests/Mutants"

  /// Others' defects of Raft.
  static let ids = patches(in: folder)

  /// Defects that this package has had, and others' defects of replicated data types and of control loops: each has a regression, and none is
  /// on the scoreboard.
  static let others = ["mended", "crdt", "mesh"].flatMap { kind in
    patches(in: "\(folder)/\(kind)").map { (kind, $0) }
  }

  private static func patches(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { $0.hasSuffix(".patch") }.map { String($0.dropLast(".patch".count)) }.sorted()
  }

  static func read(_ id: String) throws -> Mutant {
    let kind = others.first { $0.1 == id }.map { "/\($0.0)" } ?? ""
    return try #require(try MutantFolder.read("\(folder)\(kind)", only: [id]).first)
  }
}

@Suite("The package's mutants")
struct OwnMutantTests {
  @Test(
    "Every patch reads, says what it plants, and applies to the sources as they are",
    arguments: Package.ids + Package.others.map(\.1))
  func applies(id: String) throws {
    let mutant = try Package.read(id)
    #expect(mutant.id == id && mutant.sentence.hasSuffix("."))
    #expect(mutant.fault != nil || mutant.oracle != nil)
    let sources = try WorkTree(home: Package.root).sources()
    let planted = try WorkTree.planted(mutant, in: sources)
    let changed = sources.keys.filter { planted[$0] != sources[$0] }
    #expect(Set(changed) == Set(mutant.changes.map(\.path)) && planted.count == sources.count)
    let isOfRaft = changed.allSatisfy { $0.hasPrefix("Sources/Raft/") || $0.hasPrefix("Sources/Programs/") }
    #expect(isOfRaft || !Package.ids.contains(id))
  }

  @Test("A defect is a few lines, at the place that its patch names")
  func small() throws {
    let mutants = try (Package.ids + Package.others.map(\.1)).map(Package.read)
    #expect(mutants.count >= 25)
    let sources = try WorkTree(home: Package.root).sources()
    for mutant in mutants {
      let changed = mutant.changes.flatMap(\.hunks).reduce(0) { $0 + $1.new.difference(from: $1.old).count }
      #expect((1...12).contains(changed), "\(mutant.id) changes \(changed) lines")
      for change in mutant.changes {
        // Nothing has moved: the patch is as fresh as the sources.
        let lines = sources[change.path]!.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for hunk in change.hunks {
          let isFresh = lines.dropFirst(hunk.start - 1).starts(with: hunk.old)
          #expect(isFresh, "\(mutant.path): line \(hunk.start) of \(change.path) has moved")
        }
      }
    }
  }

  @Test("The README has a row for each of them, and for no other that is counted")
  func table() throws {
    let text = try String(contentsOfFile: "\(Package.folder)/README.md", encoding: .utf8)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| D") }.map { $0.split(separator: " ")[1] }
    let known = (1...34).map { "D" + ($0 < 10 ? "0\($0)" : "\($0)") } + ["D44", "D45", "D46"]
    for id in known {
      let isListed = rows.contains { $0 == id }
      let isPlanted = Package.ids.contains { $0.prefix(3) == id }
      #expect(isListed != isPlanted, "\(id) is planted or its absence explained, and not both")
    }
  }
}

@Suite("Reading and planting patches")
struct PatchTests {
  static let header = "id: x\nsentence: It is wrong.\nsource: y#1\nkind: safety\n\n"
  static let diff = """
    --- a/Sources/Raft/A.swift
    +++ b/Sources/Raft/A.swift
    @@ -2,3 +2,3 @@
     two
    -three
    +THREE
     four

    """
  static let file = "one\ntwo\nthree\nfour\nfive\n"

  private func mutant(_ text: String) throws -> Mutant { try PatchReader.read(text, path: "p/x.patch") }

  private func plant(_ diff: String, into text: String) throws -> String {
    let mutant = try mutant(Self.header + diff)
    return try mutant.plant(mutant.changes[0], into: text)
  }

  @Test("What was read is what was written")
  func reading() throws {
    let mutant = try mutant(
      "id: x\nsentence: A: b.\nsource: y#1\nkind: liveness\nfault: crash\noracle: z\n" + Self.diff)
    #expect(mutant.sentence == "A: b." && mutant.source == "y#1" && mutant.kind == .liveness)
    #expect(mutant.fault == "crash" && mutant.oracle == "z")
    let hunk = FileChange.Hunk(line: 9, start: 2, old: ["two", "three", "four"], new: ["two", "THREE", "four"])
    #expect(mutant.changes == [FileChange(path: "Sources/Raft/A.swift", hunks: [hunk])])
  }

  @Test("A hunk is planted where it says, and where its lines have moved to")
  func planting() throws {
    #expect(try plant(Self.diff, into: Self.file) == "one\ntwo\nTHREE\nfour\nfive\n")
    #expect(try plant(Self.diff, into: "new\nnew\n" + Self.file) == "new\nnew\none\ntwo\nTHREE\nfour\nfive\n")
    #expect(try plant(Self.diff, into: "two\nthree\nfour\n") == "two\nTHREE\nfour\n")
  }

  @Test("A second hunk counts from where the first one has left the lines")
  func twoHunks() throws {
    let file = (1...40).map { "\($0)" }.joined(separator: "\n") + "\n"
    let diff = """
      --- a/Sources/Raft/A.swift
      +++ b/Sources/Raft/A.swift
      @@ -3,2 +3,4 @@
       3
      +a
      +b
       4
      @@ -30,3 +32,2 @@
       30
      -31
       32

      """
    let planted = try plant(diff, into: file)
    #expect(planted.contains("3\na\nb\n4\n") && planted.contains("30\n32\n"))
    #expect(planted.split(separator: "\n").count == 41)
  }

  @Test("Lines that are not there are named: whose hunk, what was found, and where")
  func misfit() {
    let error = #expect(throws: PatchError.self) { try plant(Self.diff, into: "one\ntwo\nthird\nfour\n") }
    #expect(
      error.map { "\($0)" } == "p/x.patch:8: found 'third' at Sources/Raft/A.swift:3; expected 'three'")
  }

  @Test(
    "What is no patch is refused, with the line",
    arguments: [
      ("", 1, "no 'id'"), ("id: x\n", 1, "no 'sentence'"), ("id: x\nid: x\n" + diff, 2, "again"),
      ("id: z\nsentence: A.\nsource: b\nkind: safety\n" + diff, 1, "id 'z'"),
      ("id: x\nsentence: A.\nsource: b\nkind: danger\n" + diff, 4, "kind 'danger'"),
      ("id: x\nsentence:\n" + diff, 2, "sentence"), ("author: me\n", 1, "author"), (header, 5, "the end"),
      (header + "--- a/README.md\n+++ b/README.md\n", 6, "README"),
      (header + "--- a/Sources/../x\n+++ b/Sources/../x\n", 6, "Sources/../x"),
      (header + "--- a/Sources/A\n+++ b/Sources/B\n@@ -1 +1 @@\n-a\n+b\n", 7, "Sources/B"),
      (header + "--- a/Sources/A\n+++ b/Sources/A\n", 8, "the end"),
      (header + "--- a/Sources/A\n+++ b/Sources/A\n@@ wat @@\n", 8, "@@ wat @@"),
      (header + "--- a/Sources/A\n+++ b/Sources/A\n@@ -1,2 +1,2 @@\n a\n", 9, "the end"),
      (header + "--- a/Sources/A\n+++ b/Sources/A\n@@ -1,2 +1,2 @@\n a\n*b\n", 10, "*b"),
      (header + "--- a/Sources/A\n+++ b/Sources/A\n@@ -1,1 +1,2 @@\n-a\n-b\n+c\n+d\n", 8, "2 old"),
    ])
  func refused(text: String, line: Int, found: String) {
    let error = #expect(throws: PatchError.self) { try mutant(text) }
    #expect(
      error?.file == "p/x.patch" && error?.line == line && error?.description.contains(found) == true, "\(error!)")
  }
}

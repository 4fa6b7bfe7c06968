import Foundation
import Testing

/// A package of a few lines with one patch, and a toolchain that is a script: what it builds is a program of the test's.
struct ToyPackage {
  let folder: String

  static let patch = """
    id: toy
    sentence: Two and two are five.
    source: none
    kind: safety

    --- a/Sources/Raft/A.swift
    +++ b/Sources/Raft/A.swift
    @@ -1 +1 @@
    -let four = 2 + 2
    +let four = 2 + 3

    """

  /// - Parameter verdicts: lines of a shell's `case` over the seed `$a`, each of which sets `$verdict` or ends the program.
  init(in folder: String, verdicts: String) throws {
    self.folder = folder
    try write("Package.swift", "")
    try write("Sources/faultline/main.swift", "")
    try write("Sources/Raft/A.swift", "let four = 2 + 2\n")
    try write("Tests/Mutants/toy.patch", Self.patch)
    try FileManager.default.createDirectory(atPath: "\(folder)/.build/release", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Tool.path, toPath: "\(folder)/.build/release/faultline")
    try write("scenarios/hunt/steady.yaml", try String(contentsOfFile: Tool.leaderCrash, encoding: .utf8))
    try script(
      "bin/swift",
      """
      while [ $# -gt 0 ]; do
        case $1 in --package-path) tree=$2 ;; --scratch-path) scratch=$2 ;; esac
        shift
      done
      echo built >>'\(folder)/builds'
      grep -q '2 + 3' "$tree/Sources/Raft/A.swift" || exit 1
      mkdir -p "$scratch/release" && cp '\(folder)/mutant' "$scratch/release/faultline"
      """)
    try script(
      "mutant",
      """
      a=${4%%..*} b=${4##*..}
      while [ $a -le $b ]; do
        verdict=pass
        case $a in
      \(verdicts)
        esac
        violations=
        [ $verdict = pass ] || violations='{"invariant":"log-matching","detail":"they differ"}'
        echo "{\\"seed\\":$a,\\"verdict\\":\\"$verdict\\",\\"violations\\":[$violations],\\"expectations\\":[]}"
        a=$((a + 1))
      done
      """)
  }

  private func write(_ path: String, _ text: String) throws {
    let place = URL(fileURLWithPath: "\(folder)/\(path)")
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: place)
  }

  private func script(_ path: String, _ text: String) throws {
    try write(path, "#!/bin/sh\n\(text)\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/\(path)")
  }

  /// Runs its own copy of the program.
  func mutants(_ arguments: String..., path: String? = nil) throws -> Tool.Answer {
    try Tool.run(
      ["mutants"] + arguments, environment: ["PATH": path ?? "\(folder)/bin:/usr/bin:/bin"],
      program: "\(folder)/.build/release/faultline")
  }

  func text(_ path: String) throws -> String { try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8) }
}

@Suite("The mutation scoreboard")
struct MutantsTests {
  @Test("A mutant is built once, hunted until ten seeds have found it, and kept on the board")
  func detected() throws {
    try Tool.within { (folder: String) throws -> Void in
      let toy = try ToyPackage(in: folder, verdicts: "*[05]) verdict=violation ;;")
      let answer = try toy.mutants("--seeds", "200")
      #expect(answer.status == 0, "\(answer.errors)")
      #expect(answer.output == "1 of 1 defects found: safety 1 of 1\n")
      let board = try toy.text("results/mutants.md")
      #expect(board.contains("log-matching 10 | 5.0 (") && board.contains("| toy | 10 in 50 |"))
      #expect(try toy.text("Sources/Raft/A.swift") == "let four = 2 + 2\n", "the package itself is not touched")
      // Once more: nothing is built or hunted again.
      let hunts = try toy.text(".build/mutants/hunts.jsonl")
      #expect(try toy.mutants("--seeds", "200").status == 0)
      #expect(try toy.text("builds") == "built\n" && toy.text(".build/mutants/hunts.jsonl") == hunts)
      #expect(try toy.text("results/mutants.md") == board)
    }
  }

  @Test("Where nothing is found the board tells how little that says, and more seeds go on from there")
  func notFound() throws {
    try Tool.within { (folder: String) throws -> Void in
      let toy = try ToyPackage(in: folder, verdicts: "*[0-9]75) verdict=violation ;;")
      #expect(try toy.mutants("--seeds", "30").output == "0 of 1 defects found: safety 0 of 1\n")
      #expect(try toy.text("results/mutants.md").contains("**not found** | > 10 |"))
      #expect(try toy.mutants("--seeds", "100").output == "1 of 1 defects found: safety 1 of 1\n")
      #expect(try toy.text("results/mutants.md").contains("| toy | 1 in 100 |"))
    }
  }

  @Test("A mutant that traps is found by its crash, at the seed that it owes")
  func crash() throws {
    try Tool.within { (folder: String) throws -> Void in
      let toy = try ToyPackage(in: folder, verdicts: "*7) kill -ILL $$ ;;")
      #expect(try toy.mutants("--seeds", "30").status == 0)
      #expect(try toy.text("results/mutants.md").contains("| toy | 3 in 30 |"))
      let hunts = try toy.text(".build/mutants/hunts.jsonl")
      #expect(hunts.components(separatedBy: "\"judge\":\"crash\"").count == 4)
    }
  }

  @Test("What does not build is named, and the program ends with 70")
  func unbuildable() throws {
    try Tool.within { (folder: String) throws -> Void in
      let toy = try ToyPackage(in: folder, verdicts: "x) ;;")
      try Data("#!/bin/sh\necho 'A.swift:1:5: error: no'\nexit 1\n".utf8).write(
        to: URL(fileURLWithPath: "\(folder)/bin/swift"))
      let answer = try toy.mutants("--quiet")
      #expect(answer.status == 70)
      #expect(
        answer.errors.contains("toy.patch: does not build") && answer.errors.contains("A.swift:1:5: error: no"))
    }
  }

  @Test("Without a toolchain it is exit 69")
  func noToolchain() throws {
    try Tool.within { (folder: String) throws -> Void in
      let answer = try ToyPackage(in: folder, verdicts: "x) ;;").mutants(path: "/nowhere")
      #expect(answer.status == 69 && answer.errors.contains("swift"))
    }
  }

  @Test("Patches that do not apply, folders without any and unknown names are exit 65, each with its place")
  func badInput() throws {
    try Tool.within { (folder: String) throws -> Void in
      let toy = try ToyPackage(in: folder, verdicts: "x) ;;")
      let none = try toy.mutants("\(folder)/bin")
      #expect(none.status == 65 && none.errors.contains("\(folder)/bin: found a folder without *.patch"))
      let unknown = try toy.mutants("--only", "other")
      #expect(unknown.status == 65 && unknown.errors.contains("no other.patch; expected one of toy"))
      try Data("let four = 4\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/Sources/Raft/A.swift"))
      let misfit = try toy.mutants()
      #expect(misfit.status == 65)
      #expect(
        misfit.errors.contains(
          "toy.patch:8: found 'let four = 4' at Sources/Raft/A.swift:1; expected 'let four = 2 + 2'"))
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/.build/mutants"))
    }
    #expect(try Tool.run("mutants", "--seeds", "0").status == 64)
  }
}

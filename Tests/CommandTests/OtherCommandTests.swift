import Foundation
import Testing

@Suite("The other commands")
struct OtherCommandTests {
  @Test("Every scenario of the package is valid, and reads the same when written out")
  func validate() throws {
    let subjects = ["raft", "gossip", "crdt", "mesh", "regressions", "hunt"]
    let folders = subjects.map { "\(Tool.root)/scenarios/\($0)" }
    let answer = try Tool.run(["validate"] + folders)
    #expect(answer.status == 0)
    #expect(answer.lines.allSatisfy { $0.hasSuffix(": valid") })
    try Tool.within { (folder: String) throws -> Void in
      let shown = try Tool.run("validate", "--show", Tool.leaderCrash).output
      try Data(shown.utf8).write(to: URL(fileURLWithPath: "\(folder)/again.yaml"))
      #expect(try Tool.run("validate", "--show", "\(folder)/again.yaml").output == shown)
    }
  }

  @Test("The schema is a JSON Schema")
  func schema() throws {
    let schema = try Tool.object(Tool.run("schema").output)
    #expect((schema["$schema"] as? String)?.contains("json-schema.org") == true)
    #expect((schema["properties"] as? [String: Any])?["cluster"] != nil)
  }

  @Test("The list names each scenario with its description")
  func list() throws {
    let answer = try Tool.run("list", in: Tool.root)
    #expect(answer.status == 0)
    #expect(answer.output.contains("scenarios/raft/leader-crash.yaml"))
    #expect(answer.output.contains("scenarios/gossip/spread.yaml"))
    try Tool.within { (folder: String) throws -> Void in #expect(try Tool.run("list", in: folder).status == 65) }
  }

  @Test("Shells get their completions", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let answer = try Tool.run("completions", shell)
    #expect(answer.status == 0)
    #expect(answer.output.contains("faultline") && answer.output.contains("validate"))
  }

  @Test("Version and help are no errors")
  func help() throws {
    #expect(try Tool.run("--version").output.contains("."))
    for arguments in ["--help", "help"] { #expect(try Tool.run(arguments).status == 0) }
    #expect(try Tool.run("run", "--help").output.contains("--seeds"))
  }
}

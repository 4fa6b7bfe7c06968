import Foundation
import Testing

@Suite("faultline replay, inspect and the event log")
struct ReplayTests {
  /// A run's folder within `folder`.
  private func stored(in folder: String, _ options: String...) throws -> String {
    #expect(try Tool.run(["run", Tool.leaderCrash, "--out", folder, "--quiet"] + options).status == 0)
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/leader-crash").first)
    return "\(folder)/leader-crash/\(name)"
  }

  @Test("A run is repeated from its folder, compressed or not", arguments: [[], ["--gzip"]])
  func replay(options: [String]) throws {
    try Tool.within { (folder: String) throws -> Void in
      #expect(try Tool.run(["run", Tool.leaderCrash, "--out", folder, "--quiet"] + options).status == 0)
      let name = try #require(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/leader-crash").first)
      let answer = try Tool.run("replay", "\(folder)/leader-crash/\(name)", "--format", "json")
      #expect(answer.status == 0)
      #expect((try Tool.object(answer.output)["digest"] as? String)?.prefix(8) == name.suffix(8))
    }
  }

  @Test("Where a run leaves its tape it stops, with 3 and the place")
  func drift() throws {
    try Tool.within { (folder: String) throws -> Void in
      let run = try stored(in: folder)
      var lines = try String(contentsOfFile: "\(run)/tape.jsonl", encoding: .utf8).components(separatedBy: "\n")
      lines[2] = lines[2].replacingOccurrences(
        of: "\"digest\":\".", with: "\"digest\":\"", options: .regularExpression
      )
      .replacingOccurrences(of: "\"}", with: "0\"}")
      try lines.joined(separator: "\n").write(toFile: "\(run)/tape.jsonl", atomically: true, encoding: .utf8)
      let answer = try Tool.run("replay", run, "--quiet")
      #expect(answer.status == 3)
      #expect(answer.errors.contains("after event 5000"))
      #expect(answer.errors.contains("by event 10000"))
    }
  }

  @Test("With a choice it is another run, which leaves files of its own that can be replayed")
  func choice() throws {
    try Tool.within { (folder: String) throws -> Void in
      let run = try stored(in: folder)
      let other = try Tool.run(
        "replay", run, "--choose", "{message: AppendEntries, from: n3, to: n2, number: 9, latency: 70ms}", "--out",
        "\(folder)/other", "--format", "json")
      #expect(other.status == 0)
      #expect(other.errors.contains("the same luck"))
      let name = try #require(
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/other/leader-crash").first)
      #expect(!run.hasSuffix(name))
      #expect(try Tool.run("replay", "\(folder)/other/leader-crash/\(name)", "--quiet").status == 0)
    }
  }

  @Test("What is no run's folder is refused by name")
  func refused() throws {
    try Tool.within { (folder: String) throws -> Void in
      for (path, reason) in [
        ("\(folder)/none", "there is no such folder"), (folder, "found no tape.jsonl"),
        (Tool.leaderCrash, "found a file"),
      ] {
        let answer = try Tool.run("replay", path)
        #expect(answer.status == 65)
        #expect(answer.errors.contains("error: \(path)") && answer.errors.contains(reason))
      }
      let run = try stored(in: folder)
      let answer = try Tool.run("replay", run, "--choose", "{message: Vote}")
      #expect(answer.status == 65)
      #expect(answer.errors.contains("--set:1:"))
    }
  }

  @Test("A look at a moment, as a text and as JSON")
  func inspect() throws {
    let text = try Tool.run("inspect", Tool.leaderCrash, "--at", "8s")
    #expect(text.status == 0)
    #expect(text.output.contains("role") && text.output.contains("down"))
    let json = try Tool.object(
      try Tool.run("inspect", Tool.leaderCrash, "--at", "#1000", "--format", "json").output)
    #expect(json["events"] as? Int == 1000)
    #expect(try Tool.run("inspect", Tool.leaderCrash, "--at", "soon").status == 64)
  }

  @Test("The event log shows what is asked for")
  func log() throws {
    let answer = try Tool.run(
      "run", Tool.leaderCrash, "--artifacts", "none", "--quiet", "--log", "--log-node", "n2", "--log-kind",
      "message",
      "--log-from", "6s", "--log-until", "6.1s")
    #expect(answer.status == 0)
    #expect(!answer.lines.isEmpty)
    #expect(answer.lines.allSatisfy { $0.contains("n2 ") })
    #expect(try Tool.run("run", Tool.leaderCrash, "--log", "--seeds", "1..2").status == 64)
    #expect(try Tool.run("run", Tool.leaderCrash, "--log-node", "n1").status == 64)
    #expect(try Tool.run("run", Tool.leaderCrash, "--log", "--log-node", "n9", "--artifacts", "none").status == 64)
  }

  @Test(
    "Where standard output is full there is one error, and 74",
    arguments: ["inspect SCENARIO --at 3s", "validate --show SCENARIO", "branch SCENARIO --moments 2 --seeds 1..2"])
  func full(command: String) throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    try Tool.within { (folder: String) throws -> Void in
      let words = command.replacingOccurrences(of: "SCENARIO", with: "'\(Tool.leaderCrash)'")
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "'\(Tool.path)' \(words) > /dev/full 2> '\(folder)/errors'"]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 74)
      let errors = try String(contentsOfFile: "\(folder)/errors", encoding: .utf8)
      #expect(errors == "error: standard output: cannot write\n")
    }
  }
}

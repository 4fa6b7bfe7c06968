import Foundation
import Testing

@Suite("faultline run")
struct RunTests {
  @Test("A run leaves its eight files and ends with 0")
  func artifacts() throws {
    try Tool.within { (folder: String) throws -> Void in
      let answer = try Tool.run("run", Tool.leaderCrash, "--out", folder)
      #expect(answer.status == 0)
      let files = try Tool.files(in: folder)
      #expect(
        Set(files.keys.map { ($0 as NSString).lastPathComponent }) == [
          "summary.json", "history.jsonl", "trace.otlp.jsonl", "metrics.om", "ledger.json", "scenario.yaml",
          "tape.jsonl", "report.html",
        ])
      let place = try #require(files.keys.first { $0.hasSuffix("summary.json") })
      let summary = try Tool.object(String(decoding: files[place]!, as: UTF8.self))
      let digest = try #require(summary["digest"] as? String)
      #expect(place == "leader-crash/7-\(digest.prefix(8))/summary.json")
      #expect(summary["verdict"] as? String == "pass")
      #expect(answer.output.contains(digest))
      #expect(answer.output.contains("./faultline run \(Tool.leaderCrash) --seed 7"))
    }
  }

  @Test("With --gzip the files are the same, compressed")
  func gzip() throws {
    try Tool.within { (folder: String) throws -> Void in
      try Tool.run("run", Tool.leaderCrash, "--out", "\(folder)/plain")
      try Tool.run("run", Tool.leaderCrash, "--out", "\(folder)/small", "--gzip")
      let (plain, small) = (try Tool.files(in: "\(folder)/plain"), try Tool.files(in: "\(folder)/small"))
      #expect(Set(small.keys) == Set(plain.keys.map { $0.hasSuffix(".html") ? $0 : $0 + ".gz" }))
      for (path, bytes) in plain where !path.hasSuffix("summary.json") && !path.hasSuffix(".html") {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", "\(folder)/small/\(path).gz"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let unpacked = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(unpacked == bytes, "\(path)")
      }
    }
  }

  @Test("Ten processes, with and without spans and metrics, come to one digest")
  func processes() throws {
    var digests: Set<String> = []
    for number in 0..<10 {
      let extra = [
        ["--no-trace"], ["--no-metrics"], ["--artifacts", "none"], ["--no-trace", "--no-metrics"], [],
      ][number % 5]
      try Tool.within { (folder: String) throws -> Void in
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Tool.path)
        process.arguments = ["run", Tool.leaderCrash, "--format", "json", "--quiet", "--out", folder] + extra
        process.environment = ProcessInfo.processInfo.environment.merging(["SEED": "\(number)"]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        digests.insert(try #require(try Tool.object(String(decoding: data, as: UTF8.self))["digest"] as? String))
      }
    }
    #expect(digests.count == 1)
  }

  @Test("The files of a repeated run are the same to the byte, but for real time")
  func repeatable() throws {
    try Tool.within { (folder: String) throws -> Void in
      try Tool.run("run", Tool.leaderCrash, "--out", "\(folder)/a")
      try Tool.run("run", Tool.leaderCrash, "--out", "\(folder)/b")
      func files(_ name: String) throws -> [String: Data] {
        try Tool.files(in: "\(folder)/\(name)").mapValues { data in
          let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
          return Data(lines.filter { !$0.contains("\"wall_ns\"") }.joined(separator: "\n").utf8)
        }
      }
      let (first, second) = (try files("a"), try files("b"))
      #expect(first == second)
    }
  }

  @Test("The scenario that a run leaves is the same run again")
  func replayable() throws {
    try Tool.within { (folder: String) throws -> Void in
      let first = try Tool.run("run", Tool.leaderCrash, "--out", folder, "--format", "json", "--quiet")
      let place = try #require(try Tool.files(in: folder).keys.first { $0.hasSuffix("scenario.yaml") })
      let second = try Tool.run(
        "run", "\(folder)/\(place)", "--format", "json", "--quiet", "--artifacts", "none")
      #expect(try Tool.object(first.output)["digest"] as? String == Tool.object(second.output)["digest"] as? String)
    }
  }

  @Test("With --format json standard output is one object a run, and nothing else")
  func json() throws {
    let answer = try Tool.run(
      "run", Tool.leaderCrash, "\(Tool.root)/scenarios/gossip", "--seeds", "1..3", "--format", "json",
      "--artifacts", "none")
    #expect(answer.status == 0)
    #expect(answer.lines.count == 6)
    let objects = try answer.lines.map(Tool.object)
    #expect(objects.map { $0["seed"] as? Int } == [1, 2, 3, 1, 2, 3])
    #expect(
      objects.map { $0["scenario"] as? String } == [
        "leader-crash", "leader-crash", "leader-crash", "spread", "spread", "spread",
      ])
    for key in [
      "scenario", "seed", "version", "verdict", "digest", "virtual_ns", "wall_ns", "events", "messages",
      "operations",
      "expectations", "violations", "faults", "measures", "replay",
    ] { #expect(objects[0][key] != nil, "\(key)") }
    #expect(answer.errors.contains("6 runs") || answer.errors.contains("6\u{A0}runs"))
  }

  @Test("Nothing that is not a terminal gets a colour code, and --quiet says nothing")
  func plain() throws {
    let answer = try Tool.run("run", Tool.leaderCrash, "--artifacts", "none")
    #expect(!answer.output.contains("\u{1B}") && !answer.errors.contains("\u{1B}"))
    let quiet = try Tool.run("run", Tool.leaderCrash, "--artifacts", "none", "--quiet")
    #expect(quiet.output.isEmpty && quiet.errors.isEmpty)
  }

  @Test("Run twice in two processes, the digests are the same")
  func twice() throws {
    let answer = try Tool.run("run", Tool.leaderCrash, "--seeds", "1..4", "--twice", "--artifacts", "none")
    #expect(answer.status == 0, "\(answer.errors)")
  }

  @Test("A value set on the command line takes the file's place")
  func settings() throws {
    let answer = try Tool.run(
      "run", Tool.leaderCrash, "--set", "cluster.nodes=3", "--set", "expect.2.recovers.within=1us", "--format",
      "json",
      "--quiet", "--artifacts", "none")
    #expect(answer.status == 1)
    let summary = try Tool.object(answer.output)
    #expect(summary["verdict"] as? String == "violation")
    #expect((summary["replay"] as? String)?.contains("--set cluster.nodes=3") == true)
  }

  @Test("Of many runs only those that do not pass leave their files")
  func failuresOnly() throws {
    try Tool.within { (folder: String) throws -> Void in
      let answer = try Tool.run(
        "run", Tool.leaderCrash, "--seeds", "1..12", "--artifacts", "failures", "--out", folder, "--set",
        "expect.4.at_most=230ms", "--format", "json")
      let failed = try answer.lines.map(Tool.object).filter { $0["verdict"] as? String != "pass" }
      #expect(!failed.isEmpty && failed.count < 12)
      #expect(answer.status == 1)
      #expect(try Tool.files(in: folder).keys.count { $0.hasSuffix("summary.json") } == failed.count)
    }
  }
}

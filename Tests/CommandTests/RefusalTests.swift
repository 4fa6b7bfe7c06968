import Foundation
import Testing

@Suite("What the tool refuses")
struct RefusalTests {
  @Test("Bad input is exit 65 with one line that names file, line and column, and nothing is written")
  func badInput() throws {
    try Tool.within { (folder: String) throws -> Void in
      let bad = "\(folder)/bad.yaml"
      try Data("faultline: 1\nname: x\nduratoin: 5s\n".utf8).write(to: URL(fileURLWithPath: bad))
      let answer = try Tool.run("run", bad, "--out", "\(folder)/out")
      #expect(answer.status == 65)
      #expect(answer.output.isEmpty)
      #expect(answer.errors.split(separator: "\n").count == 1)
      #expect(answer.errors.contains("\(bad):3:1:"))
      #expect(answer.errors.contains("duration"))
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/out"))
    }
  }

  @Test("One bad file among good ones, and nothing runs")
  func allOrNothing() throws {
    try Tool.within { (folder: String) throws -> Void in
      try Data("".utf8).write(to: URL(fileURLWithPath: "\(folder)/empty.yaml"))
      let answer = try Tool.run("run", Tool.leaderCrash, "\(folder)/empty.yaml", "--out", "\(folder)/out")
      #expect(answer.status == 65)
      #expect(answer.errors.contains("\(folder)/empty.yaml:1:1:"))
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/out"))
    }
  }

  @Test("A missing file and a folder without scenarios are bad input")
  func missing() throws {
    try Tool.within { (folder: String) throws -> Void in
      #expect(try Tool.run("run", "\(folder)/none.yaml").status == 65)
      #expect(try Tool.run("run", folder).status == 65)
      #expect(try Tool.run("validate", folder).status == 65)
    }
  }

  @Test("An output that cannot be written is exit 74")
  func unwritable() throws {
    try Tool.within { (folder: String) throws -> Void in
      try Data().write(to: URL(fileURLWithPath: "\(folder)/file"))
      let answer = try Tool.run("run", Tool.leaderCrash, "--out", "\(folder)/file/runs")
      #expect(answer.status == 74)
      #expect(answer.errors.contains("\(folder)/file/runs"))
    }
  }

  @Test("A full standard output is exit 74, where there is one")
  func fullOutput() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "'\(Tool.path)' run '\(Tool.leaderCrash)' --artifacts none --quiet --format json > /dev/full",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 74)
  }

  @Test(
    "Usage errors are exit 64",
    arguments: [
      ["run"], ["run", "--seeds", "5..1", "x.yaml"], ["run", "--seeds", "abc", "x.yaml"],
      ["run", "--seed", "1", "--seeds", "1..2", "x.yaml"], ["run", "--seed", "-1", "x.yaml"],
      ["run", "--wat", "x.yaml"],
      ["run", "--format", "xml", "x.yaml"], ["run", "--jobs", "0", "x.yaml"],
      ["run", "--set", "novalue", "x.yaml"],
      ["completions", "tcsh"], ["nonsense"],
    ])
  func usage(arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Tool.path)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 64)
  }
}

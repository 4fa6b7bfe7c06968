import Foundation
import Testing

@Suite("Scripts of Raft servers")
struct RaftScriptTests {
  static func run(_ script: String, _ options: String...) throws -> Tool.Answer {
    let place = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: place) }
    try Data(script.utf8).write(to: URL(fileURLWithPath: place))
    return options.isEmpty ? try Tool.run("raft-script", place) : try Tool.run("raft-script", place, options[0])
  }

  @Test("After each command there is one line for each node, with its state")
  func states() throws {
    let answer = try Self.run(
      """
      # An election of three, and an entry.
      add nodes 3 n1.log=1,1

      campaign n1
      stabilise
      propose n1 "x=1"
      stabilise
      crash n2
      """)
    #expect(answer.status == 0)
    #expect(answer.errors.isEmpty)
    #expect(answer.lines.count == 6 * 3)
    let first = try Tool.object(answer.lines[0])
    #expect(first["vote"] is NSNull && first["leader"] is NSNull)
    #expect(first["log"] as? [[Int]] == [[1, 1], [2, 1]])
    let last = try answer.lines.suffix(3).map(Tool.object)
    #expect(last[0]["id"] as? String == "n1")
    #expect(last[0]["role"] as? String == "leader")
    #expect(last[0]["term"] as? Int == 2)
    #expect(last[0]["commit"] as? Int == 4)
    #expect(last[0]["applied"] as? Int == 4)
    #expect(last[0]["log"] as? [[Int]] == [[1, 1], [2, 1], [3, 2], [4, 2]])
    #expect((last[0]["configuration"] as? [String: [String]])?["voters"] == ["n1", "n2", "n3"])
    #expect(last[1]["up"] as? Bool == false)
    #expect(last[1]["term"] as? Int == 2)
    #expect(last[2]["leader"] as? String == "n1")
  }

  @Test("With --events the account comes before the states")
  func events() throws {
    let answer = try Self.run("add nodes 1\ncampaign n1\npropose n1 \"a \\\"b\\\"\"\n", "--events")
    #expect(answer.status == 0)
    let events = try answer.lines.compactMap { try Tool.object($0)["event"] as? String }
    #expect(events.contains("n1 leads term 1"))
    #expect(events.contains("n1 appends 2:1 \"a \"b\"\""))
    #expect(answer.lines.count - events.count == 3)
  }

  @Test("A bad line is exit 65 and one line with its place; the states before it are printed")
  func badLine() throws {
    try Tool.within { (folder: String) throws -> Void in
      let place = "\(folder)/script.txt"
      try Data("add nodes 2\n\n  campagne n1\nheal\n".utf8).write(to: URL(fileURLWithPath: place))
      let answer = try Tool.run("raft-script", place)
      #expect(answer.status == 65)
      #expect(answer.lines.count == 2)
      #expect(answer.errors.hasPrefix("\(place):3:3: found 'campagne', expected a command"))
      #expect(answer.errors.contains("did you mean 'campaign'?"))
      #expect(answer.errors.split(separator: "\n").count == 1)
      #expect(try Tool.run("raft-script", "\(folder)/none").status == 65)
    }
  }

  @Test("Nothing in, nothing out", arguments: ["", "\n\n", "# Only a comment\n"])
  func empty(script: String) throws {
    let answer = try Self.run(script)
    #expect(answer.status == 0)
    #expect(answer.output.isEmpty && answer.errors.isEmpty)
  }

  @Test("The help explains the language")
  func help() throws {
    let answer = try Tool.run("raft-script", "--help")
    #expect(answer.status == 0)
    for word in ["add nodes", "campaign", "stabilise", "--events"] { #expect(answer.output.contains(word)) }
  }

  @Test("A program may look at each answer before it says the next line", .timeLimit(.minutes(1)))
  func conversation() throws {
    let process = Process()
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: Tool.path)
    process.arguments = ["raft-script"]
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    var rest = Data()
    func answer(_ line: String, lines: Int) throws -> [[String: Any]] {
      try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
      while rest.count(where: { $0 == 10 }) < lines {
        let more = output.fileHandleForReading.availableData
        try #require(!more.isEmpty, "the program ended early")
        rest += more
      }
      defer { rest = Data() }
      return try String(decoding: rest, as: UTF8.self).split(separator: "\n").map { try Tool.object(String($0)) }
    }
    #expect(try answer("add nodes 3", lines: 3)[0]["role"] as? String == "follower")
    #expect(try answer("campaign n2", lines: 3)[1]["role"] as? String == "candidate")
    #expect(try answer("stabilise", lines: 3)[1]["role"] as? String == "leader")
    try input.fileHandleForWriting.write(contentsOf: Data("tick\n".utf8))
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 65)
    let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(complaint.hasPrefix("<stdin>:4:5: found the end of the line, expected a duration"))
  }
}

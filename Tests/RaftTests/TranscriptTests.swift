import Foundation
import Testing
import Transcripts

/// Conversations with Raft servers, judged by hand against the paper and kept as text.
@Suite("Transcripts")
struct TranscriptTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Transcripts")

  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".txt") }.sorted()

  /// `FAULTLINE_REWRITE=1` puts what happened in place of what was expected; the difference is then git's to show.
  @Test("The conversation goes as it is written", arguments: names)
  func conversation(name: String) throws {
    let place = Self.folder.appendingPathComponent(name)
    let (text, differences) = Transcript(try String(contentsOf: place, encoding: .utf8)).run()
    if ProcessInfo.processInfo.environment["FAULTLINE_REWRITE"] == "1" {
      try text.write(to: place, atomically: true, encoding: .utf8)
      return
    }
    for difference in differences { Issue.record("\(name): - is written, + happened\n\(difference)") }
  }

  @Test("What the documentation shows is what happens")
  func documentation() throws {
    let place = Self.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("docs/transcripts.md")
    let page = try String(contentsOf: place, encoding: .utf8)
    let parts = page.components(separatedBy: "```transcript\n")
    try #require(parts.count == 2)
    let example = parts[1].components(separatedBy: "```")[0]
    let (text, differences) = Transcript(example).run()
    if ProcessInfo.processInfo.environment["FAULTLINE_REWRITE"] == "1" {
      let rest = parts[1].dropFirst(example.count)
      try (parts[0] + "```transcript\n" + text + rest).write(to: place, atomically: true, encoding: .utf8)
      return
    }
    for difference in differences { Issue.record("- is written, + happened\n\(difference)") }
  }

  @Test("There are conversations, and each has expectations")
  func folderIsFull() throws {
    #expect(Self.names.count > 30)
    for name in Self.names {
      let text = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
      #expect(text.contains("\n\(Transcript.rule)\n"), "\(name)")
    }
  }

  @Test("What is written anew is what is read again, and a difference says where it begins")
  func rewriting() {
    let first = Transcript("# Two\nadd nodes 1\n\nshow\n----\nwrong\n\n\ncampaign n1\n----\n").run()
    #expect(first.differences.count == 2)
    #expect(first.differences[0].description.contains("  - wrong\n  + > add nodes 1"))
    let again = Transcript(first.text).run()
    #expect(again.differences.isEmpty)
    #expect(again.text == first.text)
  }

  @Test(
    "A bad line says where, what was found and what was expected, and changes nothing",
    arguments: [
      ("delivr", "column 1: found 'delivr', expected a command"),
      ("tick 5", "column 6: found '5', expected a duration"),
      ("  campaign n4", "column 12: found 'n4', expected a node, n1 to n3"),
      ("deliver n1 n2", "column 12: found 'n2', expected '->' between sender and receiver"),
      ("deliver Heartbet", "did you mean 'Heartbeat'?"),
      ("deliver m9", "column 1: no message m9 is under way"),
      ("propose n1", "column 11: found the end of the line"),
      ("propose n1 \"x", "column 12: found a quoted text without an end"),
      ("propose n1 \"\\x\"", "found a lone '\\'"),
      ("timeout n1 1s", "expected a time-out in the cluster's range, 150ms to below 300ms"),
      ("restart n1", "column 1: n1 is up"),
      ("write n1", "n1 has no write under way"),
      ("cut n1 n2 n3", "expected nodes on both sides"),
      ("cut n1 | n1", "expected each node once"),
      ("disconnect n1 n1", "expected another node"),
      ("add nodes 3", "found a second cluster"),
      ("heal now", "column 6: found 'now', expected the end of the line"),
    ])
  func badLines(line: String, message: String) throws {
    var script = Script()
    _ = try script.execute("add nodes 3")
    let before = script.states.map(\.json)
    let error = #expect(throws: ScriptError.self) { try script.execute(line) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    #expect(script.states.map(\.json) == before)
  }

  @Test(
    "Disks that no Raft leaves are refused",
    arguments: [
      ("n1.log=2,1", "terms that fall"), ("n1.log=1,2 n1.term=1", "behind its log's last term 2"),
      ("n1.log=1,1,2 n2.log=1,2,2", "agree at index 3 and not before it"), ("n1.vote=n2", "term 0"),
      ("n1.log=1 n1.term=1 n2.term=0 n3.term=0", "a majority could still elect"),
    ])
  func impossibleDisks(settings: String, message: String) {
    var script = Script()
    let error = #expect(throws: ScriptError.self) { try script.execute("add nodes 3 \(settings)") }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test("No line traps, whatever its words", arguments: 0..<40)
  func noise(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func draw(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let others = [
      "n1", "n2", "n3", "n9", "n1->n2", "*->n1", "->", "|", "all", "2", "50ms", "200ms", "1s", "\"a\"", "\"", "m1",
      "m3", "on", "off", "prompt", "manual", "AppendEntries", "log", "network", "keeping-log", "nodes", "3",
      "n1.log=1,1", "=",
    ]
    var script = Script()
    let preVote = seed % 2 == 0 ? "on" : "off"
    _ = try? script.execute("add nodes 3 batch=2 in-flight=3 pre-vote=\(preVote) check-quorum=on")
    for _ in 0..<600 {
      let command = Script.words[draw(Script.words.count)]
      // A forgotten cluster would leave nothing to talk to.
      if command == "new" { continue }
      let words = (0..<draw(4)).map { _ in others[draw(others.count)] }
      _ = try? script.execute(([command] + words).joined(separator: " "))
    }
    #expect(script.states.count == 3)
  }
}

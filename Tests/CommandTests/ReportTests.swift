import Foundation
import FoundationXML
import Testing

@Suite("faultline report")
struct ReportTests {
  /// A run in a folder of its own.
  private static func withRun(_ arguments: String..., body: (_ run: String) throws -> Void) throws {
    try Tool.within { (folder: String) throws -> Void in
      try Tool.run(["run", Tool.leaderCrash, "--out", folder, "--quiet"] + arguments)
      let name = try #require(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/leader-crash").first)
      try body("\(folder)/leader-crash/\(name)")
    }
  }

  private static func page(_ run: String) throws -> String {
    try String(contentsOfFile: "\(run)/report.html", encoding: .utf8)
  }

  @Test("The page that a run leaves is the page that is drawn of its folder, byte for byte, compressed or not")
  func samePage() throws {
    try Self.withRun { run in
      let first = try Self.page(run)
      let answer = try Tool.run("report", run)
      #expect(answer.status == 0 && answer.errors == "\(run)/report.html\n")
      #expect(try Self.page(run) == first)
      try Self.withRun("--gzip") { small throws -> Void in
        let page = try Self.page(small)
        #expect(page == first)
      }
    }
  }

  @Test("A page needs nothing else: it names no address, and what is in it is escaped")
  func alone() throws {
    try Self.withRun("--set", "description=\"<script>alert(1)</script> & 'more'\"") { run in
      let page = try Self.page(run)
      #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#39;more&#39;"))
      #expect(!page.contains("<script>alert"))
      #expect(page.components(separatedBy: "<script").count == 3, "the film, and the page's own")
      let film = try #require(page.firstMatch(of: /id="film">[^<]*/))
      let addresses = page.replacing(film.output, with: "").matches(of: /(?:https?:|\/\/)[a-z0-9.]+\//).map {
        String($0.output)
      }
      #expect(addresses.allSatisfy { $0.hasSuffix("//www.w3.org/") }, "\(addresses)")
    }
  }

  @Test("--no-report leaves no page")
  func none() throws {
    try Self.withRun("--no-report") { run in #expect(!FileManager.default.fileExists(atPath: "\(run)/report.html"))
    }
  }

  @Test("The text is at most forty lines, and a drawing is XML")
  func textAndDrawings() throws {
    try Self.withRun { run in
      let text = try Tool.run("report", run, "--text")
      #expect(text.status == 0 && text.lines.count <= 40)
      #expect(text.output.hasPrefix("leader-crash held all 6"))
      #expect(text.output.contains("xxx"), "n3 is down for a while")
      for arguments in [["lanes"], ["spacetime"], ["spacetime", "--from", "5.9s", "--until", "6.1s"]] {
        let answer = try Tool.run(["report", run, "--svg"] + arguments)
        #expect(answer.status == 0)
        #expect(XMLParser(data: Data(answer.output.utf8)).parse(), "\(arguments)")
        #expect(answer.output.contains("n3"))
      }
    }
  }

  @Test(
    "What is lacking or damaged is named, and the rest is shown",
    arguments: [
      ("tape.jsonl", "", "could not be repeated"), ("tape.jsonl", "{}", "the tape is damaged"),
      ("history.jsonl", "", "found no history.jsonl"), ("history.jsonl", "{\"x\":1}\n", "line 1 is damaged"),
      ("ledger.json", "[]", "ledger.json: the file is damaged"), ("scenario.yaml", "", "found no scenario.yaml"),
      ("linearizability.json", "{", "linearizability.json is damaged"),
    ])
  func damaged(file: String, content: String, says: String) throws {
    try Self.withRun { run in
      if content.isEmpty {
        try FileManager.default.removeItem(atPath: "\(run)/\(file)")
      } else {
        try content.write(toFile: "\(run)/\(file)", atomically: true, encoding: .utf8)
      }
      let answer = try Tool.run("report", run)
      #expect(answer.status == 0, "\(answer.errors)")
      let page = try Self.page(run)
      #expect(page.contains("What is not shown") && page.contains(says))
      #expect(page.contains("leader-crash held all 6"))
      #expect(try Tool.run("report", run, "--text").output.contains(says))
    }
  }

  @Test("Times beyond all bounds, and files that do not fit together, end in a page and in no trap")
  func absurdTimes() throws {
    try Self.withRun("--set", "expect=[{measure: leader_changes, at_most: 0}]") { run in
      try FileManager.default.removeItem(atPath: "\(run)/tape.jsonl")
      for (file, name) in [
        ("summary.json", "virtual_ns"), ("ledger.json", "from_ns"), ("history.jsonl", "time_ns"),
      ] {
        let plain = try String(contentsOfFile: "\(run)/\(file)", encoding: .utf8)
        for value in ["-9223372036854775808", "9223372036854775807", "0"] {
          let absurd = plain.replacing(try Regex("\"\(name)\": ?[0-9]+"), with: "\"\(name)\":\(value)")
          #expect(absurd != plain)
          try absurd.write(toFile: "\(run)/\(file)", atomically: true, encoding: .utf8)
          for form in [[], ["--text"], ["--svg", "lanes"]] {
            let answer = try Tool.run(["report", run] + form)
            #expect(answer.status == 0, "\(file) \(value): \(answer.errors)")
          }
        }
        try plain.write(toFile: "\(run)/\(file)", atomically: true, encoding: .utf8)
      }
      try FileManager.default.removeItem(atPath: "\(run)/ledger.json")
      #expect(try Tool.run("report", run).status == 0, "who took part is told by the history")
      #expect(try Self.page(run).contains("found no ledger.json"))
    }
  }

  @Test("A run of another version is shown without its messages")
  func otherVersion() throws {
    try Self.withRun { run in
      let tape = try String(contentsOfFile: "\(run)/tape.jsonl", encoding: .utf8)
      let lines = tape.replacing("\"version\":\"0.1.0\"", with: "\"version\":\"9.9.9\"").split(separator: "\n")
      let last = lines.last!.replacing(
        /"digest":"[0-9a-f]{32}"/, with: "\"digest\":\"00000000000000000000000000000000\"")
      try (lines.dropLast() + [last]).joined(separator: "\n").write(
        toFile: "\(run)/tape.jsonl", atomically: true, encoding: .utf8)
      #expect(try Tool.run("report", run).status == 0)
      #expect(try Self.page(run).contains("it was made by version 9.9.9, and this is 0.1.0"))
      let drawing = try Tool.run("report", run, "--svg", "spacetime")
      #expect(drawing.status == 65 && drawing.output.isEmpty && drawing.errors.contains("could not be repeated"))
    }
  }

  @Test("Where nothing can be shown there is one error, and 65")
  func nothing() throws {
    try Self.withRun { run in
      for content in [nil, "{}", "[1", "{\"verdict\":\"fine\"}"] {
        try? FileManager.default.removeItem(atPath: "\(run)/summary.json")
        if let content { try content.write(toFile: "\(run)/summary.json", atomically: true, encoding: .utf8) }
        let answer = try Tool.run("report", run, "--out", "\(run)/new.html")
        #expect(answer.status == 65 && answer.errors.hasPrefix("error: ") && answer.errors.contains("summary"))
        #expect(!FileManager.default.fileExists(atPath: "\(run)/new.html"))
      }
      #expect(try Tool.run("report", "\(run)/none").status == 65)
      #expect(try Tool.run("report", run, "--text", "--svg", "lanes").status == 64)
      #expect(try Tool.run("report", run, "--from", "1s").status == 64)
    }
  }

  @Test("Where the page cannot be written there is one error, and 74")
  func unwritable() throws {
    try Self.withRun { run in
      let answer = try Tool.run("report", run, "--out", "\(run)/none/page.html")
      #expect(answer.status == 74 && answer.errors.hasPrefix("error: \(run)/none/page.html: cannot write"))
    }
  }

  @Test("What shrink makes of a run stands under the verdict of its page")
  func shrunk() throws {
    try Self.withRun("--set", "expect=[{measure: leader_changes, at_most: 0}]") { run in
      #expect(!(try Self.page(run).contains("smallest scenario")))
      let answer = try Tool.run("shrink", run, "--budget", "5s")
      #expect(answer.status == 0 && answer.output.contains("./faultline report \(run) shows it on the run's page"))
      #expect(try Tool.run("report", run).status == 0)
      let small = try String(contentsOfFile: "\(run)/smallest.yaml", encoding: .utf8)
      let page = try Self.page(run)
      #expect(page.contains("The smallest scenario that fails in the same way"))
      let last = try #require(small.split(separator: "\n").last)
      #expect(page.contains(last.replacing("<", with: "&lt;").replacing(">", with: "&gt;")))
    }
  }

  @Test("A page of what was missed tells how it came to that, fault by fault and leader by leader")
  func course() throws {
    try Self.withRun("--set", "expect=[{measure: leader_changes, at_most: 0}]") { run in
      let page = try Self.page(run)
      let course = try #require(page.firstMatch(of: /id="course">([\s\S]*?)<\/div>\n<\/div>/)).output.1
      let turns = ["n3 leads, term 1", "↯ crash n3", "n3 is down", "n1 leads, term 2", "n3 starts again"]
      let places = turns.map { turn in course.range(of: turn)?.lowerBound }
      #expect(!places.contains(nil), "\(course)")
      #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
      #expect(page.contains("Acting then: “crash n3” since 6\u{A0}s until 11\u{A0}s"))
      let text = try Tool.run("report", run, "--text").output
      #expect(text.contains("missed leader_changes: 2, expected at most 0") && text.contains("“crash n3”"))
    }
  }

  @Test("A page tells how both ends of a link that lost took it, while an incident of it was open")
  func links() throws {
    try Tool.within { (folder: String) throws -> Void in
      let settings = ["duration=2m", "faults.0.for=100s", "expect=[{measure: messages_sent, at_most: 0}]"]
      try Tool.run(
        ["run", "\(Tool.root)/scenarios/regressions/F05-thrash-1.yaml", "--out", folder, "--quiet"]
          + settings.flatMap { ["--set", $0] })
      let name = try #require(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/f05-thrash-1").first)
      let page = try Self.page("\(folder)/f05-thrash-1/\(name)")
      let turn =
        /n[34] takes its link to n[34] for dead with \d+ of the last 64 hellos lost, at [\d.]+.s for alive again with \d+/
      #expect(page.contains(turn))
    }
  }

  @Test("A sweep, a comparison and the futures of a run have pages too")
  func others() throws {
    try Tool.within { (folder: String) throws -> Void in
      for (name, latency) in [("slow", "30ms"), ("fast", "1ms")] {
        let setting = "network.latency={constant: \(latency)}"
        try Tool.run(
          "sweep", Tool.leaderCrash, "--seeds", "1..8", "--out", "\(folder)/\(name)", "--set", setting, "--quiet")
      }
      #expect(try Tool.run("report", "\(folder)/slow").errors == "\(folder)/slow/report.html\n")
      let sweep = try String(contentsOfFile: "\(folder)/slow/report.html", encoding: .utf8)
      #expect(sweep.contains("leader-crash") && sweep.contains("client latency.p99"))
      #expect(try Tool.run("report", "\(folder)/slow", "--text").status == 64)

      let page = "\(folder)/page.html"
      try Tool.run("compare", "\(folder)/slow", "\(folder)/fast", "--report", page, "--quiet")
      #expect(try String(contentsOfFile: page, encoding: .utf8).contains("Paired differences"))
      let arguments = ["branch", Tool.leaderCrash, "--at", "5s", "--at", "15s", "--seeds", "1..3", "--report"]
      #expect(try Tool.run(arguments + [page]).status == 0)
      #expect(
        try String(contentsOfFile: page, encoding: .utf8).contains("Up to 15\u{A0}s at most 1 of 10 futures fail"))
      #expect(try Tool.run(arguments + ["\(folder)/none/page.html"]).status == 74)
    }
  }
}

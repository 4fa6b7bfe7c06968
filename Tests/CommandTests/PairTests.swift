import Foundation
import Testing

@Suite("What a setting is worth", .serialized)
struct PairTests {
  private static let slow = ["--without", "network.latency=1200us", "--set", "sweep.vary={cluster.nodes: [3]}"]

  @Test("A table tells both sides and their paired difference, and takes the place of the one in a page")
  func table() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let pair =
        ["pair", "\(folder)/quick.yaml", "--seeds", "1..6", "--out", "\(folder)/p", "--measures"]
        + ["client_latency.p50,availability"] + Self.slow
      let shown = try Tool.run(pair)
      #expect(shown.status == 0, "\(shown.errors)")
      let rows = shown.output.split(separator: "\n").filter { $0.hasPrefix("| quick |") }
      #expect(rows.count == 2 && rows[0].contains("| client latency.p50 | 6 |"))
      // The faster side is the one as it is.
      #expect(rows[0].contains("−"))
      let page = "\(folder)/page.md"
      try Data("Before.\n<!-- begin table -->\nold\n<!-- end table -->\nAfter.\n".utf8).write(
        to: URL(fileURLWithPath: page))
      // What is there is not run again.
      let again = try Tool.run(pair + ["--report", page, "--quiet"])
      #expect(again.status == 0 && again.output.isEmpty, "\(again.errors)")
      let text = try String(contentsOfFile: page, encoding: .utf8)
      #expect(
        text.hasPrefix("Before.\n<!-- begin table -->\n\n    ./faultline pair ") && text.hasSuffix("\nAfter.\n"))
      #expect(!text.contains("old") && text.contains(rows[0]) && text.contains(rows[1]))
      #expect(text.contains("--without network.latency=1200us --seeds 1..6"))
    }
  }

  @Test("A page that cannot be written is refused before anything runs")
  func unwritable() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let answer = try Tool.run(
        ["pair", "\(folder)/quick.yaml", "--seeds", "1..2", "--out", "\(folder)/p", "--report"]
          + ["\(folder)/none/page.md"] + Self.slow)
      #expect(answer.status == 74 && answer.errors == "error: \(folder)/none/page.md: cannot write the file\n")
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/p"))
    }
  }

  @Test(
    "Measures that there are not, and a half without anything, are exit 64",
    arguments: [
      ["--measures", "speed"], ["--measures", "client_latency.p51"], ["--measures", ","], ["--without", "x"],
      ["--jobs", "0"],
    ])
  func usage(arguments: [String]) throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let given = arguments[0] == "--without" ? [] : Self.slow
      let answer = try Tool.run(
        ["pair", "\(folder)/quick.yaml", "--seeds", "1..2", "--out", "\(folder)/p"] + given + arguments)
      #expect(answer.status == 64, "\(answer.errors)")
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/p"))
    }
  }
}

import Foundation
import Testing

@Suite("What becomes of a sweep's results", .serialized)
struct ResultsTests {
  @Test("A planted regression is found, and a threshold makes it exit 1")
  func regression() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let sweep = ["sweep", "\(folder)/quick.yaml", "--quiet", "--set", "sweep.vary={cluster.nodes: [3]}"]
      try Tool.run(sweep + ["--out", "\(folder)/a"])
      try Tool.run(sweep + ["--out", "\(folder)/b", "--set", "network.latency=1200us"])
      let gate = ["--threshold", "client_latency.p50=+5%", "--format", "json"]
      let worse = try Tool.run(["compare", "\(folder)/a", "\(folder)/b"] + gate)
      #expect(worse.status == 1, "\(worse.errors)")
      let differences = try #require(try Tool.object(worse.output)["differences"] as? [[String: Any]])
      let median = try #require(
        differences.first { $0["measure"] as? String == "client_latency" && $0["statistic"] as? String == "p50" })
      #expect(median["change"] as? String == "worse" && median["pairs"] as? Int == 20)
      #expect(try Tool.run(["compare", "\(folder)/a", "\(folder)/a"] + gate).status == 0)
      #expect(try Tool.run(["compare", "\(folder)/b", "\(folder)/a"] + gate).status == 0)
      let table = try Tool.run("compare", "\(folder)/a", "\(folder)/b")
      #expect(table.status == 0 && table.output.contains("✗ client latency p50"))
    }
  }

  @Test("Another scenario is refused by name in a folder that has results, which stay as they are")
  func refusal() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      try Tool.run("sweep", "\(folder)/quick.yaml", "--seeds", "1..3", "--out", "\(folder)/a", "--quiet")
      let before = try Tool.files(in: "\(folder)/a")
      let answer = try Tool.run(
        "sweep", "\(folder)/quick.yaml", "--seeds", "1..3", "--out", "\(folder)/a", "--set", "cluster.nodes=5")
      #expect(answer.status == 65)
      #expect(answer.errors.contains("\(folder)/a: holds another 'quick': there it says nodes: 3, here nodes: 5"))
      #expect(try Tool.files(in: "\(folder)/a") == before)
      // More seeds of the same are no other scenario.
      #expect(
        try Tool.run("sweep", "\(folder)/quick.yaml", "--seeds", "1..5", "--out", "\(folder)/a", "--quiet").status
          == 0)
      #expect(try SweepFixture.json("\(folder)/a")["runs"] as? Int == 10)
    }
  }

  @Test("What is no result set, and a part that there is not, are exit 65 with their names")
  func badInput() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let scenario = "\(folder)/quick.yaml"
      for arguments in [
        ["results", "\(folder)/none"], ["results", folder], ["compare", folder, folder],
        ["merge", folder, "--out", "\(folder)/m"], ["export", folder, "--csv", "\(folder)/x"],
        ["sweep", scenario, "--out", "\(folder)/s", "--shard", "17/16"],
        ["sweep", scenario, "--out", "\(folder)/s", "--shard", "0/16"],
        ["sweep", scenario, scenario, "--out", "\(folder)/s"],
        ["sweep", scenario, "--out", "\(folder)/s", "--set", "sweep.vary={cluster.nodes: [3, x]}"],
      ] {
        let answer = try Tool.run(arguments)
        #expect(answer.status == 65, "\(arguments): \(answer.errors)")
        #expect(answer.errors.split(separator: "\n").count == 1 && answer.errors.hasPrefix("error: "))
      }
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/s"))
      try FileManager.default.createDirectory(atPath: "\(folder)/d", withIntermediateDirectories: true)
      try Data("SQLite format 3\0 and nothing else".utf8).write(
        to: URL(fileURLWithPath: "\(folder)/d/results.sqlite"))
      let damaged = try Tool.run("sweep", scenario, "--out", "\(folder)/d")
      #expect(damaged.status == 65 && damaged.errors.contains("\(folder)/d/results.sqlite: is damaged"))
    }
  }

  @Test(
    "Usage errors are exit 64",
    arguments: [
      [], ["--shard", "3"], ["--shard", "a/b"], ["--timeout", "60"], ["--timeout", "0s"], ["--memory", "4"],
      ["--memory", "1MiB"], ["--budget", "soon"], ["--jobs", "0"], ["--seeds", "1..9223372036854775808"],
    ])
  func usage(arguments: [String]) throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      // Without seeds, or with what comes last in its place.
      let answer = try Tool.run(["sweep", Tool.leaderCrash, "--out", "\(folder)/a"] + arguments)
      #expect(answer.status == 64, "\(answer.errors)")
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/a"))
    }
  }
}

import Foundation
import Testing

@Suite("faultline sweep", .serialized)
struct SweepTests {
  @Test("A sweep runs its seeds at every point, leaves one file, and runs nothing a second time")
  func whole() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let sweep = ["sweep", "\(folder)/quick.yaml", "--out", "\(folder)/a", "--format", "json"]
      let first = try Tool.run(sweep)
      #expect(first.status == 0, "\(first.errors)")
      #expect(first.lines.count == 1)
      let summary = try Tool.object(first.output)
      #expect(summary["runs"] as? Int == 40 && summary["asked"] as? Int == 40)
      let points = try #require(summary["points"] as? [[String: Any]])
      #expect(points.compactMap { $0["settings"] as? String } == ["network.latency=1ms", "network.latency=2ms"])
      #expect(try Tool.files(in: "\(folder)/a").keys.sorted() == ["results.sqlite"])
      let costs = try SweepFixture.costs("\(folder)/a")
      let second = try Tool.run(sweep)
      #expect(second.status == 0 && second.output == first.output)
      #expect(second.errors.contains("40 have their results"))
      #expect(try SweepFixture.costs("\(folder)/a") == costs)
      #expect(try Tool.run("results", "\(folder)/a", "--format", "json").output == first.output)
    }
  }

  @Test("A seed comes to the same digest in a sweep's process as in a run")
  func digests() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      try Tool.run("sweep", "\(folder)/quick.yaml", "--out", "\(folder)/a", "--quiet")
      let rows = String(decoding: try #require(SweepFixture.export("\(folder)/a")["runs.csv"]), as: UTF8.self)
        .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      let swept = rows.filter { $0[1] == "network.latency=2ms" }.map { String($0[4]) }
      let runs = try Tool.run(
        "run", "\(folder)/quick.yaml", "--seeds", "1..20", "--set", "network.latency=2ms", "--format", "json",
        "--artifacts", "none", "--quiet")
      #expect(swept.count == 20)
      #expect(try runs.lines.map { try Tool.object($0)["digest"] as? String } == swept)
    }
  }

  @Test("Parts, merged in any order, are the whole to the byte")
  func shards() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      try Tool.run("sweep", "\(folder)/quick.yaml", "--out", "\(folder)/whole", "--quiet")
      for part in 1...3 {
        let answer = try Tool.run(
          "sweep", "\(folder)/quick.yaml", "--out", "\(folder)/\(part)", "--shard", "\(part)/3", "--quiet")
        #expect(answer.status == 0, "\(answer.errors)")
      }
      let merge = try Tool.run(
        "merge", "\(folder)/3", "\(folder)/1", "\(folder)/2", "--out", "\(folder)/merged", "--format", "json")
      #expect(merge.status == 0, "\(merge.errors)")
      #expect(try SweepFixture.export("\(folder)/merged") == SweepFixture.export("\(folder)/whole"))
      #expect(try Tool.run("results", "\(folder)/whole", "--format", "json").output == merge.output)
      let again = try Tool.run("merge", "\(folder)/1", "\(folder)/merged", "--out", "\(folder)/none")
      #expect(again.status == 65 && again.errors.contains("expected parts that share no seed"))
    }
  }

  @Test("Killed in the middle, a sweep has lost no finished seed, and goes on with the others")
  func killed() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let process = try SweepFixture.start("\(folder)/quick.yaml", "--seeds", "1..400", "--out", "\(folder)/a")
      try SweepFixture.wait {
        try Tool.run("results", "\(folder)/a", "--quiet").status != 65 && runs("\(folder)/a") >= 20
      }
      let seen = try runs("\(folder)/a")
      let workers = SweepFixture.children(of: process.processIdentifier)
      #expect(!workers.isEmpty)
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let kept = try SweepFixture.costs("\(folder)/a")
      #expect(kept.count - 1 >= seen)
      try SweepFixture.wait { workers.allSatisfy { SweepFixture.state(of: $0) == nil } }
      let answer = try Tool.run(
        "sweep", "\(folder)/quick.yaml", "--seeds", "1..400", "--out", "\(folder)/a", "--quiet")
      #expect(answer.status == 0, "\(answer.errors)")
      let costs = Set(try SweepFixture.costs("\(folder)/a"))
      // What these cost to the nanosecond says that they did not run again.
      #expect(costs.isSuperset(of: kept) && costs.count == 801)
      try Tool.run("sweep", "\(folder)/quick.yaml", "--seeds", "1..400", "--out", "\(folder)/b", "--quiet")
      #expect(try SweepFixture.export("\(folder)/a") == SweepFixture.export("\(folder)/b"))
    }
  }

  private func runs(_ results: String) throws -> Int { try SweepFixture.json(results)["runs"] as? Int ?? 0 }

  @Test("Ctrl-C keeps what is finished and ends with 130")
  func interrupted() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let process = try SweepFixture.start("\(folder)/quick.yaml", "--seeds", "1..5000", "--out", "\(folder)/a")
      try SweepFixture.wait {
        try Tool.run("results", "\(folder)/a", "--quiet").status != 65 && runs("\(folder)/a") > 0
      }
      kill(process.processIdentifier, SIGINT)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 130)
      #expect(try runs("\(folder)/a") > 0)
      #expect(try Tool.files(in: "\(folder)/a").keys.sorted() == ["results.sqlite"])
    }
  }

  @Test("A worker that crashes is the result of one seed, and of no other")
  func crash() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let process = try SweepFixture.start(
        "\(folder)/quick.yaml", "--seeds", "1..150", "--out", "\(folder)/a", "--jobs", "1")
      var workers: [Int32] = []
      try SweepFixture.wait {
        workers = SweepFixture.children(of: process.processIdentifier)
        return try !workers.isEmpty && Tool.run("results", "\(folder)/a", "--quiet").status != 65
          && runs("\(folder)/a") > 0
      }
      kill(workers[0], SIGSEGV)
      process.waitUntilExit()
      #expect(process.terminationStatus == 70)
      let summary = try SweepFixture.json("\(folder)/a")
      let verdicts = try #require(summary["verdicts"] as? [String: Int])
      #expect(verdicts["crashed"] == 1 && verdicts["pass"] == 299)
      let failure = try #require((summary["failures"] as? [[String: Any]])?.first)
      #expect((failure["sentence"] as? String)?.contains("signal 11") == true)
      #expect(
        (failure["replay"] as? String)?.hasPrefix("./faultline run \(folder)/quick.yaml --set network.latency=")
          == true)
      let retried = try Tool.run(
        "sweep", "\(folder)/quick.yaml", "--seeds", "1..150", "--out", "\(folder)/a", "--retry", "--quiet")
      #expect(retried.status == 0)
    }
  }

  @Test("A seed that takes too long, or too much memory, has that as its result")
  func limits() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let hung = try Tool.run(
        "sweep", Tool.leaderCrash, "--seeds", "1..3", "--timeout", "200ms", "--out", "\(folder)/a", "--format",
        "json",
        "--set", "duration=5000s")
      #expect(hung.status == 70)
      #expect(try (Tool.object(hung.output)["verdicts"] as? [String: Int])?["hung"] == 3)
      #expect(hung.output.contains("it took more than 200"))
      let greedy = try Tool.run(
        "sweep", "\(folder)/quick.yaml", "--seeds", "1..2", "--out", "\(folder)/b", "--memory", "256MiB", "--set",
        "duration=2000s", "--set", "workload.rate=2000/s", "--set", "workload.value_size=16KiB", "--format", "json")
      #expect(greedy.status == 70, "\(greedy.output)")
      #expect(try (Tool.object(greedy.output)["verdicts"] as? [String: Int])?["out_of_memory"] == 4)
    }
  }

  @Test("A failing seed is shown with a command that fails in the same way")
  func failing() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let answer = try Tool.run(
        "sweep", "\(folder)/quick.yaml", "--seeds", "1..12", "--out", "\(folder)/a", "--format", "json", "--set",
        "expect.1={measure: elections, at_most: 1}", "--csv", "\(folder)/a.csv", "--junit", "\(folder)/a.xml")
      #expect(answer.status == 1)
      let failures = try #require(try Tool.object(answer.output)["failures"] as? [[String: Any]])
      #expect(failures.compactMap { $0["fingerprint"] as? String } == ["elections"])
      let command = try #require(failures.first?["replay"] as? String)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = [
        "-c", command.replacingOccurrences(of: "./faultline", with: "'\(Tool.path)'") + " --artifacts none --quiet",
      ]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 1)
      let table = String(decoding: FileManager.default.contents(atPath: "\(folder)/a.csv") ?? Data(), as: UTF8.self)
      #expect(table.hasPrefix("scenario,settings,measure,statistic,unit,runs,figure,value,low95,high95\n"))
      let report = String(
        decoding: FileManager.default.contents(atPath: "\(folder)/a.xml") ?? Data(), as: UTF8.self)
      #expect(
        report.components(separatedBy: "<testcase ").count == 25 && report.contains("<failure type=\"elections\""))
    }
  }

  @Test("A sweep stops at its first failure, or when its budget is used up, and goes on later")
  func stops() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let fast = try Tool.run(
        "sweep", "\(folder)/quick.yaml", "--seeds", "1..2000", "--out", "\(folder)/a", "--format", "json",
        "--fail-fast",
        "--set", "expect.1={measure: elections, at_most: 0}")
      #expect(fast.status == 1)
      #expect(try Tool.object(fast.output)["runs"] as? Int ?? 4_000 < 2_000)
      let short = try Tool.run(
        "sweep", "\(folder)/quick.yaml", "--seeds", "1..100000", "--out", "\(folder)/b", "--format", "json",
        "--budget",
        "1500ms")
      let runs = try Tool.object(short.output)["runs"] as? Int ?? 0
      #expect(short.status == 0 && runs > 0 && runs < 200_000)
      #expect(short.errors.contains("budget"))
    }
  }
}

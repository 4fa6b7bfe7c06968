import Foundation
import Reports
import Results
import Testing

@Suite("Result sets")
struct ResultSetTests {
  @Test("A set keeps what it was given, in whatever order it came")
  func order() throws {
    try Sets.within { (folder: String) throws -> Void in
      let one = try Sets.make("\(folder)/one")
      let other = try Sets.make("\(folder)/other", reversed: true)
      #expect(try Sets.export(one) == Sets.export(other))
      #expect(try one.summary() == other.summary())
      #expect(try ResultsJSON.line(one.summary()) == ResultsJSON.line(other.summary()))
    }
  }

  @Test("A summary counts verdicts, groups failures and gives the first of each group its command")
  func summary() throws {
    try Sets.within { (folder: String) throws -> Void in
      let summary = try Sets.make("\(folder)/a").summary()
      #expect(summary.points.map(\.settings) == ["cluster.nodes=3", "cluster.nodes=5"])
      #expect(summary.runs == 80 && summary.asked == 80)
      #expect(summary.count(.violation) == 10 && summary.count(.pass) == 70)
      #expect(summary.exitCode == 1)
      #expect(summary.groups.count == 1)
      #expect(summary.groups[0].seeds == 10 && summary.groups[0].seed == 7)
      #expect(summary.groups[0].replay == "./faultline run storm.yaml --set 'cluster.nodes=3' --seed 7")
      let point = summary.points[0]
      #expect(point.marks.map(\.seen) == [20])
      #expect(point.expectations.map(\.violated) == [5])
      let names = point.figures.map { "\($0.measure).\($0.statistic)" }
      #expect(names.contains("client_latency.p99") && names.contains("leader_changes.value"))
      let changes = try #require(point.figures.first { $0.measure == "leader_changes" })
      // 13 seeds with 1, 14 with 2, 13 with 3.
      #expect(changes.mean.value == 2 && changes.p50.value == 2 && changes.max == 3 && changes.runs == 40)
    }
  }

  @Test("Shards merged, in any order, are the whole to the byte", arguments: [[0, 1, 2], [2, 0, 1]])
  func merge(order: [Int]) throws {
    try Sets.within { (folder: String) throws -> Void in
      let whole = try Sets.make("\(folder)/whole")
      for part in 0..<3 { try Sets.make("\(folder)/\(part)") { seed, point in (Int(seed) + point) % 3 == part } }
      let merged = try ResultSet.merge(order.map { "\(folder)/\($0)" }, into: "\(folder)/merged")
      #expect(try Sets.export(merged) == Sets.export(whole))
      #expect(try merged.summary() == whole.summary())
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/merged") == ["results.sqlite"])
    }
  }

  @Test("Parts that share a seed are refused with the seed, and nothing is left")
  func overlap() throws {
    try Sets.within { (folder: String) throws -> Void in
      try Sets.make("\(folder)/a") { seed, _ in seed <= 20 }
      try Sets.make("\(folder)/b") { seed, point in seed >= 20 && point == 1 }
      let error = #expect(throws: ResultError.self) {
        try ResultSet.merge(["\(folder)/a", "\(folder)/b"], into: "\(folder)/c")
      }
      #expect(
        error
          == .bad(
            path: "\(folder)/b",
            "holds 'storm', seed 20 at cluster.nodes=5, which is in an earlier part too; expected parts that share no seed"
          ))
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/c").isEmpty)
    }
  }

  @Test("Another scenario, version or build is refused by name, and what is there stays")
  func others() throws {
    try Sets.within { (folder: String) throws -> Void in
      let results = try Sets.make("\(folder)/a")
      var (content, version, build) = (Sets.plan(), Sets.plan(), Sets.plan())
      content.text = "name: storm\nduration: 6s\n"
      version.version = "2"
      build.build = "c"
      for (plan, words) in [
        (content, "there it says duration: 5s, here duration: 6s"), (version, "version 1"),
        (build, "build b of version 1"),
      ] {
        let error = #expect(throws: ResultError.self) { try results.enter(plan) }
        #expect(error?.description.contains("holds") == true && error?.description.contains(words) == true)
      }
      #expect(try results.summary().runs == 80)
      try Sets.make("\(folder)/b", version)
      #expect(throws: ResultError.self) {
        try ResultSet.merge(["\(folder)/a", "\(folder)/b"], into: "\(folder)/c")
      }
    }
  }

  @Test("Finished seeds are known again, and those that only ended can be forgotten")
  func finished() throws {
    try Sets.within { (folder: String) throws -> Void in
      let results = try Sets.make("\(folder)/a") { seed, point in seed <= 3 && point == 0 }
      let id = try results.enter(Sets.plan())
      let hung = RunRow(seed: 9, endedAs: .hung, fingerprint: "hung", sentence: "hung", wallNS: 0)
      try results.keep([.init(set: id, point: 1, run: hung)])
      #expect(try results.finished(id, points: 2) == [[1, 2, 3], [9]])
      #expect(try results.summary().exitCode == 70)
      #expect(try results.forgetUnfinished(id) == 1)
      #expect(try results.finished(id, points: 2) == [[1, 2, 3], []])
    }
  }

  @Test("What is no result set is refused for what it is")
  func damage() throws {
    try Sets.within { (folder: String) throws -> Void in
      func complaint(_ name: String) -> String {
        let error = #expect(throws: ResultError.self) { try ResultSet.open("\(folder)/\(name)") }
        if case .inputOutput? = error { Issue.record("\(name) is no bad input") }
        return error?.description ?? ""
      }
      #expect(complaint("none").contains("there is no such folder"))
      try FileManager.default.createDirectory(atPath: "\(folder)/empty", withIntermediateDirectories: true)
      #expect(complaint("empty").contains("holds no results.sqlite"))
      try FileManager.default.createDirectory(atPath: "\(folder)/text", withIntermediateDirectories: true)
      try Data(String(repeating: "no database ", count: 200).utf8)
        .write(to: URL(fileURLWithPath: "\(folder)/text/results.sqlite"))
      #expect(complaint("text").contains("\(folder)/text/results.sqlite: is damaged"))
      try Sets.make("\(folder)/torn")
      let file = URL(fileURLWithPath: "\(folder)/torn/results.sqlite")
      let bytes = try Data(contentsOf: file)
      try bytes.prefix(bytes.count / 2).write(to: file)
      #expect(complaint("torn").contains("is damaged"))
      var scribbled = bytes
      for index in stride(from: 4_096, to: bytes.count, by: 4_096) { scribbled[index] = 0xEE }
      try scribbled.write(to: file)
      #expect(complaint("torn").contains("is damaged"))
      // The header's application id.
      var foreign = bytes
      foreign.replaceSubrange(68..<72, with: [0, 0, 0, 0])
      try foreign.write(to: file)
      #expect(complaint("torn").contains("is a database of something else"))
    }
  }

  @Test("CSV gives a column one type: nanoseconds and counts are whole numbers, shares are not")
  func columns() throws {
    try Sets.within { (folder: String) throws -> Void in
      let files = try Sets.export(Sets.make("\(folder)/a"))
      let lines = String(decoding: files["runs.csv"]!, as: UTF8.self).split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      #expect(lines.count == 81)
      let titles = lines[0].map(String.init)
      for (column, title) in titles.enumerated() where title.hasSuffix("_ns") {
        #expect(lines.dropFirst().filter { $0[3] == "pass" }.allSatisfy { Int64($0[column]) != nil }, "\(title)")
      }
      let share = try #require(titles.firstIndex(of: "availability_mean_percent"))
      // What failed has a sentence, which may have a comma.
      #expect(lines.dropFirst().filter { $0[3] == "pass" }.allSatisfy { $0[share].contains(".") })
      #expect(!titles.contains { $0.contains("cpu") || $0.contains("wall") })
      #expect(
        String(decoding: files["expectations.csv"]!, as: UTF8.self).contains("\"a \"\"detail\"\", with a comma\""))
    }
  }

  @Test("A JUnit report has a case for each seed, and failures with their commands")
  func junit() throws {
    try Sets.within { (folder: String) throws -> Void in
      let results = try Sets.make("\(folder)/a")
      let id = try results.enter(Sets.plan())
      let crash = RunRow(seed: 41, endedAs: .crashed, fingerprint: "a<b", sentence: "said \"<&\u{1}\"", wallNS: 0)
      try results.keep([.init(set: id, point: 0, run: crash)])
      let xml = try results.junit()
      #expect(xml.components(separatedBy: "<testcase ").count == 82)
      #expect(xml.contains("tests=\"41\" failures=\"5\" errors=\"1\" skipped=\"0\""))
      #expect(xml.contains("message=\"said &quot;&lt;&amp;\u{FFFD}&quot;\""))
      #expect(XMLParserCheck.isWellFormed(xml))
    }
  }
}

/// Tags that open and close, as a reader of XML would want them.
private enum XMLParserCheck {
  static func isWellFormed(_ xml: String) -> Bool {
    var open: [Substring] = []
    for part in xml.split(separator: "<").dropFirst() {
      guard let end = part.firstIndex(of: ">") else { return false }
      let tag = part[..<end]
      let name = tag.drop { $0 == "/" }.prefix { $0.isLetter }
      if tag.hasPrefix("/") {
        guard open.popLast() == name else { return false }
      } else if !tag.hasSuffix("/") {
        open.append(name)
      }
    }
    return open.isEmpty
  }
}

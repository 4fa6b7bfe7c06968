import Experiments
import Foundation
import Primitives
import Scenarios
import Testing
import Yardsticks

@Suite("Yardsticks")
struct YardstickTests {
  static let names = [
    "leader-crash-elections", "partial-connectivity", "refloated-elections", "split-votes", "wide-area-elections",
  ]

  @Test("Every yardstick of the package reads, with all scenarios that it names", arguments: names)
  func reads(name: String) throws {
    let yardstick = try YardstickReader.read(path: "\(Shelf.root)/yardsticks/\(name).yaml")
    #expect(yardstick.name == name && !yardstick.cases.isEmpty)
    for each in yardstick.cases { #expect(!each.path.contains("..")) }
  }

  @Test(
    "A yardstick that is none is refused with its place and the right words",
    arguments: [
      ("", "1:1: the file is empty; expected a yardstick, which begins with 'yardstick: 1'"),
      ("yardstick: 2\n", "1:12: yardstick: found '2'; expected a whole number from 1 to 1"),
      (head + "case: []\n", "7:1: unknown key 'case' in the yardstick; did you mean 'cases'?"),
      (head + "cases: []\n", "7:8: cases: found a list; expected at least one case"),
      (head + "cases: [{name: a}, {name: a}]\n", "7:20: cases: 'a' is there twice; expected it once"),
      (
        head + "cases: [{name: a, gate: {ks: 3%}}]\n",
        "7:9: cases: 'a': the gate 'ks' needs quantiles"
      ),
      (
        head + "cases: [{name: a, published: {quantiles: {50%: 2s, 40%: 3s}}}]\n",
        "7:52: cases.published.quantiles: '40%' is not above the one before it"
      ),
      (
        head + "cases: [{name: a}]\norder: [{cases: [a, b]}]\n",
        "8:21: order.cases: found 'b'; expected the name of a case; did you mean 'a'?"
      ),
      (
        head + "cases: [{name: a}]\norder: [{cases: [a, a]}]\n",
        "8:21: order.cases: 'a' is there twice; expected it once"
      ),
      (
        head + "cases: [{name: a, published: {mean: 1s}}]\n",
        "7:9: cases: 'a' has no gate and no place in an order; expected one of the two"
      ),
      (
        head + "cases: [{name: a, holds: true}]\n",
        "7:9: cases: 'a' is of elections, of which nothing 'holds'; expected a gate"
      ),
      (
        head + "cases: [{name: a, published: {mean: 1s}, gate: {mean: 100%}}]\n",
        "7:55: cases.gate.mean: found '100%'; expected a share above 0 % and below 100 %"
      ),
      (head + "cases: [{name: ''}]\n", "7:16: cases.name: found ''; expected a name without '|'"),
      (
        head.replacingOccurrences(of: "elections", with: "runs") + "cases: [{name: a}]\n",
        "7:9: cases: 'a' has no 'holds'; expected true, false or told"
      ),
      (
        head.replacingOccurrences(of: "elections", with: "runs")
          + "cases: [{name: a, holds: true, gate: {ks: 3%}}]\n",
        "7:9: cases: 'a': the gate 'ks' needs quantiles"
      ),
      (
        head + "cases: [{name: a, set: {cluster.nodes: none}, gate: {split_vote: closed_form}}]\n",
        "7:24: cases: 'a': cluster.nodes: found 'none'; expected a number from 1 to 10000, or a list of names"
      ),
    ])
  func refused(text: String, complaint: String) throws {
    let path = "\(Shelf.root)/yardsticks/.\(UUID().uuidString).yaml"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let found = #expect(throws: Complaint.self) { try YardstickReader.read(path: path) }
    #expect(found.map { "\($0.line):\($0.column): \($0.message)" } == complaint)
  }

  static let head = """
    yardstick: 1
    name: a
    title: A
    source: Somebody
    scenario: ../scenarios/papers/split-vote.yaml
    elections: 10

    """

  @Test("A scenario that a yardstick makes invalid is refused as on a command line")
  func badSetting() throws {
    let path = "\(Shelf.root)/yardsticks/split-votes.yaml"
    let found = #expect(throws: Complaint.self) {
      try YardstickReader.read(path: path, settings: [("cluster.nodes", "none")])
    }
    #expect(found?.file == "--set")
  }

  @Test("A scenario by itself is held against the formula, and one that it is not about does not pass")
  func scenarioAlone() throws {
    func judged(_ name: String, _ settings: (key: String, value: String)...) throws -> Judgement {
      let yardstick = try YardstickReader.read(
        path: "\(Shelf.root)/scenarios/papers/\(name).yaml", settings: settings)
      let series = try Shelf.series(yardstick.cases[0].scenario, 500)
      return Judgement(yardstick, [.init(seeds: 1...500, samples: [.elections(series)])])
    }
    #expect(try judged("split-vote", ("cluster.nodes", "11"), ("faults.0.crash", "[n10, n11]")).holds)
    #expect(try !judged("wide-area-election").holds)
    let found = #expect(throws: Complaint.self) {
      try YardstickReader.read(path: "\(Shelf.root)/scenarios/gossip/spread.yaml")
    }
    #expect(found?.message == "the scenario is of the program 'gossip'; expected 'raft-kv', or a yardstick")
  }

  @Test("The scenarios of a yardstick are found from where it lies, however it is named")
  func paths() throws {
    let direct = try YardstickReader.read(path: "\(Shelf.root)/yardsticks/split-votes.yaml")
    let around = try YardstickReader.read(path: "\(Shelf.root)/./docs/../yardsticks/./split-votes.yaml")
    #expect(direct.cases.map(\.path) == around.cases.map(\.path))
  }

  // MARK: Gates

  @Test("The distance of two distributions is the largest at what was published")
  func distance() {
    let sorted = (1...100).map { Double($0) }
    func quantiles(_ pairs: [(UInt64, Int64)]) -> [Yardstick.Quantile] {
      pairs.map { Yardstick.Quantile(share: Ratio($0.0, 100), value: Nanoseconds($0.1)) }
    }
    #expect(Gates.distance(sorted, of: 100, from: quantiles([(10, 10), (50, 50), (90, 90)])) == 0)
    #expect(abs(Gates.distance(sorted, of: 100, from: quantiles([(10, 10), (50, 57), (90, 90)])) - 0.06) < 1e-12)
    #expect(abs(Gates.distance(sorted, of: 100, from: quantiles([(50, 43)])) - 0.07) < 1e-12)
    // Of two hundred, half were never decided.
    #expect(abs(Gates.distance(sorted, of: 200, from: quantiles([(50, 50)])) - 0.25) < 1e-12)
    // A jump from 0 to 1 at the value holds every share.
    #expect(Gates.distance([5, 5, 5], of: 3, from: quantiles([(1, 5), (99, 5)])) == 0)
  }

  @Test("Chance is exact: as many as expected are likely, and a tenth more are not")
  func chance() {
    #expect(Gates.chance(of: 5_000, in: 100_000, probability: 0.05) > 0.9)
    #expect(Gates.chance(of: 5_500, in: 100_000, probability: 0.05) < 1e-9)
    #expect(Gates.chance(of: 0, in: 100_000, probability: 0) == 1)
    // Both sides of ten throws: at most one, or at least nine heads.
    #expect(abs(Gates.chance(of: 1, in: 10, probability: 0.5) - 22.0 / 1_024) < 1e-9)
    #expect(abs(Gates.level(of: 60) - 0.000_167_5) < 1e-6)
  }

  @Test("A false yardstick fails, a true one holds, and the page says which")
  func judgement() throws {
    var yardstick = try YardstickReader.read(path: "\(Shelf.root)/yardsticks/split-votes.yaml")
    let place = try #require(yardstick.cases.firstIndex { $0.name == "n = 5, s = 3, l = 0.2" })
    yardstick.cases = [yardstick.cases[place]]
    func judged(_ yardstick: Yardstick) throws -> Judgement {
      let series = try Shelf.series(yardstick.cases[0].scenario, 2_000)
      return Judgement(yardstick, [.init(seeds: 1...2_000, samples: [.elections(series)])])
    }
    let good = try judged(yardstick)
    #expect(good.holds)
    #expect(YardstickPage(command: "x", [good], pictures: [:]).markdown.contains("**1 of 1 yardsticks hold.**"))
    yardstick.cases[0].gate = .init(splitVote: .published)
    yardstick.cases[0].published.splitVote = Ratio(60, 100)
    yardstick.cases[0].published.count = 100_000
    let bad = try judged(yardstick)
    #expect(!bad.holds)
    // By standard errors: few for what holds, and for what does not as many as two shares differ by.
    func deviation(_ judgement: Judgement) throws -> Double {
      guard case .elections(let series) = judgement.rounds[0].samples[0] else { return .nan }
      return try #require(Judgement.deviation(judgement.yardstick.cases[0], series))
    }
    #expect(abs(try deviation(good)) < 4)
    #expect(try deviation(bad) < -8)
    #expect(YardstickPage(command: "x", [bad], pictures: [:]).markdown.contains("✗ |"))
  }

  @Test("Means, medians and orders are held to what was published, each by itself")
  func times() throws {
    var yardstick = try YardstickReader.read(path: "\(Shelf.root)/yardsticks/wide-area-elections.yaml")
    yardstick.cases = Array(yardstick.cases[1...2])
    let series = try yardstick.cases.map { CaseSample.elections(try Shelf.series($0.scenario, 2_000)) }
    func judged(_ change: (inout Yardstick) -> Void) -> Judgement {
      var changed = yardstick
      change(&changed)
      return Judgement(changed, [.init(seeds: 1...2_000, samples: series)])
    }
    func finding(_ judgement: Judgement, _ gate: String) -> Bool? {
      judgement.findings[0][0].first { $0.gate == gate }?.holds
    }
    for (factor, holds) in [(Int64(100), true), (107, false), (93, false)] {
      let judgement = judged { yardstick in
        let published = yardstick.cases[0].published
        yardstick.cases[0].published.mean = published.mean.map { Nanoseconds($0.count / 100 * factor) }
        yardstick.cases[0].published.quantiles = published.quantiles.map {
          .init(share: $0.share, value: Nanoseconds($0.value.count / 100 * factor))
        }
        yardstick.cases[0].gate = .init(distance: Ratio(5, 100), mean: Ratio(4, 100), median: Ratio(4, 100))
      }
      for gate in ["mean", "median", "ks"] { #expect(finding(judgement, gate) == holds, "\(gate), \(factor)") }
    }
    #expect(judged { $0.orders = [.init(cases: [0, 1], factor: 1)] }.holds)
    #expect(!judged { $0.orders = [.init(cases: [1, 0], factor: 1)] }.holds)
    #expect(!judged { $0.orders = [.init(cases: [0, 1], factor: 2)] }.holds)
  }

  @Test("A broken promise in one range of seeds fails the case, and the page says so")
  func safety() throws {
    var yardstick = try YardstickReader.read(path: "\(Shelf.root)/yardsticks/refloated-elections.yaml")
    (yardstick.cases, yardstick.orders) = ([yardstick.cases[0]], [])
    let whole = try Shelf.series(yardstick.cases[0].scenario, 200)
    var broken = whole
    broken.violated = [203]
    let judgement = Judgement(
      yardstick,
      [
        .init(seeds: 1...200, samples: [.elections(whole)]),
        .init(seeds: 201...400, samples: [.elections(broken)]),
      ])
    #expect(!judgement.holds(case: 0))
    let page = YardstickPage(command: "x", [judgement], pictures: [:]).markdown
    #expect(page.contains("safety – / a promise is broken with seed 203"))
    #expect(page.contains("**0 of 1 yardsticks hold.**"))
  }

  @Test("An election that nobody has decided is longer than all others, and is told")
  func undecided() throws {
    var yardstick = try YardstickReader.read(path: "\(Shelf.root)/yardsticks/split-votes.yaml")
    let place = try #require(yardstick.cases.firstIndex { $0.name == "n = 5, s = 3, l = 0.3" })
    let scenario = try ScenarioReader.read(
      path: "\(Shelf.root)/scenarios/papers/split-vote.yaml",
      settings: yardstick.cases[place].settings + [("duration", "3s"), ("heal_at", "3s")])
    yardstick.cases = [yardstick.cases[place]]
    yardstick.cases[0].scenario = scenario
    let series = try Shelf.series(scenario, 300)
    #expect(series.censored > 20 && series.count == 300)
    let judgement = Judgement(yardstick, [.init(seeds: 1...300, samples: [.elections(series)])])
    #expect(!judgement.holds)
    #expect(judgement.findings[0][0].contains { $0.detail == "\(series.censored) undecided" })
  }

  @Test("A verdict is that of every run: one that holds where it should not is enough to fail")
  func verdicts() throws {
    let yardstick = try YardstickReader.read(path: "\(Shelf.root)/yardsticks/partial-connectivity.yaml")
    var chained = yardstick
    chained.cases = yardstick.cases.filter { $0.name.hasPrefix("chained") }
    let samples = try chained.cases.map { each -> CaseSample in
      .runs(try #require(RunTally(each.scenario, seeds: 1...4, jobs: 2) { _ in true }))
    }
    #expect(Judgement(chained, [.init(seeds: 1...4, samples: samples)]).holds)
    for place in chained.cases.indices { chained.cases[place].holds?.toggle() }
    let contrary = Judgement(chained, [.init(seeds: 1...4, samples: samples)])
    for place in chained.cases.indices {
      // What is disputed is told, and not judged.
      #expect(contrary.holds(case: place) == (chained.cases[place].holds == nil))
    }
  }

  @Test("The same seeds come to the same elections, on however many cores")
  func sameElections() throws {
    let scenario = try Shelf.scenario("wide-area-election")
    let one = try #require(ElectionSeries(scenario, seeds: 5...600, jobs: 1) { _ in true })
    let two = try #require(ElectionSeries(scenario, seeds: 5...600, jobs: 2) { _ in true })
    #expect(one.durations == two.durations && one.terms == two.terms && !one.terms.isEmpty)
    #expect(ElectionSeries(scenario, seeds: 1...600, jobs: 2) { _ in false } == nil)
  }
}

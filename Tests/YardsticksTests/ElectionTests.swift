import Experiments
import Primitives
import Scenarios
import Testing

@Suite("What counts as an election")
struct ElectionTests {
  private func elections(
    _ name: String, _ seeds: ClosedRange<UInt64>, _ settings: (String, String)...
  ) throws -> [ElectionMeter.Election?] {
    let scenario = try ScenarioReader.read(
      path: "\(Shelf.root)/scenarios/papers/\(name).yaml", settings: settings.map { (key: $0.0, value: $0.1) })
    let trial = try #require(ElectionTrial(scenario))
    return seeds.map { trial.run(seed: $0).election }
  }

  @Test(
    "A leader is heard one latency after it is elected, or behind a vote that is on its way on the same stream: 1 to 8 ms here"
  )
  func heard() throws {
    let elected = try elections("leader-crash-election", 1...100, ("measures.election.until", "elected"))
    let heard = try elections("leader-crash-election", 1...100)
    for (elected, heard) in zip(elected, heard) {
      let delay = try #require(heard).duration - (try #require(elected)).duration
      #expect(delay >= .milliseconds(1) && delay <= .milliseconds(8))
    }
  }

  @Test("From the first candidacy an election is shorter than from the leader's end, by what servers wait for")
  func candidacy() throws {
    let loss = try elections("leader-crash-election", 1...100)
    let candidacy = try elections("leader-crash-election", 1...100, ("measures.election.from", "candidacy"))
    for (loss, candidacy) in zip(loss, candidacy) {
      let waiting = try #require(loss).duration - (try #require(candidacy)).duration
      // Time-outs from 150 ms, of which up to 75 were over as the leader ended.
      #expect(waiting >= .milliseconds(70) && waiting < .milliseconds(300))
    }
  }

  @Test("A stable leader is the first one or a later one, and is once in a while a later one")
  func stable() throws {
    let first = try elections("wide-area-election", 1...300, ("measures.election", "{from: loss}"))
    let stable = try elections("wide-area-election", 1...300)
    var later = 0
    for (first, stable) in zip(first, stable) {
      let (first, stable) = (try #require(first), try #require(stable))
      #expect(stable.duration >= first.duration && stable.terms >= first.terms)
      if stable.duration > first.duration { later += 1 }
    }
    #expect(later > 0 && later < 150)
  }

  @Test("A leader that does not outlive its heartbeats is none")
  func unstable() throws {
    let elections = try elections("wide-area-election", 1...5, ("measures.election.heartbeats", "1000000"))
    #expect(elections == Array(repeating: nil, count: 5))
  }

  @Test("With equal settings an election of one term is one whose first vote was not split")
  func terms() throws {
    let elections = try elections("split-vote", 1...300, ("network.latency", "{constant: 250ms}")).compactMap { $0 }
    #expect(elections.count == 300)
    for election in elections { #expect((election.terms > 1) == election.isSplit) }
    #expect(elections.contains { $0.terms > 2 })
  }

  @Test("Refused by half of the others, a candidate waits twice as long, and twice as long again")
  func backoff() throws {
    let plain = try elections("refloated-election", 1...200, ("cluster.raft.election_timeout", "150ms..151ms"))
    let patient = try elections(
      "refloated-election", 1...200, ("cluster.raft.election_timeout", "150ms..151ms"),
      ("cluster.raft.backoff", "true"))
    func mean(_ elections: [ElectionMeter.Election?]) -> Double {
      Double(elections.reduce(0) { $0 + ($1?.terms ?? 0) }) / Double(elections.count)
    }
    // What is drawn from twice the range is twice as far apart.
    #expect(mean(patient) * 3 < mean(plain))
  }

  @Test("Pre-votes between two candidacies do not make a candidate forget how often it was refused")
  func backoffWithPreVote() throws {
    func terms(_ backoff: String) throws -> Double {
      let elections = try elections(
        "refloated-election", 1...200, ("cluster.raft.election_timeout", "150ms..151ms"),
        ("cluster.raft.pre_vote", "true"), ("cluster.raft.backoff", backoff))
      return Double(elections.reduce(0) { $0 + ($1?.terms ?? 0) }) / Double(elections.count)
    }
    let (patient, plain) = (try terms("true"), try terms("false"))
    #expect(patient * 1.5 < plain, "\(patient), \(plain)")
  }

  @Test("What seeds draw around given time-outs leaves those of candidates alone")
  func randomised() throws {
    let scenario = try Shelf.scenario(
      "refloated-election", ("cluster.raft.randomise", "true"), ("cluster.raft.candidate_timeout", "23ms..46ms"))
    guard case .raftKV(let raft) = scenario.cluster.program else { return }
    for seed in UInt64(1)...20 {
      let candidate = raft.rules(seed: seed).timing.candidateTimeout
      #expect(candidate == .uniform(.milliseconds(23), .milliseconds(46)))
    }
  }

  @Test("Candidates that wait less than others stand again sooner")
  func candidateTimeout() throws {
    let settings = ("cluster.raft.election_timeout", "150ms..155ms")
    let plain = try elections("refloated-election", 1...200, settings)
    let quick = try elections(
      "refloated-election", 1...200, settings, ("cluster.raft.candidate_timeout", "23ms..46ms"))
    func mean(_ elections: [ElectionMeter.Election?]) -> Double {
      elections.reduce(0) { $0 + Double($1?.duration.count ?? 0) } / Double(elections.count)
    }
    #expect(mean(quick) * 2 < mean(plain))
  }
}

/// Moments in milliseconds.
@Suite("How elections are measured")
struct MeterTests {
  private func meter(
    _ from: Scenario.ElectionMeasure.From, _ until: Scenario.ElectionMeasure.Until, heartbeats: UInt64 = 16
  ) -> ElectionMeter {
    var rule = Scenario.ElectionMeasure()
    (rule.from, rule.until, rule.heartbeats) = (from, until, heartbeats)
    return ElectionMeter(rule, heartbeat: .milliseconds(10))
  }

  private func at(_ milliseconds: Int64) -> Instant { .zero + .milliseconds(milliseconds) }

  private func durations(_ meter: ElectionMeter, at end: Int64) -> [Int64] {
    meter.elections(at: at(end)).map { $0.duration.count / 1_000_000 }
  }

  @Test("A leader from before that hears late of the present one loses nothing")
  func deposed() {
    var meter = meter(.loss, .elected)
    meter.stand(for: 1, asks: false, at: at(100))
    meter.win(1, by: 0, others: [1, 2], at: at(110))
    // The first is cut off; another one stands in its place.
    meter.stand(for: 2, asks: false, at: at(500))
    meter.win(2, by: 1, others: [2], at: at(520))
    meter.lose(0, at: at(900))
    meter.lose(1, at: at(2_000))
    meter.stand(for: 3, asks: false, at: at(2_100))
    meter.win(3, by: 2, others: [0], at: at(2_120))
    #expect(durations(meter, at: 3_000) == [110, 20, 120])
  }

  @Test("Two that stand and a third that wins a later term: two terms, and the first vote was split")
  func split() {
    var meter = meter(.loss, .elected)
    meter.stand(for: 1, asks: false, at: at(100))
    meter.stand(for: 1, asks: false, at: at(101))
    meter.stand(for: 2, asks: false, at: at(250))
    meter.win(2, by: 2, others: [], at: at(260))
    #expect(meter.elections(at: at(300)) == [.init(duration: .milliseconds(260), terms: 2, isSplit: true)])
  }

  @Test("A candidacy that is given up under a leader is no election, and one without a leader is part of the next")
  func givenUp() {
    var meter = meter(.loss, .elected)
    meter.stand(for: 1, asks: true, at: at(100))
    meter.forgetCandidacies()
    meter.stand(for: 1, asks: false, at: at(200))
    meter.win(1, by: 0, others: [], at: at(210))
    meter.stand(for: 2, asks: true, at: at(400))
    meter.forgetCandidacies()
    meter.lose(0, at: at(1_000))
    meter.stand(for: 2, asks: false, at: at(1_100))
    meter.win(2, by: 1, others: [], at: at(1_110))
    #expect(durations(meter, at: 2_000) == [210, 110])
  }

  @Test("Heard by all: who ends meanwhile is not waited for, and who leads again later is heard anew")
  func heard() {
    var meter = meter(.loss, .heard)
    meter.stand(for: 1, asks: false, at: at(100))
    meter.win(1, by: 0, others: [1, 2, 3], at: at(110))
    meter.hear(1, by: 1, at: at(112))
    meter.hear(1, by: 1, at: at(113))
    meter.lose(listener: 3, at: at(114))
    #expect(meter.listens && durations(meter, at: 115).isEmpty)
    meter.hear(1, by: 2, at: at(116))
    #expect(!meter.listens && durations(meter, at: 200) == [116])
  }

  @Test("A leader that ends before all have heard it is none: the election goes on from where it began")
  func unheard() {
    var meter = meter(.loss, .heard)
    meter.stand(for: 1, asks: false, at: at(100))
    meter.win(1, by: 0, others: [1, 2], at: at(110))
    meter.hear(1, by: 1, at: at(112))
    meter.lose(0, at: at(113))
    meter.stand(for: 2, asks: false, at: at(300))
    meter.win(2, by: 1, others: [2], at: at(310))
    meter.hear(2, by: 2, at: at(312))
    #expect(meter.elections(at: at(400)) == [.init(duration: .milliseconds(312), terms: 2, isSplit: false)])
  }

  @Test("A stable leader leads for more than its heartbeats, and counts from when it began")
  func stable() {
    var meter = meter(.loss, .stable, heartbeats: 16)
    meter.stand(for: 1, asks: false, at: at(100))
    meter.win(1, by: 0, others: [1], at: at(110))
    meter.lose(0, at: at(270))
    meter.stand(for: 2, asks: false, at: at(400))
    meter.win(2, by: 1, others: [0], at: at(410))
    #expect(durations(meter, at: 570).isEmpty)
    #expect(durations(meter, at: 571) == [410])
    // It goes on to lead until somebody stands in its place.
    meter.stand(for: 3, asks: false, at: at(1_000))
    meter.win(3, by: 0, others: [1], at: at(1_020))
    #expect(durations(meter, at: 1_181) == [410, 20])
  }

  @Test("Heartbeats without number are outlived by nobody, and nothing traps")
  func endless() {
    var rule = Scenario.ElectionMeasure()
    (rule.until, rule.heartbeats) = (.stable, 1_000_000)
    var meter = ElectionMeter(rule, heartbeat: .seconds(86_400 * 3_650))
    meter.stand(for: 1, asks: false, at: at(1))
    meter.win(1, by: 0, others: [], at: at(2))
    #expect(meter.elections(at: .zero + .seconds(86_400)).isEmpty)
  }
}

@Suite("What servers have behind them")
struct BeginTests {
  private func simulated(_ settings: (String, String)...) throws -> RunResult {
    let scenario = try ScenarioReader.read(
      path: "\(Shelf.root)/scenarios/raft/steady-state.yaml", settings: settings.map { (key: $0.0, value: $0.1) })
    return try Run(scenario, seed: 3, telemetry: .off).perform()
  }

  @Test("A group with old logs goes on from them, whoever has the longest, and breaks no promise")
  func logs() throws {
    for begin in ["{term: 7, log: [3, 9, 4, 0, 9]}", "{log: shuffled}", "{term: 2, log: 5, leader: n2}"] {
      let nodes = ("cluster.nodes", "5")
      let result = try simulated(nodes, ("cluster.raft.begin", begin))
      #expect(result.verdict == .pass, "\(begin): \(result.findings)")
    }
  }

  @Test("The logs are on the disks as the servers start, and the longest decide who leads")
  func longest() throws {
    for seed in UInt64(1)...20 {
      let scenario = try ScenarioReader.read(
        path: "\(Shelf.root)/scenarios/raft/steady-state.yaml",
        settings: [("cluster.raft.begin", "{term: 7, log: [3, 9, 4, 0, 9]}"), ("workload.start", "2s")])
      func shown(_ name: String, at moment: Int64) -> [String] {
        Run(scenario, seed: seed).inspect(at: .time(.zero + .milliseconds(moment))).processes.prefix(5).map {
          process in
          process.details.first { $0.name == name }?.value ?? ""
        }
      }
      #expect(
        shown("last", at: 10) == ["3", "9", "4", "0", "9"]
          && shown("term", at: 10) == Array(repeating: "7", count: 5))
      // Three of the five have shorter ones: a server with four entries could have their votes and its own.
      let leaders = shown("role", at: 1_900).enumerated().filter { $0.element == "leader" }.map(\.offset)
      #expect(leaders.count == 1 && [1, 2, 4].contains(leaders[0]))
    }
  }

  @Test("A leader named for the beginning leads at once, also where servers ask around and stick to leaders")
  func leader() throws {
    let scenario = try ScenarioReader.read(
      path: "\(Shelf.root)/scenarios/raft/steady-state.yaml",
      settings: [("cluster.raft.begin", "{leader: n2}"), ("cluster.raft.pre_vote", "true")])
    let inspection = Run(scenario, seed: 1).inspect(at: .time(.zero + .milliseconds(140)))
    #expect(inspection.processes[1].details.contains { $0.name == "role" && $0.value == "leader" })
  }
}

import Experiments
import Primitives
import Scenarios
import Testing
import World

@Suite("Marks")
struct MarkTests {
  private func count(_ result: RunResult, _ mark: Scenario.Mark) -> UInt64? {
    result.marks.first { $0.mark == mark }?.count
  }

  @Test("Every run tells all that its program may meet, in one order")
  func order() throws {
    let raft = try VerdictTests.run(VerdictTests.text("[safety]"))
    #expect(raft.marks.map(\.mark) == Scenario.Mark.allCases)
    let gossip = try Run(Shelf.read("gossip/spread.yaml"), telemetry: .off).perform()
    #expect(gossip.marks.map(\.mark) == Array(Scenario.Mark.allCases.drop { $0 != .processCrashed }))
    #expect(gossip.marks.map(\.name).contains("message_lost"))
  }

  @Test("A quiet run meets an election and nothing else")
  func quiet() throws {
    let result = try VerdictTests.run(VerdictTests.text("[safety]"))
    #expect(result.marks.filter { $0.count > 0 }.map(\.name) == ["election_won"])
    #expect(count(result, .electionWon) == 1)
  }

  @Test("A crash of the leader is a crash, and another election, and gets are under way meanwhile")
  func crash() throws {
    let result = try VerdictTests.run(
      VerdictTests.text(
        "[safety]", faults: "[{at: 3s, for: 2s, crash: leader}, {at: 7s, for: 500ms, pause: leader}]"))
    #expect(count(result, .leaderCrashed) == 1)
    #expect(count(result, .processCrashed) == 1)
    #expect(count(result, .processPaused) == 1)
    #expect(count(result, .leaderDeposed) == 1)
    #expect(count(result, .electionWon) == 3)
    #expect(try #require(count(result, .readDuringLeaderChange)) > 0)
    #expect(try #require(count(result, .inputDelayed)) > 0)
  }

  @Test("What the plan's own disks do is counted too: a failed sync ends its process")
  func disks() throws {
    let text = VerdictTests.text("[safety]") + "\ndisks: {failure: 1%}\n"
    let result = try VerdictTests.run(text)
    let failed = try #require(count(result, .syncFailed))
    // Of syncs under way when their process ends nobody hears.
    let ended = try #require(count(result, .processExited))
    #expect(failed > 0 && ended > 0 && ended <= failed)
    #expect(count(result, .processCrashed) == 0)
  }

  @Test("Damage, repair and what the budget spares are told of a cluster with bad disks")
  func damage() throws {
    let result = try Run(Shelf.read("raft/damaged-disks.yaml"), seed: 8, telemetry: .off).perform()
    for mark in [Scenario.Mark.damageFound, .repairFinished, .tornRecord, .syncLost, .writeMisdirected, .diskWiped]
    {
      #expect(try #require(count(result, mark)) > 0, "\(mark)")
    }
  }

  @Test("Votes are split by some seeds where time-outs are alike, and by none where one node stands alone")
  func split() throws {
    func splits(_ nodes: Int, _ settings: String) throws -> UInt64 {
      let text = """
        faultline: 1
        name: split
        duration: 3s
        cluster: {nodes: \(nodes), raft: {\(settings), heartbeat: 50ms}}
        network: {latency: 10ms..20ms}
        expect: [{measure: elections, at_least: 1}]
        """
      return try (1...20).reduce(0) { sum, seed in
        let result = try Run(scenario(text), seed: UInt64(seed), telemetry: .off).perform()
        return sum + (result.marks.first { $0.mark == .splitVote }?.count ?? 0)
      }
    }
    #expect(try splits(4, "election_timeout: 150ms..160ms, pre_vote: false") > 10)
    #expect(try splits(1, "election_timeout: 150ms..160ms") == 0)
  }

  @Test("Requests that come through the log again, and refusals of a busy leader, are read off the run")
  func clients() throws {
    let retried = try Run(Shelf.read("raft/retrying-clients.yaml"), telemetry: .off).perform()
    #expect(try #require(count(retried, .duplicateRequest)) > 0)
    let busy = try Run(Shelf.read("raft/overload.yaml"), telemetry: .off).perform()
    let refused = busy.recording.history.count { $0.kind == .outcome(.fail) }
    let overloads = try #require(count(busy, .overloaded))
    #expect(overloads > 0 && overloads <= UInt64(refused))
    let leases = try Run(Shelf.read("raft/reads-of-every-kind.yaml"), telemetry: .off).perform()
    #expect(try #require(count(leases, .leaseExpired)) > 0)
  }
}

@Suite("Sometimes")
struct SometimesTests {
  private func awaiting() throws -> Scenario {
    try scenario(VerdictTests.text("[safety, {sometimes: [sync_lost, election_won, split_vote]}]"))
  }

  @Test("A run by itself tells what it has met, and is not judged by it")
  func alone() throws {
    let result = try Run(awaiting(), telemetry: .off).perform()
    #expect(result.verdict == .pass)
    #expect(result.findings.last?.detail == "1 of 3 met here, judged over 1,000 seeds")
  }

  @Test("Below a thousand seeds nothing is judged; from there on what was never met makes all inconclusive")
  func many() throws {
    var tally = Sometimes(try awaiting())
    for _ in 1..<1_000 { tally.add(["election_won", "process_crashed"]) }
    #expect(tally.verdict == nil && tally.missing == ["sync_lost", "split_vote"])
    tally.add(["split_vote"])
    #expect(tally.verdict == .inconclusive && tally.missing == ["sync_lost"])
    tally.add(["sync_lost"])
    #expect(tally.verdict == .pass && tally.missing.isEmpty)
  }

  @Test("Who awaits nothing is never judged")
  func nothing() throws {
    var tally = Sometimes(try scenario(VerdictTests.text("[safety]")))
    for _ in 0..<2_000 { tally.add([String]()) }
    #expect(tally.verdict == nil && tally.missing.isEmpty)
  }
}

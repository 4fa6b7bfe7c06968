import Checkers
import Node
import Primitives
import Programs
import Raft
import Testing

@Suite("The judge of who takes part")
struct MembershipJudgeTests {
  /// Server 0 leads three, by the vote of server 1, and all have its first entry.
  static func stage() -> Stage {
    var stage = Stage()
    stage.campaign(0)
    stage.askVote(of: 1, for: 0, term: 1)
    stage.complete(1)
    stage.hear(0, .voteReply(VoteReply(term: 1, granted: true)), from: 1)
    stage.complete(0)
    for follower in 1...2 {
      stage.append([entry(1)], to: follower, from: 0, term: 1)
      stage.complete(follower)
      stage.acknowledge(1, to: 0, from: follower, term: 1)
    }
    return stage
  }

  static func remove(_ node: UInt32) -> Input<RaftKV> {
    .admin(.membership(adding: [], learning: [], removing: [NodeID(node)], turning: []))
  }

  @Test("A leader without the votes of a majority breaks elected-by-majority")
  func elected() {
    #expect(Self.stage().allFired.isEmpty)
    var forged = Stage()
    forged.elect(0)
    #expect(forged.allFired == ["elected-by-majority"])
  }

  @Test("Who is all of a joint configuration's new half needs the old half's votes too")
  func electedByBothHalves() throws {
    var stage = Self.stage()
    stage.step(0, .admin(.membership(adding: [], learning: [], removing: [NodeID(1), NodeID(2)], turning: [])))
    stage.step(0, .timerFired(TimerID(2)))
    let log = try #require(stage.servers[0].server).raft.log
    #expect(log[2].configuration?.isJoint == true && log[2].configuration?.voters == [NodeID(0)])
    stage.complete(0)
    // It hears of a later term, and is elected in the next by a vote that nobody has given.
    stage.hear(0, .appendReply(AppendReply(term: 5, result: .stale)), from: 2)
    stage.complete(0)
    #expect(stage.allFired.isEmpty)
    stage.elect(0)
    #expect(stage.servers[0].standing.role == .leader)
    #expect(stage.allFired == ["elected-by-majority"])
  }

  @Test("A change that does not wait for an entry of its term, or for the change before, breaks changes-wait")
  func waits() {
    let other = Entry(term: 1, configuration: Configuration(voters: [NodeID(0), NodeID(1)]))
    func appending(_ effects: inout ContiguousArray<Effect<RaftKV>>) {
      effects.append(.append(.entry(other), to: KVRecord.logFile))
    }
    var early = Stage()
    early.elect(0, changing: appending)
    #expect(early.fired.contains("changes-wait"))

    var stage = Self.stage()
    stage.step(0, .timerFired(TimerID(1)), changing: appending)
    #expect(!stage.allFired.contains("changes-wait"), "an entry of its term is committed")
    stage.step(0, .timerFired(TimerID(1)), changing: appending)
    #expect(stage.allFired.contains("changes-wait"))
  }

  @Test("What is on no majority of one half of a joint configuration is not committed", arguments: [false, true])
  func halves(stored: Bool) throws {
    var stage = Self.stage()
    // From all three to the first and the third.
    stage.step(0, Self.remove(1))
    stage.step(0, .timerFired(TimerID(2)))
    let log = try #require(stage.servers[0].server).raft.log
    #expect(log.lastIndex == 2 && log[2].configuration?.isJoint == true)
    stage.complete(0)
    stage.append([log[2]], to: 1, from: 0, term: 1, behind: (1, 1))
    stage.complete(1)
    if stored {
      stage.append([log[2]], to: 2, from: 0, term: 1, behind: (1, 1))
      stage.complete(2)
    }
    stage.acknowledge(2, to: 0, from: 1, term: 1)
    #expect(stage.allFired.isEmpty && stage.servers[0].standing.commit == 1, "the new half lacks it")
    stage.acknowledge(2, to: 0, from: 2, term: 1)
    #expect(stage.servers[0].standing.commit == 2)
    #expect(stage.allFired == (stored ? [] : ["committed-is-durable"]))
  }
}

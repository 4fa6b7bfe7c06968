import Checkers
import Node
import Primitives
import Programs
import Raft
import Testing

@Suite("The judge of versions")
struct VersionJudgeTests {
  static let one = WireVersion(rawValue: 1)
  static let two = WireVersion(rawValue: 2)

  private static func stage() -> Stage { Stage(versions: [one, two, two]) }

  private static func heartbeat(in version: WireVersion) -> Input<RaftKV> {
    let message = AppendEntries(term: 1, previousIndex: 0, previousTerm: 0, commit: 0, entries: [])
    let header = WireHeader(version: version, highest: two)
    return .message(.raft(.appendEntries(message), header), from: Endpoint(NodeID(1)))
  }

  @Test(
    "A message in an unknown version that changes anything breaks speaks-what-is-understood", arguments: [0, 1, 2])
  func accepting(_ change: Int) {
    var stage = Self.stage()
    var other = Self.stage()
    other.step(0, Self.heartbeat(in: Self.one))
    let obeyed = other.servers[0]
    stage.step(0, Self.heartbeat(in: Self.two), showing: change == 1 ? obeyed : nil) { effects in
      if change == 2 { effects.append(.setTimer(TimerID(0), after: .zero)) }
    }
    #expect(stage.fired == (change == 0 ? [] : ["speaks-what-is-understood"]))
    #expect(stage.judge.versionRefusals == 1)
  }

  @Test("A message in a known version is judged as ever", arguments: [0, 2])
  func known(_ process: Int) {
    var stage = Self.stage()
    stage.step(process, Self.heartbeat(in: process == 0 ? Self.one : Self.two))
    #expect(stage.servers[process].standing.term == 1)
    #expect(stage.fired.isEmpty && stage.judge.versionRefusals == 0)
  }

  @Test(
    "A server that writes or announces more than it speaks breaks speaks-what-is-understood",
    arguments: [(1, 1), (1, 2), (2, 2)] as [(UInt8, UInt8)])
  func writing(_ version: UInt8, _ highest: UInt8) {
    var stage = Self.stage()
    stage.step(0, Self.heartbeat(in: Self.one)) { effects in
      effects = rewritten(effects, in: WireVersion(rawValue: version), announcing: WireVersion(rawValue: highest))
    }
    #expect(stage.fired == (highest == 1 ? [] : ["speaks-what-is-understood"]))
  }
}

@Suite("Clusters of different versions driven by chance")
struct MixedVersionTests {
  private static func cluster(seed: UInt64, versions: [UInt8]) -> Cluster<RaftJudge> {
    RandomScheduleTests.cluster(seed: seed, versions: versions.map { WireVersion(rawValue: $0) })
  }

  /// What the last of three servers, the only one of version 1, has been told.
  private static func told(_ seed: UInt64, always: Bool) -> (judge: RaftJudge, last: LogIndex) {
    var cluster = cluster(seed: seed, versions: [2, 2, 1])
    if always {
      cluster.tamper = { effects, _ in
        effects = rewritten(effects, in: WireVersion(rawValue: 2), announcing: WireVersion(rawValue: 2))
      }
    }
    cluster.run(steps: 20_000)
    return (cluster.judge, cluster.processes[2].program.standing.lastIndex)
  }

  @Test("Servers of both versions elect, commit and store the same", arguments: 0..<20 as Range<UInt64>)
  func mixed(_ seed: UInt64) {
    let (judge, last) = Self.told(seed, always: false)
    #expect(judge.violations.first == nil)
    #expect(last > 20)
  }

  @Test(
    "Where everybody always writes version 2 the server of version 1 hears nothing", arguments: [0, 1] as [UInt64])
  func always(_ seed: UInt64) {
    let (judge, last) = Self.told(seed, always: true)
    #expect(last == 0)
    #expect(judge.versionRefusals > 0)
    #expect(Set(judge.violations.map { "\($0.invariant)" }) == ["speaks-what-is-understood"])
  }
}

/// With the header of every message between servers replaced.
private func rewritten(
  _ effects: ContiguousArray<Effect<RaftKV>>, in version: WireVersion, announcing highest: WireVersion
) -> ContiguousArray<Effect<RaftKV>> {
  ContiguousArray(
    effects.map { effect in
      guard case .send(.raft(let message, _), let peer, let token, let span) = effect else { return effect }
      let header = WireHeader(version: version, highest: highest)
      return .send(.raft(message, header), to: peer, after: token, under: span)
    })
}

import Checkers
import Experiments
import Node
import Primitives
import Programs
import Scenarios
import Testing
import World

@Suite("Forks")
struct ForkTests {
  /// A cluster in the middle of everything: clients, crashes, partitions, datagrams.
  static func busy(seed: UInt64, spans: Bool = false) throws -> Simulation<RaftKV, RaftWatch> {
    let scenario = try Shelf.read("raft/nemesis.yaml")
    let plan = spans ? TelemetryPlan.everything(over: scenario.duration) : .off
    guard case .raftKV(let raft) = scenario.cluster.program else { throw CancellationError() }
    return Stage.raftKV(scenario, raft, seed: seed, plan)
  }

  @Test(
    "Fork and original, left alone, come to the same digest, state and violations",
    arguments: [1, 2, 3] as [UInt64])
  func same(seed: UInt64) throws {
    var original = try Self.busy(seed: seed)
    for moment in [3, 7, 12, 20, 31] as [Int64] {
      _ = original.run(until: .zero + .seconds(moment))
      var fork = original.fork()
      #expect(fork.stateHash() == original.stateHash())
      var alone = original.fork()
      _ = alone.run(until: .zero + .seconds(40))
      _ = fork.run(until: .zero + .seconds(40))
      #expect(fork.digest == alone.digest)
      #expect(fork.stateHash() == alone.stateHash())
    }
    _ = original.run(until: .zero + .seconds(40))
    var straight = try Self.busy(seed: seed)
    _ = straight.run(until: .zero + .seconds(40))
    #expect(original.digest == straight.digest)
    #expect(original.recording().history == straight.recording().history)
  }

  @Test("What happens in a fork leaves the original as it was")
  func independence() throws {
    var original = try Self.busy(seed: 5)
    _ = original.run(until: .zero + .seconds(10))
    let (digest, state) = (original.digest, original.stateHash())
    var fork = original.fork()
    _ = fork.run(until: .zero + .seconds(30))
    #expect(original.digest == digest)
    #expect(original.stateHash() == state)
    #expect(fork.digest != digest)
  }

  @Test("The state hash does not see telemetry, and sees every event that changes a program")
  func stateHash() throws {
    var plain = try Self.busy(seed: 6)
    var watched = try Self.busy(seed: 6, spans: true)
    var seen: Set<Digest> = []
    for moment in 1...20 as ClosedRange<Int64> {
      _ = plain.run(until: .zero + .seconds(moment))
      _ = watched.run(until: .zero + .seconds(moment))
      #expect(plain.stateHash() == watched.stateHash())
      seen.insert(plain.stateHash())
    }
    #expect(seen.count == 20)
  }
}

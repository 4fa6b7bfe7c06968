import Experiments
import Primitives
import Scenarios
import Synchronization
import Testing
import World

@Suite("Branches of a run", .serialized)
struct BranchTests {
  /// Whether it fails is decided by one long partition of a leader that is drawn at 8 s.
  private static let text = """
    faultline: 1
    name: crossroads
    seed: 5
    duration: 14s
    cluster: {nodes: 5}
    network: {latency: {uniform: [1ms, 5ms]}}
    workload: {clients: 2, rate: 40/s, mix: {put: 50%, get: 50%}, start: 1s}
    faults:
      - {at: 8s, for: 3s, pause: random}
    expect:
      - {measure: leader_changes, at_most: 1}
    """

  private func points(_ moments: [Nanoseconds], seeds: ClosedRange<UInt64>, seed: UInt64 = 5) throws
    -> [BranchPoint]
  {
    let run = Run(try scenario(Self.text), seed: seed, telemetry: .off)
    let own = try run.perform()
    var points: [BranchPoint] = []
    run.branch(
      at: moments.map { .zero + $0 }, seeds: seeds, like: own.fingerprint, jobs: 2, goesOn: { true },
      tell: { points.append($0) })
    return points
  }

  @Test("Before the deciding moment some futures fail; after it all end as the run did")
  func pointOfNoReturn() throws {
    let run = Run(try scenario(Self.text), telemetry: .off)
    for seed in UInt64(1)...30 {
      let result = try Run(run.scenario, seed: seed, telemetry: .off).perform()
      guard result.fingerprint != nil else { continue }
      let points = try points([.seconds(7), .seconds(13)], seeds: 1...30, seed: seed)
      #expect(points.count == 2)
      #expect(points[0].failures < 20)
      #expect(points[1].failures == 30 && points[1].sameFailures == 30)
      return
    }
    Issue.record("none of 30 seeds pauses the leader")
  }

  @Test("A branch is another run from its moment on, and the same for the same luck")
  func deterministic() throws {
    #expect(try points([.seconds(7)], seeds: 1...10) == points([.seconds(7)], seeds: 1...10))
  }

  @Test("Moments behind the end are left out")
  func late() throws {
    #expect(try points([.seconds(13), .seconds(20)], seeds: 1...2).map(\.runs) == [2, 2])
  }

}

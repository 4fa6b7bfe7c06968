import Node
import Primitives
import Testing
import World

@Suite("Disks")
struct DiskTests {
  static let slow = DiskProfile(
    write: .constant(.zero), sync: .constant(.milliseconds(10)), failure: .zero, unsynced: .lost)

  /// What a probe finds on its disk after a crash at `crash`.
  static func found(_ script: [(at: Nanoseconds, act: Probe.Act)], crash: Nanoseconds) -> [UInt64] {
    let fault = PlannedFault.once(at: crash, for: .milliseconds(1), .crash(hosts(0)))
    var stage = Rehearsal([Probe(script), Probe()], disk: slow, faults: [fault])
    stage.run(for: crash + .milliseconds(1))
    guard case .recovered(let numbers, restarts: 1)? = stage[0].lines.first?.heard else { return [999] }
    return numbers
  }

  @Test("A write is durable when its sync completes, and not a nanosecond before")
  func durable() {
    let script: [(at: Nanoseconds, act: Probe.Act)] = [
      (.milliseconds(1), .append(7)), (.milliseconds(1), .append(8)), (.milliseconds(1), .sync(1)),
    ]
    #expect(Self.found(script, crash: .milliseconds(11) - Nanoseconds(1)) == [])
    #expect(Self.found(script, crash: .milliseconds(11) + Nanoseconds(1)) == [7, 8])
  }

  @Test("A sync covers what was written before it, and nothing after")
  func coverage() {
    let script: [(at: Nanoseconds, act: Probe.Act)] = [
      (.milliseconds(1), .append(1)), (.milliseconds(1), .sync(1)), (.milliseconds(2), .append(2)),
      (.milliseconds(3), .truncate(keeping: 0)), (.milliseconds(4), .append(3)), (.milliseconds(4), .sync(2)),
    ]
    #expect(Self.found(script, crash: .milliseconds(15)) == [1])
    #expect(Self.found(script, crash: .milliseconds(22)) == [3])
  }

  /// Records are found after a crash, and where the first of them lies.
  @Test(
    "What was discarded is gone from the front, and the rest keeps its place",
    arguments: [
      ([Probe.Act.discard(before: 2), .append(4)], 2, [3, 4]),
      // Beyond the end: the next record has that place.
      ([.discard(before: 9), .append(4)], 9, [4]), ([.discard(before: 9)], 9, []),
      ([.discard(before: 2), .truncate(keeping: 2), .append(4)], 2, [4]),
      // Cut off before what was kept: the file ends there.
      ([.discard(before: 2), .truncate(keeping: 1), .append(4)], 1, [4]), ([.discard(before: 0)], 0, [1, 2, 3]),
    ] as [([Probe.Act], Int, [UInt64])])
  func discarded(_ acts: [Probe.Act], first: Int, records: [UInt64]) {
    let before: [Probe.Act] = [.append(1), .append(2), .append(3), .sync(1)]
    let script = before.map { (Nanoseconds.zero, $0) } + (acts + [.sync(2)]).map { (.milliseconds(20), $0) }
    let crash = PlannedFault.once(at: .milliseconds(40), for: .milliseconds(1), .crash(hosts(0)))
    var stage = Rehearsal([Probe(script.map { (at: $0, act: $1) }), Probe()], disk: Self.slow, faults: [crash])
    stage.run(for: .milliseconds(41))
    #expect(stage[0].disk.first == first && stage[0].disk.prefix.map(\.number) == records)
    #expect(stage[0].disk.scars.isEmpty)
  }

  @Test("What is discarded and not synced is there again after a crash that takes all")
  func undiscarded() {
    let script: [(at: Nanoseconds, act: Probe.Act)] = [
      (.zero, .append(1)), (.zero, .append(2)), (.zero, .sync(1)), (.milliseconds(20), .discard(before: 1)),
      (.milliseconds(20), .append(3)),
    ]
    #expect(Self.found(script, crash: .milliseconds(25)) == [1, 2])
  }

  @Test("A disk does one thing after another")
  func serial() {
    var stage = Rehearsal(
      [Probe([(.zero, .append(1)), (.zero, .sync(1)), (.zero, .append(2)), (.zero, .sync(2))]), Probe()],
      disk: Self.slow)
    stage.run(for: .seconds(1))
    let written = stage[0].lines.filter { if case .written = $0.heard { true } else { false } }
    #expect(written.map(\.at) == [.milliseconds(10), .milliseconds(20)])
  }

  @Test("A send that waits for a write leaves with it, delays later ones to the same endpoint, and no others")
  func sendAfterWrite() {
    let script: [(at: Nanoseconds, act: Probe.Act)] = [
      (.zero, .append(1)), (.zero, .sync(1)), (.zero, .sendAfter(1, to: 1, after: 1)), (.zero, .send(2, to: 1)),
      (.zero, .send(3, to: 2)),
    ]
    var stage = Rehearsal([Probe(script), Probe(), Probe()], disk: Self.slow)
    stage.run(for: .seconds(1))
    #expect(stage[1].messages.map(\.number) == [1, 2])
    #expect(stage[1].messages.map(\.at) == [.milliseconds(11), .milliseconds(11)])
    #expect(stage[2].messages.map(\.at) == [.milliseconds(1)])
  }

  @Test("A send that waits for a write is never sent when the process dies first")
  func sendLost() {
    let crash = PlannedFault.once(at: .milliseconds(5), for: .milliseconds(1), .crash(hosts(0)))
    var first = Probe([(.zero, .append(1)), (.zero, .sync(1)), (.zero, .sendAfter(1, to: 1, after: 1))])
    first.script.append((.seconds(9), .exit))
    var stage = Rehearsal([first, Probe()], disk: Self.slow, faults: [crash])
    stage.run(for: .milliseconds(12))
    #expect(stage[1].numbers.isEmpty)
    #expect(stage.record(0).effects[FaultRecord.Effect.recordsLost.rawValue] == 1)
  }

  @Test("A failed sync stores nothing, says so, and lets nothing go that waited for it")
  func failure() {
    let broken = DiskProfile(
      write: .constant(.zero), sync: .constant(.milliseconds(1)), failure: .one, unsynced: .lost)
    let crash = PlannedFault.once(at: .milliseconds(9), for: .milliseconds(1), .crash(hosts(0)))
    var stage = Rehearsal(
      [Probe([(.zero, .append(1)), (.zero, .sync(1)), (.zero, .sendAfter(1, to: 1, after: 1))]), Probe()],
      disk: broken, faults: [crash])
    stage.run(for: .milliseconds(8))
    #expect(stage[0].lines.contains { $0.heard == .failed(1) })
    #expect(stage[1].numbers.isEmpty)
    stage.run(for: .milliseconds(2))
    #expect(stage[0].lines.first?.heard == .recovered([], restarts: 1))
  }

  @Test("The share of failing syncs is the one asked for")
  func failureShare() {
    let profile = DiskProfile(
      write: .constant(.zero), sync: .constant(.microseconds(1)), failure: Ratio(1, 10), unsynced: .lost)
    let script = (1...2000).flatMap { number -> [(at: Nanoseconds, act: Probe.Act)] in
      [(.milliseconds(Int64(number)), .append(1)), (.milliseconds(Int64(number)), .sync(UInt64(number)))]
    }
    var stage = Rehearsal([Probe(script), Probe()], disk: profile)
    stage.run(for: .seconds(3))
    let failed = stage[0].lines.count { if case .failed = $0.heard { true } else { false } }
    #expect((150...250).contains(failed))
  }

  @Test("A disk fault changes what it names, for its time, and the ledger counts the syncs")
  func changed() {
    let slowSync = DiskChange(sync: .constant(.milliseconds(30)))
    let slowWrite = DiskChange(write: .constant(.milliseconds(5)))
    let faults: [PlannedFault] = [
      .once(1, at: .milliseconds(10), for: .milliseconds(100), .disk(hosts(0), slowSync)),
      .once(2, at: .milliseconds(50), for: .milliseconds(200), .disk(hosts(0), slowWrite)),
    ]
    // One millisecond, then 30, then 5 and 30, then 5 and 1, then as before.
    let moments: [(Nanoseconds, UInt64)] = [
      (.milliseconds(2), 1), (.milliseconds(12), 2), (.milliseconds(60), 3), (.milliseconds(150), 4),
      (.milliseconds(300), 5),
    ]
    let script = moments.flatMap { [(at: $0.0, act: Probe.Act.append($0.1)), (at: $0.0, act: .sync($0.1))] }
    var stage = Rehearsal([Probe(script), Probe(script)], faults: faults)
    stage.run(for: .milliseconds(400))
    func lengths(_ host: Int) -> [Int64] {
      stage[host].lines.compactMap { line in
        guard case .written(let number) = line.heard else { return nil }
        return (line.at - moments[Int(number) - 1].0).count / 1_000_000
      }
    }
    #expect(lengths(0) == [1, 30, 35, 6, 1])
    #expect(lengths(1) == [1, 1, 1, 1, 1])
    #expect(stage.record(0).effects[FaultRecord.Effect.syncsAffected.rawValue] == 2)
    #expect(stage.record(1).effects[FaultRecord.Effect.syncsAffected.rawValue] == 2)
  }
}

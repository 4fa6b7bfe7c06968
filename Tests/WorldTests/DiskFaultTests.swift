import Node
import Primitives
import Testing
import World

@Suite("Disks that go wrong")
struct DiskFaultTests {
  typealias Script = [(at: Nanoseconds, act: Probe.Act)]

  /// A disk whose syncs take ten milliseconds.
  static func disk(_ change: DiskChange = DiskChange()) -> DiskProfile {
    change.applied(to: DiskProfile(write: .constant(.zero), sync: .constant(.milliseconds(10)), failure: .zero))
  }

  static func crash(_ id: UInt32 = 1, at: Int64) -> PlannedFault {
    .once(id, at: .milliseconds(at), for: .milliseconds(1), .crash(hosts(0)))
  }

  /// A stage that has run for `time` milliseconds; the first of `count` probes has the script.
  static func stage(
    _ script: Script, seed: UInt64 = 1, disk: DiskProfile = disk(), budget: DiskBudget = .recoverable,
    count: Int = 2, faults: [PlannedFault], after time: Int64
  ) -> Rehearsal {
    let probes = [Probe(script)] + Array(repeating: Probe(), count: count - 1)
    var stage = Rehearsal(probes, seed: seed, disk: disk, faults: faults, budget: budget)
    stage.run(for: .milliseconds(time))
    return stage
  }

  /// One word for each record that was found.
  static func words(_ stage: Rehearsal, _ host: Int = 0) -> [String] {
    let file = stage[host].disk
    return (file.first..<(file.first + file.count)).map {
      switch file[$0] {
      case .intact(let record): "\(record.number)"
      case .torn: "torn"
      case .damaged: "damaged"
      case .misplaced(let from): "misplaced from \(from)"
      }
    }
  }

  // MARK: Crashes

  @Test("Of unsynced records a crash leaves none, all, or any: each in some run, and never one that was not there")
  func unsynced() {
    // Each record fills a sector.
    let script: Script =
      [(.zero, .append(1, size: 512)), (.zero, .sync(1))]
      + (2...4).map {
        (.milliseconds(12), .append($0, size: 512))
      }
    var found: Set<[String]> = []
    for seed: UInt64 in 1...400 {
      found.insert(Self.words(Self.stage(script, seed: seed, faults: [Self.crash(at: 13)], after: 15)))
    }
    // Every subset of the three, with a hole for what is missing before another.
    #expect(
      found == [
        ["1"], ["1", "2"], ["1", "torn", "3"], ["1", "2", "3"], ["1", "torn", "torn", "4"],
        ["1", "2", "torn", "4"],
        ["1", "torn", "3", "4"], ["1", "2", "3", "4"],
      ])
  }

  @Test("A replacement that a crash leaves stands, whatever became of the records at the old file's end")
  func replacedAndAppended() {
    let script: Script = [
      (.zero, .append(1, size: 512)), (.zero, .sync(1)), (.milliseconds(12), .append(2, size: 512)),
      (.milliseconds(12), .replace(5)), (.milliseconds(12), .append(6, size: 512)),
    ]
    var found: Set<[String]> = []
    for seed: UInt64 in 1...400 {
      found.insert(Self.words(Self.stage(script, seed: seed, faults: [Self.crash(at: 13)], after: 15)))
    }
    // The old file with its end or without, or the new one, which the next record shares a sector with.
    #expect(found == [["1"], ["1", "2"], ["5"], ["5", "6"], ["5", "torn"]])
  }

  @Test("What is written behind a replacement that has no name yet is there when it has one")
  func appendedToReplacement() {
    let script: Script = [
      (.zero, .append(1)), (.zero, .sync(1)), (.milliseconds(12), .replace(5)),
      (.milliseconds(12), .sync(2, directory: false)), (.milliseconds(24), .append(6)),
      (.milliseconds(24), .sync(3)),
    ]
    for seed: UInt64 in 1...50 {
      #expect(Self.words(Self.stage(script, seed: seed, faults: [Self.crash(at: 40)], after: 42)) == ["5", "6"])
    }
  }

  @Test("A record of many sectors may be torn, and records of one sector share its fate")
  func sectors() {
    let long: Script = [(.zero, .append(1, size: 2048))]
    let short: Script = (1...4).map { (.zero, .append($0, size: 64)) }
    var torn = 0
    var counts: Set<Int> = []
    for seed: UInt64 in 1...200 {
      let stage = Self.stage(long, seed: seed, faults: [Self.crash(at: 5)], after: 7)
      if Self.words(stage) == ["torn"] {
        torn += 1
        #expect(stage.record(0).effects[FaultRecord.Effect.recordsTorn.rawValue] == 1)
      }
      counts.insert(Self.words(Self.stage(short, seed: seed, faults: [Self.crash(at: 5)], after: 7)).count)
    }
    #expect(torn > 20)
    #expect(counts == [0, 4])
  }

  @Test("What follows a truncation on an unlucky disk is lost with it")
  func truncation() {
    let script: Script = [
      (.zero, .append(1)), (.zero, .append(2)), (.zero, .sync(1)), (.milliseconds(12), .truncate(keeping: 1)),
      (.milliseconds(12), .append(3)),
    ]
    var found: Set<[String]> = []
    for seed: UInt64 in 1...200 {
      found.insert(Self.words(Self.stage(script, seed: seed, faults: [Self.crash(at: 13)], after: 15)))
    }
    #expect(found == [["1", "2"], ["1"], ["1", "3"]])
  }

  @Test("What is discarded moves nothing: of records that a crash tears, each keeps its place")
  func discarding() {
    let script: Script = [
      (.zero, .append(1)), (.zero, .append(2)), (.zero, .sync(1)), (.milliseconds(12), .append(3, size: 512)),
      (.milliseconds(12), .discard(before: 1)), (.milliseconds(12), .append(4, size: 512)),
    ]
    var found: Set<[String]> = []
    for seed: UInt64 in 1...400 {
      let stage = Self.stage(script, seed: seed, faults: [Self.crash(at: 13)], after: 15)
      found.insert(["\(stage[0].disk.first)"] + Self.words(stage))
      for (place, word) in Self.words(stage).enumerated() where word != "torn" {
        #expect(Int(word) == stage[0].disk.first + place + 1)
      }
    }
    #expect(found.contains(["1", "2", "torn", "4"]) || found.contains(["1", "2", "torn", "torn"]))
    #expect(found.contains(["0", "1", "2"]) && found.contains(["1", "2", "3", "4"]))
  }

  // MARK: Names

  @Test(
    "A new file is gone after a crash, now and then, unless its directory was synced", arguments: [false, true])
  func newFile(_ syncsDirectory: Bool) {
    let script: Script = [(.zero, .append(1)), (.zero, .sync(1, directory: syncsDirectory))]
    var found: Set<[String]> = []
    for seed: UInt64 in 1...100 {
      found.insert(Self.words(Self.stage(script, seed: seed, faults: [Self.crash(at: 20)], after: 22)))
    }
    #expect(found == (syncsDirectory ? [["1"]] : [["1"], []]))
  }

  @Test("A replaced file is the old one, now and then, unless its directory was synced", arguments: [false, true])
  func replaced(_ syncsDirectory: Bool) {
    let script: Script = [
      (.zero, .replace(1)), (.zero, .sync(1)), (.milliseconds(12), .replace(2)),
      (.milliseconds(12), .sync(2, directory: syncsDirectory)),
    ]
    var found: Set<[String]> = []
    for seed: UInt64 in 1...100 {
      found.insert(Self.words(Self.stage(script, seed: seed, faults: [Self.crash(at: 30)], after: 32)))
    }
    #expect(found == (syncsDirectory ? [["2"]] : [["1"], ["2"]]))
  }

  // MARK: Syncs that lie

  @Test("After a failed sync the next one succeeds without having written what the first covered")
  func retriedSync() {
    let fails = PlannedFault.once(1, at: .zero, for: .milliseconds(5), .disk(hosts(0), DiskChange(failure: .one)))
    let script: Script = [
      (.milliseconds(1), .append(1)), (.milliseconds(1), .sync(1)), (.milliseconds(20), .append(2)),
      (.milliseconds(20), .sync(2)),
    ]
    let stage = Self.stage(script, faults: [fails, Self.crash(2, at: 40)], after: 42)
    #expect(Self.words(stage) == ["torn", "2"])
    #expect(stage.record(0).effects[FaultRecord.Effect.syncsFailed.rawValue] == 1)
  }

  @Test("A lost sync is reported as done; a later honest one saves it, a crash before does not")
  func lostSync() {
    let lies = PlannedFault.once(1, at: .zero, for: .milliseconds(5), .disk(hosts(0), DiskChange(lost: .one)))
    let script: Script = [
      (.milliseconds(1), .append(1)), (.milliseconds(1), .sync(1)), (.milliseconds(30), .append(2)),
      (.milliseconds(30), .sync(2)),
    ]
    let disk = Self.disk(DiskChange(unsynced: .lost))
    func found(crash: Int64) -> [String] {
      let stage = Self.stage(
        script, disk: disk, budget: .unlimited, faults: [lies, Self.crash(2, at: crash)], after: crash + 2)
      #expect(stage.record(0).effects[FaultRecord.Effect.syncsLost.rawValue] == 1)
      return Self.words(stage)
    }
    #expect(found(crash: 25) == [])
    #expect(found(crash: 45) == ["1", "2"])
  }

  @Test("Within the budget a sync is lost only where a majority of the others have the same", arguments: [0, 2, 3])
  func spareCopies(_ others: Int) {
    let script: Script = [(.milliseconds(1), .append(1)), (.milliseconds(1), .sync(1))]
    let lies = PlannedFault.once(1, at: .zero, for: .milliseconds(5), .disk(hosts(0), DiskChange(lost: .one)))
    let probes = [Probe(script)] + (0..<4).map { Probe($0 < others ? script : []) }
    var stage = Rehearsal(
      probes, disk: Self.disk(DiskChange(unsynced: .lost)), faults: [lies, Self.crash(2, at: 25)])
    stage.run(for: .milliseconds(27))
    #expect(Self.words(stage) == (others == 3 ? [] : ["1"]))
  }

  // MARK: No room, no answer

  @Test("A full disk refuses what needs room and does what makes it")
  func full() {
    let full = PlannedFault.once(
      1, at: .milliseconds(20), for: .milliseconds(60), .disk(hosts(0), DiskChange(isFull: true)))
    let script: Script = [
      (.zero, .append(1)), (.zero, .append(2)), (.zero, .sync(1)), (.milliseconds(30), .truncate(keeping: 1)),
      (.milliseconds(30), .sync(2)), (.milliseconds(50), .append(3)), (.milliseconds(50), .sync(3)),
    ]
    let stage = Self.stage(script, faults: [full], after: 100)
    let outcomes = stage[0].lines.map(\.heard).filter { $0 != .recovered([], restarts: 0) }
    #expect(outcomes == [.written(1), .written(2), .failed(3)])
  }

  @Test("A disk that stalls ends its syncs when the stall does")
  func stalls() {
    let stall = PlannedFault.once(
      1, at: .milliseconds(5), for: .milliseconds(95), .disk(hosts(0), DiskChange(stalls: true)))
    let script: Script = [(.zero, .append(1)), (.zero, .sync(1))]
    let stage = Self.stage(script, faults: [stall], after: 200)
    #expect(stage[0].lines.last == Probe.Line(at: .milliseconds(100), heard: .written(1)))
    #expect(stage.record(0).effects[FaultRecord.Effect.syncsStalled.rawValue] == 1)
  }

  // MARK: Damage

  static let five: Script = (1...5).map { (.zero, .append($0)) } + [(.zero, .sync(1))]

  @Test("Damage is found by who reads it, and bites only then", arguments: [false, true])
  func damage(_ crashes: Bool) {
    let damage = PlannedFault.once(1, at: .milliseconds(20), for: .zero, .damage(hosts(0), records: 2))
    let faults = [damage] + (crashes ? [Self.crash(2, at: 30)] : [])
    let stage = Self.stage(Self.five, count: 3, faults: faults, after: 50)
    #expect(Self.words(stage).count { $0 == "damaged" } == (crashes ? 2 : 0))
    #expect(stage.record(0).effects[FaultRecord.Effect.recordsDamaged.rawValue] == 2)
    #expect(stage.record(0).bit == crashes)
  }

  @Test("A record written in the place of a damaged one is whole")
  func overwritten() {
    let damage = PlannedFault.once(1, at: .milliseconds(20), for: .zero, .damage(hosts(0), records: 5))
    let script =
      Self.five + [
        (.milliseconds(30), .truncate(keeping: 0)), (.milliseconds(30), .append(9)), (.milliseconds(30), .sync(2)),
      ]
    let stage = Self.stage(script, count: 3, faults: [damage, Self.crash(2, at: 60)], after: 62)
    #expect(Self.words(stage) == ["9"])
  }

  @Test("A misdirected write lies in another record's place and is missing from its own")
  func misdirected() {
    let script: Script = [
      (.zero, .append(1)), (.zero, .sync(1)), (.milliseconds(12), .append(2)), (.milliseconds(12), .sync(2)),
    ]
    let disk = Self.disk(DiskChange(misdirected: .one))
    let stage = Self.stage(script, disk: disk, count: 3, faults: [Self.crash(at: 30)], after: 32)
    #expect(Self.words(stage) == ["misplaced from 1", "torn"])
  }

  @Test("A wiped disk is empty, and whoever starts on it is told")
  func wiped() {
    let wipe = PlannedFault.once(1, at: .milliseconds(20), for: .milliseconds(5), .wipe(hosts(0)))
    let stage = Self.stage(Self.five, count: 3, faults: [wipe], after: 40)
    #expect(stage[0].disk.count == 0 && stage[0].hasNewDisk && !stage[1].hasNewDisk)
    #expect(stage.record(0).effects[FaultRecord.Effect.disksWiped.rawValue] == 1)
  }

  @Test(
    "Who falls before anything is stored on a new disk is told again that it is new, and later no more",
    arguments: [(30, true), (60, false)] as [(Int64, Bool)])
  func wipedAndCrashed(at moment: Int64, _ isToldAgain: Bool) {
    let wipe = PlannedFault.once(1, at: .milliseconds(20), for: .milliseconds(5), .wipe(hosts(0)))
    let stage = Self.stage(Self.five, count: 3, faults: [wipe, Self.crash(2, at: moment)], after: moment + 2)
    #expect(stage[0].hasNewDisk == isToldAgain)
  }

  @Test("The budget keeps a majority whole", arguments: [(2, 0), (3, 1), (4, 1), (5, 2)])
  func majority(_ nodes: Int, _ damaged: Int) {
    let everyone = (0..<UInt32(nodes)).map { NodeID($0) }
    let damage = PlannedFault.once(1, at: .milliseconds(20), for: .zero, .damage(.hosts(everyone), records: 1))
    func count(_ budget: DiskBudget) -> UInt64 {
      var stage = Rehearsal(
        Array(repeating: Probe(Self.five), count: nodes), disk: Self.disk(), faults: [damage], budget: budget)
      stage.run(for: .milliseconds(30))
      return stage.record(0).effects[FaultRecord.Effect.recordsDamaged.rawValue]
    }
    #expect(count(.recoverable) == damaged)
    #expect(count(.unlimited) == nodes)
  }

  @Test("A repaired node may be struck again")
  func repaired() {
    let hosts: [Selector] = [hosts(0), hosts(1), hosts(2)]
    let faults = hosts.enumerated().map { number, host in
      PlannedFault.once(
        UInt32(number + 1), at: .milliseconds(20 + 20 * Int64(number)), for: .zero, .damage(host, records: 1))
    }
    let mends =
      Self.five + [
        (.milliseconds(25), .truncate(keeping: 0)), (.milliseconds(25), .append(9)), (.milliseconds(25), .sync(2)),
      ]
    var stage = Rehearsal([Probe(mends), Probe(Self.five), Probe(Self.five)], disk: Self.disk(), faults: faults)
    stage.run(for: .milliseconds(100))
    let damaged = (0..<3).map { stage.record($0).effects[FaultRecord.Effect.recordsDamaged.rawValue] }
    #expect(damaged == [1, 1, 0], "the first has mended itself, the second has not")
  }
}

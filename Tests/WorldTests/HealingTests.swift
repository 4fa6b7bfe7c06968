import Node
import Primitives
import Testing
import World

@Suite("A core heals, and the rest stays as it failed")
struct HealingTests {
  static let heal = Nanoseconds.milliseconds(200)

  /// Five nodes and a client that each send to all others at 300 ms, in a world whose core heals at 200.
  static func stage(_ faults: [PlannedFault], seed: UInt64 = 1, ties: Bool = false, ready: Int? = nil) -> Rehearsal
  {
    var probes = (0..<6).map { index in
      Probe((0..<6).filter { $0 != index }.map { (.milliseconds(300), .send(UInt64(index), to: UInt32($0))) })
    }
    if let ready { probes[ready].readyAt = .milliseconds(250) }
    var stage = Rehearsal(
      probes, seed: seed, faults: faults, clients: 1, healing: .core(at: .zero + heal), ties: ties)
    stage.run(for: .milliseconds(199))
    #expect(stage.simulation.healedCore == nil)
    stage.run(for: .seconds(1))
    return stage
  }

  static func fault(_ action: FaultAction, _ id: UInt32 = 1, until end: Nanoseconds = heal) -> PlannedFault {
    .once(id, at: .milliseconds(100), for: end - .milliseconds(100), action)
  }

  /// Who hears whom, as pairs.
  static func heard(_ stage: Rehearsal) -> Set<[Int]> {
    Set((0..<6).flatMap { to in stage[to].numbers.map { [Int($0), to] } })
  }

  @Test(
    "The core is a majority at least and leaves somebody out, another one for other seeds, the same for the same")
  func drawn() {
    let cores = (1...40).map { Self.stage([], seed: $0).simulation.healedCore ?? [] }
    #expect(Set(cores.map(\.count)) == [3, 4])
    #expect(Set(cores).count > 8)
    #expect(cores[0] == Self.stage([], seed: 1).simulation.healedCore)
  }

  @Test(
    "Who is down starts in the core, and never outside it, whatever is due and in whatever order",
    arguments: [(heal, false), (heal, true), (.milliseconds(500), false)])
  func crashed(until end: Nanoseconds, ties: Bool) throws {
    for seed: UInt64 in 1...10 {
      let stage = Self.stage([Self.fault(.crash(.all), until: end)], seed: seed, ties: ties)
      let core = try #require(stage.simulation.healedCore)
      #expect((0..<5).filter { stage.simulation.isUp($0) } == core)
      #expect(stage.record(0).occurrences[0].until == nil)
      let down = try #require((0..<5).first { !core.contains($0) })
      #expect(stage.simulation.condition(of: down).state == .down)
      #expect(stage.simulation.faults(holding: down).map(\.fault) == [0])
    }
  }

  @Test("A partition is healed among the core and its clients, and cuts the rest as before")
  func partition() throws {
    for seed: UInt64 in 1...10 {
      let stage = Self.stage([Self.fault(.partition(.oneWay(from: .all, to: .all), hold: false))], seed: seed)
      let core = try #require(stage.simulation.healedCore)
      let all = Set((0..<6).flatMap { from in (0..<6).filter { $0 != from }.map { [from, $0] } })
      // Clients were never cut off.
      #expect(Self.heard(stage) == all.filter { pair in pair.contains(5) || pair.allSatisfy(core.contains) })
    }
  }

  @Test("So is a change of links, and what they hold arrives")
  func links() throws {
    var lossy = LinkChange()
    lossy.drop = .one
    let stage = Self.stage([Self.fault(.link(from: .all, to: .all, lossy))])
    let core = try #require(stage.simulation.healedCore)
    let (inside, outside) = (core[0], try #require((0..<5).first { !core.contains($0) }))
    #expect(stage.simulation.connects(core[0], core[1]) && !stage.simulation.connects(inside, outside))
    #expect(stage.simulation.faults(from: outside, to: inside).map(\.fault) == [0])
    #expect(Self.heard(stage).contains([core[1], core[0]]) && !Self.heard(stage).contains([outside, inside]))
  }

  @Test("Paused, slow and stalling hosts of the core work again, and the others stay as they are")
  func hosts() throws {
    let slow = FaultAction.slow(.all, each: .constant(.seconds(5)))
    let stage = Self.stage([
      Self.fault(.pause(.all), 1), Self.fault(slow, 2), Self.fault(.disk(.all, DiskChange(stalls: true)), 3),
      Self.fault(.clock(.all, .freeze), 4),
    ])
    let core = try #require(stage.simulation.healedCore)
    for node in 0..<5 {
      let condition = stage.simulation.condition(of: node)
      #expect(condition.isAble == core.contains(node))
      #expect(condition.state == (core.contains(node) ? .up : .paused))
      #expect(condition.diskStalls != core.contains(node) && condition.clockIsFrozen != core.contains(node))
    }
    #expect(stage.simulation.largestCircle.members == core)
  }

  @Test("A fault that waits for a target has found none, and a later one does not begin")
  func later() {
    let waiting = Self.fault(.crash(.tagged(bit: 0)), 1, until: .milliseconds(600))
    let late = PlannedFault.once(2, at: .milliseconds(300), for: .milliseconds(10), .crash(.all))
    let stage = Self.stage([waiting, late], ready: 2)
    #expect((0..<5).allSatisfy { stage.simulation.isUp($0) })
    #expect(stage.record(0).withoutTarget == 1 && stage.record(1).occurrences.isEmpty)
  }

  @Test("A rolling restart stops: its node starts in the core, and stays down outside it")
  func rolling() throws {
    for seed: UInt64 in 1...10 {
      let roll = FaultAction.roll(.all, each: .milliseconds(90), between: .milliseconds(20))
      let stage = Self.stage([Self.fault(roll, until: .seconds(1))], seed: seed)
      // The first stood from 190 to 210 ms, so that nobody is down at 200.
      #expect((0..<5).allSatisfy { stage.simulation.isUp($0) })
      let longer = FaultAction.roll(.all, each: .milliseconds(150), between: .milliseconds(20))
      let held = Self.stage([Self.fault(longer, until: .seconds(1))], seed: seed)
      let core = try #require(held.simulation.healedCore)
      #expect(held.simulation.isUp(0) == core.contains(0))
      #expect((1..<5).allSatisfy { held.simulation.isUp($0) })
    }
  }
}

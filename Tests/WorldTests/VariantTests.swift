import Node
import Primitives
import Testing
import World

@Suite("Processes that start as something else")
struct VariantTests {
  /// Each program says who it is with its first message: its variant and its place, such as 21.
  static func cast(_ variant: UInt64) -> [Probe] {
    (0..<3).map { Probe([(.milliseconds(1), .send(variant * 10 + UInt64($0), to: 3))]) } + [Probe()]
  }

  static func heard(_ faults: [PlannedFault]) -> (numbers: [UInt64], stage: Rehearsal) {
    var stage = Rehearsal(cast(0), faults: faults, clients: 1, variants: [cast(1), cast(2)])
    stage.run(for: .seconds(2))
    return (stage[3].numbers, stage)
  }

  static func reconfigured(_ stage: Rehearsal, _ fault: Int = 0) -> UInt64 {
    stage.record(fault).effects[FaultRecord.Effect.processesReconfigured.rawValue]
  }

  @Test("A reconfigured process starts again at once as the variant, and as it again after a crash")
  func reconfigure() {
    let change = PlannedFault.once(1, at: .milliseconds(100), for: .zero, .reconfigure(hosts(1), variant: 2))
    let crash = PlannedFault.once(2, at: .milliseconds(200), for: .milliseconds(10), .crash(hosts(0, 1)))
    let (numbers, stage) = Self.heard([change, crash])
    #expect(numbers.sorted() == [0, 0, 1, 2, 21, 21])
    #expect(Self.reconfigured(stage) == 1)
    #expect(stage.record(0).effects[FaultRecord.Effect.processesCrashed.rawValue] == 1)
  }

  @Test("Who is down starts as the variant when it starts")
  func whileDown() {
    let crash = PlannedFault.once(1, at: .milliseconds(100), for: .milliseconds(100), .crash(hosts(2)))
    let change = PlannedFault.once(2, at: .milliseconds(150), for: .zero, .reconfigure(hosts(2), variant: 1))
    let (numbers, stage) = Self.heard([crash, change])
    #expect(numbers.sorted() == [0, 1, 2, 12])
    #expect(Self.reconfigured(stage, 1) == 1)
  }

  @Test("A rolling restart brings each up as the variant, and another one back as it began")
  func rolling() {
    func roll(_ id: UInt32, at: Int64, _ variant: Int) -> PlannedFault {
      .once(
        id, at: .milliseconds(at), for: .milliseconds(400),
        .roll(.all, each: .milliseconds(10), between: .milliseconds(20), variant: variant))
    }
    let (numbers, stage) = Self.heard([roll(1, at: 100, 1), roll(2, at: 600, 0)])
    #expect(numbers.sorted() == [0, 0, 1, 1, 2, 2, 10, 11, 12])
    #expect(Self.reconfigured(stage) == 3 && Self.reconfigured(stage, 1) == 3)
  }

  @Test("To be made what one is, is a restart and no change")
  func same() {
    let change = PlannedFault.once(1, at: .milliseconds(100), for: .zero, .reconfigure(hosts(1), variant: 0))
    let (_, stage) = Self.heard([change])
    #expect(Self.reconfigured(stage) == 0)
    #expect(stage.record(0).effects[FaultRecord.Effect.processesCrashed.rawValue] == 1)
  }
}

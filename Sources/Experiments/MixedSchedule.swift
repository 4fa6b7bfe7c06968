import Primitives
import Scenarios
import World

/// What a seed draws where a scenario mixes schedules: a third of the seeds goes by time, a third by priorities, a
/// third with delays, each with settings of its own.
extension Scenario.Schedule {
  private static let purpose = Purpose(161, "mixed-schedule")

  package func plan(seed: UInt64) -> SchedulePlan {
    guard case .plan(let plan) = self else { return Self.drawn(Choices(seed: seed)) }
    return plan
  }

  private static func drawn(_ choices: Choices) -> SchedulePlan {
    func draw(_ number: UInt64, below bound: UInt64) -> UInt64 {
      choices.choose(purpose, Entities(number), 0, below: bound)
    }
    /// Each order of magnitude alike, from a millisecond on.
    func length(_ number: UInt64, orders: UInt64) -> Nanoseconds {
      .milliseconds(Int64(1 << draw(number, below: orders)))
    }
    switch draw(0, below: 3) {
    case 0: return .earliest
    case 1:
      return .priorities(
        depth: Int(2 + draw(1, below: 9)), window: length(2, orders: 7),
        of: draw(3, below: 2) == 0 ? .links : .processes)
    default: return .delays(bound: Int(1 + draw(4, below: 16)), by: length(5, orders: 9))
    }
  }
}

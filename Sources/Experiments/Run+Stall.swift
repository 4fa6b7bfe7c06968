import Primitives
import Scenarios
import World

/// The same run again, up to the moment until which it should have gone on: what stood in its way then is gone when it
/// ends.
extension Run {
  enum StallReading {
    case read(Stall?)
    case interrupted
  }

  func stall(from heal: Instant, to deadline: Instant, while goesOn: @escaping () -> Bool) -> StallReading {
    let wait = Wait(scenario: scenario, heal: heal, deadline: deadline, goesOn: goesOn)
    return Stage.put(on: scenario, seed: seed, digests: false, for: wait)
  }

  private struct Wait: StagePlay {
    /// How often within the time allowed it is looked whether there is a quorum.
    static let looks: Int64 = 32

    let scenario: Scenario
    let heal: Instant
    let deadline: Instant
    let goesOn: () -> Bool

    func play<P, J: StagedJudge>(_ simulation: inout Simulation<P, J>) -> StallReading where J.Watched == P {
      var hadQuorum = false
      guard run(&simulation, until: heal) else { return .interrupted }
      for look in 1...Self.looks {
        guard run(&simulation, until: deadline - (deadline - heal) / Self.looks * (Self.looks - look)) else {
          return .interrupted
        }
        hadQuorum = hadQuorum || Excuse(simulation, scenario).hasQuorum
      }
      return .read(hadQuorum ? J.stall(in: simulation, scenario) : Excuse(simulation, scenario).stall)
    }

    /// False where the caller does not want to go on.
    private func run<P, J>(_ simulation: inout Simulation<P, J>, until time: Instant) -> Bool {
      while simulation.run(until: time, budget: Tape.slice) == .budget {
        guard goesOn() else { return false }
      }
      return true
    }
  }
}

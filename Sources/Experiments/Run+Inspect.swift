import Primitives
import Scenarios
import World

extension Run {
  /// A moment of a run.
  package enum Moment: Hashable, Sendable {
    /// After everything that happened up to and at this time.
    case time(Instant)
    /// After so many events.
    case event(UInt64)

    /// `12.5s`, or an event's number such as `4711` or `#4711`.
    package init?(_ text: String) {
      let digits = text.hasPrefix("#") ? String(text.dropFirst()) : text
      if let event = UInt64(digits) {
        self = .event(event)
      } else if let time = ScenarioReader.duration(text) {
        self = .time(.zero + time)
      } else {
        return nil
      }
    }
  }

  /// The cluster as it was at a moment, or where the run ended before it.
  package func inspect(at moment: Moment) -> Inspection {
    Stage.put(on: scenario, seed: seed, for: Look(end: .zero + scenario.duration, moment: moment))
  }

  private struct Look: StagePlay {
    let end: Instant
    let moment: Moment

    func play<P, J: StagedJudge>(_ simulation: inout Simulation<P, J>) -> Inspection where J.Watched == P {
      switch moment {
      case .time(let time): _ = simulation.run(until: min(time, end))
      case .event(let number): _ = simulation.run(until: end, budget: number)
      }
      return simulation.inspection()
    }
  }
}

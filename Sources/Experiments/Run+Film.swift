import Primitives
import Scenarios
import World

extension Run {
  /// The run from its first event to its end, with everything that happened in it: several times slower than without.
  ///
  /// - Parameter progress: told now and then; false stops the run.
  /// - Returns: nil where it was stopped.
  package func film(progress: @escaping (Progress) -> Bool = { _ in true }) -> (film: Film, end: Checkpoint)? {
    Stage.put(
      on: scenario, seed: seed, films: true,
      for: Filming(end: .zero + scenario.duration, budget: budget, progress: progress))
  }

  private struct Filming: StagePlay {
    let end: Instant
    let budget: UInt64
    let progress: (Progress) -> Bool

    func play<P, J: StagedJudge>(_ simulation: inout Simulation<P, J>) -> (film: Film, end: Checkpoint)?
    where J.Watched == P {
      while true {
        let stop = simulation.run(until: end, budget: min(Tape.slice, budget - simulation.events))
        let checkpoint = Checkpoint(events: simulation.events, at: simulation.now, digest: simulation.digest)
        guard progress(Progress(checkpoint)) else { return nil }
        if stop != .budget || simulation.events >= budget { return (simulation.takeFilm(), checkpoint) }
      }
    }
  }
}

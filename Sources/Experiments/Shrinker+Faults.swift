import Node
import Primitives
import Scenarios
import World

extension Shrinker {
  /// Puts each strike of each fault in its place, with the hosts that it found: from then on a strike can be left out
  /// without moving the others.
  mutating func resolveFaults() {
    _ = take([best.withResolvedFaults], "faults resolved")
  }

  /// Begins the run shortly before the last faults: with other luck, since everything before them is gone.
  mutating func beginLate() {
    let failure = Instant.zero + best.scenario.duration
    for kept in [1, 2, 3, 4, 6, 8] where kept < best.scenario.faults.count && goesOn {
      let last = best.scenario.faults.filter { $0.moment < failure }.suffix(kept)
      guard let first = last.first?.moment, first > .zero + .seconds(2) else { continue }
      let late = best.scenario.with(faults: Array(last)).beginning(at: first - .seconds(1))
      if take([late] + reseeded(late, 48), "the beginning") != nil { return }
    }
  }

  mutating func minimiseFaults() {
    _ = minimise(best.scenario.faults, "faults") { $0.with(faults: $1) }
    minimiseBranches()
  }

  /// Of repeating faults that could not be resolved, those branches that are needed.
  private mutating func minimiseBranches() {
    for place in best.scenario.faults.indices {
      guard case .repeating(let nemesis) = best.scenario.faults[place].schedule, nemesis.branches.count > 1 else {
        continue
      }
      _ = minimise(nemesis.branches, "branches") { scenario, branches in
        var (scenario, nemesis) = (scenario, nemesis)
        guard !branches.isEmpty else { return scenario }
        nemesis.branches = branches
        scenario.faults[place].schedule = .repeating(nemesis)
        return scenario
      }
    }
  }

  /// Fewer hosts, shorter and rounder.
  mutating func simplifyFaults() {
    for place in best.scenario.faults.indices where goesOn {
      guard case .once(let at, let until, let action) = best.scenario.faults[place].schedule else { continue }
      func change(_ schedule: PlannedFault.Schedule) -> (Scenario) -> Scenario {
        { scenario in
          var scenario = scenario
          scenario.faults[place].schedule = schedule
          return scenario.with(faults: scenario.faults)
        }
      }
      takeEach(action.smaller.map { change(.once(at: at, until: until, $0)) }, "hosts of a fault")
      guard case .once(let at, let until, let action) = best.scenario.faults[place].schedule, until > at else {
        continue
      }
      let length = until - at
      takeEach(
        [length / 8, length / 2].filter { $0.count > 1_000_000 }.map {
          change(.once(at: at, until: at + $0, action))
        },
        "a fault's length")
    }
    takeEach(
      [1_000_000_000, 100_000_000, 10_000_000, 1_000_000].map { unit in { $0.rounded(to: unit) } }, "round moments")
    takeEach([100_000_000, 10_000_000, 1_000_000].map { unit in { $0.ending(onMultipleOf: unit) } }, "a round end")
  }

  mutating func minimiseChoices() {
    _ = minimise(best.scenario.choices, "choices") { scenario, choices in
      var scenario = scenario
      scenario.choices = choices
      return scenario
    }
  }
}

extension RunResult {
  /// The scenario with every strike as a fault of its own.
  package var withResolvedFaults: Scenario { scenario.with(faults: strikes) }

  /// Every strike of the run as a fault of its own, in the order of time.
  fileprivate var strikes: [PlannedFault] {
    let end = Instant.zero + scenario.duration
    let strikes = recording.faults.flatMap { fault in
      fault.occurrences.compactMap { occurrence -> PlannedFault? in
        guard let action = occurrence.action else { return nil }
        let until = action.isInstant ? occurrence.from : min(occurrence.until ?? occurrence.due ?? end, end)
        var strike = PlannedFault(id: 0, name: "", schedule: .once(at: occurrence.from, until: until, action))
        // What is drawn beyond the hosts is drawn as it was.
        switch action {
        case .damage, .partition(_, _, flap: .some): strike.luck = occurrence.luck
        default: break
        }
        return strike
      }
    }
    return strikes.enumerated().sorted {
      ($0.element.moment, $0.offset) < ($1.element.moment, $1.offset)
    }.map(\.element)
  }
}

extension PlannedFault {
  fileprivate var moment: Instant {
    switch schedule {
    case .once(let at, _, _): at
    case .repeating(let nemesis): nemesis.from
    }
  }
}

extension Scenario {
  /// With these faults, those that happen once under the numbers of their places.
  func with(faults: [PlannedFault]) -> Scenario {
    var scenario = self
    let repeats = faults.contains { if case .repeating = $0.schedule { true } else { false } }
    scenario.faults = faults.enumerated().map { place, fault in
      var fault = fault
      // A repeating fault draws by its id, which others must not take.
      if !repeats { fault.id = UInt32(place + 1) }
      return fault
    }
    scenario.nameFaults()
    return scenario
  }

  /// The same from `start` on, as if nothing had been before it.
  fileprivate func beginning(at start: Instant) -> Scenario {
    let gone: Nanoseconds = start - Instant.zero
    func moved(_ time: Instant) -> Instant { max(Instant.zero, time - gone) }
    return changed {
      $0.duration = $0.duration - gone
      $0.healAt = moved($0.healAt)
      if let workload = $0.workload {
        $0.workload?.start = moved(workload.start)
        $0.workload?.stop = max(moved(workload.stop), moved(workload.start) + Nanoseconds(1))
        $0.workload?.only = nil
      }
      for place in $0.faults.indices {
        guard case .once(let at, let until, let action) = $0.faults[place].schedule else { continue }
        $0.faults[place].schedule = .once(at: moved(at), until: moved(until), action)
      }
      $0.nameFaults()
    }
  }

  /// The end moved on to the next whole unit.
  fileprivate func ending(onMultipleOf unit: Int64) -> Scenario {
    let end = Nanoseconds((duration.count + unit - 1) / unit * unit)
    return changed {
      if $0.healAt == .zero + duration { $0.healAt = .zero + end }
      if $0.workload?.stop == .zero + duration { $0.workload?.stop = .zero + end }
      $0.duration = end
    }
  }

  /// Moments and lengths of faults in whole units.
  fileprivate func rounded(to unit: Int64) -> Scenario {
    var scenario = self
    func round(_ time: Instant) -> Instant { Instant(nanoseconds: (time.nanoseconds + unit / 2) / unit * unit) }
    for place in faults.indices {
      guard case .once(let at, let until, let action) = faults[place].schedule else { continue }
      let length = max((until - at).count / unit * unit, until > at ? unit : 0)
      scenario.faults[place].schedule = .once(
        at: round(at), until: min(round(at) + Nanoseconds(length), .zero + duration), action)
    }
    return scenario.with(faults: scenario.faults)
  }
}

import Primitives
import Scenarios
import World

/// Makes a failing scenario smaller, as long as it fails in the same way (`FailureFingerprint`): fewer faults,
/// operations and nodes, plainer parameters, a shorter run. After "Simplifying and Isolating Failure-Inducing Input",
/// Zeller and Hildebrandt, 2002.
///
/// Candidates are run in their order, several at a time, and the first that fails is taken: how many run at once
/// decides how long it takes, and not what comes out.
package struct Shrinker {
  /// What a scenario is made of, to be compared before and after.
  package struct Size: Hashable, Sendable {
    package let faults: Int
    package let operations: Int
    package let nodes: Int
    package let duration: Nanoseconds

    init(_ result: RunResult) {
      // A repeating fault counts as often as it struck.
      faults = result.recording.faults.reduce(0) { $0 + ($1.timed ? 1 : $1.occurrences.count) }
      operations = result.recording.history.count { $0.kind == .invoke }
      nodes = result.scenario.cluster.nodes.count
      duration = result.scenario.duration
    }
  }

  /// How far it is.
  package struct Progress: Sendable {
    package let size: Size
    package let runs: Int
    /// What is tried to be left out.
    package let stage: String
  }

  /// The failure that is kept.
  package let target: FailureFingerprint
  package let before: Size
  /// The smallest run so far that fails so; its scenario's seed is the run's.
  package private(set) var best: RunResult
  package private(set) var runs = 1
  /// Whether everything that remains is needed: no fault, operation or fixed choice can be left out alone.
  package private(set) var isMinimal = false

  /// More events than this and a candidate is given up.
  private let budget: UInt64
  private let jobs: Int
  private let mayGoOn: () -> Bool
  private let tell: (Progress) -> Void
  /// Whether the failure needs no luck any more: it happens with other seeds too.
  package private(set) var isPinned = false
  /// Seeds with which a candidate must fail as well.
  private var witnesses: [UInt64] = []
  /// Scenarios that were run and fail otherwise or not at all.
  private var refuted: Set<String> = []

  /// - Parameters:
  ///   - jobs: runs at a time.
  ///   - goesOn: asked before each round; false ends the search with what it has.
  /// - Returns: nil where the run does not fail.
  package init?(
    _ scenario: Scenario, seed: UInt64, jobs: Int, goesOn: @escaping () -> Bool,
    tell: @escaping (Progress) -> Void = { _ in }
  ) {
    var scenario = scenario
    scenario.seed = seed
    scenario.sweep = nil
    guard let result = try? Run(scenario, telemetry: .off).perform(), let target = result.fingerprint else {
      return nil
    }
    self.target = target
    before = Size(result)
    best = result
    budget = max(result.events * 3, 100_000)
    self.jobs = jobs
    mayGoOn = goesOn
    self.tell = tell
  }

  var goesOn: Bool { mayGoOn() }

  package var scenario: Scenario { best.scenario }
  package var size: Size { Size(best) }

  /// Leaves out what can be left out, until nothing can or `goesOn` says no.
  package mutating func shrink() {
    keepPromise()
    cutTail()
    resolveFaults()
    // A repeating fault whose last strikes were needed could not be cut.
    cutTail()
    settleDraws()
    beginLate()
    while goesOn {
      let start = best.scenario
      cutTail()
      minimiseFaults()
      cutTail()
      minimiseOperations()
      cutTail()
      simplifyParameters()
      removeNodes()
      simplifyFaults()
      minimiseChoices()
      guard best.scenario != start else {
        isMinimal = goesOn
        return
      }
    }
  }

  /// Fixes the luck that the failure needs, and no more than that, so that it happens with any seed: time-outs, what
  /// crashes leave, when operations come, and where that is not enough what befell messages and syncs. On what remains
  /// to chance the failure must not depend.
  package mutating func pin() {
    let loose = best
    let (own, plain, world) = (
      loose.withFixedLuck, loose.withFixedWorld(isPlain: true), loose.withFixedWorld(isPlain: false)
    )
    let candidates = [own, own.withEvenRetries, plain.withEvenRetries, world.withEvenRetries].flatMap {
      [$0, $0.renumbered(loose)]
    }
    witnesses = (1...4).map { loose.scenario.seed &+ $0 }
    refuted = []
    while goesOn {
      if take([loose.scenario], "other seeds") == nil, take(candidates, "fixed luck") == nil { break }
      minimiseChoices()
      // A seed that does without it shows which choice was left out too soon.
      guard let other = counterexample() else {
        isPinned = goesOn
        break
      }
      witnesses.append(other)
      best = loose
    }
    if !isPinned {
      best = loose
      witnesses = []
    }
  }

  /// One of fifty other seeds with which the best does not fail so.
  private mutating func counterexample() -> UInt64? {
    let (scenario, target, budget) = (best.scenario, target, budget)
    let seeds = (1...50).map { UInt64($0) }
    for first in stride(from: 0, to: seeds.count, by: jobs) where goesOn {
      let batch = Array(seeds[first..<min(first + jobs, seeds.count)])
      runs += batch.count
      let fails = concurrently(batch) {
        (try? Run(scenario, seed: $0, telemetry: .off, budget: budget).perform())?.fingerprint == target
      }
      if let place = fails.firstIndex(of: false) { return batch[place] }
    }
    return nil
  }

  // MARK: Trying

  /// Runs candidates in their order until one fails like the target; takes that one and says which it was.
  mutating func take(_ candidates: [Scenario], _ stage: String) -> Int? {
    var next = 0
    while next < candidates.count, goesOn {
      let batch = Array(candidates[next..<min(next + jobs, candidates.count)])
      let results = attempt(batch)
      runs += batch.count
      tell(Progress(size: size, runs: runs, stage: stage))
      for (place, result) in results.enumerated() {
        guard let result else { continue }
        best = result
        return next + place
      }
      next += batch.count
    }
    return nil
  }

  /// nil for a candidate that fails otherwise, passes, or is no scenario.
  private mutating func attempt(_ batch: [Scenario]) -> [RunResult?] {
    var fresh: [(place: Int, scenario: Scenario, key: String)] = []
    for (place, candidate) in batch.enumerated() {
      guard candidate != best.scenario || !witnesses.isEmpty, let scenario = candidate.validated else { continue }
      let key = scenario.fingerprint(seed: scenario.seed)
      if !refuted.contains(key) { fresh.append((place, scenario, key)) }
    }
    let (target, budget, witnesses) = (target, budget, witnesses)
    let found = concurrently(fresh.map(\.scenario)) { scenario -> RunResult? in
      func fails(_ seed: UInt64) -> RunResult? {
        let result = try? Run(scenario, seed: seed, telemetry: .off, budget: budget).perform()
        return result?.fingerprint == target ? result : nil
      }
      guard let result = fails(scenario.seed) else { return nil }
      return witnesses.allSatisfy { fails($0) != nil } ? result : nil
    }
    var results = [RunResult?](repeating: nil, count: batch.count)
    for (each, result) in zip(fresh, found) {
      results[each.place] = result
      if result == nil { refuted.insert(each.key) }
    }
    return results
  }

  /// How many other seeds are tried for a candidate that does not fail with its own: what is left out moves the luck of
  /// what comes after it. The shorter the run, the more of them.
  private var otherSeeds: UInt64 {
    witnesses.isEmpty ? min(32, max(2, budget / max(1, best.events) * 2)) : 0
  }

  /// Candidates that are run with their own seeds before others are tried for the first of them.
  private static let window = 4

  /// Events that trying every item alone may take, for each of the other seeds.
  private static let cheapRound: UInt64 = 500_000

  /// The same with other luck.
  func reseeded(_ scenario: Scenario, _ count: UInt64) -> [Scenario] {
    (1..<(count + 1)).filter { $0 != scenario.seed }.map { seed in scenario.changed { $0.seed = seed } }
  }

  /// Leaves out as many of `items` as it can: chunks first, then one by one, until none can be left out alone.
  mutating func minimise<Item>(_ items: [Item], _ stage: String, _ scenario: (Scenario, [Item]) -> Scenario)
    -> [Item]
  {
    guard !items.isEmpty else { return items }
    let nothing = scenario(best.scenario, [])
    if take([nothing] + reseeded(nothing, otherSeeds), stage) != nil { return [] }
    var items = items
    var chunk = max(1, items.count / 2)
    while goesOn {
      var (start, removed) = (0, false)
      while start < items.count, goesOn {
        let starts = stride(from: start, to: min(items.count, start + chunk * Self.window), by: chunk)
        let rests = starts.map { Array(items[..<$0] + items[min($0 + chunk, items.count)...]) }.filter {
          !$0.isEmpty
        }
        if let taken = take(rests.map { scenario(best.scenario, $0) }, stage) {
          items = rests[taken]
          // What stands before it was tried without success.
          start += taken * chunk
          removed = true
        } else if items.count <= 8 * chunk || UInt64(items.count) * best.events <= Self.cheapRound,
          let taken = rests.firstIndex(where: {
            take(reseeded(scenario(best.scenario, $0), otherSeeds), stage) != nil
          })
        {
          items = rests[taken]
          removed = true
        } else {
          start += chunk * Self.window
        }
      }
      if chunk > 1 { chunk /= 2 } else if !removed { break }
    }
    return items
  }

  /// One candidate after the other, each on top of what was taken before.
  mutating func takeEach(_ changes: [(Scenario) -> Scenario], _ stage: String, seeds: UInt64 = 0) {
    for change in changes where goesOn {
      let changed = change(best.scenario)
      guard changed != best.scenario else { continue }
      // Other luck is tried too where the change moves all of it.
      _ = take([changed] + reseeded(changed, seeds), stage)
    }
  }
}

extension Scenario {
  /// The scenario as it reads when it is written down; nil where it contradicts itself.
  var validated: Scenario? {
    guard let read = try? ScenarioReader.read(text: ScenarioWriter.yaml(self), file: "") else { return nil }
    return read == self ? read : nil
  }
}

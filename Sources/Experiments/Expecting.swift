import Checkers
import Node
import Primitives
import Scenarios
import World

/// Judges a scenario's expectations over a finished run.
struct Expecting {
  let measuring: Measuring
  /// nil where nothing can heal.
  let study: HealingStudy?
  let violations: [Violation]
  let figures: [Figures]
  /// What was to reach all nodes.
  let spreads: [Spread]
  /// Those that can be told.
  let liveNodes: [Int]
  /// The nodes that healed while the others stayed as they were; nil where all do.
  let core: [Int]?
  /// Why nothing went on, where the clients' recovery was missed.
  let stall: Stall?
  let marks: [MarkCount]
  /// Empty where no expectation asks for it.
  let history: ClientHistory
  /// nil where nobody asks for it.
  let linearizability: Linearizability.Verdict?

  func findings() -> [Finding] { measuring.scenario.expectations.map(finding) }

  private func finding(_ expectation: Scenario.Expectation) -> Finding {
    switch expectation {
    case .safety: safety
    case .linearizable: linearizable
    case .readYourWrites: session(.readYourWrites)
    case .monotonicReads: session(.monotonicReads)
    case .monotonicWrites: session(.monotonicWrites)
    case .committedReads: session(.committedReads)
    case .recovers(let bound): recovers(within: bound)
    case .converges(let bound): converges(within: bound)
    case .heals(let kinds, let bound): heals(kinds, within: bound)
    case .measure(let bound): measure(bound)
    case .sometimes(let awaited): sometimes(awaited)
    }
  }

  /// What was met is said of each run; it is judged over many.
  private func sometimes(_ awaited: [Scenario.Mark]) -> Finding {
    let met = awaited.count { mark in marks.contains { $0.mark == mark && $0.count > 0 } }
    return Finding(
      name: "sometimes", outcome: .held,
      detail: "\(met) of \(awaited.count) met here, judged over \(PeopleText.count(UInt64(Sometimes.enough))) seeds"
    )
  }

  private var safety: Finding {
    guard let first = violations.first else {
      return Finding(name: "safety", outcome: .held, detail: "no invariant was broken")
    }
    return Finding(name: "safety", outcome: .violated, detail: "\(first.invariant) was broken")
  }

  private var linearizable: Finding {
    func found(_ outcome: Finding.Outcome, _ detail: String) -> Finding {
      Finding(name: "linearizable", outcome: outcome, detail: detail)
    }
    switch linearizability {
    case .linearizable?: return found(.held, "the operations have a legal order")
    case .violated(let explanation)?: return found(.violated, explanation.sentence)
    case .inconclusive?, nil: return found(.inconclusive, "the search for a legal order used up its budget")
    }
  }

  private func session(_ guarantee: SessionGuarantee) -> Finding {
    let name = guarantee.rawValue.map { $0 == "-" ? "_" : $0 }
    switch guarantee.judge(history) {
    case .held: return Finding(name: String(name), outcome: .held, detail: "every client could rely on it")
    case .violated(let sentence): return Finding(name: String(name), outcome: .violated, detail: sentence)
    case .unjudged: return Finding(name: String(name), outcome: .inconclusive, detail: "no operation tells of it")
    }
  }

  private func text(_ duration: Nanoseconds) -> String { PeopleText.duration(duration.count) }

  private func recovers(within bound: Nanoseconds) -> Finding {
    func found(_ outcome: Finding.Outcome, _ detail: String) -> Finding {
      Finding(name: "recovers", outcome: outcome, detail: detail)
    }
    guard let heal = measuring.lastHeal else {
      return found(.inconclusive, "a fault still acted when the run ended")
    }
    let operations = measuring.operations
    if let time = measuring.recovery(operations) {
      let words = time <= bound ? "within" : "allowed are"
      let detail = "\(text(time)) after \(healing), \(words) \(text(bound))"
      return time <= bound ? found(.held, detail) : missed(detail)
    }
    guard operations.contains(where: { $0.invoked >= heal }) else {
      return found(.inconclusive, "nothing was asked after \(healing)")
    }
    let waited = measuring.end - heal
    guard waited > bound else {
      return found(
        .inconclusive,
        "the run ended \(text(waited)) after \(healing), within \(text(bound))"
      )
    }
    return missed("nothing succeeded in the \(text(waited)) after \(healing)")

    func missed(_ detail: String) -> Finding {
      guard let stall else { return found(.violated, detail) }
      return found(stall.isExcused ? .inconclusive : .violated, "\(detail): \(stall.sentence)")
    }
  }

  private var healing: String {
    guard let core else { return "the last heal" }
    let names = core.map { measuring.recording.processes[$0] }
    return core.count <= 8 ? "the core, \(names.listed), healed" : "a core of \(core.count) nodes healed"
  }

  private func converges(within bound: Nanoseconds) -> Finding {
    func found(_ outcome: Finding.Outcome, _ detail: String) -> Finding {
      Finding(name: "converges", outcome: outcome, detail: detail)
    }
    guard let heal = measuring.lastHeal else {
      return found(.inconclusive, "a fault still acted when the run ended")
    }
    let isMesh = if case .mesh = measuring.scenario.cluster.program { true } else { false }
    if spreads.isEmpty, isMesh { return found(.held, "nobody was ever taken for what it is not") }
    guard !spreads.isEmpty else { return found(.inconclusive, "no \(subject) was begun") }
    var slowest = Nanoseconds.zero
    var undecided = 0
    for spread in spreads where isOwed(spread) {
      let from = max(heal, spread.begunAt)
      for node in liveNodes {
        let reached = spread.knownAt[node]
        let time = (reached ?? measuring.end) - from
        if time > bound {
          let what = reached == nil ? "did not know" : "was late to know"
          let name = measuring.recording.processes[node]
          return found(
            .violated, "\(name) \(what) \(subject(spread)) \(text(time)) after it should spread")
        }
        if reached == nil { undecided += 1 } else { slowest = max(slowest, time) }
      }
    }
    guard undecided == 0 else { return found(.inconclusive, "the run ended while \(subject)s still spread") }
    if isMesh { return found(.held, "every live node knew who lives within \(text(slowest))") }
    return found(.held, "every live node knew every \(subject) within \(text(slowest))")
  }

  /// What it is that spreads.
  private var subject: String {
    switch measuring.scenario.cluster.program {
    case .gossip: "rumour"
    case .mesh: "state"
    case .crdt, .raftKV: "change"
    }
  }

  private func subject(_ spread: Spread) -> String {
    guard case .mesh = measuring.scenario.cluster.program else { return "\(subject) \(spread.number)" }
    return "whether \(measuring.recording.processes[Int(spread.number) - 1]) lives"
  }

  /// Whether every live node is to know it.
  private func isOwed(_ spread: Spread) -> Bool {
    guard case .mesh = measuring.scenario.cluster.program else {
      // Else it was lost with its first node before any disk had it, and so before it was acknowledged or told.
      return liveNodes.contains { spread.knownAt[$0] != nil }
    }
    // Who is up and was not healed may be out of everybody's reach.
    return core.map { !spread.isOfLiving || $0.contains(Int(spread.number) - 1) } ?? true
  }

  private func heals(_ kinds: [String], within bound: Nanoseconds) -> Finding {
    func found(_ outcome: Finding.Outcome, _ detail: String) -> Finding {
      Finding(name: "heals", outcome: outcome, detail: detail)
    }
    let strikes = study?.strikes.filter { kinds.contains($0.kind) && $0.isTold } ?? []
    // Of each kind: one that nobody could tell is not healed because another was.
    for kind in kinds where !strikes.contains(where: { $0.kind == kind }) {
      return found(.inconclusive, "too little was asked of what '\(kind)' hit")
    }
    var slowest = Nanoseconds.zero
    for strike in strikes {
      let whom = strike.hosts.prefix(4).map { measuring.recording.processes[$0.index] }.listed
      let what = "the \(strike.kind) of \(whom)\(strike.hosts.count > 4 ? " and others" : "")"
      guard let time = strike.restored else {
        return found(.violated, "\(what) was not healed in the \(text(strike.until - strike.from)) that it lasted")
      }
      guard time <= bound else { return found(.violated, "\(what) took \(text(time)), allowed are \(text(bound))") }
      slowest = max(slowest, time)
    }
    return found(.held, "served again after at most \(text(slowest)), within \(text(bound))")
  }

  private func measure(_ bound: Scenario.MeasureBound) -> Finding {
    let name = bound.measure.rawValue
    let limit = bound.bound.number
    guard let value = figures.first(where: { $0.measure == bound.measure })?.value(bound.statistic) else {
      // A service that was never silent for long was observed all the time.
      let shortest = Measuring.shortestSilence
      if bound.measure == .unavailability, bound.direction == .atMost, limit >= Double(shortest.count) {
        let detail = "never \(PeopleText.duration(shortest.count)), expected at most \(bound.text(limit))"
        return Finding(name: name, outcome: .held, detail: detail)
      }
      return Finding(name: name, outcome: .inconclusive, detail: "nothing was observed")
    }
    let holds = bound.direction == .atMost ? value <= limit : value >= limit
    let statistic = bound.measure.unit == .duration ? "\(bound.statistic.rawValue) " : ""
    let words = bound.direction == .atMost ? "at most" : "at least"
    return Finding(
      name: name, outcome: holds ? .held : .violated,
      detail: "\(statistic)\(bound.text(value)), expected \(words) \(bound.text(limit))")
  }
}

extension Scenario.Bound {
  /// In the measure's unit.
  fileprivate var number: Double {
    switch self {
    case .count(let count): Double(count)
    case .duration(let duration): Double(duration.count)
    case .share(let share): 100 * share.double
    }
  }
}

extension Scenario.MeasureBound {
  fileprivate func text(_ value: Double) -> String {
    switch measure.unit {
    case .count: PeopleText.count(UInt64(value))
    case .duration: PeopleText.duration(Int64(value))
    case .share: PeopleText.percent(value)
    }
  }
}

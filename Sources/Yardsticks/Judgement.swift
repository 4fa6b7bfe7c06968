import Experiments
import Primitives
import Scenarios

/// A yardstick held against what was run, on one range of seeds after the other.
package struct Judgement: Sendable {
  /// What a gate has found in a case.
  package struct Finding: Hashable, Sendable {
    /// `ks`, `mean`, `median`, `split_vote`, `holds`, `told` or `safety`.
    package let gate: String
    /// What decided, for people: `0.012 of 0.030`.
    package let detail: String
    package let holds: Bool
  }

  /// A range of seeds, and what each case came to on it.
  package struct Round: Sendable {
    package let seeds: ClosedRange<UInt64>
    package let samples: [CaseSample]

    package init(seeds: ClosedRange<UInt64>, samples: [CaseSample]) {
      self.seeds = seeds
      self.samples = samples
    }
  }

  package let yardstick: Yardstick
  package let rounds: [Round]
  /// By round and case.
  package let findings: [[[Finding]]]
  /// By round: of the orders.
  package let orders: [[Finding]]
  /// What each comparison by chance may come to at the least.
  package let level: Double

  package init(_ yardstick: Yardstick, _ rounds: [Round]) {
    self.yardstick = yardstick
    self.rounds = rounds
    let level = Gates.level(of: max(1, yardstick.splitVoteCases * rounds.count))
    self.level = level
    findings = rounds.map { round in
      zip(yardstick.cases, round.samples).map { Self.findings($0, $1, level: level) }
    }
    orders = rounds.map { round in yardstick.orders.map { Self.order($0, yardstick, round) } }
  }

  package var holds: Bool {
    findings.allSatisfy { $0.allSatisfy { $0.allSatisfy(\.holds) } } && orders.allSatisfy { $0.allSatisfy(\.holds) }
  }

  package func holds(case place: Int) -> Bool { findings.allSatisfy { $0[place].allSatisfy(\.holds) } }

  /// Whether anything but an order is asked of a case.
  package func isGated(case place: Int) -> Bool {
    let each = yardstick.cases[place]
    return each.gate != Yardstick.Gate() || each.holds != nil
  }

  // MARK: Gates

  private static func findings(_ each: Yardstick.Case, _ sample: CaseSample, level: Double) -> [Finding] {
    switch sample {
    case .runs(let runs): [verdict(each, runs)]
    case .elections(let series): safety(series) + gates(each, series, level: level)
    }
  }

  private static func safety(_ series: ElectionSeries) -> [Finding] {
    guard let first = series.violated.first else { return [] }
    return [Finding(gate: "safety", detail: "a promise is broken with seed \(first)", holds: false)]
  }

  private static func verdict(_ each: Yardstick.Case, _ runs: RunTally) -> Finding {
    let detail = "held in \(runs.held) of \(runs.endings.count)"
    let isClear = !runs.endings.contains(.other)
    guard let holds = each.holds else { return Finding(gate: "told", detail: detail, holds: isClear) }
    return Finding(gate: "holds", detail: detail, holds: isClear && runs.held == (holds ? runs.endings.count : 0))
  }

  private static func gates(_ each: Yardstick.Case, _ series: ElectionSeries, level: Double) -> [Finding] {
    let (gate, published) = (each.gate, each.published)
    var findings: [Finding] = []
    if let most = gate.distance?.double {
      let distance = Gates.distance(series.durations, of: series.count, from: published.quantiles)
      findings.append(
        Finding(gate: "ks", detail: "\(figure(distance)) of \(figure(most))", holds: distance <= most))
    }
    func near(_ name: String, _ value: Double?, _ expected: Nanoseconds?, _ within: Ratio?) {
      guard let within, let expected else { return }
      let off = value.map { $0 / Double(expected.count) - 1 }
      findings.append(
        Finding(
          gate: name, detail: "\(off.map(signedPercent) ?? "never") of ±\(percent(within.double))",
          holds: off.map { abs($0) <= within.double } ?? false))
    }
    // The mean of those that were decided is too low where some were not.
    near("mean", series.censored == 0 ? series.durations.mean : nil, published.mean, gate.mean)
    near("median", series.durations.quantile(0.5, of: series.count), published.median, gate.median)
    if gate.splitVote != nil, series.censored > 0 {
      // Nobody knows what would have become of their first votes.
      findings.append(Finding(gate: "split_vote", detail: "\(series.censored) undecided", holds: false))
    } else if let chance = chance(each, series) {
      findings.append(
        Finding(gate: "split_vote", detail: "p \(figure(chance)) of \(figure(level))", holds: chance >= level))
    } else if gate.splitVote != nil {
      findings.append(Finding(gate: "split_vote", detail: "no formula is about this scenario", holds: false))
    }
    return findings
  }

  /// That the share of split votes is as far from what it should be.
  package static func chance(_ each: Yardstick.Case, _ series: ElectionSeries) -> Double? {
    switch each.gate.splitVote {
    case .closedForm:
      SplitVoteTheory(each.scenario).map {
        Gates.chance(of: series.splitVotes, in: series.count, probability: $0.probability)
      }
    case .published:
      each.published.splitVote.map {
        Gates.chance(
          of: series.splitVotes, in: series.count, published: $0.double, of: Double(each.published.count ?? 1),
          digit: each.published.digit)
      }
    case nil: nil
    }
  }

  /// By how many standard errors the share of split votes is off; nil where nothing is expected, or no deviation possible.
  package static func deviation(_ each: Yardstick.Case, _ series: ElectionSeries) -> Double? {
    let theory = each.gate.splitVote == .closedForm ? SplitVoteTheory(each.scenario)?.probability : nil
    guard let expected = theory ?? each.published.splitVote?.double, each.gate.splitVote != nil else { return nil }
    // A published share is itself a count.
    let trials = theory == nil ? each.published.count.map { 1 / Double($0) } ?? 1 : 0
    let deviation = (expected * (1 - expected) * (1 / Double(series.count) + trials)).squareRoot()
    return deviation > 0 ? (Double(series.splitVotes) / Double(series.count) - expected) / deviation : nil
  }

  private static func order(_ order: Yardstick.Order, _ yardstick: Yardstick, _ round: Round) -> Finding {
    let means = order.cases.map { place -> Double? in
      guard case .elections(let series) = round.samples[place] else { return nil }
      // Of what is not decided it is known that it takes longer than the scenario has time.
      let end = Double(yardstick.cases[place].scenario.duration.count)
      return (series.durations.reduce(0, +) + end * Double(series.censored)) / Double(max(series.count, 1))
    }
    let holds = zip(means, means.dropFirst()).allSatisfy { first, second in
      guard let first, let second else { return false }
      return first * Double(order.factor) < second
    }
    let names = order.cases.map { yardstick.cases[$0].name }.joined(separator: " < ")
    return Finding(
      gate: "order", detail: order.factor == 1 ? names : "\(names), \(order.factor) times", holds: holds)
  }

  // MARK: Words

  static func figure(_ value: Double) -> String {
    value != 0 && abs(value) < 0.001 ? scientific(value) : decimal(value, places: 3)
  }

  static func percent(_ value: Double) -> String { "\(decimal(value * 100, places: value < 0.1 ? 1 : 0)) %" }

  private static func signedPercent(_ value: Double) -> String {
    "\(value < 0 ? "−" : "+")\(decimal(abs(value) * 100, places: 1)) %"
  }
}

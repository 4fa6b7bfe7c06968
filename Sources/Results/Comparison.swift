import GRDB
import Reports

/// Compares two result sets seed by seed: the same seed has the same luck in both, so that what differs is what was
/// changed.
package enum Comparison {
  /// - Throws: where the two have no seed in common.
  package static func of(_ before: ResultSet, _ after: ResultSet) throws(ResultError) -> SweepComparison {
    var pairing = try Pairing(before, after)
    var verdicts: [SweepComparison.Verdicts] = []
    var differences: [SweepComparison.Difference] = []
    for pair in pairing.points {
      let found = try self.verdicts(pair)
      guard found.pairs > 0 else {
        pairing.notes.append("\(pair.title): the two have no seed in common")
        continue
      }
      verdicts.append(found)
      differences += try self.differences(pair)
    }
    guard !verdicts.isEmpty else {
      throw .bad(
        path: after.folder, "has no seed in common with \(before.folder); expected sweeps of the same scenarios")
    }
    let adjusted = PairedTests.holm(differences.map(\.wilcoxon))
    for index in differences.indices {
      differences[index].adjusted = adjusted[index]
      differences[index].change = change(differences[index])
    }
    return SweepComparison(
      before: before.folder, after: after.folder, verdicts: verdicts, differences: differences, notes: pairing.notes
    )
  }

  /// Measures of which more is better; of all others less is.
  static let moreIsBetter: Set<String> = ["operations_ok", "availability", "heal_rate"]

  private static func change(_ difference: SweepComparison.Difference) -> SweepComparison.Change {
    guard difference.adjusted < 1 - Intervals.confidence, difference.mean.value != 0 else { return .same }
    let rises = difference.mean.value > 0
    return rises == moreIsBetter.contains(difference.measure) ? .better : .worse
  }

  // MARK: Points

  /// A point that both sets have.
  struct PointPair {
    let scenario: String
    let settings: String
    let before: (set: ResultSet, id: Int64, point: Int)
    let after: (set: ResultSet, id: Int64, point: Int)
    /// What runs a seed of the latter again.
    let command: String

    var title: String { settings.isEmpty ? scenario : "\(scenario) at \(settings)" }
  }

  struct Pairing {
    var points: [PointPair] = []
    var notes: [String] = []

    init(_ before: ResultSet, _ after: ResultSet) throws(ResultError) {
      let (old, new) = (try before.sets(), try after.sets())
      for (id, set) in old {
        guard let (otherID, other) = new.first(where: { $0.set.scenario == set.scenario }) else {
          notes.append("\(set.scenario): only in \(before.folder)")
          continue
        }
        for (number, point) in set.points.enumerated() {
          guard let otherNumber = other.points.firstIndex(where: { $0.settings == point.settings }) else {
            notes.append("\(set.scenario) at \(point.settings): only in \(before.folder)")
            continue
          }
          points.append(
            PointPair(
              scenario: set.scenario, settings: point.settings, before: (before, id, number),
              after: (after, otherID, otherNumber), command: other.points[otherNumber].command))
        }
        for point in other.points where !set.points.contains(where: { $0.settings == point.settings }) {
          notes.append("\(set.scenario) at \(point.settings): only in \(after.folder)")
        }
      }
      for (_, set) in new where !old.contains(where: { $0.set.scenario == set.scenario }) {
        notes.append("\(set.scenario): only in \(after.folder)")
      }
    }
  }

  // MARK: Verdicts

  private static func verdicts(_ pair: PointPair) throws(ResultError) -> SweepComparison.Verdicts {
    let before = try rows(pair.before)
    let after = try rows(pair.after)
    var old: [Int64: SeedVerdict] = [:]
    for row in before { old[row.seed] = row.verdict }
    var (pairs, broken, mended) = (0, 0, 0)
    var example: SweepComparison.Verdicts.Example?
    for row in after {
      guard let earlier = old[row.seed] else { continue }
      pairs += 1
      if row.verdict.isFailure, !earlier.isFailure {
        broken += 1
        example =
          example
          ?? .init(
            seed: row.seed, sentence: row.sentence, replay: "\(pair.command) --seed \(row.seed)")
      }
      if earlier.isFailure, !row.verdict.isFailure { mended += 1 }
    }
    return SweepComparison.Verdicts(
      scenario: pair.scenario, settings: pair.settings, pairs: pairs, broken: broken, mended: mended,
      chance: PairedTests.sign(broken, mended), example: example)
  }

  private static func rows(
    _ side: (set: ResultSet, id: Int64, point: Int)
  ) throws(ResultError) -> [(seed: Int64, verdict: SeedVerdict, sentence: String)] {
    try side.set.read { database in
      try Row.fetchAll(
        database, sql: "SELECT seed, verdict, sentence FROM runs WHERE set_id = ? AND point = ? ORDER BY seed",
        arguments: [side.id, side.point]
      ).map { row in
        guard let verdict = SeedVerdict(rawValue: row[1]) else {
          throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "seed \(row[0] as Int64) has no verdict")
        }
        return (row[0], verdict, row[2] ?? "")
      }
    }
  }

  // MARK: Measures

  private static func differences(_ pair: PointPair) throws(ResultError) -> [SweepComparison.Difference] {
    let old = try observations(pair.before)
    let new = try observations(pair.after)
    var differences: [SweepComparison.Difference] = []
    for (name, before) in old {
      guard let after = new.first(where: { $0.name == name })?.observed else { continue }
      let common = indices(before.seeds, after.seeds)
      guard !common.isEmpty else { continue }
      let isDistribution = before.isDistribution || after.isDistribution
      for statistic in isDistribution ? Array(ResultSet.statistics.indices) : [0] {
        let values = common.map { (before.values[statistic][$0.0], after.values[statistic][$0.1]) }
        let distances = values.map { $0.1 - $0.0 }
        let count = Double(values.count)
        differences.append(
          SweepComparison.Difference(
            scenario: pair.scenario, settings: pair.settings, measure: name,
            statistic: isDistribution ? ResultSet.statistics[statistic] : "value", unit: after.unit,
            pairs: values.count, before: values.reduce(0) { $0 + $1.0 } / count,
            after: values.reduce(0) { $0 + $1.1 } / count, mean: Intervals.mean(distances),
            median: Intervals.percentile(50, sorted: distances.sorted()), sign: PairedTests.sign(distances),
            wilcoxon: PairedTests.wilcoxon(distances), adjusted: 1, change: .same))
      }
    }
    return differences
  }

  private static func observations(
    _ side: (set: ResultSet, id: Int64, point: Int)
  ) throws(ResultError) -> [(name: String, observed: ResultSet.Observed)] {
    try side.set.read { try ResultSet.observations($0, side.id, side.point) }
  }

  /// Where two ascending lists have the same seed.
  private static func indices(_ left: [Int64], _ right: [Int64]) -> [(Int, Int)] {
    var (i, j) = (0, 0)
    var common: [(Int, Int)] = []
    while i < left.count, j < right.count {
      if left[i] == right[j] {
        common.append((i, j))
        i += 1
        j += 1
      } else if left[i] < right[j] {
        i += 1
      } else {
        j += 1
      }
    }
    return common
  }
}

import GRDB
import Reports

extension ResultSet {
  /// Every measure at every point: its value in each seed; of measures that a run has many of, the median and the 99th
  /// percentile. Ascending, in the order of scenarios, points and names.
  package func distributions() throws(ResultError) -> [SweepSummary.Distribution] {
    var all: [SweepSummary.Distribution] = []
    for (id, set) in try sets() {
      for (number, point) in set.points.enumerated() {
        let observations = try read { database in try Self.observations(database, id, number) }
        for (name, observed) in observations {
          let wanted = observed.isDistribution ? ["p50", "p99"] : ["mean"]
          for statistic in wanted {
            all.append(
              SweepSummary.Distribution(
                scenario: set.scenario, settings: point.settings,
                name: observed.isDistribution ? "\(name).\(statistic)" : name, unit: observed.unit,
                values: observed.values[Self.statistics.firstIndex(of: statistic)!].sorted()))
          }
        }
      }
    }
    return all
  }
}

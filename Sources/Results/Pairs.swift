import Reports

/// Two sweeps of the same scenarios, one of them without something, as a table of what it is worth.
package enum Pairs {
  /// - Parameter measures: as `availability` or `client_latency.p99`, in the order of the table.
  /// - Throws: where the two have no seed in common.
  package static func table(
    without: ResultSet, with: ResultSet, measures: [String], command: String
  ) throws(ResultError) -> PairTable {
    let differences = try Comparison.of(without, with).differences
    let (before, after) = (try without.summary(), try with.summary())
    var rows: [PairTable.Row] = []
    for measure in measures {
      var found: [PairTable.Row] = []
      var chances: [Double] = []
      for point in after.points {
        let other = before.points.first { $0.scenario == point.scenario && $0.settings == point.settings }
        let figures = [other, point].map { $0?.figures.first(where: { $0.name == measure }) }
        guard let unit = (figures[1] ?? figures[0])?.unit else { continue }
        let difference = differences.first {
          $0.scenario == point.scenario && $0.settings == point.settings && $0.name == measure
        }
        if let difference { chances.append(difference.wilcoxon) }
        found.append(
          PairTable.Row(
            scenario: point.scenario, settings: point.settings, measure: measure, unit: unit, without: figures[0],
            with: figures[1], median: difference?.median, pairs: difference?.pairs ?? 0,
            adjusted: difference?.wilcoxon))
      }
      var adjusted = PairedTests.holm(chances)[...]
      for place in found.indices where found[place].adjusted != nil { found[place].adjusted = adjusted.popFirst() }
      rows += found
    }
    return PairTable(command: command, rows: rows)
  }
}

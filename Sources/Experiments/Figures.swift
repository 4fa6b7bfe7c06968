import Scenarios

/// A measure's observations and what can be said of them.
package struct Figures: Hashable, Sendable {
  package let measure: Scenario.Measure
  /// Ascending; nanoseconds, parts of 100, or a count, as the measure's unit says.
  package let values: [Double]

  package init(_ measure: Scenario.Measure, _ values: [Double]) {
    self.measure = measure
    self.values = values.sorted()
  }

  package var count: Int { values.count }

  /// nil where nothing was observed. Percentiles are by nearest rank.
  package func value(_ statistic: Scenario.Statistic) -> Double? {
    guard let greatest = values.last else { return nil }
    switch statistic {
    case .max: return greatest
    case .mean: return values.reduce(0, +) / Double(values.count)
    case .p50: return percentile(50)
    case .p90: return percentile(90)
    case .p95: return percentile(95)
    case .p99: return percentile(99)
    }
  }

  private func percentile(_ share: Int) -> Double {
    // ⌈n × share ÷ 100⌉ in integers: a rounding error must not move a rank.
    values[(values.count * share + 99) / 100 - 1]
  }
}

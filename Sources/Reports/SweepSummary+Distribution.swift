extension SweepSummary {
  /// The values of one statistic of a measure, one of each seed in which it was observed.
  package struct Distribution: Sendable {
    package var scenario: String
    package var settings: String
    /// `client_latency.p99`.
    package var name: String
    package var unit: String
    /// Ascending; at least one.
    package var values: [Double]

    package init(scenario: String, settings: String, name: String, unit: String, values: [Double]) {
      self.scenario = scenario
      self.settings = settings
      self.name = name
      self.unit = unit
      self.values = values
    }
  }
}

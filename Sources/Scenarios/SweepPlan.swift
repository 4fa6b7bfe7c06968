/// What a sweep of a scenario runs: which seeds, and at which settings each of them.
package struct SweepPlan: Hashable, Sendable {
  /// Both ends included; nil where the command line has to say.
  package var seeds: ClosedRange<UInt64>?
  package var variations: [Variation]

  /// A value of the scenario, by its dotted path, and what stands in its place.
  package struct Variation: Hashable, Sendable {
    package var key: String
    /// Canonical YAML, each on one line.
    package var alternatives: [String]
  }

  /// As on the command line: `--set key=value`.
  package struct Setting: Hashable, Sendable {
    package let key: String
    package let value: String

    package init(key: String, value: String) {
      self.key = key
      self.value = value
    }

    package var text: String { "\(key)=\(value)" }
  }

  /// Points of the grid, at most: each is read before anything runs.
  package static let pointLimit = 1_000
  /// Seeds, at most, and the greatest one: results keep them as integers of SQLite.
  package static let seedLimit: UInt64 = 100_000_000
  package static let greatestSeed = UInt64(Int64.max)

  /// Every combination of the alternatives, the last variation's changing fastest; one point without settings where
  /// nothing varies.
  package var points: [[Setting]] {
    variations.reduce([[]]) { points, variation in
      points.flatMap { point in variation.alternatives.map { point + [Setting(key: variation.key, value: $0)] } }
    }
  }
}

/// Two result sets, seed by seed.
package struct SweepComparison: Hashable, Sendable {
  package enum Change: String, Hashable, Sendable { case worse, better, same }

  /// What became of one statistic of a measure at one point.
  package struct Difference: Hashable, Sendable {
    package var scenario: String
    package var settings: String
    package var measure: String
    package var statistic: String
    package var unit: String
    /// Seeds in which both observed it.
    package var pairs: Int
    package var before: Double
    package var after: Double
    /// Of the paired differences, after less before.
    package var mean: Estimate
    package var median: Estimate
    /// Probabilities that chance alone does this.
    package var sign: Double
    package var wilcoxon: Double
    /// The latter, adjusted for how many were tested (Holm).
    package var adjusted: Double
    package var change: Change

    package init(
      scenario: String, settings: String, measure: String, statistic: String, unit: String, pairs: Int,
      before: Double,
      after: Double, mean: Estimate, median: Estimate, sign: Double, wilcoxon: Double, adjusted: Double,
      change: Change
    ) {
      self.scenario = scenario
      self.settings = settings
      self.measure = measure
      self.statistic = statistic
      self.unit = unit
      self.pairs = pairs
      self.before = before
      self.after = after
      self.mean = mean
      self.median = median
      self.sign = sign
      self.wilcoxon = wilcoxon
      self.adjusted = adjusted
      self.change = change
    }

    /// `client_latency.p99`.
    package var name: String { statistic == "value" ? measure : "\(measure).\(statistic)" }

    /// After, as a share of before; nil where there was nothing.
    package var relative: Double? { before == 0 ? nil : after / before - 1 }
  }

  /// Seeds with another verdict.
  package struct Verdicts: Hashable, Sendable {
    package var scenario: String
    package var settings: String
    package var pairs: Int
    /// Failed after and not before, and the other way round.
    package var broken: Int
    package var mended: Int
    /// McNemar's exact test.
    package var chance: Double
    /// The first of the broken ones: what happened, and its command.
    package var example: Example?

    package struct Example: Hashable, Sendable {
      package var seed: Int64
      package var sentence: String
      package var replay: String

      package init(seed: Int64, sentence: String, replay: String) {
        self.seed = seed
        self.sentence = sentence
        self.replay = replay
      }
    }

    package init(
      scenario: String, settings: String, pairs: Int, broken: Int, mended: Int, chance: Double,
      example: Example?
    ) {
      self.scenario = scenario
      self.settings = settings
      self.pairs = pairs
      self.broken = broken
      self.mended = mended
      self.chance = chance
      self.example = example
    }
  }

  /// A bound on a difference, and whether it holds.
  package struct Gate: Hashable, Sendable {
    /// As it was given.
    package var text: String
    package var scenario: String
    package var settings: String
    package var holds: Bool
    /// What was found, in a phrase.
    package var detail: String

    package init(text: String, scenario: String, settings: String, holds: Bool, detail: String) {
      self.text = text
      self.scenario = scenario
      self.settings = settings
      self.holds = holds
      self.detail = detail
    }
  }

  package var before: String
  package var after: String
  package var verdicts: [Verdicts]
  package var differences: [Difference]
  package var gates: [Gate] = []
  /// Points and seeds that only one of the two has.
  package var notes: [String] = []

  package init(before: String, after: String, verdicts: [Verdicts], differences: [Difference], notes: [String]) {
    self.before = before
    self.after = after
    self.verdicts = verdicts
    self.differences = differences
    self.notes = notes
  }
}

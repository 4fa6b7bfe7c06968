import Primitives

/// A published experiment: scenarios that set it up anew, and the figures that it came to.
package struct Yardstick: Sendable {
  /// Of one case, on one range of seeds.
  package static let mostTrials = 10_000_000

  /// What is run.
  package enum Trials: Hashable, Sendable {
    /// So many elections of each case, each run no further than it takes.
    case elections(Int)
    /// So many whole runs of each case, every one of which holds what the scenario expects, or breaks it.
    case runs(Int)
  }

  package struct Case: Sendable {
    package var name: String
    /// The scenario's file.
    package var path: String
    /// What is put in the place of the file's values, as `--set` takes it.
    package var settings: [(key: String, value: String)]
    package var scenario: Scenario
    package var published = Published()
    package var gate = Gate()
    /// Of whole runs: whether what is expected holds in every one, or in none; nil where that is told, and not judged.
    package var holds: Bool?
    /// Whether it is said that `holds` is to be told alone.
    var isTold = false
  }

  /// What somebody else has measured.
  package struct Published: Hashable, Sendable {
    package var mean: Nanoseconds?
    /// Ascending: of so large a share the elections took at most so long.
    package var quantiles: [Quantile] = []
    package var splitVote: Ratio?
    /// One in the last place that `splitVote` was published with.
    package var digit = 0.0
    /// Elections that `splitVote` was counted in.
    package var count: UInt64?
  }

  package struct Quantile: Hashable, Sendable {
    package var share: Ratio
    package var value: Nanoseconds

    package init(share: Ratio, value: Nanoseconds) {
      self.share = share
      self.value = value
    }
  }

  /// By how much a simulation may differ; nil where that is not asked.
  package struct Gate: Hashable, Sendable {
    /// The largest difference of the distribution functions, at the published quantiles.
    package var distance: Ratio?
    package var mean: Ratio?
    package var median: Ratio?
    /// The share of split votes is what it was, or is reckoned to be: no difference but chance.
    package var splitVote: SplitVote?

    package init(distance: Ratio? = nil, mean: Ratio? = nil, median: Ratio? = nil, splitVote: SplitVote? = nil) {
      self.distance = distance
      self.mean = mean
      self.median = median
      self.splitVote = splitVote
    }

    package enum SplitVote: String, Hashable, Sendable, CaseIterable {
      case closedForm = "closed_form"
      case published
    }
  }

  /// Cases whose elections take longer from one to the next.
  package struct Order: Hashable, Sendable {
    /// By their places.
    package var cases: [Int]
    /// By which mean is above mean, at least.
    package var factor: UInt64

    package init(cases: [Int], factor: UInt64) {
      self.cases = cases
      self.factor = factor
    }
  }

  package var name: String
  package var title: String
  package var source: String
  package var notes: String
  package var trials: Trials
  package var cases: [Case]
  package var orders: [Order]

  /// Comparisons by chance on each range of seeds.
  package var splitVoteCases: Int { cases.count { $0.gate.splitVote != nil } }
}

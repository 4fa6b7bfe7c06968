import Experiments

/// What a case came to, on one range of seeds.
package enum CaseSample: Sendable {
  case elections(ElectionSeries)
  case runs(RunTally)
}

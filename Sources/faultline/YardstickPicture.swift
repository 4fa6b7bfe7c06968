import Experiments
import Pages
import Primitives
import Scenarios
import Yardsticks

/// A yardstick as a picture, of the kind that its figures ask for.
extension Judgement {
  /// nil where there is nothing to draw.
  var svg: String? {
    if case .runs = yardstick.trials { return verdicts.svg }
    return yardstick.cases.contains { $0.gate.splitVote != nil } ? splitVotes.svg : times.svg
  }

  private var times: YardstickDrawing {
    YardstickDrawing(
      title: yardstick.title,
      yardstick.cases.enumerated().map { place, each in
        YardstickDrawing.Case(
          name: each.name,
          simulated: rounds.map { round in
            guard case .elections(let series) = round.samples[place] else { return [] }
            return series.durations.map { $0 / 1e6 }
          },
          published: each.published.quantiles.map { ($0.share.double, Double($0.value.count) / 1e6) })
      })
  }

  /// By how many standard errors shares are off; the band is what lets a true simulation pass.
  private var splitVotes: RowsDrawing {
    let most = NormalTable.quantile(1 - level / 2)
    let rows = yardstick.cases.enumerated().compactMap { place, each -> RowsDrawing.Row? in
      let deviations = rounds.compactMap { round -> (value: Double, title: String)? in
        guard case .elections(let series) = round.samples[place] else { return nil }
        return Judgement.deviation(each, series).map {
          (
            $0,
            "\(PeopleText.percent(Double(series.splitVotes) / Double(series.count) * 100)) of the first votes split"
          )
        }
      }
      return deviations.isEmpty ? nil : RowsDrawing.Row(name: each.name, measured: deviations, expected: 0)
    }
    return RowsDrawing(
      title: yardstick.title,
      note:
        "Points: shares of split votes by their distance from the expected one, in standard errors; one for each range "
        + "of seeds.",
      axis: (-5...5).map { (Double($0), $0 < 0 ? "−\(-$0)" : "\($0)") }, band: -most...most, rows)
  }

  private var verdicts: RowsDrawing {
    let rows = yardstick.cases.enumerated().map { place, each in
      RowsDrawing.Row(
        name: each.name,
        measured: rounds.compactMap { round in
          guard case .runs(let runs) = round.samples[place], !runs.endings.isEmpty else { return nil }
          let share = Double(runs.held) / Double(runs.endings.count)
          return (share, "held in \(runs.held) of \(runs.endings.count)")
        },
        expected: each.holds.map { $0 ? 1 : 0 })
    }
    return RowsDrawing(
      title: yardstick.title,
      note:
        "Points: share of the runs that held, one for each range of seeds. Bars: expected; none where nothing is.",
      axis: [(0, "0"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1, "100 %")], rows)
  }
}

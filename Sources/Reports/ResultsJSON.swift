/// The results of a sweep for programs: one object, durations in nanoseconds, shares from 0 to 1, and an interval's
/// open side as null.
package enum ResultsJSON {
  package static func line(_ summary: SweepSummary) -> [UInt8] {
    var json = JSONText()
    json.object { json in
      json.member("verdict", summary.worst?.rawValue ?? "inconclusive")
      json.member("version", summary.version)
      json.member("runs", summary.runs)
      json.member("asked", summary.asked)
      json.object("verdicts") { json in
        for verdict in SeedVerdict.allCases.reversed() {
          json.key(text: verdict.rawValue)
          json.value(summary.count(verdict))
        }
      }
      json.array("points") { json in
        for point in summary.points { json.object { write(&$0, point) } }
      }
      json.array("failures") { json in
        for group in summary.groups { json.object { write(&$0, group) } }
      }
    }
    json.newline()
    return json.bytes
  }

  private static func write(_ json: inout JSONText, _ point: SweepSummary.Point) {
    json.member("scenario", point.scenario)
    json.member("settings", point.settings)
    json.member("runs", point.runs)
    json.object("verdicts") { json in
      for verdict in SeedVerdict.allCases.reversed() {
        json.key(text: verdict.rawValue)
        json.value(point.verdicts[verdict] ?? 0)
      }
    }
    json.key("failing")
    estimate(&json, point.failing)
    json.member("events", point.events)
    json.member("virtual_ns", point.virtualNS)
    json.array("measures") { json in
      for figure in point.figures {
        json.object { json in
          json.member("measure", figure.measure)
          json.member("statistic", figure.statistic)
          json.member("unit", figure.unit)
          json.member("runs", figure.runs)
          let estimates: [(StaticString, Estimate)] = [
            ("mean", figure.mean), ("p50", figure.p50), ("p90", figure.p90), ("p95", figure.p95),
            ("p99", figure.p99),
          ]
          for (name, value) in estimates {
            json.key(name)
            estimate(&json, value)
          }
          json.member("max", figure.max)
        }
      }
    }
    json.array("expectations") { json in
      for expectation in point.expectations {
        json.object { json in
          json.member("name", expectation.name)
          json.member("held", expectation.held)
          json.member("violated", expectation.violated)
          json.member("inconclusive", expectation.inconclusive)
          json.key("violated_share")
          estimate(&json, expectation.violatedShare)
        }
      }
    }
    json.array("faults") { json in
      for fault in point.faults {
        json.object { json in
          json.member("name", fault.name)
          json.member("timed", fault.timed)
          json.member("bit", fault.bit)
          json.member("runs", fault.runs)
        }
      }
    }
    json.array("marks") { json in
      for mark in point.marks {
        json.object { json in
          json.member("name", mark.name)
          json.member("seen", mark.seen)
          json.member("runs", mark.runs)
          json.member("times", mark.times)
        }
      }
    }
  }

  private static func write(_ json: inout JSONText, _ group: SweepSummary.Group) {
    json.member("scenario", group.scenario)
    json.member("verdict", group.verdict.rawValue)
    json.member("fingerprint", group.fingerprint)
    json.member("seeds", group.seeds)
    json.member("settings", group.settings)
    json.member("first_seed", group.seed)
    json.member("sentence", group.sentence)
    json.member("replay", group.replay)
  }

  static func estimate(_ json: inout JSONText, _ estimate: Estimate) {
    json.object { json in
      json.member("value", estimate.value)
      json.key("low")
      if let low = estimate.low { json.value(low) } else { json.null() }
      json.key("high")
      if let high = estimate.high { json.value(high) } else { json.null() }
    }
  }
}

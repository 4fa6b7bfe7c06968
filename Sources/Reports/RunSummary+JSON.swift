import World

extension RunSummary {
  /// `summary.json`: two spaces a level, and a newline at the end.
  package func summaryJSON() -> [UInt8] { json(.indented) }

  /// The same object as one line with its newline, for `--format json`.
  package func summaryLine() -> [UInt8] { json(.line) }

  private func json(_ layout: JSONText.Layout) -> [UInt8] {
    var json = JSONText(layout)
    json.object { json in
      json.member("scenario", scenario)
      json.member("description", description)
      json.member("seed", seed)
      json.member("version", version)
      json.member("verdict", verdict.rawValue)
      json.member("digest", digest)
      json.member("virtual_ns", virtualNS)
      json.member("wall_ns", wallNS)
      json.member("events", events)
      traffic(&json)
      findings(&json)
      json.array("faults") { json in
        for fault in faults {
          json.object { json in
            json.member("id", fault.id)
            json.member("name", fault.name)
            LedgerJSON.effects(&json, fault)
          }
        }
      }
      if !incidents.isEmpty { json.array("incidents") { json in incidents.forEach { write(&json, $0) } } }
      json.object("measures") { json in
        for measure in measures { write(&json, measure) }
      }
      json.object("marks") { json in
        for mark in marks {
          json.key(text: mark.name)
          json.value(mark.count)
        }
      }
      json.member("replay", replay)
    }
    json.newline()
    return json.bytes
  }

  private func traffic(_ json: inout JSONText) {
    json.object("messages") { json in
      json.member("sent", messages.sent)
      json.member("delivered", messages.delivered)
      json.member("dropped", messages.droppedInAll)
      json.member("duplicated", messages.duplicated)
    }
    json.object("operations") { json in
      json.member("invoked", operations.invoked)
      json.member("ok", operations.ok)
      json.member("fail", operations.fail)
      json.member("info", operations.info)
    }
  }

  private func findings(_ json: inout JSONText) {
    json.array("expectations") { json in
      for expectation in expectations {
        json.object { json in
          json.member("name", expectation.name)
          json.member("verdict", expectation.verdict.rawValue)
          json.member("detail", expectation.detail)
        }
      }
    }
    json.array("violations") { json in
      for violation in violations {
        json.object { json in
          json.member("invariant", violation.invariant)
          json.member("at_ns", violation.atNS)
          json.key("node")
          if let node = violation.node { json.value(node) } else { json.null() }
          json.member("detail", violation.detail)
        }
      }
    }
  }

  private func write(_ json: inout JSONText, _ incident: Incident) {
    json.object { json in
      json.member("node", incident.node)
      json.member("at_ns", incident.atNS)
      json.member("cause", incident.cause)
      json.member("subject", incident.subject)
      json.member("true", incident.isTrue)
      if !incident.diagnosedBy.isEmpty { json.member("by", incident.diagnosedBy) }
      json.array("actions") { json in
        for action in incident.actions {
          json.object { json in
            json.member("at_ns", action.atNS)
            json.member("remedy", action.remedy)
            json.member("subject", action.subject)
            json.member("outcome", action.outcome ?? "open")
          }
        }
      }
      json.member("end", incident.end ?? "open")
      if let end = incident.endNS { json.member("end_ns", end) }
      if !incident.closedBy.isEmpty { json.member("end_by", incident.closedBy) }
    }
  }

  private func write(_ json: inout JSONText, _ measure: Measure) {
    json.key(text: measure.name)
    json.object { json in
      json.member("count", measure.count)
      json.member("mean", measure.mean)
      json.member("p50", measure.p50)
      json.member("p90", measure.p90)
      json.member("p95", measure.p95)
      json.member("p99", measure.p99)
      json.member("max", measure.max)
      json.member("unit", measure.unit)
    }
  }
}

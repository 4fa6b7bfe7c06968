import Checkers

/// Why a history has no legal order, for programs: `key` (empty where there is one object), `sentence`, `operation`
/// (the one that cannot be placed), `states` (what the object may have held just before its end), `order` (the longest
/// legal order without it) and `around` (operations under way while it was). An operation has `number`, `process`,
/// `text`, `call_ns` and `end_ns`, which is null where its outcome is unknown.
package enum LinearizabilityJSON {
  package static func file(_ explanation: LinearizabilityExplanation) -> [UInt8] {
    var json = JSONText(.indented)
    write(explanation, into: &json)
    json.newline()
    return json.bytes
  }

  package static func write(_ explanation: LinearizabilityExplanation, into json: inout JSONText) {
    json.object { json in
      json.member("key", explanation.key)
      json.member("sentence", explanation.sentence)
      json.key("operation")
      write(explanation.culprit, into: &json)
      json.array("states") { json in for state in explanation.states { json.value(state) } }
      json.array("order") { json in for line in explanation.order { write(line, into: &json) } }
      json.array("around") { json in for line in explanation.around { write(line, into: &json) } }
    }
  }

  private static func write(_ line: LinearizabilityExplanation.Line, into json: inout JSONText) {
    json.object { json in
      json.member("number", line.number)
      json.member("process", line.process)
      json.member("text", line.text)
      json.member("call_ns", line.call)
      json.key("end_ns")
      if let end = line.end { json.value(end) } else { json.null() }
    }
  }
}

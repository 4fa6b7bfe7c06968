import Node
import Primitives
import Telemetry
import World

/// A client history as JSON lines, one event each, in the order of global virtual time in which they were
/// recorded: what a checker of another make needs to judge the run again.
///
/// `time_ns` counts from the start of the run; `type` is Jepsen's `invoke`, `ok`, `fail` or `info`; the
/// arguments or results follow under their own names.
package enum HistoryLines {
  package static func lines(_ recording: Recording) -> [UInt8] {
    var json = JSONText()
    for event in recording.history {
      json.object { json in
        json.member("time_ns", event.at.nanoseconds)
        json.member("process", recording.processes[event.process])
        json.member("type", type(event.kind))
        json.member("op", event.name)
        json.member("operation", event.operation)
        for field in event.fields { write(&json, field) }
      }
      json.newline()
    }
    return json.bytes
  }

  private static func type(_ kind: HistoryEvent.Kind) -> String {
    switch kind {
    case .invoke: "invoke"
    case .outcome(let outcome): outcome.rawValue
    }
  }

  private static func write(_ json: inout JSONText, _ field: HistoryEvent.Field) {
    let name = field.name.description
    precondition(!reserved.contains(name), "a field of an operation is called \(name), as its line has one")
    json.key(text: name)
    switch field.value {
    case .text(let text): json.value(text)
    case .integer(let integer): json.value(integer)
    case .none: json.null()
    }
  }

  private static let reserved = ["time_ns", "process", "type", "op", "operation"]
}

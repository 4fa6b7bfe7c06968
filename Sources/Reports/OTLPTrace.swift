import Primitives
import Telemetry
import World

/// Spans as OTLP/JSON lines: what OpenTelemetry's file exporter writes and its collector reads.
///
/// Each line is one `TracesData` (the same JSON as `ExportTraceServiceRequest`) with one resource, a
/// process, and at most `spansPerLine` of its spans in the order in which they were recorded.
///
/// Source: OTLP 1.x, "JSON Protobuf Encoding": ids in lowercase hexadecimal instead of base64, enum values
/// as integers, keys in lowerCamelCase, absent fields left out; Protobuf's JSON mapping writes 64-bit
/// integers as text. Deviation: `faultline.seed` is a text attribute, because a seed has 64 unsigned bits
/// and an OTLP integer is signed.
package enum OTLPTrace {
  package static let spansPerLine = 512

  package static func lines(
    _ recording: Recording, scenario: String, seed: UInt64, version: String
  ) -> [UInt8] {
    var all: [UInt8] = []
    forEachLine(recording, scenario: scenario, seed: seed, version: version) { all += $0 }
    return all
  }

  /// Hands over one line after the other, each with its newline, for callers that write as they go.
  package static func forEachLine(
    _ recording: Recording, scenario: String, seed: UInt64, version: String,
    _ body: ([UInt8]) throws -> Void
  ) rethrows {
    let (order, starts) = groupedByProcess(recording)
    var json = JSONText()
    for process in recording.processes.indices {
      var from = starts[process]
      while from < starts[process + 1] {
        let to = min(from + spansPerLine, starts[process + 1])
        json.clear()
        json.object { json in
          json.array("resourceSpans") { json in
            json.object { json in
              resource(&json, process: recording.processes[process], scenario: scenario, seed: seed)
              json.array("scopeSpans") { json in
                json.object { json in
                  json.object("scope") { json in
                    json.member("name", "faultline")
                    json.member("version", version)
                  }
                  json.array("spans") { json in
                    for index in order[from..<to] { span(&json, recording.spans[index]) }
                  }
                }
              }
            }
          }
        }
        json.newline()
        try body(json.bytes)
        from = to
      }
    }
  }

  /// Indices of spans by process (a counting sort, so each process keeps the order of recording), and
  /// where each process's begin.
  private static func groupedByProcess(_ recording: Recording) -> (order: [Int], starts: [Int]) {
    var starts = [Int](repeating: 0, count: recording.processes.count + 1)
    for span in recording.spans { starts[span.process + 1] += 1 }
    for process in recording.processes.indices { starts[process + 1] += starts[process] }
    var next = starts
    var order = [Int](repeating: 0, count: recording.spans.count)
    for (index, span) in recording.spans.enumerated() {
      order[next[span.process]] = index
      next[span.process] += 1
    }
    return (order, starts)
  }

  private static func resource(_ json: inout JSONText, process: String, scenario: String, seed: UInt64) {
    json.object("resource") { json in
      json.array("attributes") { json in
        text(&json, "service.name", "faultline")
        text(&json, "service.instance.id", process)
        text(&json, "faultline.scenario", scenario)
        text(&json, "faultline.seed", String(seed))
      }
    }
  }

  private static func text(_ json: inout JSONText, _ name: StaticString, _ value: String) {
    json.object { json in
      json.member("key", StaticText(stringLiteral: name))
      json.object("value") { json in json.member("stringValue", value) }
    }
  }

  private static func span(_ json: inout JSONText, _ span: Span) {
    json.object { json in
      json.key("traceId")
      json.value(hexadecimal: span.context.traceHigh, span.context.traceLow)
      json.key("spanId")
      json.value(hexadecimal: span.context.span)
      if let parent = span.parent {
        json.key("parentSpanId")
        json.value(hexadecimal: parent)
      }
      json.member("name", span.name)
      json.member("kind", span.kind.rawValue)
      json.key("startTimeUnixNano")
      json.value(quoted: VirtualEpoch.unixNanoseconds(span.start))
      json.key("endTimeUnixNano")
      json.value(quoted: VirtualEpoch.unixNanoseconds(span.end))
      if !span.attributes.isEmpty { attributes(&json, span.attributes) }
      if span.status != .unset { status(&json, span.status) }
    }
  }

  /// Attribute names are unique within a span (OTLP, `Span.attributes`): the last one wins.
  private static func attributes(_ json: inout JSONText, _ attributes: [Attribute]) {
    json.array("attributes") { json in
      for index in attributes.indices {
        let attribute = attributes[index]
        if attributes[(index + 1)...].contains(where: { same($0.name, attribute.name) }) { continue }
        json.object { json in
          json.member("key", attribute.name)
          json.object("value") { json in
            switch attribute.value {
            case .text(let text): json.member("stringValue", text)
            case .flag(let flag): json.member("boolValue", flag)
            case .integer(let integer):
              json.key("intValue")
              json.value(quoted: integer)
            }
          }
        }
      }
    }
  }

  /// Most names differ in length, which costs no string.
  private static func same(_ left: StaticText, _ right: StaticText) -> Bool {
    left.text.utf8CodeUnitCount == right.text.utf8CodeUnitCount && left == right
  }

  private static func status(_ json: inout JSONText, _ status: SpanStatus) {
    json.object("status") { json in
      if case .error(let message) = status { json.member("message", message) }
      json.member("code", status.code)
    }
  }
}

import Primitives
import Reports
import Telemetry
import Testing
import World

@Suite("OTLP/JSON lines")
struct TraceTests {
  private func lines(of recording: Recording) -> [String] {
    ReportsTests.lines(OTLPTrace.lines(recording, scenario: "leader-crash", seed: .max, version: "1.0.0"))
  }

  @Test("A span is written as the specification's JSON mapping has it")
  func golden() {
    var recording = Recording(processes: ["n1"])
    recording.spans = [
      Fixture.span(
        2, parent: 1, attributes: [Attribute("raft.index", 5), Attribute("ok", .flag(true))],
        status: .error("crashed"))
    ]
    #expect(
      lines(of: recording) == [
        #"{"resourceSpans":[{"resource":{"attributes":["#
          + #"{"key":"service.name","value":{"stringValue":"faultline"}},"#
          + #"{"key":"service.instance.id","value":{"stringValue":"n1"}},"#
          + #"{"key":"faultline.scenario","value":{"stringValue":"leader-crash"}},"#
          + #"{"key":"faultline.seed","value":{"stringValue":"18446744073709551615"}}]},"#
          + #""scopeSpans":[{"scope":{"name":"faultline","version":"1.0.0"},"spans":["#
          + #"{"traceId":"00000000000000ab0000000000000001","spanId":"0000000000000002","#
          + #""parentSpanId":"0000000000000001","name":"raft.append","kind":1,"#
          + #""startTimeUnixNano":"946684800000000000","endTimeUnixNano":"946684800001000000","#
          + #""attributes":[{"key":"raft.index","value":{"intValue":"5"}},"#
          + #"{"key":"ok","value":{"boolValue":true}}],"status":{"message":"crashed","code":2}}]}]}]}"#
      ])
  }

  @Test("A root has no parent, a span that ended well has a code alone, and an unset status is left out")
  func absentFields() throws {
    var recording = Recording(processes: ["n1"])
    recording.spans = [Fixture.span(1), Fixture.span(2, parent: 1, status: .ok)]
    let spans = try spans(in: lines(of: recording))
    #expect(spans[0]["parentSpanId"] == nil)
    #expect(spans[0]["status"] == nil)
    #expect(spans[0]["attributes"] == nil)
    #expect(spans[1]["status"] == .object([.init(key: "code", value: .number("1"))]))
  }

  @Test("Of two attributes of one name the later one stays")
  func repeatedAttribute() throws {
    var recording = Recording(processes: ["n1"])
    recording.spans = [
      Fixture.span(1, attributes: [Attribute("a", 1), Attribute("b", 2), Attribute("a", 3)])
    ]
    let attributes = try spans(in: lines(of: recording))[0]["attributes"]!.elements
    #expect(attributes.map { $0["key"]?.string } == ["b", "a"])
    #expect(attributes.map { $0["value"]?["intValue"]?.string } == ["2", "3"])
  }

  @Test("A strict reader takes every line, batches hold 512 spans, and every span and parent is there")
  func strictReading() throws {
    var recording = Recording(processes: ["n1", "<script>\"\n🦀", "idle"])
    for number in 1...UInt64(1_500) {
      recording.spans.append(
        Fixture.span(
          number, parent: number % 10 == 1 ? nil : number - 1, process: Int(number % 2),
          trace: 1 + (number - 1) / 10, start: Int64(number), end: Int64(number) + 5,
          attributes: [Attribute("text", .text("\u{1B}\"\\"))]))
    }
    let lines = lines(of: recording)
    #expect(lines.count == 4)
    let spans = try spans(in: lines)
    #expect(spans.count == 1_500)
    let ids = Set(spans.map { [$0["traceId"]!, $0["spanId"]!] })
    #expect(ids.count == 1_500)
    for span in spans {
      guard let parent = span["parentSpanId"] else { continue }
      #expect(ids.contains([span["traceId"]!, parent]))
    }
    let names = try lines.map { try resource(of: JSONReader.read($0))[1]["value"]!["stringValue"]!.string }
    #expect(names == ["n1", "n1", "<script>\"\n🦀", "<script>\"\n🦀"])
  }

  @Test("No spans make no lines")
  func empty() {
    #expect(lines(of: Recording(processes: ["n1"])).isEmpty)
  }

  // MARK: A strict reader

  private func resource(of line: JSONValue) -> [JSONValue] {
    line["resourceSpans"]!.elements[0]["resource"]!["attributes"]!.elements
  }

  /// All spans, after every key, type and length was judged.
  private func spans(in lines: [String]) throws -> [JSONValue] {
    var all: [JSONValue] = []
    for line in lines {
      let value = try JSONReader.read(line)
      try #require(value.keys == ["resourceSpans"])
      for group in value["resourceSpans"]!.elements {
        try #require(Set(group.keys) == ["resource", "scopeSpans"])
        try #require(group["resource"]!.keys == ["attributes"])
        for attribute in group["resource"]!["attributes"]!.elements { try judge(attribute: attribute) }
        for scope in group["scopeSpans"]!.elements {
          try #require(Set(scope.keys) == ["scope", "spans"])
          try #require(Set(scope["scope"]!.keys) == ["name", "version"])
          let spans = scope["spans"]!.elements
          try #require(!spans.isEmpty && spans.count <= OTLPTrace.spansPerLine)
          for span in spans { try judge(span: span) }
          all += spans
        }
      }
    }
    return all
  }

  private func judge(span: JSONValue) throws {
    let known: Set = [
      "traceId", "spanId", "parentSpanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano", "attributes",
      "status",
    ]
    try #require(known.isSuperset(of: span.keys))
    try #require(span["traceId"]?.string?.wholeMatch(of: /[0-9a-f]{32}/) != nil)
    try #require(span["spanId"]?.string?.wholeMatch(of: /[0-9a-f]{16}/) != nil)
    if let parent = span["parentSpanId"] { try #require(parent.string?.wholeMatch(of: /[0-9a-f]{16}/) != nil) }
    let start = try #require(span["startTimeUnixNano"]?.string.flatMap(UInt64.init))
    let end = try #require(span["endTimeUnixNano"]?.string.flatMap(UInt64.init))
    try #require(start <= end)
    try #require(span["kind"]?.integer.map((1...5).contains) == true)
    for attribute in span["attributes"]?.elements ?? [] { try judge(attribute: attribute) }
    if let status = span["status"] {
      try #require(Set(status.keys).isSubset(of: ["code", "message"]))
      try #require(status["code"]?.integer.map((1...2).contains) == true)
    }
  }

  private func judge(attribute: JSONValue) throws {
    try #require(attribute.keys == ["key", "value"])
    let value = try #require(attribute["value"])
    switch value.keys {
    case ["stringValue"]: try #require(value["stringValue"]!.string != nil)
    case ["intValue"]: try #require(value["intValue"]!.string.flatMap(Int64.init) != nil)
    case ["boolValue"]: try #require([.flag(true), .flag(false)].contains(value["boolValue"]!))
    default: Issue.record("an attribute value of an unknown kind: \(value.keys)")
    }
  }
}

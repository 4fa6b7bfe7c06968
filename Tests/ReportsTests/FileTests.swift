import Node
import Primitives
import Reports
import Testing
import World

@Suite("History, ledger and summary files")
struct FileTests {
  @Test("A history has one object an event, with arguments on the invocation and results on the outcome")
  func history() {
    var recording = Recording(processes: ["n1", "c1"])
    recording.history = [
      HistoryEvent(
        operation: 17, kind: .invoke, at: Instant(nanoseconds: 5), process: 1, name: "put",
        fields: [.init(name: "key", value: .text("a\"\n")), .init(name: "value", value: .integer(-3))]),
      HistoryEvent(
        operation: 17, kind: .outcome(.info), at: Instant(nanoseconds: 9), process: 1, name: "put",
        fields: [.init(name: "found", value: .none)]),
    ]
    #expect(
      lines(HistoryLines.lines(recording)) == [
        #"{"time_ns":5,"process":"c1","type":"invoke","op":"put","operation":17,"key":"a\"\n","value":-3}"#,
        #"{"time_ns":9,"process":"c1","type":"info","op":"put","operation":17,"found":null}"#,
      ])
  }

  @Test("A ledger names hosts and effects, and leaves out what did not happen")
  func ledger() {
    var recording = Recording(processes: ["n1", "n2"])
    var fault = Fixture.fault()
    fault.timed = false
    fault.occurrences[0].until = nil
    recording.faults = [fault]
    #expect(
      text(LedgerJSON.file(recording, hosts: ["n1", "n2"], words: { _ in "" })) == """
        {
          "faults": [
            {
              "id": 3,
              "name": "crash leader at 10s",
              "kind": "random",
              "bit": true,
              "without_target": 0,
              "effects": {
                "processes_crashed": 1,
                "unsynced_records_lost": 3
              },
              "occurrences": [
                {
                  "from_ns": 10000000000,
                  "until_ns": null,
                  "branch": 0,
                  "hosts": [
                    "n2"
                  ]
                }
              ]
            }
          ]
        }

        """)
  }

  @Test("A summary has every member that scripts rely on, in one order")
  func summary() throws {
    let summary = try JSONReader.read(Fixture.violation().summaryLine())
    #expect(
      summary.keys == [
        "scenario", "description", "seed", "version", "verdict", "digest", "virtual_ns", "wall_ns", "events",
        "messages", "operations", "expectations", "violations", "faults", "measures", "marks", "replay",
      ])
    #expect(summary["verdict"]?.string == "violation")
    #expect(summary["messages"]?.keys == ["sent", "delivered", "dropped", "duplicated"])
    #expect(summary["messages"]?["dropped"]?.integer == 461)
    #expect(summary["operations"]?.keys == ["invoked", "ok", "fail", "info"])
    #expect(summary["expectations"]?.elements[1]["verdict"]?.string == "inconclusive")
    #expect(summary["violations"]?.elements[0].keys == ["invariant", "at_ns", "node", "detail"])
    #expect(summary["faults"]?.elements[0].keys == ["id", "name", "effects"])
    #expect(summary["faults"]?.elements[0]["effects"]?["unsynced_records_lost"]?.integer == 3)
    let latency = summary["measures"]?["client_latency"]
    #expect(latency?.keys == ["count", "mean", "p50", "p90", "p95", "p99", "max", "unit"])
    #expect(latency?["p50"] == .number("4210000.0"))
  }

  @Test("The line and the indented file say the same, and the line is one")
  func layouts() throws {
    let summary = Fixture.violation()
    #expect(try JSONReader.read(summary.summaryLine()) == JSONReader.read(summary.summaryJSON()))
    #expect(lines(summary.summaryLine()).count == 1)
    #expect(text(summary.summaryJSON()).hasPrefix("{\n  \"scenario\": \"leader-crash\",\n"))
    #expect(summary.summaryJSON().last == UInt8(ascii: "\n"))
  }

  @Test("A repeated run elsewhere differs in wall time alone")
  func repetition() {
    let first = Fixture.summary()
    var second = Fixture.summary()
    second.artifacts = "/elsewhere"
    #expect(first.summaryJSON() == second.summaryJSON())
    second.wallNS += 1
    let differing = zip(lines(first.summaryJSON()), lines(second.summaryJSON())).filter { $0 != $1 }
    #expect(differing.count == 1)
    #expect(differing.first?.0.hasPrefix("  \"wall_ns\"") == true)
  }

  @Test("Slices count an operation where it was invoked, whenever it succeeded")
  func slices() {
    var recording = Recording(processes: ["c1"])
    func event(_ operation: UInt64, _ kind: HistoryEvent.Kind, _ at: Int64) -> HistoryEvent {
      HistoryEvent(
        operation: operation, kind: kind, at: Instant(nanoseconds: at), process: 0, name: "get", fields: [])
    }
    recording.history = [
      event(1, .invoke, 0), event(2, .invoke, 49), event(1, .outcome(.ok), 99), event(2, .outcome(.fail), 99),
      event(3, .invoke, 100),
    ]
    #expect(
      ServiceSlice.over(recording, duration: Nanoseconds(100), count: 2)
        == [ServiceSlice(invoked: 2, ok: 1), ServiceSlice(invoked: 1, ok: 0)])
  }
}

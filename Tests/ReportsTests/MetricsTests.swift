import Primitives
import Reports
import Telemetry
import Testing
import World

@Suite("OpenMetrics text")
struct MetricsTests {
  private func lines(of samples: [MetricSample], processes: [String] = ["n1", "n2"]) -> [String] {
    var recording = Recording(processes: processes)
    recording.samples = samples
    return ReportsTests.lines(OpenMetricsText.file(recording))
  }

  @Test("Families come in the order of the list of metrics, their samples together and each series ascending")
  func golden() {
    let lines = lines(of: [
      Fixture.sample(.messagesDropped, nil, "loss", at: 1_000, .counter(3)),
      Fixture.sample(.raftTerm, 1, at: 1_500, .gauge(2)),
      Fixture.sample(.messagesDropped, nil, "cut", at: 1_000, .counter(1)),
      Fixture.sample(.raftTerm, 0, at: 1_500, .gauge(-2)),
      Fixture.sample(.raftTerm, 1, at: 1_000, .gauge(1)),
      Fixture.sample(.raftLeaderChanges, 0, at: 0, .counter(.max)),
    ])
    #expect(
      lines == [
        "# TYPE faultline_raft_term gauge",
        "# HELP faultline_raft_term The current term.",
        #"faultline_raft_term{process="n1"} -2 946684801.5"#,
        #"faultline_raft_term{process="n2"} 1 946684801"#,
        #"faultline_raft_term{process="n2"} 2 946684801.5"#,
        "# TYPE faultline_raft_leader_changes counter",
        "# HELP faultline_raft_leader_changes Times this node became leader.",
        #"faultline_raft_leader_changes_total{process="n1"} 18446744073709551615 946684800"#,
        "# TYPE faultline_messages_dropped counter",
        "# HELP faultline_messages_dropped Messages lost, by reason.",
        #"faultline_messages_dropped_total{reason="cut"} 1 946684801"#,
        #"faultline_messages_dropped_total{reason="loss"} 3 946684801"#,
        "# EOF",
      ])
  }

  @Test("A histogram's buckets are cumulative, end at +Inf and agree with its count")
  func histogram() {
    var histogram = Histogram()
    histogram.observe(.microseconds(400))
    histogram.observe(.microseconds(500))
    histogram.observe(.milliseconds(3))
    histogram.observe(.seconds(60))
    let lines = lines(of: [Fixture.sample(.clientOperationDuration, nil, at: 250, .histogram(histogram))])
    let name = "faultline_client_operation_duration_seconds"
    #expect(lines[0] == "# TYPE \(name) histogram")
    #expect(lines[1] == "# UNIT \(name) seconds")
    #expect(lines[2].hasPrefix("# HELP \(name) From"))
    let buckets = lines.filter { $0.contains("_bucket") }
    #expect(buckets.count == Metric.bounds.count + 1)
    #expect(buckets[0] == "\(name)_bucket{le=\"0.0005\"} 2 946684800.25")
    #expect(buckets[2] == "\(name)_bucket{le=\"0.0025\"} 2 946684800.25")
    #expect(buckets[3] == "\(name)_bucket{le=\"0.005\"} 3 946684800.25")
    #expect(buckets[10] == "\(name)_bucket{le=\"1.0\"} 3 946684800.25")
    #expect(buckets[14] == "\(name)_bucket{le=\"+Inf\"} 4 946684800.25")
    let counts = buckets.map { Int($0.split(separator: " ")[1])! }
    #expect(counts == counts.sorted())
    #expect(lines[18] == "\(name)_sum 60.0039 946684800.25")
    #expect(lines[19] == "\(name)_count 4 946684800.25")
  }

  @Test("Nothing but the end marks an empty file, and the end is the last line of every file")
  func end() {
    #expect(lines(of: []) == ["# EOF"])
    #expect(lines(of: [Fixture.sample(.processUp, 0, at: 0, .gauge(1))]).last == "# EOF")
  }

  @Test("Of two samples of one series at one instant the later recorded one stays")
  func sameInstant() {
    let lines = lines(of: [
      Fixture.sample(.processUp, 0, at: 5, .gauge(1)), Fixture.sample(.processUp, 0, at: 5, .gauge(0)),
    ])
    #expect(lines.dropFirst(2) == [#"faultline_process_up{process="n1"} 0 946684800.005"#, "# EOF"])
  }

  @Test("Hostile names are escaped in label values")
  func escaping() {
    let lines = lines(
      of: [Fixture.sample(.processUp, 0, at: 0, .gauge(1))], processes: ["a\"b\\c\nd<script>🦀"])
    #expect(lines[2] == #"faultline_process_up{process="a\"b\\c\nd<script>🦀"} 1 946684800"#)
  }

  @Test("Each series ascends, whatever the order of recording")
  func ascending() {
    let samples = (0..<2_000).map { number in
      Fixture.sample(
        .clientOperations, number % 3, number % 2 == 0 ? "ok" : "fail", at: Int64(number * 7_919 % 2_003),
        .counter(UInt64(number)))
    }
    var last: [Substring: Double] = [:]
    for line in lines(of: samples, processes: ["n1", "n2", "n3"]) where !line.hasPrefix("#") {
      let parts = line.split(separator: " ")
      let time = Double(parts[2])!
      #expect(last[parts[0]].map { $0 < time } ?? true)
      last[parts[0]] = time
    }
    #expect(last.count == 6)
    #expect(last.keys.contains(#"faultline_client_operations_total{process="n1",outcome="ok"}"#))
  }
}

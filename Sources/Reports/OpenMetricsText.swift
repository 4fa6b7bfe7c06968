import Primitives
import Telemetry
import World

extension Metric {
  /// What the label of this metric's series is called; nil where it has none.
  package var labelName: String? {
    switch self {
    case .clientOperations: "outcome"
    case .clientAttempts: "result"
    case .messagesDropped, .connectionsClosed: "reason"
    default: nil
    }
  }
}

/// Samples as OpenMetrics 1.0 text with virtual timestamps, for `promtool tsdb create-blocks-from
/// openmetrics`.
///
/// - A family's samples stand together, after TYPE, UNIT and HELP (section "Overall structure"); families
///   are in the order of `Metric`, series by process (the whole world first), then label, and a series
///   ascends in time. Of two samples of one series at one instant the later recorded one is kept, since
///   timestamps must not repeat ("Exposition across time").
/// - Timestamps are seconds with every decimal they have. Prometheus keeps milliseconds.
/// - Bucket bounds are seconds in the canonical form ("Canonical numbers": `1.0`, not `1`), cumulative,
///   with `+Inf` last and equal to `_count`.
package enum OpenMetricsText {
  package static func file(_ recording: Recording) -> [UInt8] {
    let samples = recording.samples
    var text = TextBytes()
    text.reserve(samples.count * 80 + 64)
    var previous: Key?
    let order = sorted(samples)
    for position in order.indices {
      let key = order[position]
      if position + 1 < order.count, order[position + 1].sameMoment(as: key) { continue }
      let sample = samples[key.index]
      if previous?.metric != key.metric { header(&text, sample.metric) }
      previous = key
      write(&text, sample, processes: recording.processes)
    }
    text.append("# EOF\n")
    return text.bytes
  }

  /// What the order rests on, in integers: labels are ranked once, not compared for each pair.
  private struct Key {
    var metric: UInt8
    var process: Int
    var label: Int
    var at: Instant
    var index: Int

    func sameMoment(as other: Key) -> Bool {
      metric == other.metric && process == other.process && label == other.label && at == other.at
    }

    static func before(_ left: Key, _ right: Key) -> Bool {
      if left.metric != right.metric { return left.metric < right.metric }
      if left.process != right.process { return left.process < right.process }
      if left.label != right.label { return left.label < right.label }
      if left.at != right.at { return left.at < right.at }
      return left.index < right.index
    }
  }

  private static func sorted(_ samples: [MetricSample]) -> [Key] {
    let labels = Set(samples.lazy.compactMap(\.label)).map(\.description).sorted()
    var ranks: [StaticText: Int] = [:]
    var keys: [Key] = []
    keys.reserveCapacity(samples.count)
    for (index, sample) in samples.enumerated() {
      var rank = -1
      if let label = sample.label {
        if let known = ranks[label] {
          rank = known
        } else {
          rank = labels.firstIndex(of: label.description)!
          ranks[label] = rank
        }
      }
      keys.append(
        Key(
          metric: sample.metric.rawValue, process: sample.process ?? -1, label: rank, at: sample.at,
          index: index))
    }
    keys.sort(by: Key.before)
    return keys
  }

  private static func header(_ text: inout TextBytes, _ metric: Metric) {
    func begin(_ keyword: StaticString) {
      text.append(keyword)
      text.append(text: metric.name)
      text.append(UInt8(ascii: " "))
    }
    begin("# TYPE faultline_")
    text.append(text: metric.kind.rawValue)
    text.append(UInt8(ascii: "\n"))
    if !metric.unit.isEmpty {
      begin("# UNIT faultline_")
      text.append(text: metric.unit)
      text.append(UInt8(ascii: "\n"))
    }
    begin("# HELP faultline_")
    escaped(&text, metric.help)
    text.append(UInt8(ascii: "\n"))
  }

  private static func write(_ text: inout TextBytes, _ sample: MetricSample, processes: [String]) {
    func line(_ suffix: StaticString, bound: Int64?? = nil, _ value: (inout TextBytes) -> Void) {
      text.append("faultline_")
      text.append(text: sample.metric.name)
      text.append(suffix)
      labels(&text, sample, processes: processes, bound: bound)
      text.append(UInt8(ascii: " "))
      value(&text)
      text.append(UInt8(ascii: " "))
      text.append(seconds: VirtualEpoch.unixNanoseconds(sample.at))
      text.append(UInt8(ascii: "\n"))
    }
    switch (sample.metric.kind, sample.value) {
    case (.counter, .counter(let count)):
      line("_total") { $0.append(decimal: count) }
    case (.gauge, .gauge(let value)):
      line("") { $0.append(decimal: value) }
    case (.histogram, .histogram(let histogram)):
      var below: UInt64 = 0
      for (bucket, count) in histogram.counts.enumerated() {
        below += count
        let bound = bucket < Metric.bounds.count ? Metric.bounds[bucket] : nil
        line("_bucket", bound: .some(bound)) { $0.append(decimal: below) }
      }
      line("_sum") { $0.append(seconds: histogram.sum.count, places: 1) }
      line("_count") { $0.append(decimal: histogram.count) }
    default:
      preconditionFailure("a \(sample.metric.kind) was sampled as something else: \(sample.metric.name)")
    }
  }

  /// `bound`: `.none` outside buckets; within, nil for the bucket without one.
  private static func labels(
    _ text: inout TextBytes, _ sample: MetricSample, processes: [String], bound: Int64??
  ) {
    var separator = UInt8(ascii: "{")
    func begin(_ name: String) {
      text.append(separator)
      separator = UInt8(ascii: ",")
      text.append(text: name)
      text.append("=\"")
    }
    if let process = sample.process {
      begin("process")
      escaped(&text, processes[process])
      text.append(UInt8(ascii: "\""))
    }
    if let label = sample.label {
      guard let name = sample.metric.labelName else {
        preconditionFailure("\(sample.metric.name) has no label")
      }
      begin(name)
      escaped(&text, label.description)
      text.append(UInt8(ascii: "\""))
    }
    if case .some(let bound) = bound {
      begin("le")
      if let bound { text.append(seconds: bound, places: 1) } else { text.append("+Inf") }
      text.append(UInt8(ascii: "\""))
    }
    if separator == UInt8(ascii: ",") { text.append(UInt8(ascii: "}")) }
  }

  /// `escaped-string` of the grammar: the backslash, the quotation mark and the line feed.
  private static func escaped(_ text: inout TextBytes, _ string: String) {
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): text.append("\\\\")
      case UInt8(ascii: "\""): text.append("\\\"")
      case UInt8(ascii: "\n"): text.append("\\n")
      default: text.append(byte)
      }
    }
  }
}

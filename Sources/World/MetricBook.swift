import Node
import Primitives
import Telemetry

/// The present value of every metric of every process.
@usableFromInline struct MetricBook: Sendable {
  private struct Series: Hashable {
    let metric: Metric
    let process: Int
    let label: StaticText
  }

  private let processes: Int
  /// By metric, then process; nil where nothing was ever said. Empty where nobody samples.
  private var values: ContiguousArray<MetricValue?>
  /// Of programs' metrics with a label, in the order in which they came up.
  private var labelled: ContiguousArray<(series: Series, count: UInt64)> = []
  private var places: [Series: Int] = [:]
  private(set) var samples: [MetricSample] = []

  init(processes: Int) {
    self.processes = processes
    values = ContiguousArray(repeating: nil, count: processes * Metric.allCases.count)
  }

  @usableFromInline mutating func add(
    _ metric: Metric, _ count: UInt64, label: StaticText? = nil, of process: Int
  ) {
    guard processes > 0 else { return }
    if let label { return add(count, to: Series(metric: metric, process: process, label: label)) }
    let place = Int(metric.rawValue) * processes + process
    guard case .counter(let before)? = values[place] else {
      values[place] = .counter(count)
      return
    }
    values[place] = .counter(before + count)
  }

  private mutating func add(_ count: UInt64, to series: Series) {
    if let place = places[series] {
      labelled[place].count += count
    } else {
      places[series] = labelled.count
      labelled.append((series, count))
    }
  }

  mutating func set(_ metric: Metric, _ value: Int64, of process: Int) {
    guard processes > 0 else { return }
    values[Int(metric.rawValue) * processes + process] = .gauge(value)
  }

  mutating func observe(_ metric: Metric, _ duration: Nanoseconds, of process: Int) {
    guard processes > 0 else { return }
    let place = Int(metric.rawValue) * processes + process
    var histogram = Histogram()
    if case .histogram(let before)? = values[place] { histogram = before }
    // The book lets go of it, so that its counts are changed in place.
    values[place] = nil
    histogram.observe(duration)
    values[place] = .histogram(histogram)
  }

  mutating func sample(at time: Instant) {
    for metric in Metric.allCases {
      for process in 0..<processes {
        guard let value = values[Int(metric.rawValue) * processes + process] else { continue }
        samples.append(MetricSample(metric: metric, process: process, label: nil, at: time, value: value))
      }
    }
    sampleLabelled(at: time)
  }

  private mutating func sampleLabelled(at time: Instant) {
    for (series, count) in labelled {
      samples.append(
        MetricSample(
          metric: series.metric, process: series.process, label: series.label, at: time, value: .counter(count)))
    }
  }

  /// A sample of something that is counted elsewhere.
  mutating func sample(
    _ metric: Metric, _ value: MetricValue, label: StaticText? = nil, process: Int? = nil, at time: Instant
  ) {
    samples.append(MetricSample(metric: metric, process: process, label: label, at: time, value: value))
  }
}

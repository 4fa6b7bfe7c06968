import Node
import Primitives
import Telemetry

/// The present value of every metric of every process.
@usableFromInline struct MetricBook: Sendable {
  private let processes: Int
  /// By metric, then process; nil where nothing was ever said. Empty where nobody samples.
  private var values: ContiguousArray<MetricValue?>
  private(set) var samples: [MetricSample] = []

  init(processes: Int) {
    self.processes = processes
    values = ContiguousArray(repeating: nil, count: processes * Metric.allCases.count)
  }

  @usableFromInline mutating func add(_ metric: Metric, _ count: UInt64, of process: Int) {
    guard processes > 0 else { return }
    let place = Int(metric.rawValue) * processes + process
    guard case .counter(let before)? = values[place] else {
      values[place] = .counter(count)
      return
    }
    values[place] = .counter(before + count)
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
  }

  /// A sample of something that is counted elsewhere.
  mutating func sample(
    _ metric: Metric, _ value: MetricValue, label: StaticText? = nil, process: Int? = nil, at time: Instant
  ) {
    samples.append(MetricSample(metric: metric, process: process, label: label, at: time, value: value))
  }
}

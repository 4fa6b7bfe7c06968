import Primitives

/// Monitor: keeps what was measured. It judges nothing.
public protocol Monitoring: Sendable {
  init()
  /// All series that are known, ascending.
  var readings: ContiguousArray<Reading> { get }
  func reading(of series: Series) -> Reading?
  /// Returns what is then kept of the series; nil where the sample is not newer than what is known.
  mutating func observe(_ sample: Sample) -> Reading?
  /// The latest sample of the series is an ordinary one.
  mutating func learn(_ series: Series)
  mutating func forget(_ series: Series)
  func fold(into digest: inout Digest, at now: Instant)
}

public struct Monitor: Monitoring, Hashable {
  public private(set) var readings: ContiguousArray<Reading> = []

  public init() {}

  public func reading(of series: Series) -> Reading? {
    let place = place(of: series)
    return isKnown(series, at: place) ? readings[place] : nil
  }

  public mutating func observe(_ sample: Sample) -> Reading? {
    let place = place(of: sample.series)
    if isKnown(sample.series, at: place) {
      guard sample.at > readings[place].at else { return nil }
      readings[place].take(sample)
      return readings[place]
    }
    let reading = Reading(sample)
    // Peers are alive as a rule, and there are many: only the dead are kept.
    if sample.series.metric != .liveness || reading.value == 0 { readings.insert(reading, at: place) }
    return reading
  }

  public mutating func learn(_ series: Series) {
    let place = place(of: series)
    guard isKnown(series, at: place) else { return }
    switch series.metric {
    case .latency, .loss: readings[place].learn()
    case .liveness: readings.remove(at: place)
    case .cpu, .ownCPU, .memory, .queue, .service: break
    }
  }

  public mutating func forget(_ series: Series) {
    let place = place(of: series)
    if isKnown(series, at: place) { readings.remove(at: place) }
  }

  private func isKnown(_ series: Series, at place: Int) -> Bool {
    place < readings.count && readings[place].series == series
  }

  /// The first place whose series is this one or a later one.
  private func place(of series: Series) -> Int {
    var (low, high) = (0, readings.count)
    while low < high {
      let middle = (low + high) / 2
      if readings[middle].series < series { low = middle + 1 } else { high = middle }
    }
    return low
  }

  public func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(UInt64(readings.count))
    for reading in readings {
      digest.fold(reading.series.order, UInt64(bitPattern: reading.value))
      digest.fold((now - reading.at).folded, UInt64(reading.learned))
      digest.fold(UInt64(bitPattern: reading.mean), UInt64(bitPattern: reading.deviation))
    }
  }
}

extension Nanoseconds {
  var folded: UInt64 { UInt64(bitPattern: count) }
}

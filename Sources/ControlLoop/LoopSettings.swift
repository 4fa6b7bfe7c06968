import Primitives

/// Absolute limits of metrics; nil where there is none.
public struct LoopLimits: Hashable, Sendable {
  /// ppm, from 1 to 1,000,000.
  public var cpu, memory, queue, loss: Int64?
  /// ns, from 1 to 10¹².
  public var latency: Int64?

  public init(
    cpu: Int64? = nil, memory: Int64? = nil, queue: Int64? = nil, loss: Int64? = nil, latency: Int64? = nil
  ) {
    self.cpu = cpu
    self.memory = memory
    self.queue = queue
    self.loss = loss
    self.latency = latency
  }

  /// 90 % of the processor, 85 % of memory, 80 % of the queue, 5 % loss; latency by its own past.
  public static let standard = LoopLimits(cpu: 900_000, memory: 850_000, queue: 800_000, loss: 50_000)

  public subscript(metric: Metric) -> Int64? {
    switch metric {
    case .cpu: cpu
    case .memory: memory
    case .queue: queue
    case .loss: loss
    case .latency: latency
    case .ownCPU, .liveness, .service: nil
    }
  }
}

/// How a node looks after itself; the same for all nodes of a group. Numbers without a source here are those of the
/// seed system.
public struct LoopSettings: Hashable, Sendable {
  /// Time between two cycles while healthy; from 1 ms to 1 day, by default 60 s.
  public let healthyInterval: Nanoseconds
  /// While degraded; from 1 ms to 1 day, by default 15 s.
  public let degradedInterval: Nanoseconds
  /// While critical, and while a breach waits to be confirmed; from 1 ms to 1 day, by default 3 s.
  public let criticalInterval: Nanoseconds
  /// While recovering; from 1 ms to 1 day, by default 5 s.
  public let recoveringInterval: Nanoseconds
  /// A sample is never stale before it is so old; from 0 to 1 day, by default 5 s.
  public let staleFloor: Nanoseconds
  /// A sample is stale after so many intervals of the present mode; from 1 to 100, by default 3.
  public let staleIntervals: Int

  /// LoopLimits where neither governance nor knowledge says otherwise; knowledge scales them.
  public let limits: LoopLimits
  /// LoopLimits that are in force whatever was learned; by default none.
  public let governance: LoopLimits
  /// A symptom ends below this share of its limit; from 1 to 1,000,000 ppm, by default 900,000.
  public let endShare: Int64
  /// Samples in a row that begin or end a symptom; from 1 to 100, by default 2.
  public let confirmations: Int
  /// Latency without a limit is too high when it is above its mean by so many deviations…; from 1 to 100, by
  /// default 6.
  public let latencyDeviations: Int
  /// …and so many times the mean…; from 1 to 100, by default 4.
  public let latencyFactor: Int
  /// …and so much above the mean; from 0 to 1,000 s, by default 50 ms.
  public let latencyMargin: Nanoseconds
  /// Samples that make a mean; from 1 to 255, by default 5.
  public let baselineSamples: Int
  /// Own work explains a busy processor from this share of it on; from 1 to 1,000,000 ppm, by default 600,000.
  public let ownShare: Int64
  /// A node that is out of service and well for so long is recovered; from 0 to 1 day, by default 10 s. Doubled
  /// with each relapse, up to eight times as long.
  public let wellFor: Nanoseconds
  /// To be out of service again within this time is a relapse; from 0 to 1 day, by default 5 min.
  public let relapseWindow: Nanoseconds

  /// Remedies that are allowed; by default all.
  public let remedies: RemedySet
  /// A remedy is not repeated on a subject so soon after its end; from 0 to 1 day, by default 30 s.
  public let cooldown: Nanoseconds
  /// Passes through the remedies; from 1 to 100, by default 2.
  public let rounds: Int
  /// Tries of each remedy from which on experience decides on their order; from 1 to 1,000,000, by default 5.
  public let experienceTries: Int
  /// An action that is done has so long to show that it helped; from 1 ms to 1 day, by default 15 s.
  public let patience: Nanoseconds
  /// After so long what was given up is tried once more; from 1 ms to 1 day, by default 120 s.
  public let retryExhausted: Nanoseconds
  /// A node's service is back from this share on; from 0 to 1,000,000 ppm, by default 950,000.
  public let serviceTarget: Int64

  /// Tries of one action; from 1 to 100, by default 3.
  public let tries: Int
  /// Wait before the next try, times the number of the try that failed; from 0 to 1 day, by default 1 s.
  public let retryWait: Nanoseconds
  /// Time for one action, its tries and its waits; from 1 ms to 1 day, by default 30 s.
  public let actionLimit: Nanoseconds
  /// Actions that may begin within `rateWindow`; from 1 to 100, by default 10.
  public let rateLimit: Int
  /// From 1 ms to 1 day, by default 60 s.
  public let rateWindow: Nanoseconds
  /// Failed actions in a row that open a remedy's breaker; from 1 to 100, by default 5.
  public let breakerFailures: Int
  /// An open breaker is half-open after so long; from 1 ms to 1 day, by default 60 s.
  public let breakerOpen: Nanoseconds
  /// Actions in a row that close a half-open breaker; from 1 to 100, by default 2.
  public let breakerSuccesses: Int

  public static let standard: LoopSettings = {
    do { return try LoopSettings() } catch { preconditionFailure("\(error)") }
  }()

  /// Throws the first setting that is outside its range.
  public init(
    healthyInterval: Nanoseconds = .seconds(60), degradedInterval: Nanoseconds = .seconds(15),
    criticalInterval: Nanoseconds = .seconds(3), recoveringInterval: Nanoseconds = .seconds(5),
    staleFloor: Nanoseconds = .seconds(5), staleIntervals: Int = 3,
    limits: LoopLimits = .standard, governance: LoopLimits = LoopLimits(), endShare: Int64 = 900_000,
    confirmations: Int = 2,
    latencyDeviations: Int = 6, latencyFactor: Int = 4, latencyMargin: Nanoseconds = .milliseconds(50),
    baselineSamples: Int = 5, ownShare: Int64 = 600_000,
    wellFor: Nanoseconds = .seconds(10), relapseWindow: Nanoseconds = .seconds(300),
    remedies: RemedySet = .all, cooldown: Nanoseconds = .seconds(30), rounds: Int = 2, experienceTries: Int = 5,
    patience: Nanoseconds = .seconds(15), retryExhausted: Nanoseconds = .seconds(120),
    serviceTarget: Int64 = 950_000,
    tries: Int = 3, retryWait: Nanoseconds = .seconds(1), actionLimit: Nanoseconds = .seconds(30),
    rateLimit: Int = 10, rateWindow: Nanoseconds = .seconds(60),
    breakerFailures: Int = 5, breakerOpen: Nanoseconds = .seconds(60), breakerSuccesses: Int = 2
  ) throws(LoopSettingsError) {
    self.healthyInterval = try Check.time("healthyInterval", healthyInterval)
    self.degradedInterval = try Check.time("degradedInterval", degradedInterval)
    self.criticalInterval = try Check.time("criticalInterval", criticalInterval)
    self.recoveringInterval = try Check.time("recoveringInterval", recoveringInterval)
    self.staleFloor = try Check.time("staleFloor", staleFloor, from: 0)
    self.staleIntervals = try Check.count("staleIntervals", staleIntervals, 1...100, "intervals")
    self.limits = try Check.limits("limits", limits)
    self.governance = try Check.limits("governance", governance)
    self.endShare = try Check.share("endShare", endShare)
    self.confirmations = try Check.count("confirmations", confirmations, 1...100, "samples")
    self.latencyDeviations = try Check.count("latencyDeviations", latencyDeviations, 1...100, "deviations")
    self.latencyFactor = try Check.count("latencyFactor", latencyFactor, 1...100, "times the mean")
    self.latencyMargin = try Check.time("latencyMargin", latencyMargin, from: 0, to: 1_000_000_000_000)
    self.baselineSamples = try Check.count("baselineSamples", baselineSamples, 1...255, "samples")
    self.ownShare = try Check.share("ownShare", ownShare)
    self.wellFor = try Check.time("wellFor", wellFor, from: 0)
    self.relapseWindow = try Check.time("relapseWindow", relapseWindow, from: 0)
    self.remedies = remedies.intersection(.all)
    self.cooldown = try Check.time("cooldown", cooldown, from: 0)
    self.rounds = try Check.count("rounds", rounds, 1...100, "passes")
    self.experienceTries = try Check.count("experienceTries", experienceTries, 1...1_000_000, "tries")
    self.patience = try Check.time("patience", patience)
    self.retryExhausted = try Check.time("retryExhausted", retryExhausted)
    self.serviceTarget = try Check.share("serviceTarget", serviceTarget, from: 0)
    self.tries = try Check.count("tries", tries, 1...100, "tries")
    self.retryWait = try Check.time("retryWait", retryWait, from: 0)
    self.actionLimit = try Check.time("actionLimit", actionLimit)
    self.rateLimit = try Check.count("rateLimit", rateLimit, 1...100, "actions")
    self.rateWindow = try Check.time("rateWindow", rateWindow)
    self.breakerFailures = try Check.count("breakerFailures", breakerFailures, 1...100, "actions")
    self.breakerOpen = try Check.time("breakerOpen", breakerOpen)
    self.breakerSuccesses = try Check.count("breakerSuccesses", breakerSuccesses, 1...100, "actions")
  }

  /// Time between two cycles.
  public func interval(_ mode: Mode) -> Nanoseconds {
    switch mode {
    case .healthy: healthyInterval
    case .degraded: degradedInterval
    case .critical: criticalInterval
    case .recovering: recoveringInterval
    }
  }

  /// The age from which on a sample counts as missing.
  public func staleAfter(_ mode: Mode) -> Nanoseconds {
    max(interval(mode) * Int64(staleIntervals), staleFloor)
  }

  /// What the value must not exceed; nil where anything is in order, or nothing is usual yet.
  public func limit(of reading: Reading, _ thresholds: Thresholds) -> Int64? {
    let metric = reading.series.metric
    if let governed = governance[metric] { return governed }
    guard let usual = limits[metric] ?? (metric == .latency ? limitByItsPast(reading) : nil) else { return nil }
    return usual * thresholds[metric] / 1_000_000
  }

  private func limitByItsPast(_ latency: Reading) -> Int64? {
    guard Int(latency.learned) >= baselineSamples else { return nil }
    let mean = latency.mean
    let limit = max(
      mean + latency.deviation * Int64(latencyDeviations), mean * Int64(latencyFactor), mean + latencyMargin.count)
    return min(limit, Metric.latency.ceiling)
  }
}

/// A setting that is out of its range.
public struct LoopSettingsError: Error, Hashable, Sendable, CustomStringConvertible {
  public let field: String
  public let value: Int64
  public let bounds: ClosedRange<Int64>
  public let unit: String

  package init(field: String, value: Int64, bounds: ClosedRange<Int64>, unit: String) {
    self.field = field
    self.value = value
    self.bounds = bounds
    self.unit = unit
  }

  public var description: String {
    "\(field) is \(value), which is not from \(bounds.lowerBound) to \(bounds.upperBound) \(unit)"
  }
}

private enum Check {
  static func value(
    _ field: String, _ value: Int64, _ bounds: ClosedRange<Int64>, _ unit: String
  ) throws(LoopSettingsError) -> Int64 {
    guard bounds.contains(value) else {
      throw LoopSettingsError(field: field, value: value, bounds: bounds, unit: unit)
    }
    return value
  }

  static func time(
    _ field: String, _ time: Nanoseconds, from low: Int64 = 1_000_000, to high: Int64 = 86_400_000_000_000
  ) throws(LoopSettingsError) -> Nanoseconds { Nanoseconds(try value(field, time.count, low...high, "ns")) }

  static func count(
    _ field: String, _ count: Int, _ bounds: ClosedRange<Int64>, _ unit: String
  ) throws(LoopSettingsError) -> Int { Int(try value(field, Int64(count), bounds, unit)) }

  static func share(
    _ field: String, _ share: Int64, from low: Int64 = 1
  ) throws(LoopSettingsError) -> Int64 { try value(field, share, low...1_000_000, "ppm") }

  static func limits(_ field: String, _ limits: LoopLimits) throws(LoopSettingsError) -> LoopLimits {
    for metric in Metric.allCases {
      guard let limit = limits[metric] else { continue }
      _ = try value("\(field).\(metric)", limit, 1...metric.ceiling, metric == .latency ? "ns" : "ppm")
    }
    return limits
  }
}

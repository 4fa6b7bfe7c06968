import Primitives

extension Membership {
  /// How probe targets are chosen.
  public enum TargetSelection: UInt8, Hashable, Sendable, CaseIterable {
    /// Uniformly among the other members that are not held dead (section 3.1).
    case random
    /// Each of them once in a pass, in an order drawn for each pass: an upper bound on detection (section 4.3).
    case roundRobin
  }

  /// How a group detects failures; the same for all its members.
  public struct Settings: Hashable, Sendable {
    /// The protocol period: each member probes one other in it. From 1 µs to 1 day; by default 1 s.
    public let period: Nanoseconds
    /// How long an ack is awaited before others are asked to probe. Above 0 and below the period, and as a rule
    /// below a third of it, so that an ack by way of a proxy can still come in time; by default 200 ms.
    public let probeTimeout: Nanoseconds
    /// Members asked to probe in one's place, the paper's k. From 0 to 100; by default 3.
    public let proxies: Int
    /// A suspicion lasts this × ⌈log₂(n + 1)⌉ periods. From 0, where a failed probe confirms at once, as before section
    /// 4.2, to 1,000; by default 3.
    public let suspicionMultiplier: Int
    /// By default random.
    public let targetSelection: TargetSelection
    /// An update is sent this × ⌈log₂ n⌉ times by each member, the paper's λ. From 1 to 100; by default 3.
    public let lambda: Int
    /// Updates on the back of one message, from 1 to 255; by default 8.
    public let updatesPerMessage: Int
    /// The highest local health: period and probe time-out grow by a factor of up to 1 + this while a member's
    /// own probes fail (Dadgar, Phillips and Currey, "Lifeguard", arXiv 1707.00788, section IV.A). From 0, which is
    /// plain SWIM and the default, to 100.
    public let localHealthLimit: Int
    /// Each so many periods a member pings one that it holds dead, so that both sides of a healed partition can
    /// find together again; not in the paper. From 0, which is never and the default, to 1,000,000.
    public let deadContactInterval: Int

    public static let standard: Settings = {
      do { return try Settings() } catch { preconditionFailure("\(error)") }
    }()

    /// Throws the first setting that is outside its range.
    public init(
      period: Nanoseconds = .seconds(1), probeTimeout: Nanoseconds = .milliseconds(200), proxies: Int = 3,
      suspicionMultiplier: Int = 3, targetSelection: TargetSelection = .random, lambda: Int = 3,
      updatesPerMessage: Int = 8, localHealthLimit: Int = 0, deadContactInterval: Int = 0
    ) throws(SettingsError) {
      try Self.check("period", period.count, 1_000...86_400_000_000_000, "ns")
      try Self.check("probeTimeout", probeTimeout.count, 1...(period.count - 1), "ns")
      try Self.check("proxies", Int64(proxies), 0...100, "members")
      try Self.check(
        "suspicionMultiplier", Int64(suspicionMultiplier), 0...1_000, "times the logarithm of the group")
      try Self.check("lambda", Int64(lambda), 1...100, "times the logarithm of the group")
      try Self.check("updatesPerMessage", Int64(updatesPerMessage), 1...255, "updates")
      try Self.check("localHealthLimit", Int64(localHealthLimit), 0...100, "failures")
      try Self.check("deadContactInterval", Int64(deadContactInterval), 0...1_000_000, "periods")
      self.period = period
      self.probeTimeout = probeTimeout
      self.proxies = proxies
      self.suspicionMultiplier = suspicionMultiplier
      self.targetSelection = targetSelection
      self.lambda = lambda
      self.updatesPerMessage = updatesPerMessage
      self.localHealthLimit = localHealthLimit
      self.deadContactInterval = deadContactInterval
    }

    private static func check(
      _ field: StaticString, _ value: Int64, _ bounds: ClosedRange<Int64>, _ unit: StaticString
    ) throws(SettingsError) {
      guard bounds.contains(value) else {
        throw SettingsError(field: "\(field)", value: value, bounds: bounds, unit: "\(unit)")
      }
    }

    /// How long a member stays suspect in a group of `members`.
    public func suspicionTimeout(members: Int) -> Nanoseconds {
      period * Int64(suspicionMultiplier * Self.ceilingOfLog2(members + 1))
    }

    /// How many messages of one member carry an update in a group of `members`.
    public func transmissions(members: Int) -> Int { max(1, lambda * Self.ceilingOfLog2(members)) }

    /// - Precondition: `number` is at least 1.
    static func ceilingOfLog2(_ number: Int) -> Int { Int.bitWidth - (number - 1).leadingZeroBitCount }
  }

  /// A setting that is out of its range.
  public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
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
}

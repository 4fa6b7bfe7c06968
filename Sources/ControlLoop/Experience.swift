import Primitives

/// Learned thresholds, as ppm of their defaults, from 900,000 to 1,000,000: what is learned makes a node more wary
/// and never less.
public struct Thresholds: Hashable, Sendable {
  public static let range: ClosedRange<Int64> = 900_000...1_000_000

  private var cpu: Int32 = 1_000_000
  private var memory: Int32 = 1_000_000
  private var queue: Int32 = 1_000_000
  private var latency: Int32 = 1_000_000
  private var loss: Int32 = 1_000_000

  public init() {}

  /// ppm of the default. Values out of range are brought into it; a metric without a threshold stays as it is.
  public subscript(metric: Metric) -> Int64 {
    get {
      switch metric {
      case .cpu: Int64(cpu)
      case .memory: Int64(memory)
      case .queue: Int64(queue)
      case .latency: Int64(latency)
      case .loss: Int64(loss)
      case .ownCPU, .liveness, .service: Self.range.upperBound
      }
    }
    set {
      let share = Int32(min(max(newValue, Self.range.lowerBound), Self.range.upperBound))
      switch metric {
      case .cpu: cpu = share
      case .memory: memory = share
      case .queue: queue = share
      case .latency: latency = share
      case .loss: loss = share
      case .ownCPU, .liveness, .service: break
      }
    }
  }
}

/// What the group knows from earlier incidents. The host keeps it, and adds to it what the loop reports as `judged`
/// and as `threshold`.
public struct Experience: Hashable, Sendable {
  /// How a remedy has fared against a cause.
  public struct Record: Hashable, Sendable {
    public var tries: Int64
    public var successes: Int64
    /// Time from the first try to the verdict, over all successes; ms.
    public var milliseconds: Int64

    public init(tries: Int64 = 0, successes: Int64 = 0, milliseconds: Int64 = 0) {
      self.tries = tries
      self.successes = successes
      self.milliseconds = milliseconds
    }

    /// Whether the score, success rate ÷ max(mean time, 0.1 s), is higher. Compared crosswise, in ppm and ms.
    public func isBetter(than other: Record) -> Bool { rate * other.meanTime > other.rate * meanTime }

    private var rate: Int64 {
      guard tries > 0, successes > 0 else { return 0 }
      let (successes, tries) = (Swift.min(successes, 1 << 40), Swift.min(self.tries, 1 << 40))
      return Swift.min(successes * 1_000_000 / tries, 1_000_000)
    }

    private var meanTime: Int64 {
      guard successes > 0 else { return 100 }
      return Swift.min(Swift.max(milliseconds / successes, 100), 1 << 40)
    }
  }

  private struct Entry: Hashable, Sendable {
    let cause: Cause
    let remedy: Remedy
    var record: Record
  }

  public var thresholds = Thresholds()
  private var entries: ContiguousArray<Entry> = []

  public init() {}

  public subscript(cause: Cause, remedy: Remedy) -> Record {
    get { entries.first { $0.cause == cause && $0.remedy == remedy }?.record ?? Record() }
    set {
      if let place = entries.firstIndex(where: { $0.cause == cause && $0.remedy == remedy }) {
        entries[place].record = newValue
      } else {
        let order = (cause.rawValue, remedy.rawValue)
        let place = entries.firstIndex { ($0.cause.rawValue, $0.remedy.rawValue) > order } ?? entries.count
        entries.insert(Entry(cause: cause, remedy: remedy, record: newValue), at: place)
      }
    }
  }
}

/// What the host knows at the moment of a cycle.
public struct LoopContext: Hashable, Sendable {
  public var experience: Experience
  /// Whether it is for this node to act on peers that are dead.
  public var isDecider: Bool
  /// Whether this node is failed over or quarantined.
  public var isOutOfService: Bool
  /// Peers that are, in any order; for the decider.
  public var outOfService: [NodeID]

  public init(
    experience: Experience = Experience(), isDecider: Bool = false, isOutOfService: Bool = false,
    outOfService: [NodeID] = []
  ) {
    self.experience = experience
    self.isDecider = isDecider
    self.isOutOfService = isOutOfService
    self.outOfService = outOfService
  }
}

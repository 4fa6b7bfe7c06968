import Primitives

/// What an analysis goes by besides the readings.
public struct Outlook: Sendable {
  public let id: NodeID
  /// The moment of the analysis, or of the sample.
  public let at: Instant
  /// The age from which on a sample counts as missing.
  public let staleAfter: Nanoseconds
  public let thresholds: Thresholds

  public init(id: NodeID, at: Instant, staleAfter: Nanoseconds, thresholds: Thresholds) {
    self.id = id
    self.at = at
    self.staleAfter = staleAfter
    self.thresholds = thresholds
  }

  /// Whether the reading tells how things are now. What is not fresh is missing: neither well nor ill.
  public func isFresh(_ reading: Reading) -> Bool {
    reading.series.metric == .liveness || at - reading.at < staleAfter
  }
}

/// Analyze: which series are symptoms, and which causes the symptoms name together.
public protocol Analyzing: Sendable {
  init()
  /// Whether no series is out of the ordinary.
  var isQuiet: Bool { get }
  /// Whether a breach waits to be confirmed.
  var isSuspicious: Bool { get }
  /// The next moment at which an analysis may name something though nothing was measured.
  var nextLook: Instant? { get }
  /// Whether the series is a symptom.
  func stands(_ series: Series) -> Bool
  /// Judges a sample that has just been taken, once. Returns whether it is an ordinary one.
  mutating func judge(_ reading: Reading, _ settings: LoopSettings, _ outlook: Outlook) -> Bool
  mutating func forget(_ series: Series)
  /// The causes that are at work, the gravest first.
  mutating func analyze(
    _ monitor: borrowing some Monitoring, _ context: LoopContext, _ settings: LoopSettings, _ outlook: Outlook
  ) -> [Diagnosis]
  func fold(into digest: inout Digest, at now: Instant)
}

public struct Analyzer: Analyzing, Hashable {
  /// A series that is out of the ordinary.
  struct Symptom: Hashable, Sendable {
    let series: Series
    /// Whether it is confirmed.
    var stands = false
    /// Samples in a row that speak for a change: for the symptom before it stands, against it afterwards.
    var run: UInt8 = 0
  }

  /// Ascending by series.
  var symptoms: ContiguousArray<Symptom> = []
  /// Whether own work explains the processor's load, as long as the load is a symptom.
  var isExplained: Bool?
  var convalescence = Convalescence()

  public init() {}

  public var isQuiet: Bool { symptoms.isEmpty && !convalescence.isOut }

  public var isSuspicious: Bool { symptoms.contains { !$0.stands } }

  public var nextLook: Instant? { convalescence.nextLook }

  public func stands(_ series: Series) -> Bool { symptoms.contains { $0.series == series && $0.stands } }

  // MARK: Symptoms

  public mutating func judge(_ reading: Reading, _ settings: LoopSettings, _ outlook: Outlook) -> Bool {
    let series = reading.series
    switch series.metric {
    case .liveness:
      guard series.subject != outlook.id else { return true }
      if reading.value > 0 {
        forget(series)
        return true
      }
      if !stands(series) { insert(Symptom(series: series, stands: true)) }
      return false
    case .cpu, .memory, .queue: guard series.subject == outlook.id else { return true }
    case .loss: guard series.subject != outlook.id else { return true }
    case .latency: break
    case .ownCPU, .service: return true
    }
    guard let limit = settings.limit(of: reading, outlook.thresholds) else { return true }
    let isBreach = reading.value > limit
    guard let place = symptoms.firstIndex(where: { $0.series == series }) else {
      if isBreach {
        let stands = settings.confirmations == 1
        insert(Symptom(series: series, stands: stands, run: stands ? 0 : 1))
      }
      return !isBreach
    }
    // Samples with a hole between them are not in a row.
    if reading.gap >= outlook.staleAfter { symptoms[place].run = 0 }
    if symptoms[place].stands {
      let isEnd = reading.value < limit * settings.endShare / 1_000_000
      symptoms[place].run = isEnd ? symptoms[place].run + 1 : 0
      if symptoms[place].run >= settings.confirmations { symptoms.remove(at: place) }
    } else if isBreach {
      symptoms[place].run += 1
      if symptoms[place].run >= settings.confirmations {
        symptoms[place].stands = true
        symptoms[place].run = 0
      }
    } else {
      symptoms.remove(at: place)
      return true
    }
    return false
  }

  public mutating func forget(_ series: Series) { symptoms.removeAll { $0.series == series } }

  private mutating func insert(_ symptom: Symptom) {
    let place = symptoms.firstIndex { $0.series > symptom.series } ?? symptoms.count
    symptoms.insert(symptom, at: place)
  }

  public func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(UInt64(symptoms.count), isExplained.map { $0 ? 2 : 1 } ?? 0)
    for symptom in symptoms {
      digest.fold(symptom.series.order, UInt64(symptom.run) << 1 | (symptom.stands ? 1 : 0))
    }
    convalescence.fold(into: &digest, at: now)
  }
}

/// A node's way back from being out of service.
struct Convalescence: Hashable, Sendable {
  /// Up to 2³ times as long.
  static let maximalRelapses: UInt8 = 3

  private(set) var isOut = false
  private var relapses: UInt8 = 0
  private var backAt: Instant?
  private var wellSince: Instant?
  private(set) var nextLook: Instant?

  /// Returns whether the node has recovered.
  mutating func update(isOut: Bool, isWell: Bool, at now: Instant, _ settings: LoopSettings) -> Bool {
    nextLook = nil
    if isOut != self.isOut { turn(at: now, settings) }
    guard isOut, isWell else {
      wellSince = nil
      return false
    }
    let since = wellSince ?? now
    wellSince = since
    let end = since + settings.wellFor * Int64(1 << relapses)
    if end > now { nextLook = end }
    return end <= now
  }

  private mutating func turn(at now: Instant, _ settings: LoopSettings) {
    isOut.toggle()
    if isOut {
      let isRelapse = backAt.map { now - $0 < settings.relapseWindow } ?? false
      relapses = isRelapse ? min(relapses + 1, Self.maximalRelapses) : 0
    } else {
      backAt = now
    }
  }

  func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(UInt64(relapses) << 1 | (isOut ? 1 : 0), backAt.folded(at: now))
    digest.fold(wellSince.folded(at: now), nextLook.folded(at: now))
  }
}

extension Instant? {
  /// How it lies to `now`.
  func folded(at now: Instant) -> UInt64 { map { ($0 - now).folded } ?? UInt64(bitPattern: .min) }
}

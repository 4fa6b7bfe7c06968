import Primitives

/// Stops a remedy that keeps failing (Nygard, "Release It!", 2007, section 5.2).
struct Breaker: Hashable, Sendable {
  enum State: Hashable, Sendable {
    case closed(failures: UInt8)
    case open(until: Instant)
    /// One action at a time may show that the remedy works again.
    case halfOpen(successes: UInt8)
  }

  let remedy: Remedy
  private(set) var state: State = .closed(failures: 0)

  init(_ remedy: Remedy) { self.remedy = remedy }

  var isNew: Bool { state == .closed(failures: 0) }

  /// Whether an action may begin.
  ///
  /// - Parameter isRunning: whether one of the remedy runs.
  mutating func admits(isRunning: Bool, at now: Instant) -> Bool {
    if case .open(let until) = state, until <= now { state = .halfOpen(successes: 0) }
    switch state {
    case .closed: return true
    case .open: return false
    case .halfOpen: return !isRunning
    }
  }

  mutating func ended(_ outcome: ActionOutcome, at now: Instant, _ settings: LoopSettings) {
    switch (state, outcome) {
    // A refusal tells of the place, not of the remedy; and while open, stragglers tell of the time before.
    case (_, .refused), (.open, _): break
    case (.closed, .done): state = .closed(failures: 0)
    case (.closed(let failures), .failed):
      let isFull = Int(failures) + 1 >= settings.breakerFailures
      state = isFull ? .open(until: now + settings.breakerOpen) : .closed(failures: failures + 1)
    case (.halfOpen(let successes), .done):
      let isEnough = Int(successes) + 1 >= settings.breakerSuccesses
      state = isEnough ? .closed(failures: 0) : .halfOpen(successes: successes + 1)
    case (.halfOpen, .failed): state = .open(until: now + settings.breakerOpen)
    }
  }

  func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(UInt64(remedy.rawValue))
    switch state {
    case .closed(let failures): digest.fold(0, UInt64(failures))
    case .open(let until): digest.fold(1, (until - now).folded)
    case .halfOpen(let successes): digest.fold(2, UInt64(successes))
    }
  }
}

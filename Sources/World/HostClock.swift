import Primitives

/// How far a host's clocks may be from virtual time. Each run draws once, evenly: a rate from `slowest` to `fastest`,
/// in parts per million of virtual time, for both clocks, and an offset of the wall clock.
@usableFromInline package struct ClockProfile: Hashable, Sendable {
  @usableFromInline package let slowest: Int64
  @usableFromInline package let fastest: Int64
  /// The wall clock is off by at most this, either way.
  @usableFromInline package let offset: Nanoseconds

  /// A clock slower than half or faster than one and a half times the time is broken in another way.
  package static let limits: ClosedRange<Int64> = -500_000...500_000

  @usableFromInline package static let exact = ClockProfile(slowest: 0, fastest: 0)

  /// - Precondition: ascending, and within `limits`; an offset from 0.
  @usableFromInline package init(slowest: Int64, fastest: Int64, offset: Nanoseconds = .zero) {
    precondition(slowest <= fastest && Self.limits.contains(slowest) && Self.limits.contains(fastest))
    precondition(offset >= .zero)
    self.slowest = slowest
    self.fastest = fastest
    self.offset = offset
  }
}

/// What a fault does to a host's clocks.
@usableFromInline package enum ClockChange: Hashable, Sendable {
  /// The wall clock jumps, forwards or back.
  case step(Nanoseconds)
  /// The wall clock runs fast by so many parts per million of the monotonic one, negative where slow.
  case slew(Int64)
  /// Both clocks run fast by so many parts per million of virtual time, in place of their own drift.
  case drift(Int64)
  /// Both clocks stand still.
  case freeze
}

/// One host's clocks: the monotonic one begins at zero with the run, the wall clock in the year 2000 or near it. Drift
/// and freezing touch both, steps and slews the wall clock alone. Readings are whole nanoseconds, rounded down.
@usableFromInline struct HostClock: Hashable, Sendable {
  /// Parts per million by which it runs fast, negative where it is slow.
  @usableFromInline private(set) var drift: Int64
  /// The same where no fault acts.
  let ownDrift: Int64
  @usableFromInline private(set) var isFrozen = false
  /// When the rate last changed, and what the monotonic clock showed then.
  @usableFromInline private(set) var anchor = Instant.zero
  @usableFromInline private(set) var shown = Instant.zero
  /// Whether the monotonic clock shows virtual time.
  @usableFromInline private(set) var isExact: Bool
  /// How much the wall clock is ahead of the monotonic one, beyond the epoch, where the slew last changed.
  private var ahead: Nanoseconds
  private var slew: Int64 = 0
  private var slewedSince = Instant.zero
  /// Whether the wall clock is the monotonic one with the epoch.
  @usableFromInline private(set) var wallIsPlain: Bool

  init(drift: Int64, offset: Nanoseconds = .zero) {
    self.drift = drift
    ownDrift = drift
    isExact = drift == 0
    ahead = offset
    wallIsPlain = offset == .zero
  }

  /// 2000-01-01T00:00:00Z in nanoseconds since 1970.
  @usableFromInline static var epoch: Nanoseconds { @inlinable get { Nanoseconds(946_684_800_000_000_000) } }

  /// The monotonic clock at a moment of virtual time, from the last change of its rate on.
  @inlinable
  func reading(at time: Instant) -> Instant { isExact ? time : inexactReading(at: time) }

  @usableFromInline func inexactReading(at time: Instant) -> Instant {
    isFrozen ? shown : shown + Nanoseconds(Self.share(of: (time - anchor).count, rate, 1_000_000))
  }

  /// Its millionths of a second in a second.
  private var rate: UInt64 { UInt64(1_000_000 + drift) }

  /// The wall clock while the monotonic one shows `reading`.
  @inlinable
  func wall(_ reading: Instant) -> Instant { wallIsPlain ? reading + Self.epoch : setWall(reading) }

  @usableFromInline func setWall(_ reading: Instant) -> Instant {
    max(.zero, reading + Self.epoch + lead(at: reading))
  }

  private func lead(at reading: Instant) -> Nanoseconds {
    let passed = (reading - slewedSince).count
    let gained = Nanoseconds(Self.share(of: passed, slew.magnitude, 1_000_000))
    return slew < 0 ? ahead - gained : ahead + gained
  }

  /// The first moment of virtual time, from `now` on, at which `time` has passed on the monotonic clock.
  ///
  /// - Precondition: the clock is not frozen.
  @inlinable
  func moment(after time: Nanoseconds, from now: Instant) -> Instant {
    isExact ? now + time : firstMoment(showing: reading(at: now) + time, from: now)
  }

  @usableFromInline func firstMoment(showing reading: Instant, from now: Instant) -> Instant {
    // Off by the rounding of a reading, and so by a few nanoseconds.
    var moment = anchor + Nanoseconds(Self.share(of: max(0, (reading - shown).count), 1_000_000, rate))
    while self.reading(at: moment) < reading { moment = moment + Nanoseconds(1) }
    while moment > now, self.reading(at: moment - Nanoseconds(1)) >= reading { moment = moment - Nanoseconds(1) }
    return max(moment, now)
  }

  /// `count × numerator ÷ denominator`, rounded down.
  private static func share(of count: Int64, _ numerator: UInt64, _ denominator: UInt64) -> Int64 {
    let product = count.magnitude.multipliedFullWidth(by: numerator)
    return Int64(denominator.dividingFullWidth(product).quotient)
  }

  // MARK: Changes

  /// From `now` on the clocks run otherwise.
  mutating func run(drift: Int64, frozen: Bool, slew: Int64, at now: Instant) {
    let reading = reading(at: now)
    ahead = lead(at: reading)
    slewedSince = reading
    self.slew = slew
    (shown, anchor) = (reading, now)
    self.drift = drift
    isFrozen = frozen
    isExact = drift == 0 && !frozen && shown == anchor
    wallIsPlain = ahead == .zero && slew == 0
  }

  mutating func step(_ distance: Nanoseconds) {
    ahead = ahead + distance
    wallIsPlain = ahead == .zero && slew == 0
  }

  func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(UInt64(bitPattern: drift), isFrozen ? 1 : 0)
    digest.fold(UInt64(bitPattern: slew), UInt64(bitPattern: lead(at: reading(at: now)).count))
  }
}

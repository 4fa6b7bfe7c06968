import Primitives

/// How far a host's clock may run from virtual time: its rate is drawn for each run, evenly from `slowest` to
/// `fastest`, in parts per million of virtual time, and kept.
@usableFromInline package struct ClockProfile: Hashable, Sendable {
  @usableFromInline package let slowest: Int64
  @usableFromInline package let fastest: Int64

  /// A clock slower than half or faster than one and a half times the time is broken in another way.
  package static let limits: ClosedRange<Int64> = -500_000...500_000

  @usableFromInline package static let exact = ClockProfile(slowest: 0, fastest: 0)

  /// - Precondition: ascending, and within `limits`.
  @usableFromInline package init(slowest: Int64, fastest: Int64) {
    precondition(slowest <= fastest && Self.limits.contains(slowest) && Self.limits.contains(fastest))
    self.slowest = slowest
    self.fastest = fastest
  }
}

/// One host's clocks: the monotonic one begins at zero with the run, the wall clock in the year 2000. Drift
/// touches both. Readings are whole nanoseconds, rounded down.
@usableFromInline struct HostClock: Hashable, Sendable {
  /// Parts per million by which it runs fast, negative where it is slow.
  @usableFromInline let drift: Int64

  @inlinable
  init(drift: Int64) { self.drift = drift }

  /// 2000-01-01T00:00:00Z in nanoseconds since 1970.
  @usableFromInline static var epoch: Nanoseconds { @inlinable get { Nanoseconds(946_684_800_000_000_000) } }

  /// The monotonic clock at a moment of virtual time.
  @inlinable
  func reading(at time: Instant) -> Instant {
    drift == 0 ? time : Instant(nanoseconds: Self.share(of: time.nanoseconds, rate, 1_000_000))
  }

  /// Its millionths of a second in a second.
  @inlinable
  var rate: UInt64 { UInt64(1_000_000 + drift) }

  /// The wall clock while the monotonic one shows `reading`.
  @inlinable
  func wall(_ reading: Instant) -> Instant { reading + Self.epoch }

  /// The first moment of virtual time, from `now` on, at which `time` has passed on the monotonic clock.
  @inlinable
  func moment(after time: Nanoseconds, from now: Instant) -> Instant {
    drift == 0 ? now + time : firstMoment(showing: reading(at: now) + time, from: now)
  }

  @usableFromInline func firstMoment(showing reading: Instant, from now: Instant) -> Instant {
    // Off by the rounding of a reading, and so by a few nanoseconds.
    var moment = Instant(nanoseconds: Self.share(of: reading.nanoseconds, 1_000_000, rate))
    while self.reading(at: moment) < reading { moment = moment + Nanoseconds(1) }
    while moment > now, self.reading(at: moment - Nanoseconds(1)) >= reading { moment = moment - Nanoseconds(1) }
    return max(moment, now)
  }

  /// `count × numerator ÷ denominator`, rounded down.
  @inlinable
  static func share(of count: Int64, _ numerator: UInt64, _ denominator: UInt64) -> Int64 {
    let product = count.magnitude.multipliedFullWidth(by: numerator)
    return Int64(denominator.dividingFullWidth(product).quotient)
  }
}

/// A length of virtual time in whole nanoseconds; negative where a difference runs backwards.
///
/// Ten years are 3.2 × 10¹⁷ of them, far inside 63 bits. Arithmetic that leaves the range is a broken
/// assumption and traps; input from people is bounded where it is read.
public struct Nanoseconds: Hashable, Comparable, Sendable {
  public var count: Int64

  @inlinable
  public init(_ count: Int64) { self.count = count }

  public static let zero = Nanoseconds(0)

  @inlinable
  public static func microseconds(_ count: Int64) -> Nanoseconds { Nanoseconds(count * 1_000) }
  @inlinable
  public static func milliseconds(_ count: Int64) -> Nanoseconds { Nanoseconds(count * 1_000_000) }
  @inlinable
  public static func seconds(_ count: Int64) -> Nanoseconds { Nanoseconds(count * 1_000_000_000) }

  /// For statistics and pictures; decisions stay with the integer.
  @inlinable
  public var seconds: Double { Double(count) / 1e9 }

  @inlinable
  public static func < (left: Nanoseconds, right: Nanoseconds) -> Bool { left.count < right.count }
  @inlinable
  public static func + (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
    Nanoseconds(left.count + right.count)
  }
  @inlinable
  public static func - (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
    Nanoseconds(left.count - right.count)
  }
  @inlinable
  public static func * (left: Nanoseconds, right: Int64) -> Nanoseconds { Nanoseconds(left.count * right) }
  @inlinable
  public static func / (left: Nanoseconds, right: Int64) -> Nanoseconds { Nanoseconds(left.count / right) }
}

/// A moment of virtual time: nanoseconds since the start of the run, or of the clock that was read.
public struct Instant: Hashable, Comparable, Sendable {
  public var nanoseconds: Int64

  @inlinable
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  public static let zero = Instant(nanoseconds: 0)
  /// Later than all others.
  @inlinable
  public static var never: Instant { Instant(nanoseconds: .max) }

  @inlinable
  public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
  @inlinable
  public static func + (left: Instant, right: Nanoseconds) -> Instant {
    Instant(nanoseconds: left.nanoseconds + right.count)
  }
  @inlinable
  public static func - (left: Instant, right: Nanoseconds) -> Instant {
    Instant(nanoseconds: left.nanoseconds - right.count)
  }
  @inlinable
  public static func - (left: Instant, right: Instant) -> Nanoseconds {
    Nanoseconds(left.nanoseconds - right.nanoseconds)
  }
}

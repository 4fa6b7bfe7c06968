import Primitives

/// Where virtual time 0 lies for programs that want a date: 2000-01-01T00:00:00Z. Ten years of virtual
/// time end in 2010, far inside 63 bits of nanoseconds.
package enum VirtualEpoch {
  package static let unixSeconds: Int64 = 946_684_800

  /// Nanoseconds since 1970-01-01T00:00:00Z.
  package static func unixNanoseconds(_ at: Instant) -> Int64 {
    unixSeconds * 1_000_000_000 + at.nanoseconds
  }
}

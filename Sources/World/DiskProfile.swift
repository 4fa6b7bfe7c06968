import Primitives

/// The behaviour of a host's disk. Operations are served one after another.
package struct DiskProfile: Hashable, Sendable {
  /// Time that each append, truncate and replace keeps the disk busy.
  package var write: Distribution
  /// Time that a sync takes once the disk is free.
  package var sync: Distribution
  /// The share of syncs that fail; what they covered is not durable.
  package var failure: Ratio

  package static let standard = DiskProfile(
    write: .constant(.zero), sync: .constant(.milliseconds(1)), failure: .zero)

  package init(write: Distribution, sync: Distribution, failure: Ratio) {
    self.write = write
    self.sync = sync
    self.failure = failure
  }
}

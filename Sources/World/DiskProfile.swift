import Primitives

/// The behaviour of a host's disk. Operations are served one after another.
@usableFromInline package struct DiskProfile: Hashable, Sendable {
  /// Time that each append, truncate and replace keeps the disk busy.
  @usableFromInline package var write: Distribution
  /// Time that a sync takes once the disk is free.
  @usableFromInline package var sync: Distribution
  /// The share of syncs that fail; what they covered is not durable.
  @usableFromInline package var failure: Ratio

  @usableFromInline package static let standard = DiskProfile(
    write: .constant(.zero), sync: .constant(.milliseconds(1)), failure: .zero)

  @usableFromInline package init(write: Distribution, sync: Distribution, failure: Ratio) {
    self.write = write
    self.sync = sync
    self.failure = failure
  }
}

/// Some of a disk's properties set anew; nil leaves one as it is.
@usableFromInline package struct DiskChange: Hashable, Sendable {
  @usableFromInline package var write: Distribution?
  @usableFromInline package var sync: Distribution?
  @usableFromInline package var failure: Ratio?

  @usableFromInline package init(write: Distribution? = nil, sync: Distribution? = nil, failure: Ratio? = nil) {
    self.write = write
    self.sync = sync
    self.failure = failure
  }

  package func applied(to profile: DiskProfile) -> DiskProfile {
    DiskProfile(write: write ?? profile.write, sync: sync ?? profile.sync, failure: failure ?? profile.failure)
  }
}

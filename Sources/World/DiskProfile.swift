import Primitives

/// The behaviour of a host's disk. Operations are served one after another.
@usableFromInline package struct DiskProfile: Hashable, Sendable {
  /// Time that each append, truncate and replace keeps the disk busy.
  @usableFromInline package var write: Distribution
  /// Time that a sync takes once the disk is free.
  @usableFromInline package var sync: Distribution
  /// The share of syncs that fail; what they covered is not on the disk, and no later sync writes it.
  @usableFromInline package var failure: Ratio
  /// The share of syncs that report success and leave what they covered in a cache that a crash empties.
  @usableFromInline package var lost: Ratio
  /// The share of appended records that land in the place of another one of their file.
  @usableFromInline package var misdirected: Ratio
  /// There is no room: a sync that covers more than truncations fails.
  @usableFromInline package var isFull: Bool
  /// Syncs do not end until it is over.
  @usableFromInline package var stalls: Bool
  @usableFromInline package var unsynced: Unsynced

  /// What a crash leaves of what was not durable.
  @usableFromInline package enum Unsynced: String, Sendable, CaseIterable {
    /// Any of the sectors, drawn for each crash: none, all, or each by a coin.
    case sectors
    /// Nothing.
    case lost
  }

  @usableFromInline package static let standard = DiskProfile(
    write: .constant(.zero), sync: .constant(.milliseconds(1)), failure: .zero)

  @usableFromInline package init(
    write: Distribution, sync: Distribution, failure: Ratio, lost: Ratio = .zero, misdirected: Ratio = .zero,
    isFull: Bool = false, stalls: Bool = false, unsynced: Unsynced = .sectors
  ) {
    self.write = write
    self.sync = sync
    self.failure = failure
    self.lost = lost
    self.misdirected = misdirected
    self.isFull = isFull
    self.stalls = stalls
    self.unsynced = unsynced
  }

  /// Bytes that are written whole or not at all.
  @usableFromInline static var sector: Int { 512 }
}

/// Some of a disk's properties set anew; nil leaves one as it is.
@usableFromInline package struct DiskChange: Hashable, Sendable {
  @usableFromInline package var write: Distribution?
  @usableFromInline package var sync: Distribution?
  @usableFromInline package var failure: Ratio?
  @usableFromInline package var lost: Ratio?
  @usableFromInline package var misdirected: Ratio?
  @usableFromInline package var isFull: Bool?
  @usableFromInline package var stalls: Bool?
  @usableFromInline package var unsynced: DiskProfile.Unsynced?

  package init(
    write: Distribution? = nil, sync: Distribution? = nil, failure: Ratio? = nil, lost: Ratio? = nil,
    misdirected: Ratio? = nil, isFull: Bool? = nil, stalls: Bool? = nil, unsynced: DiskProfile.Unsynced? = nil
  ) {
    self.write = write
    self.sync = sync
    self.failure = failure
    self.lost = lost
    self.misdirected = misdirected
    self.isFull = isFull
    self.stalls = stalls
    self.unsynced = unsynced
  }

  package func applied(to profile: DiskProfile) -> DiskProfile {
    DiskProfile(
      write: write ?? profile.write, sync: sync ?? profile.sync, failure: failure ?? profile.failure,
      lost: lost ?? profile.lost, misdirected: misdirected ?? profile.misdirected,
      isFull: isFull ?? profile.isFull, stalls: stalls ?? profile.stalls, unsynced: unsynced ?? profile.unsynced)
  }
}

/// Whether disk faults stay within what a correct program recovers from.
@usableFromInline package enum DiskBudget: String, Sendable, CaseIterable {
  /// At most a minority of the nodes have lost something at one time, of two mirrored files one, and what is
  /// lost unnoticed is durable on a majority of the others.
  case recoverable
  /// Anything may be lost.
  case unlimited
}

import Primitives
import Raft

/// When a server of a key-value store takes a snapshot, and how it is stored. How much of the log stays, and how a snapshot
/// travels, is a matter of the group's `Limits`.
public struct SnapshotSettings: Hashable, Sendable {
  /// Entries applied since the last one.
  public var entries: Int
  /// Bytes of commands applied since the last one.
  public var bytes: Int
  /// Of compression by zlib: 1, the fastest, to 9; 0 for none.
  public var level: Int

  /// - Precondition: `entries` and `bytes` at least 1, `level` from 0 to 9.
  public init(entries: Int = 10_000, bytes: Int = 64 << 20, level: Int = 1) {
    precondition(entries >= 1 && bytes >= 1 && (0...9).contains(level))
    self.entries = entries
    self.bytes = bytes
    self.level = level
  }

  public static let standard = SnapshotSettings()
}

/// What a server has applied since its last snapshot.
struct SnapshotPace: Hashable, Sendable {
  /// The entries that the last one stands for, and its bytes.
  private var last: LogIndex = 0
  private var size = 0
  /// Of commands since.
  private var bytes = 0

  mutating func applied(_ entry: Entry) { bytes += entry.count }

  mutating func taken(_ snapshot: Snapshot) {
    last = snapshot.lastIndex
    size = snapshot.content.count
    bytes = 0
  }

  func fold(into digest: inout Digest) { digest.fold(last, UInt64(bytes) << 32 | UInt64(truncatingIfNeeded: size)) }

  /// Never before as much was applied as the last one has bytes, so that a large store, which changes little, is not
  /// written again and again (dissertation, 5.1.3).
  func isDue(applied: LogIndex, _ settings: SnapshotSettings) -> Bool {
    (applied - min(applied, last) >= LogIndex(settings.entries) || bytes >= settings.bytes) && bytes >= size
  }
}

import Node
import Primitives
import Raft

/// What a server keeps on disk.
public enum KVRecord: StoredRecord, Hashable {
  /// Term and vote: the only record of `hardStateFile`.
  /// Indirect, so that a record of the log is no larger than its entry.
  indirect case hardState(HardState)
  /// One entry of the log, in order, in `logFile`: record number i is the entry at index i + 1.
  case entry(Entry)

  public static let hardStateFile = FileID(0)
  public static let logFile = FileID(1)

  public var storedSize: Int {
    switch self {
    case .hardState: 12
    case .entry(let entry): entry.wireSize
    }
  }

  public func fold(into digest: inout Digest) {
    switch self {
    case .hardState(let state): digest.fold(state.term, state.vote.map { UInt64($0.rawValue) + 1 } ?? 0)
    case .entry(let entry): digest.fold(entry.fingerprint)
    }
  }
}

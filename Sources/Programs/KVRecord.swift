import Node
import Primitives
import Raft

/// What a server keeps on disk.
public enum KVRecord: StoredRecord, Hashable {
  /// Term and vote: the only record of `hardStateFile`.
  /// Indirect, so that a record of the log is no larger than its entry.
  indirect case hardState(HardState)
  /// One entry of the log, in order, in `logFile`: the record at position i is the entry at index i + 1.
  case entry(Entry)
  /// The state as of an entry: the only record of `snapshotFile`.
  indirect case snapshot(Snapshot)

  public static let hardStateFile = FileID(0)
  public static let logFile = FileID(1)
  /// The hard state once more: no single damaged sector may cost the server its vote.
  public static let hardStateCopyFile = FileID(2)
  public static let snapshotFile = FileID(3)

  public var storedSize: Int {
    switch self {
    case .hardState: 13
    case .entry(let entry): entry.wireSize
    case .snapshot(let snapshot): 16 + (snapshot.configuration?.wireSize ?? 0) + snapshot.content.count
    }
  }

  public func fold(into digest: inout Digest) {
    switch self {
    case .hardState(let state):
      digest.fold(
        state.term, (state.vote.map { UInt64($0.rawValue) + 1 } ?? 0) << 2 | UInt64(state.memory.rawValue))
    case .entry(let entry): digest.fold(entry.fingerprint)
    case .snapshot(let snapshot):
      digest.fold(snapshot.lastIndex, snapshot.lastTerm)
      digest.fold(snapshot.fingerprint)
    }
  }
}

extension KVRecord {
  /// The files of a server that has stored a term, with so many entries of it that nobody asked for.
  package static func files(term: Term, entries: Int) -> [(FileID, ContiguousArray<KVRecord>)] {
    let state = KVRecord.hardState(HardState(term: term))
    return [
      (hardStateFile, [state]), (hardStateCopyFile, [state]),
      (logFile, ContiguousArray(repeating: .entry(.noop(term: term)), count: entries)),
    ]
  }
}

/// What a server's disk holds, as far as it can be read.
package struct RecoveredRaft: Sendable {
  package var state = HardState()
  /// Whether only one copy of it is left.
  package var lacksCopy: Bool
  package var snapshot: Snapshot?
  /// The index of the first entry, or of the next where there is none.
  package var first: LogIndex
  package var entries = ContiguousArray<Entry>()
  /// Whether there are records behind the entries.
  package var remains: Bool
  package var lost: Memory

  package init(_ disk: Recovered<KVRecord>) { self.init(disk) { $0 } }

  /// - Parameter record: what a program that keeps other things too has stored for Raft.
  package init<Record: StoredRecord>(_ disk: Recovered<Record>, record: (Record) -> KVRecord?) {
    let log = disk[KVRecord.logFile]
    first = LogIndex(log.first) + 1
    var forgotSnapshot = false
    if disk[KVRecord.snapshotFile].count > 0 {
      if case .intact(let stored) = disk[KVRecord.snapshotFile][0], case .snapshot(let found)? = record(stored) {
        snapshot = found
      } else {
        // What it stood for may have been acknowledged on the strength of it, whatever the log still has.
        forgotSnapshot = true
      }
    }
    entries.reserveCapacity(log.prefix.count)
    for stored in log.prefix { if case .entry(let entry)? = record(stored) { entries.append(entry) } }
    remains = log.count > entries.count
    var copies = 0
    for file in [KVRecord.hardStateFile, KVRecord.hardStateCopyFile] where disk[file].count > 0 {
      guard case .intact(let stored) = disk[file][0], case .hardState(let found)? = record(stored) else { continue }
      copies += 1
      // One may be from before the last write: that was not durable then.
      if found.isNewer(than: state) { state = found }
    }
    lacksCopy = copies == 1
    let forgotState = copies == 0 && disk[KVRecord.hardStateFile].count + disk[KVRecord.hardStateCopyFile].count > 0
    lost = disk.isNewDisk || forgotState ? .none : log.hasLost || forgotSnapshot ? .partial : .whole
  }
}

extension HardState {
  /// Of two copies, the one that was written later: terms grow, and in one term first a vote is given and then
  /// what is lost found or made good.
  fileprivate func isNewer(than other: HardState) -> Bool {
    if term != other.term { return term > other.term }
    if vote != other.vote { return vote != nil }
    return memory.rawValue > other.memory.rawValue
  }
}

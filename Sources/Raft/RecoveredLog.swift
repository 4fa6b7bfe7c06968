import Primitives

/// What a log is made of when a life begins: a snapshot, and records of entries that may begin before its end, agree with it
/// or not, or lie behind a hole.
struct RecoveredLog {
  private(set) var log: Log
  /// None of the records is of use.
  private(set) var isUnfit = false
  /// Something is missing between the snapshot and the records, which nothing but a loss explains: nothing is discarded
  /// before the snapshot that stands for it is durable.
  private(set) var hasHole = false

  /// - Parameter first: the index of the first entry, or of the next one where there is none.
  init(_ snapshot: Snapshot?, _ entries: ContiguousArray<Entry>, from first: LogIndex, segment: Int) {
    log = Log(segment: segment)
    let base = first - 1
    let (end, term) = (snapshot?.lastIndex ?? 0, snapshot?.lastTerm ?? 0)
    // An entry of the snapshot's end and term is the snapshot's, and then what follows goes on from it (Log Matching).
    let isSame = base < end && base + LogIndex(entries.count) >= end && entries[Int(end - base) - 1].term == term
    guard base == end || isSame else {
      hasHole = base > end
      isUnfit = true
      log.reset(to: end, term: term)
      return
    }
    log.reset(to: base, term: base == end ? term : entries[0].term)
    for entry in entries { log.append(entry) }
    // The term of what was before the first record is known by the snapshot alone.
    if base > 0, base < end { log.compact(to: base + 1) }
  }
}

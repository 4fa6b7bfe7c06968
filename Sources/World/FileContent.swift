import Node

/// The records of one file, each at its position; those before `first` were discarded.
@usableFromInline struct FileContent<Record: StoredRecord>: Sendable {
  @usableFromInline private(set) var first = 0
  @usableFromInline private(set) var records: ContiguousArray<Record> = []

  @inlinable
  init() {}

  @usableFromInline init(_ record: Record) { records = [record] }

  init(_ records: ContiguousArray<Record>) { self.records = records }

  @usableFromInline var isEmpty: Bool { records.isEmpty }

  @inlinable
  var count: Int { records.count }

  /// The position of the next record.
  @inlinable
  var end: Int { first + records.count }

  /// nil where there is no record.
  subscript(position: Int) -> Record? {
    position >= first && position < end ? records[position - first] : nil
  }

  @inlinable
  mutating func append(_ record: consuming Record) { records.append(record) }

  /// Where all that is kept was discarded, the file ends there.
  @usableFromInline mutating func truncate(keeping: Int) {
    // What was to be cut off may have been lost with a failed write.
    if keeping < end { records.removeLast(min(records.count, end - keeping)) }
    first = min(first, keeping)
  }

  @usableFromInline mutating func discard(before position: Int) {
    guard position > first else { return }
    records.removeFirst(min(records.count, position - first))
    first = position
  }
}

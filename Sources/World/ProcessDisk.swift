import Node
import Primitives

/// What one process has on its host's disk: files of records, and the operations that no completed sync
/// covers yet.
@usableFromInline struct ProcessDisk<Record: StoredRecord>: Sendable {
  @usableFromInline enum Operation: Sendable {
    case append(Record, FileID)
    case truncate(FileID, keeping: Int)
    case replace(FileID, Record)
  }

  /// By file; what a crash leaves.
  @usableFromInline var durable = [ContiguousArray<Record>](repeating: [], count: StepLimits.files)
  /// In order of issue.
  @usableFromInline var pending = Outbox<Operation>()
  /// For each sync under way, how many pending operations it covers beyond the one before.
  @usableFromInline var syncs: ContiguousArray<(token: WriteToken, operations: Int)> = []
  /// Pending operations that a sync under way covers.
  @usableFromInline var covered = 0
  /// When the disk has done everything asked of it.
  @usableFromInline var freeAt = Instant.zero
  /// Operations and syncs so far, in all lives.
  @usableFromInline var written: UInt64 = 0
  @usableFromInline var synced: UInt64 = 0

  @inlinable
  init() {}

  @inlinable
  mutating func issue(_ operation: consuming Operation) { pending.append(operation) }

  @inlinable
  mutating func beginSync(_ token: WriteToken) {
    syncs.append((token, pending.count - covered))
    covered = pending.count
  }

  /// The oldest sync under way is over; when it succeeded, what it covers is durable.
  @inlinable
  mutating func endSync(succeeded: Bool) {
    let sync = syncs.removeFirst()
    covered -= sync.operations
    for _ in 0..<sync.operations {
      guard let operation = pending.popFirst() else { return }
      if succeeded { perform(consume operation) }
    }
  }

  @inlinable
  mutating func perform(_ operation: consuming Operation) {
    switch operation {
    case .append(let record, let file): durable[Int(file.rawValue)].append(record)
    case .truncate(let file, let keeping):
      let count = durable[Int(file.rawValue)].count
      // What was to be cut off may have been lost with a failed write.
      if keeping < count { durable[Int(file.rawValue)].removeLast(count - keeping) }
    case .replace(let file, let record): durable[Int(file.rawValue)] = [record]
    }
  }

  /// The process ends: everything that is not durable is gone. Returns how many records that were.
  @inlinable
  mutating func crash() -> Int {
    let lost = pending.count(where: { if case .truncate = $0 { false } else { true } })
    pending.removeAll()
    syncs.removeAll()
    covered = 0
    freeAt = .zero
    return lost
  }

  @usableFromInline func fold(into digest: inout Digest) {
    for file in durable {
      digest.fold(UInt64(file.count))
      for record in file { record.fold(into: &digest) }
    }
    digest.fold(UInt64(pending.count), UInt64(syncs.count))
    for operation in pending {
      switch operation {
      case .append(let record, let file):
        digest.fold(1, UInt64(file.rawValue))
        record.fold(into: &digest)
      case .truncate(let file, let keeping): digest.fold(2 | UInt64(file.rawValue) << 8, UInt64(keeping))
      case .replace(let file, let record):
        digest.fold(3, UInt64(file.rawValue))
        record.fold(into: &digest)
      }
    }
    for sync in syncs { digest.fold(sync.token.rawValue, UInt64(sync.operations)) }
  }
}

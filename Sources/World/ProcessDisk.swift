import Node
import Primitives

/// What one process has on its host's disk: files of records, and the operations that no completed sync
/// covers yet.
@usableFromInline struct ProcessDisk<Record: StoredRecord>: Sendable {
  @usableFromInline enum Operation: Sendable {
    case append(Record, FileID)
    case truncate(FileID, keeping: Int)
    case discard(FileID, before: Int)
    case replace(FileID, Record)

    @usableFromInline var file: FileID {
      switch self {
      case .append(_, let file), .truncate(let file, _), .discard(let file, _), .replace(let file, _): file
      }
    }

    /// Whether the disk must have room for it.
    @usableFromInline var needsRoom: Bool {
      switch self {
      case .append, .replace: true
      case .truncate, .discard: false
      }
    }
  }

  @usableFromInline struct Sync: Sendable {
    @usableFromInline let token: WriteToken
    /// Pending operations that it covers beyond the one before.
    @usableFromInline let operations: Int
    @usableFromInline let directory: Bool

    @inlinable
    init(token: WriteToken, operations: Int, directory: Bool) {
      self.token = token
      self.operations = operations
      self.directory = directory
    }
  }

  /// Something wrong with one durable record; what should be there lies in `durable`, so that damage is a mark
  /// that a new record in its place removes.
  @usableFromInline struct Scar: Hashable, Sendable {
    @usableFromInline let file: FileID
    @usableFromInline let position: Int
    @usableFromInline let kind: StoredFile<Record>.Scar.Kind
    /// The fault that did it; -1 for a crash's tears and failed writes.
    @usableFromInline let fault: Int32

    @usableFromInline init(file: FileID, position: Int, kind: StoredFile<Record>.Scar.Kind, fault: Int32) {
      self.file = file
      self.position = position
      self.kind = kind
      self.fault = fault
    }
  }

  /// By file; what a crash leaves, but for scars.
  @usableFromInline var durable = [FileContent<Record>](repeating: FileContent(), count: StepLimits.files)
  /// Few, and in no order.
  @usableFromInline var scars: ContiguousArray<Scar> = []
  /// In order of issue.
  @usableFromInline var pending = Outbox<Operation>()
  /// What was reported durable and is not; older than all that is pending.
  @usableFromInline var cached = Outbox<Operation>()
  /// Whether each file's name is in the directory for good.
  @usableFromInline var isNamed: UInt8 = 0
  /// Replacements whose data is durable and whose names are not yet, each with what was written behind it since: whoever
  /// opened the new file goes on in it.
  @usableFromInline var renames: ContiguousArray<(file: FileID, content: FileContent<Record>)> = []
  @usableFromInline var syncs: ContiguousArray<Sync> = []
  /// Pending operations that a sync under way covers.
  @usableFromInline var covered = 0
  /// When the disk has done everything asked of it.
  @usableFromInline var freeAt = Instant.zero
  /// Operations and syncs so far, in all lives.
  @usableFromInline var written: UInt64 = 0
  @usableFromInline var synced: UInt64 = 0
  /// Appends that might have been misdirected.
  @usableFromInline var misdirections: UInt64 = 0
  /// Another disk was put in its place, and nothing is on it for good yet: whoever put it there says so at each start
  /// until the process has stored that it knows.
  @usableFromInline var isNew = false
  /// Something durable was lost, and the process may not have made it good yet.
  @usableFromInline var isImpaired = false

  @inlinable
  init() {}

  /// A disk that has been written to before.
  init(holding files: [(FileID, ContiguousArray<Record>)]) {
    for (file, records) in files {
      durable[Int(file.rawValue)] = FileContent(records)
      isNamed |= 1 << file.rawValue
    }
  }

  @inlinable
  mutating func issue(_ operation: consuming Operation) { pending.append(operation) }

  @inlinable
  mutating func beginSync(_ token: WriteToken, directory: Bool) {
    syncs.append(Sync(token: token, operations: pending.count - covered, directory: directory))
    covered = pending.count
  }

  /// Whether the sync that was begun last covers what needs room.
  @usableFromInline var lastSyncNeedsRoom: Bool {
    guard let sync = syncs.last else { return false }
    return pending.withElements {
      $0.suffix(sync.operations).contains { $0.needsRoom }
    }
  }

  /// The oldest sync under way is over.
  @inlinable
  mutating func endSync(_ outcome: SyncOutcome) {
    let sync = syncs.removeFirst()
    covered -= sync.operations
    if outcome != .lost, !cached.isEmpty { flushCache() }
    for _ in 0..<sync.operations {
      guard let operation = pending.popFirst() else { break }
      switch outcome {
      case .written: perform(consume operation)
      case .lost: cached.append(operation)
      case .failed: fail(consume operation)
      }
    }
    if outcome == .written, sync.directory { nameFiles() }
  }

  /// What was in the cache reaches the disk, names included: that is what was reported.
  @usableFromInline mutating func flushCache() {
    while let operation = cached.popFirst() { perform(operation) }
    nameFiles()
  }

  @inlinable
  mutating func perform(_ operation: consuming Operation) {
    if !renames.isEmpty, let rename = renames.lastIndex(where: { $0.file == operation.file }) {
      return perform(consume operation, onRename: rename)
    }
    switch operation {
    case .append(let record, let file): durable[Int(file.rawValue)].append(record)
    case .truncate(let file, let keeping): truncate(file, keeping: keeping)
    case .discard(let file, let position): discard(file, before: position)
    case .replace(let file, let record): renames.append((file, FileContent(record)))
    }
  }

  /// On a file that is to replace another one.
  @usableFromInline mutating func perform(_ operation: consuming Operation, onRename rename: Int) {
    switch operation {
    case .append(let record, _): renames[rename].content.append(record)
    case .truncate(_, let keeping): renames[rename].content.truncate(keeping: keeping)
    case .discard(_, let position): renames[rename].content.discard(before: position)
    case .replace(let file, let record): renames.append((file, FileContent(record)))
    }
  }

  @usableFromInline mutating func truncate(_ file: FileID, keeping: Int) {
    durable[Int(file.rawValue)].truncate(keeping: keeping)
    if !scars.isEmpty { scars.removeAll { $0.file == file && $0.position >= keeping } }
  }

  @usableFromInline mutating func discard(_ file: FileID, before position: Int) {
    durable[Int(file.rawValue)].discard(before: position)
    guard !scars.isEmpty else { return }
    // Whoever discards a record has read it, and knows what should not be there: what was written in its place is missing
    // elsewhere, and would look as if it had never been written.
    for scar in scars where scar.file == file && scar.position < position {
      guard case .misplaced(let from) = scar.kind else { continue }
      for other in scars.indices where scars[other].file == file && scars[other].position == from {
        scars[other] = Scar(file: file, position: from, kind: .damaged, fault: scar.fault)
      }
    }
    scars.removeAll { $0.file == file && $0.position < position }
  }

  /// What a failed sync covered: blocks that were never written lie where records should be, and the system
  /// takes them for clean.
  @usableFromInline mutating func fail(_ operation: consuming Operation) {
    switch operation {
    case .append(let record, let file):
      scars.append(Scar(file: file, position: durable[Int(file.rawValue)].end, kind: .torn, fault: -1))
      durable[Int(file.rawValue)].append(record)
    case .truncate(let file, let keeping): truncate(file, keeping: keeping)
    case .discard(let file, let position): discard(file, before: position)
    case .replace: break
    }
  }

  /// The directory is durable: files have their names, and replaced ones their new content.
  @usableFromInline mutating func nameFiles() {
    for (file, content) in renames { replace(file, with: content) }
    renames.removeAll(keepingCapacity: true)
    for file in durable.indices where !durable[file].isEmpty { isNamed |= 1 << UInt8(file) }
    if isNamed != 0 { isNew = false }
  }

  mutating func replace(_ file: FileID, with content: FileContent<Record>) {
    durable[Int(file.rawValue)] = content
    isNamed |= 1 << UInt8(file.rawValue)
    if !scars.isEmpty { scars.removeAll { $0.file == file } }
  }

  /// What a process that starts now finds.
  func recovered(restarts: UInt64) -> Recovered<Record> {
    let files = durable.indices.map { file in
      let marks = scars.filter { Int($0.file.rawValue) == file }.sorted { $0.position < $1.position }
      return StoredFile(
        durable[file].records, from: durable[file].first,
        scars: marks.map { .init(position: $0.position, kind: $0.kind) })
    }
    return Recovered(files: files, restarts: restarts, isNewDisk: isNew)
  }

  @usableFromInline func fold(into digest: inout Digest) {
    for file in durable {
      digest.fold(UInt64(file.end))
      if file.first > 0 { digest.fold(UInt64(file.first)) }
      for record in file.records { record.fold(into: &digest) }
    }
    for scar in scars { digest.fold(UInt64(scar.file.rawValue), UInt64(scar.position)) }
    digest.fold(UInt64(pending.count), UInt64(syncs.count))
    digest.fold(UInt64(isNamed), UInt64(cached.count) << 2 | (isNew ? 2 : 0) | (isImpaired ? 1 : 0))
    for operation in cached { operation.fold(into: &digest) }
    for operation in pending { operation.fold(into: &digest) }
    for (file, content) in renames {
      digest.fold(UInt64(file.rawValue), UInt64(content.end))
      for record in content.records { record.fold(into: &digest) }
    }
    for sync in syncs { digest.fold(sync.token.rawValue, UInt64(sync.operations) << 1 | (sync.directory ? 1 : 0)) }
  }
}

extension ProcessDisk.Operation {
  fileprivate func fold(into digest: inout Digest) {
    switch self {
    case .append(let record, let file):
      digest.fold(1, UInt64(file.rawValue))
      record.fold(into: &digest)
    case .truncate(let file, let keeping): digest.fold(2 | UInt64(file.rawValue) << 8, UInt64(keeping))
    case .discard(let file, let position): digest.fold(4 | UInt64(file.rawValue) << 8, UInt64(position))
    case .replace(let file, let record):
      digest.fold(3, UInt64(file.rawValue))
      record.fold(into: &digest)
    }
  }
}

import Node
import Primitives

/// What a crash leaves of what was not durable: any of the sectors, in the order of no queue. Only what changes
/// a file's size or name keeps its order, as in a journal: where a truncation or a replacement is lost, what
/// followed it in that file is lost too.
extension ProcessDisk {
  /// What became of the records that were not durable.
  @usableFromInline struct Remains: Hashable, Sendable {
    var lost = 0
    var torn = 0
    var survived = 0
  }

  /// The process ends.
  ///
  /// - Parameters:
  ///   - kept: so many of the cached operations are safe whatever the draws say.
  ///   - survives: whether the n-th thing that may be lost by itself, a sector or a change of size or name, is
  ///     on the disk.
  mutating func crash(keeping kept: Int, survives: (UInt64) -> Bool) -> Remains {
    var remains = Remains()
    var draws: UInt64 = 0
    func draw() -> Bool {
      draws += 1
      return survives(draws)
    }
    settleNames(draw, &remains)
    for _ in 0..<kept { if let operation = cached.popFirst() { perform(operation) } }
    if kept > 0 { nameFiles() }
    var files = InlineArray<4, Tail>(repeating: Tail())
    while let operation = cached.popFirst() ?? pending.popFirst() {
      let file = Int(operation.file.rawValue)
      guard !files[file].isClosed else {
        if operation.needsRoom { remains.lost += 1 }
        continue
      }
      switch operation {
      case .append(let record, let id):
        if files[file].bytes == nil { files[file].bytes = durable[file].records.reduce(0) { $0 + $1.storedSize } }
        switch files[file].sectors(of: record.storedSize, draw) {
        case .all: remains.survived += 1
        case .some:
          remains.torn += 1
          scars.append(Scar(file: id, position: durable[file].end, kind: .torn, fault: -1))
        case .none:
          remains.lost += 1
          files[file].blank += 1
          scars.append(Scar(file: id, position: durable[file].end, kind: .torn, fault: -1))
          durable[file].append(record)
          continue
        }
        files[file].blank = 0
        durable[file].append(record)
      case .truncate(let id, let keeping):
        trim(id, &files[file])
        if draw() {
          truncate(id, keeping: keeping)
          files[file] = Tail()
        } else {
          files[file].isClosed = true
        }
      case .discard(let id, let position):
        // What follows keeps its place, whatever became of what was written before it.
        if draw() {
          discard(id, before: position)
          files[file].blank = min(files[file].blank, durable[file].count)
        } else {
          files[file].isClosed = true
        }
      case .replace(let id, let record):
        if draw() {
          replace(id, with: FileContent(record))
          // What was at the end of the file before is gone with it.
          files[file] = Tail()
          remains.survived += 1
        } else {
          files[file].isClosed = true
          remains.lost += 1
        }
      }
    }
    for file in durable.indices { trim(FileID(UInt8(file)), &files[file]) }
    syncs.removeAll()
    covered = 0
    freeAt = .zero
    return remains
  }

  /// The disk is taken out and an empty one put in.
  mutating func wipe() {
    for file in durable.indices { durable[file] = FileContent() }
    scars.removeAll()
    isNamed = 0
    isNew = true
    isImpaired = true
  }

  /// Names that no sync of the directory covers: a file that is new may be gone, a replaced one be the old one.
  private mutating func settleNames(_ survives: () -> Bool, _ remains: inout Remains) {
    var done = 0
    while done < renames.count, survives() {
      replace(renames[done].file, with: renames[done].content)
      done += 1
    }
    remains.survived += done
    remains.lost += renames.count - done
    renames.removeAll()
    for file in durable.indices where isNamed >> UInt8(file) & 1 == 0 && !durable[file].isEmpty {
      if survives() {
        isNamed |= 1 << UInt8(file)
      } else {
        remains.lost += durable[file].count
        truncate(FileID(UInt8(file)), keeping: 0)
      }
    }
  }

  /// Takes the records at a file's end of which nothing was written away.
  private mutating func trim(_ file: FileID, _ tail: inout Tail) {
    guard tail.blank > 0 else { return }
    truncate(file, keeping: durable[Int(file.rawValue)].end - tail.blank)
    tail.blank = 0
  }

  /// The part of a file that was not durable, while it is gone through.
  private struct Tail {
    enum Written { case none, some, all }

    /// Bytes up to here; nil until somebody asks.
    var bytes: Int?
    /// Records at the end of which nothing was written.
    var blank = 0
    /// What comes now is lost with what came before it.
    var isClosed = false
    /// Of the sector that the next byte lies in.
    private var current: Bool?

    mutating func sectors(of size: Int, _ survives: () -> Bool) -> Written {
      let first = bytes ?? 0
      let last = first + max(1, size) - 1
      bytes = last + 1
      var found = (some: false, all: true)
      for sector in (first / DiskProfile.sector)...(last / DiskProfile.sector) {
        if current == nil || sector > first / DiskProfile.sector || first % DiskProfile.sector == 0 {
          current = survives()
        }
        if current == true { found.some = true } else { found.all = false }
      }
      return found.all ? .all : found.some ? .some : .none
    }
  }
}

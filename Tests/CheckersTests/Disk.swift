import Node

/// A process's files: what is durable, and the writes under way in order.
struct Disk<Record: StoredRecord> {
  enum Write {
    case append(Record)
    case truncate(Int)
    case discard(Int)
    case replace(Record)
  }

  private enum Step {
    case write(Write, FileID)
    case sync(WriteToken)
  }

  var durable: [ContiguousArray<Record>] = Array(repeating: [], count: StepLimits.files)
  /// Positions of the files' first records.
  private(set) var firsts = Array(repeating: 0, count: StepLimits.files)
  private var underWay: [Step] = []
  private var done: WriteToken?

  mutating func write(_ write: Write, to file: FileID) { underWay.append(.write(write, file)) }
  mutating func sync(_ token: WriteToken) { underWay.append(.sync(token)) }
  func isDone(_ token: WriteToken) -> Bool { done.map { token <= $0 } ?? false }

  /// Does everything up to the first sync under way.
  mutating func complete() -> WriteToken? {
    guard let last = underWay.firstIndex(where: { if case .sync = $0 { true } else { false } }),
      case .sync(let token) = underWay[last]
    else { return nil }
    for case .write(let write, let file) in underWay[..<last] { apply(write, to: Int(file.rawValue)) }
    underWay.removeFirst(last + 1)
    done = token
    return token
  }

  /// Of the writes under way each file keeps the first few, or none, or all.
  mutating func crash(_ random: inout Dice) {
    for file in 0..<StepLimits.files {
      let writes = underWay.compactMap { step -> Write? in
        guard case .write(let write, let target) = step, Int(target.rawValue) == file else { return nil }
        return write
      }
      for write in writes.prefix(Int(random.below(UInt64(writes.count + 1)))) { apply(write, to: file) }
    }
    underWay = []
    done = nil
  }

  private mutating func apply(_ write: Write, to file: Int) {
    switch write {
    case .append(let record): durable[file].append(record)
    case .truncate(let keeping):
      durable[file].removeLast(min(durable[file].count, firsts[file] + durable[file].count - keeping))
      firsts[file] = min(firsts[file], keeping)
    case .discard(let position) where position > firsts[file]:
      durable[file].removeFirst(min(durable[file].count, position - firsts[file]))
      firsts[file] = position
    case .discard: break
    case .replace(let record): durable[file] = [record]
    }
  }
}

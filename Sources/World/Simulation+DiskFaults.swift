import Node
import Primitives

/// What disks lose, and how much of it the budget allows.
extension Simulation {
  // MARK: At a crash

  /// The process's unsynced writes meet the crash.
  mutating func crashDisk(of index: Int, sparesSectors: Bool) -> ProcessDisk<P.Record>.Remains {
    let key = Entities(processes[index].endpoint.word, UInt64(processes[index].life))
    let choices = choices
    // One crash takes all, one nothing, two any of the sectors: each of the three finds other mistakes.
    let fate =
      disks[index].unsynced == .lost || !sparesSectors ? 0 : choices.choose(.crashSurvival, key, 0, below: 4)
    let kept = cachedOperationsToKeep(of: index)
    if processes[index].disk.cached.count > kept { judge.observeForgetting(process: index) }
    return processes[index].disk.crash(keeping: kept) { number in
      switch fate {
      case 0: false
      case 1: true
      default: choices.choose(.sectorSurvival, key, number, below: 2) == 1
      }
    }
  }

  /// How many of the operations that were reported durable and are not must survive: all before the last
  /// stretch of records that a majority of the other nodes have in the same place.
  private func cachedOperationsToKeep(of index: Int) -> Int {
    let disk = processes[index].disk
    guard plan.diskBudget == .recoverable, !disk.cached.isEmpty else { return 0 }
    guard index < plan.nodes, !plan.sparesDisks else { return disk.cached.count }
    var ends = disk.durable.map(\.end)
    var kept = 0
    for (number, operation) in disk.cached.enumerated() {
      switch operation {
      case .append(let record, let file):
        let position = ends[Int(file.rawValue)]
        ends[Int(file.rawValue)] += 1
        if !isSpare(record, file, position, besides: index) { kept = number + 1 }
      case .truncate(let file, let keeping):
        ends[Int(file.rawValue)] = min(ends[Int(file.rawValue)], keeping)
        kept = number + 1
      case .discard(let file, let position):
        ends[Int(file.rawValue)] = max(ends[Int(file.rawValue)], position)
        kept = number + 1
      case .replace: kept = number + 1
      }
    }
    return kept
  }

  /// Whether a majority of the nodes have the record without this one.
  private func isSpare(_ record: P.Record, _ file: FileID, _ position: Int, besides index: Int) -> Bool {
    guard P.layout.replicated.contains(file) else { return false }
    let mark = record.mark
    var copies = 0
    for other in 0..<plan.nodes where other != index {
      let disk = processes[other].disk
      guard disk.durable[Int(file.rawValue)][position]?.mark == mark,
        !disk.scars.contains(where: { $0.file == file && $0.position <= position })
      else { continue }
      copies += 1
    }
    return copies > plan.nodes / 2
  }

  // MARK: Damage

  /// Damages up to `count` durable records of a process, each drawn from a file drawn first. Returns how many.
  mutating func damage(_ index: Int, count: Int, by fault: Int, _ luck: PlannedFault.Luck) -> Int {
    guard mayImpair(index) else { return 0 }
    let (id, occurrence) = (UInt64(luck.fault), luck.number)
    var done = 0
    for number in 0..<UInt64(count) {
      let files = processes[index].disk.durable.indices.filter {
        !processes[index].disk.durable[$0].isEmpty && mayDamage(FileID(UInt8($0)), of: index)
      }
      guard !files.isEmpty else { break }
      let key = Entities(id, UInt64(index) << 32 | number)
      let file = files[Int(choices.choose(.damagedFile, key, UInt64(occurrence), below: UInt64(files.count)))]
      let content = processes[index].disk.durable[file]
      let place = choices.choose(.damagedRecord, key, UInt64(occurrence), below: UInt64(content.count))
      let position = content.first + Int(place)
      let isOld = processes[index].disk.scars.contains { Int($0.file.rawValue) == file && $0.position == position }
      guard !isOld else { continue }
      scar(index, FileID(UInt8(file)), position, .damaged, by: Int32(fault))
      done += 1
    }
    return done
  }

  /// Of the records that were appended since the files had `before`, some have gone where another one was.
  @usableFromInline mutating func misdirect(of index: Int, after before: [Int]) {
    for file in before.indices {
      let (first, end) = (processes[index].disk.durable[file].first, processes[index].disk.durable[file].end)
      for position in max(first, min(before[file], end))..<end where position > first {
        let key = Entities(processes[index].endpoint.word, UInt64(file))
        let number = processes[index].disk.misdirections
        processes[index].disk.misdirections &+= 1
        let id = FileID(UInt8(file))
        guard choices.choose(.misdirection, key, number, chance: disks[index].misdirected),
          mayImpair(index), mayDamage(id, of: index)
        else { continue }
        let place = choices.choose(.misdirectionTarget, key, number, below: UInt64(position - first))
        let target = first + Int(place)
        let fault = faults.misdirecting(processes[index].endpoint.host)
        scar(index, id, target, .misplaced(from: position), by: fault)
        scar(index, id, position, .torn, by: fault)
        faults.credit(.writesMisdirected, fault: fault)
        incidents.writesMisdirected += 1
      }
    }
  }

  private mutating func scar(
    _ index: Int, _ file: FileID, _ position: Int, _ kind: StoredFile<P.Record>.Scar.Kind, by fault: Int32
  ) {
    processes[index].disk.scars.removeAll { $0.file == file && $0.position == position }
    processes[index].disk.scars.append(.init(file: file, position: position, kind: kind, fault: fault))
    processes[index].disk.isImpaired = true
  }

  /// The process starts and reads: what is wrong with its disk is found.
  func creditDamageFound(_ index: Int, _ book: inout FaultBook) {
    for scar in processes[index].disk.scars where scar.kind != .torn {
      book.credit(.damageFound, fault: scar.fault)
    }
  }

  // MARK: The budget

  /// Whether one more loss on this host leaves a majority of the nodes whole.
  mutating func mayImpair(_ index: Int) -> Bool {
    guard plan.diskBudget == .recoverable else { return true }
    guard index < plan.nodes, !plan.sparesDisks else { return false }
    for node in 0..<plan.nodes where processes[node].disk.isImpaired && isRepaired(node) {
      processes[node].disk.isImpaired = false
    }
    let others = (0..<plan.nodes).count { $0 != index && processes[$0].disk.isImpaired }
    return others < (plan.nodes - 1) / 2
  }

  private func isRepaired(_ node: Int) -> Bool {
    guard processes[node].state == .up, processes[node].disk.scars.isEmpty, !processes[node].disk.isNew else {
      return false
    }
    return P.layout.impaired.map { !processes[node].status.has($0) } ?? true
  }

  /// Whether the program can do without a record of this file.
  private func mayDamage(_ file: FileID, of index: Int) -> Bool {
    guard plan.diskBudget == .recoverable else { return true }
    if P.layout.replicated.contains(file) { return true }
    for (one, other) in P.layout.mirrors where one == file || other == file {
      let mirror = one == file ? other : one
      return !processes[index].disk.durable[Int(mirror.rawValue)].isEmpty
        && !processes[index].disk.scars.contains { $0.file == mirror }
    }
    return false
  }
}

import Primitives
import World

/// What lanes show along their heads and feet: clocks that are wrong, and disks that hold what a crash may lose.
struct LaneStrips {
  /// A stretch of time in which a clock was wrong to one side by a millisecond or more.
  struct Error {
    /// ns of virtual time.
    var from: Int64
    var until: Int64
    var isBehind: Bool
    /// As `12 ms ahead`.
    var first: String
    var last: String

    var words: String { first == last ? first : "\(first) at first, \(last) at last" }
  }

  /// By process, in order.
  private(set) var clocks: [[Error]]
  /// By process: from when to when a disk held writes that were not synced yet, in order.
  private(set) var unsynced: [[Range<Int64>]]

  init(_ film: Film) {
    clocks = film.processes.map { _ in [] }
    unsynced = film.processes.map { _ in [] }
    var wrong = film.processes.map { _ in false }
    var heldFrom = film.processes.map { _ -> Int64? in nil }
    let (clock, disk) = (film.names.firstIndex(of: "clock"), film.names.firstIndex(of: "disk"))
    film.texts.forEachRow(of: film.changes.value) { row, number in
      let name = Int(film.changes.name[row])
      guard name == clock || name == disk else { return true }
      let (process, at) = (Int(film.changes.process[row]), film.events.at[Int(film.changes.event[row]) - 1])
      let words = film.texts.text(film.changes.value, row: row, firstNumber: number)
      if name == clock {
        if wrong[process] { clocks[process][clocks[process].count - 1].until = at }
        let isBehind = words.contains("behind")
        if wrong[process], !words.isEmpty, clocks[process].last?.isBehind == isBehind {
          clocks[process][clocks[process].count - 1].last = words
        } else if !words.isEmpty {
          clocks[process].append(Error(from: at, until: at, isBehind: isBehind, first: words, last: words))
        }
        wrong[process] = !words.isEmpty
      } else if words.isEmpty {
        if let from = heldFrom[process], at > from { unsynced[process].append(from..<at) }
        heldFrom[process] = nil
      } else if heldFrom[process] == nil {
        heldFrom[process] = at
      }
      return true
    }
    let end = film.end.nanoseconds
    for process in film.processes.indices {
      if wrong[process] { clocks[process][clocks[process].count - 1].until = end }
      if let from = heldFrom[process], end > from { unsynced[process].append(from..<end) }
    }
  }

  /// How much of the time a disk held what was not synced, in so many equal parts of the run: from 0 to 1.
  func shares(of process: Int, parts: Int, until end: Int64) -> [Double] {
    var shares = [Double](repeating: 0, count: parts)
    let size = Double(max(1, end)) / Double(parts)
    for held in unsynced[process] {
      var part = min(parts - 1, Int(Double(held.lowerBound) / size))
      while part < parts, Double(part) * size < Double(held.upperBound) {
        let from = max(Double(held.lowerBound), Double(part) * size)
        shares[part] += (min(Double(held.upperBound), Double(part + 1) * size) - from) / size
        part += 1
      }
    }
    return shares
  }
}

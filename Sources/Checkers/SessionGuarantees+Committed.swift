import Primitives

/// What even a stale read promises: a state that was there.
extension SessionGuarantee {
  /// What is known of one key's writes.
  private struct Writes {
    /// By the index of the entry that made them.
    var certain: [(index: UInt64, value: Int32)] = []
    /// Values that writes of unknown outcome may have left, `none` among them where that was a deletion.
    var possible: Set<Int32> = []
    /// Whether something else than a value was written.
    var isUnjudged = false

    /// After so many entries; `none` before the first write.
    func value(after index: UInt64) -> Int32 {
      var low = 0
      var high = certain.count
      while low < high {
        let middle = (low + high) / 2
        if certain[middle].index <= index { low = middle + 1 } else { high = middle }
      }
      return low == 0 ? 0 : certain[low - 1].value
    }
  }

  func judgeCommittedReads(_ history: ClientHistory) -> Verdict {
    let writes = Self.writes(history)
    var judged = false
    for place in history.operations.indices {
      let read = history.operations[place]
      guard read.function == .read, read.outcome == .ok, read.index > 0 else { continue }
      let known = writes[read.key] ?? Writes()
      guard !known.isUnjudged else { continue }
      judged = true
      let value = known.value(after: read.index)
      if read.value == value || known.possible.contains(read.value) { continue }
      let line = LinearizabilityExplanation.Line(history, place)
      return .violated(
        "\(line.text) tells of \(read.index) log entries, after which there was \(history.text(value))")
    }
    return judged ? .held : .unjudged
  }

  // Looked up and never iterated, but to sort.
  private static func writes(_ history: ClientHistory) -> [Int32: Writes] {
    var writes: [Int32: Writes] = [:]
    for operation in history.operations {
      switch (operation.function, operation.outcome) {
      case (.read, _), (_, .fail), (_, .mismatch): break
      case (.append, _), (.add, _): writes[operation.key, default: Writes()].isUnjudged = true
      case (let function, let outcome):
        let value = function == .delete ? 0 : operation.value
        if outcome == .ok, operation.index > 0 {
          writes[operation.key, default: Writes()].certain.append((operation.index, value))
        } else {
          writes[operation.key, default: Writes()].possible.insert(value)
        }
      }
    }
    return writes.mapValues { known in
      var known = known
      known.certain.sort { $0.index < $1.index }
      return known
    }
  }
}

/// Makes of one object's operations what the search works on.
struct LinearizabilityPreparation {
  typealias Item = LinearizabilitySearch.Item
  typealias Effect = LinearizabilitySearch.Effect

  private let history: ClientHistory
  private let model: Linearizability.Model
  private var states = LinearizabilityStates()
  private var facts = LinearizabilityFacts()
  private var items: [Item] = []
  private let start: Int32

  init(_ history: ClientHistory, _ places: [Int], _ model: Linearizability.Model) {
    self.history = history
    self.model = model
    start = model == .set ? states.emptySet() : LinearizabilityStates.absent
    items.reserveCapacity(places.count)
    for place in places {
      let operation = history.operations[place]
      items.append(
        Item(
          place: place, process: operation.process, effect: effect(of: operation), call: operation.call,
          end: operation.end))
    }
    // An order that does not depend on which of two lines of one time comes first.
    items.sort { left, right in
      let (a, b) = (history.operations[left.place], history.operations[right.place])
      if left.call != right.call { return left.call < right.call }
      if left.process != right.process {
        return history.processes[Int(left.process)] < history.processes[Int(right.process)]
      }
      return a.number < b.number
    }
    facts.hasAppends = items.contains { if case .append = $0.effect { true } else { false } }
    facts.hasMismatches = items.contains {
      if case .cas(_, _, matched: .some(false)) = $0.effect { true } else { false }
    }
    countWriters()
    bindUnknowns()
    findPredecessors()
  }

  func search(budget: Int) -> LinearizabilitySearch {
    var search = LinearizabilitySearch(history, items, states: states, start: start, budget: budget)
    search.facts = facts
    search.ends = endsInOrder()
    search.unknowns = items.indices.filter { items[$0].isOpen }.map { Int32($0) }
    layOut(&search)
    findNeeds(&search)
    return search
  }

  private mutating func effect(of operation: ClientHistory.Operation) -> Effect {
    switch operation.function {
    case .read: return .read(operation.value == 0 ? start : states.state(of: operation.value, history))
    case .write: return .write(states.state(of: operation.value, history))
    case .delete: return .write(LinearizabilityStates.absent)
    case .append: return .append(operation.value)
    case .add: return .add(operation.value)
    case .cas:
      let matched: Bool? =
        switch operation.outcome {
        case .ok: true
        case .mismatch: false
        default: nil
        }
      return .cas(
        expected: states.state(of: operation.expected, history), new: states.state(of: operation.value, history),
        matched: matched)
    }
  }

  // MARK: Unknown outcomes

  private mutating func countWriters() {
    facts.write(start)
    for item in items {
      switch item.effect {
      case .write(let state), .cas(_, let state, matched: nil), .cas(_, let state, matched: .some(true)):
        facts.write(state)
      default: break
      }
    }
  }

  /// What nobody but one operation can have written, and somebody observed, was written before that somebody's
  /// end: the operation's outcome is no longer unknown.
  private mutating func bindUnknowns() {
    if model == .set { return bindElements() }
    guard !facts.hasAppends, items.contains(where: \.isOpen) else { return }
    var observed: [Int32: Int64] = [:]
    for item in items where !item.isOpen {
      if let state = item.effect.observed { observed[state] = min(observed[state] ?? .max, item.end) }
    }
    for place in items.indices where items[place].isOpen {
      switch items[place].effect {
      case .write(let state) where facts.isUnique(state):
        if let end = observed[state], end >= items[place].call { items[place].end = end }
      case .cas(let expected, let new, matched: nil) where facts.isUnique(new):
        guard let end = observed[new], end >= items[place].call else { continue }
        items[place].end = end
        items[place].effect = .cas(expected: expected, new: new, matched: true)
      default: continue
      }
    }
  }

  /// Elements are added once, and stay: those that a read has were added before its end, the others never were.
  private mutating func bindElements() {
    var seen: [HistoryDatum: Int64] = [:]
    for item in items where !item.isOpen {
      guard case .read(let state) = item.effect,
        case .list(let elements) = history.data[Int(history.operations[item.place].value)]
      else { continue }
      facts.sizes[state] = elements.count
      for element in elements { seen[element] = min(seen[element] ?? .max, item.end) }
    }
    var smallest: [HistoryDatum: Int] = [:]
    for item in items where !item.isOpen {
      guard case .read = item.effect,
        case .list(let elements) = history.data[Int(history.operations[item.place].value)]
      else { continue }
      for element in elements { smallest[element] = min(smallest[element] ?? .max, elements.count) }
    }
    items = items.compactMap { item in
      guard case .add(let datum) = item.effect else { return item }
      let element = history.data[Int(datum)]
      facts.ranks[datum] = smallest[element]
      guard item.isOpen else { return item }
      guard let end = seen[element], end >= item.call else { return nil }
      var bound = item
      bound.end = end
      return bound
    }
  }

  // MARK: Order

  /// At equal times an operation precedes another only where one process did them in this order.
  private mutating func findPredecessors() {
    var last: [Int32: Int] = [:]
    for place in items.indices {
      let process = items[place].process
      // As the history has it: what was bound later says nothing of the process.
      let operation = history.operations[items[place].place]
      if let before = last[process], history.operations[items[before].place].end == operation.call,
        history.operations[items[before].place].precedes(operation)
      {
        items[place].before = Int32(before)
        items[before].isAwaited = true
      }
      last[process] = place
    }
  }

  private func endsInOrder() -> [Int32] {
    var ends = items.indices.filter { !items[$0].isOpen }.map { Int32($0) }
    ends.sort { left, right in
      let (a, b) = (items[Int(left)], items[Int(right)])
      if a.end != b.end { return a.end < b.end }
      // Any order of what ended together is right; that of the log, where it is known, is found at once.
      let (first, second) = (history.operations[a.place].index, history.operations[b.place].index)
      return first != second ? first < second : left < right
    }
    return ends
  }

  /// Gives each operation a slot for the time that it is under way.
  private func layOut(_ search: inout LinearizabilitySearch) {
    var free: [Int32] = []
    var slots: Int32 = 0
    var next = 0
    for end in search.ends {
      // At equal times calls come first: what is not certainly before is concurrent.
      while next < items.count, items[next].call <= items[Int(end)].end {
        if !items[next].isOpen {
          search.items[next].slot = free.popLast() ?? slots
          if search.items[next].slot == slots { slots += 1 }
        }
        next += 1
      }
      search.begun.append(next)
      free.append(search.items[Int(end)].slot)
    }
    search.slots = Array(repeating: -1, count: Int(slots))
  }

  private func findNeeds(_ search: inout LinearizabilitySearch) {
    for (moment, item) in search.ends.enumerated() {
      guard let state = items[Int(item)].effect.observed else { continue }
      search.facts.need(state, until: moment)
      search.facts.needForSure(state, until: moment)
    }
    for place in items.indices where !items[place].isOpen {
      if let state = items[place].effect.observed { search.facts.observe(state, item: place) }
    }
    // What an unknown compare-and-set would write may be needed, and with it what it expects.
    var changed = true
    while changed {
      changed = false
      for item in items where item.isOpen {
        guard case .cas(let expected, let new, matched: nil) = item.effect else { continue }
        if search.facts.need(expected, until: search.facts.need(of: new)) { changed = true }
      }
    }
  }
}

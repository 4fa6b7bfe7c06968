import Primitives

/// Why a history has no legal order: the operation that fits nowhere, how far an order goes without it, and what
/// happened around it.
package struct LinearizabilityExplanation: Hashable, Sendable {
  /// An operation as people read it.
  package struct Line: Hashable, Sendable {
    package let number: UInt64
    package let process: String
    /// `c2: read k3 → 5`, and when.
    package let text: String
    package let call: Int64
    /// nil where the outcome is unknown.
    package let end: Int64?
    /// `read and got nothing`, `wrote`: what it is, without names, numbers and moments.
    package let shape: String
  }

  /// The object; empty where the history has but one.
  package let key: String
  /// The operation that cannot be placed.
  package let culprit: Line
  /// What the object may have held just before its end.
  package let states: [String]
  /// The longest legal order that was found without it.
  package let order: [Line]
  /// Operations under way at some time while it was, in order of their calls; at most `most`.
  package let around: [Line]

  package static let most = 12

  init(
    _ search: LinearizabilitySearch, _ history: ClientHistory, key: Int32, item: Int, order places: [Int],
    states: [Int32]
  ) {
    self.key = key == 0 ? "" : history.text(key)
    let place = search.items[item].place
    culprit = Line(history, place)
    order = places.map { Line(history, $0) }
    self.states = Self.names(of: states, places, history, search)
    let operation = history.operations[place]
    let near = search.items.filter {
      $0.place != place && $0.call <= operation.end && history.operations[$0.place].end >= operation.call
    }
    // The nearest in time to its end: those of unknown outcome may have been open for long.
    around = near.suffix(Self.most).map { Line(history, $0.place) }
  }

  /// The values that states stand for, as far as an operation has written or read them.
  private static func names(
    of states: [Int32], _ order: [Int], _ history: ClientHistory, _ search: LinearizabilitySearch
  ) -> [String] {
    var table = search.states
    var names: [Int32: String] = [LinearizabilityStates.absent: "nothing"]
    for item in search.items {
      let operation = history.operations[item.place]
      guard operation.function == .read || operation.function == .write || operation.function == .cas else {
        continue
      }
      names[table.state(of: operation.value, history)] = history.text(operation.value)
    }
    return states.map { names[$0] ?? "another value" }.sorted()
  }

  /// One sentence for a newcomer.
  package var sentence: String {
    let held =
      switch states.count {
      case 1: "what was there all that time was \(states[0])"
      case 2...6: "what was there during that time was \(states.joined(separator: " or "))"
      default: "none of the \(states.count) values that may have been there fits"
      }
    return "\(culprit.text) fits at no moment between its call and its end: \(held)"
  }

  /// The whole story, some twenty lines.
  package var text: String {
    var lines = [(key.isEmpty ? "" : "key \(key): ") + sentence + "."]
    let tail = order.suffix(6)
    if tail.isEmpty {
      lines.append("Nothing can come before it.")
    } else {
      let hidden = order.count - tail.count
      lines.append(
        "The longest legal order without it has \(order.count) operation\(order.count == 1 ? "" : "s")"
          + (hidden > 0 ? "; its last \(tail.count):" : ":"))
      for (offset, line) in tail.enumerated() { lines.append("  \(hidden + offset + 1). \(line.text)") }
    }
    lines.append("It cannot come next: \(culprit.text)")
    if !around.isEmpty {
      lines.append("Under way while it was:")
      for line in around { lines.append("  \(line.text)") }
    }
    return lines.joined(separator: "\n")
  }
}

extension LinearizabilityExplanation.Line {
  init(_ history: ClientHistory, _ place: Int) {
    let operation = history.operations[place]
    number = operation.number
    process = history.processes[Int(operation.process)]
    call = operation.call
    end = operation.end == .max ? nil : operation.end
    let moments =
      "from \(PeopleText.duration(operation.call)) "
      + (operation.end == .max ? "on, outcome unknown" : "to \(PeopleText.duration(operation.end))")
    shape = Self.shape(operation)
    text = "\(process): \(Self.words(operation, history)) (operation \(operation.number), \(moments))"
  }

  private static func shape(_ operation: ClientHistory.Operation) -> String {
    switch operation.function {
    case .read: operation.value == 0 ? "read and got nothing" : "read and got a value"
    case .write: "wrote"
    case .delete: "deleted"
    case .append: "appended"
    case .add: "added"
    case .cas: operation.outcome == .mismatch ? "would have replaced" : "replaced"
    }
  }

  private static func words(_ operation: ClientHistory.Operation, _ history: ClientHistory) -> String {
    let key = operation.key == 0 ? "" : " \(history.text(operation.key))"
    let value = history.text(operation.value)
    switch operation.function {
    case .read: return "read\(key) and got \(value)"
    case .write: return "wrote\(key) = \(value)"
    case .delete: return "deleted\(key)"
    case .append: return "appended \(value)\(key.isEmpty ? "" : " to\(key)")"
    case .add: return "added \(value)"
    case .cas:
      let change = "\(history.text(operation.expected)) by \(value)"
      switch operation.outcome {
      case .mismatch: return "would have replaced\(key) = \(change), and found another value"
      case .ok: return "replaced\(key) = \(change)"
      default: return "wanted to replace\(key) = \(change)"
      }
    }
  }
}
